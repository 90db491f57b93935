/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Patience with programs that may take long: as long as they make progress the start of the unit is
 * given more time, EXTEND_TIMEOUT_USEC= of sd_notify(3), and when they make none for the stall time
 * they are stopped. So TimeoutStartSec= may be short whatever an image weighs, and a dead peer does
 * not hold the boot.
 *
 * Progress is output, or input and output of the program and its descendants. That holds for
 * podman, which fetches and unpacks by itself, and for docker's client, which is silent when it has
 * no terminal, but reads from the daemon how far each layer has come. */

#include "helpers/process.h"

typedef struct Progress {
        uint64_t stall; /* microseconds; 0: never stop them */
        uint64_t interval;
        Process *programs[2];
        size_t count;
        uint64_t bytes;
        uint64_t since; /* when the last progress was seen, CLOCK_MONOTONIC */
        bool stalled;   /* they were stopped for having made none */
        sd_event_source *tick;
} Progress;

/* Asks for more time now and at each tick. *progress must stay where it is until progress_stop().
 * -errno. */
int progress_start(Progress *progress, sd_event *event, uint64_t stall_usec);
/* The programs whose progress counts from now on. */
void progress_watch(Progress *progress, Process *const *programs, size_t count);
void progress_stop(Progress *progress);
