/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Composes units out of recipes: which section a thing stands in, in which order, what of it the user's own
 * lines replace. Here text becomes unit file syntax, by unit/quote.h. */

#include "model/resolve.h"
#include "unit/plan.h"

/* The whole plan: a unit for each container, a stub for each that is broken, the timers of unit/upkeep.h, and
 * bayplan-problems.service for errors that belong to no definition. To be called when all other diagnostics have been reported. */
Plan compose_fleet(Run *run, const Fleet *fleet);
