/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The two halves of bayplan-recover. Both return the exit status. */

#include "helpers/manager.h"

/* For ExecStopPost=: when the unit is being stopped only because one is that it requires, starts
 * bayplan-recover@UNIT.service, which waits. */
int recover_stopping(Manager *m, const char *unit);

/* Waits until everything that the unit requires is active, and starts it. */
int recover_wait(Manager *m, const char *unit);
