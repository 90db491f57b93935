/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buf.h"
#include "model/resolve.h"
#include "unit/plan.h"

/* Adds the targets that start and stop several units as a whole. */
void target_compose(Run *run, Plan *plan, const Fleet *fleet);
/* PartOf= those that the object belongs to. */
void target_part_of(Run *run, Buf *buf, const Object *c);
