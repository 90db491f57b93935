/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The pager, chosen and set up as systemctl does: $SYSTEMD_PAGER, $PAGER, else less or more; empty
 * or "cat" is none; $SYSTEMD_LESS, $SYSTEMD_LESSCHARSET and $SYSTEMD_PAGERSECURE mean what they
 * mean there (systemctl(1), "Environment"). */

#include "base/run.h"

#include <sys/types.h>

typedef struct Pager {
        int fd; /* what is written here is shown; -1: there is no pager */
        pid_t pid;
} Pager;

/* False when none is wanted, or none can be run. */
bool pager_start(Run *run, Pager *ret);
/* Closes its input and waits until the user has left it. */
void pager_p(Pager *pager);
