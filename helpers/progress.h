/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Patience with programs that may take long: as long as they make progress the start of the unit is
 * given more time, EXTEND_TIMEOUT_USEC= of sd_notify(3), and when they make none for the stall time
 * they are stopped. So TimeoutStartSec= may be short whatever an image weighs, and a dead peer does
 * not hold the boot.
 *
 * Progress is what the programs and their descendants read and write, at more than the rate that
 * they show when they only wait: programs in Go write a few bytes a second to wake up threads of
 * their own. That holds for podman, which fetches and unpacks by itself, and for docker's client,
 * which prints nothing of it without a terminal, but reads from the daemon how far each layer has
 * come. Where that cannot be seen, what they print counts. */

#include "helpers/process.h"

typedef struct Progress {
        uint64_t stall; /* microseconds; 0: never stop them */
        uint64_t idle;  /* bytes a second that are no progress */
        uint64_t interval;
        Process *programs[2];
        size_t count;
        uint64_t moved; /* bytes, at the last look */
        uint64_t since; /* when the last progress was seen, CLOCK_MONOTONIC */
        bool stalled;   /* they were stopped for having made none */
        sd_event_source *tick;
} Progress;

/* Asks for more time now and at each tick. *progress must stay where it is until progress_stop().
 * -errno. */
int progress_start(Progress *progress, sd_event *event, uint64_t idle_bytes);
/* The programs whose progress counts from now on, and how long they may make none. */
void progress_watch(Progress *progress, Process *const *programs, size_t count,
                    uint64_t stall_usec);
void progress_stop(Progress *progress);
