/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What systemd says of units, over D-Bus (org.freedesktop.systemd1(5)). Nothing depends on it:
 * without a bus, in a container or a rescue shell, there is just less to tell. */

#include "base/run.h"

/* The state of each unit, in the order of the names: its ActiveState ("active", "failed", …), or
 * its LoadState where it is not loaded ("not-found", "masked"). False when the manager of the scope
 * cannot be asked. */
bool bus_unit_states(const Run *run, const Str *units, size_t count, Str *ret_states);
/* The main process of a service. False when it has none, or the manager cannot be asked. */
bool bus_main_pid(const Run *run, Str unit, unsigned *ret);
