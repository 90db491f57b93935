/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Circles of dependencies: systemd would break them up by leaving out one of the units. */

#include "model/resolve.h"

/* Reports and breaks each object that is part of a circle. Takes time in proportion to objects and
 * dependencies, however many circles they make. */
void cycle_report(Run *run, const Fleet *fleet);
