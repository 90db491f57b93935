/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a definition uses that the versions which the units are for lack (T-06, T-10): an error for an engine,
 * which would refuse to start the container, a warning for systemd, which would ignore the line. */

#include "model/resolve.h"

/* Marks definitions with errors as broken. */
void gate_check(Run *run, Fleet *fleet);
