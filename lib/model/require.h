/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* What one definition must say by itself: keys that need or exclude each other, a whole login, an image. Reports
 * all of it; false when there was any. */
bool require_object(Run *run, const Object *c);
