/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/progress.h"

#include <assert.h>
#include <inttypes.h>
#include <systemd/sd-daemon.h>

enum {
        USEC_PER_SEC = 1000 * 1000,
        TICK_USEC = 5 * USEC_PER_SEC,
        EXTEND_USEC = 6 * TICK_USEC, /* ticks may be late on a machine that is busy */
};

static uint64_t bytes_moved(const Progress *progress)
{
        uint64_t moved = 0, printed = 0;

        for (size_t i = 0; i < progress->count; i++) {
                moved += process_io(progress->programs[i]);
                printed += progress->programs[i]->bytes;
        }
        return moved ? moved : printed;
}

static bool has_progressed(Progress *progress)
{
        const uint64_t idle = progress->idle * progress->interval / USEC_PER_SEC,
                       before = progress->moved;

        progress->moved = bytes_moved(progress);
        /* It has become less where a descendant has done its work and ended. */
        return progress->moved < before || progress->moved - before > idle;
}

static void look(Progress *progress, uint64_t now)
{
        if (!progress->count || has_progressed(progress)) {
                progress->since = now;
        } else if (progress->stall && now - progress->since >= progress->stall &&
                   !progress->stalled) {
                progress->stalled = true;
                for (size_t i = 0; i < progress->count; i++)
                        process_stop(progress->programs[i], SIGTERM);
        }
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        Progress *progress = userdata;
        uint64_t now;

        (void)usec;
        sd_event_now(sd_event_source_get_event(source), CLOCK_MONOTONIC, &now);
        look(progress, now);
        sd_notifyf(false, "EXTEND_TIMEOUT_USEC=%d", EXTEND_USEC);
        return sd_event_source_set_time_relative(source, progress->interval);
}

int progress_start(Progress *progress, sd_event *event, uint64_t idle_bytes)
{
        *progress = (Progress){ .idle = idle_bytes, .interval = TICK_USEC };

        const int r = sd_event_add_time_relative(event, &progress->tick, CLOCK_MONOTONIC, 0, 0,
                                                 on_tick, progress);

        return r < 0 ? r : sd_event_source_set_enabled(progress->tick, SD_EVENT_ON);
}

void progress_watch(Progress *progress, Process *const *programs, size_t count, uint64_t stall_usec)
{
        assert(count <= ELEMENTS(progress->programs));
        for (size_t i = 0; i < count; i++)
                progress->programs[i] = programs[i];
        progress->count = count;
        progress->stall = stall_usec;
        progress->interval = stall_usec && stall_usec < TICK_USEC ? stall_usec : TICK_USEC;
        progress->stalled = false;
        progress->moved = bytes_moved(progress);
        sd_event_now(sd_event_source_get_event(progress->tick), CLOCK_MONOTONIC, &progress->since);
}

void progress_stop(Progress *progress)
{
        progress->tick = sd_event_source_disable_unref(progress->tick);
        progress->count = 0;
}
