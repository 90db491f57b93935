/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "unit/plan.h"

/* Writes the plan into the directory. A unit appears under its name only when it is whole, its links after it:
 * systemd uses whatever a killed or failing generator left behind, and an empty file would mask the unit. What
 * cannot be written is reported and left out; false when there was any. */
bool commit_plan(Run *run, const Plan *plan, int directory_fd, Str directory);
