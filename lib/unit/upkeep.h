/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Timers of Bayplan's own that keep a machine in shape: what engines have left behind is removed by AutoPrune=,
 * newer images are looked for by AutoUpdate=. One for each engine that a definition uses. */

#include "model/resolve.h"
#include "unit/plan.h"

void upkeep_compose(Run *run, Plan *plan, const Fleet *fleet);
