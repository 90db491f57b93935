/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/recover.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A job of the unit that stops it, and that is older than ours. In one transaction jobs are made from
 * the unit that was asked for to what is stopped with it; so where a person stops both, ours first,
 * ours is the older one and the person has the last word. */
static int stops_us(const Manager *m, const char *unit, const Job *ours, bool *ret)
{
        Job job;
        const int r = manager_unit_job(m, unit, &job);

        if (r >= 0)
                *ret = str_is(str_c(job.type), "stop") && job.id < ours->id;
        return r;
}

/* With BindsTo= systemd makes the stop job when the other one is gone, whatever it ended by. */
static int is_gone(const Manager *m, const char *unit, bool *ret)
{
        const char *state;
        const int r = manager_unit_state(m, unit, &state);

        if (r >= 0)
                *ret = !str_is(str_c(state), "active") && !str_is(str_c(state), "reloading") &&
                       !str_is(str_c(state), "refreshing");
        return r;
}

/* Whether a target that it is PartOf= ended while it was active: somebody has stopped all of it, and that holds. The
 * target's own job is done by now. */
static int is_stopped_as_part(const Manager *m, const char *unit, bool *ret)
{
        Units wholes = { 0 };
        uint64_t since = 0;
        int r = manager_unit_list(m, unit, "PartOf", &wholes);

        if (r >= 0 && wholes.count)
                r = manager_unit_time(m, unit, "ActiveEnterTimestampMonotonic", &since);
        for (size_t i = 0; r >= 0 && i < wholes.count; i++) {
                const char *state;
                uint64_t ended;

                r = manager_unit_state(m, wholes.items[i], &state);
                if (r >= 0)
                        r = manager_unit_time(m, wholes.items[i], "ActiveExitTimestampMonotonic", &ended);
                if (r >= 0 && str_is(str_c(state), "inactive") && since && ended >= since)
                        *ret = true;
        }
        return r;
}

static int is_stopped_along(const Manager *m, const char *unit, bool *ret)
{
        Units required = { 0 }, bound = { 0 };
        bool result = false, part = false;
        Job ours;
        int r = manager_unit_job(m, unit, &ours);

        /* Without a job it ended by itself, and Restart= decides; a restart comes back by itself. */
        if (r < 0 || !str_is(str_c(ours.type), "stop")) {
                *ret = false;
                return r;
        }
        r = is_stopped_as_part(m, unit, &part);
        if (r < 0 || part) {
                *ret = false;
                return r;
        }
        r = manager_unit_list(m, unit, "Requires", &required);
        if (r >= 0)
                r = manager_unit_list(m, unit, "BindsTo", &bound);
        for (size_t i = 0; r >= 0 && !result && i < required.count; i++)
                r = stops_us(m, required.items[i], &ours, &result);
        for (size_t i = 0; r >= 0 && !result && i < bound.count; i++) {
                r = stops_us(m, bound.items[i], &ours, &result);
                if (r >= 0 && !result)
                        r = is_gone(m, bound.items[i], &result);
        }
        *ret = result;
        return r;
}

static const char *recovery_of(const Manager *m, const char *unit)
{
        const Str name = str_c(unit);
        const Str stem = str_ends(name, S(".service")) ? str_first(name, name.len - S(".service").len) : name;

        return arena_c(m->arena, arena_fmt(m->arena, "bayplan-recover@%.*s.service", STR_ARG(stem)));
}

/* Until it has had its first look, which tells it that the unit is being stopped. */
static int wait_for_start(const Manager *m, const char *recovery)
{
        enum { TRIES = 500, PAUSE_USEC = 10000 };
        Job job = { .id = 1 };
        int r = 0;

        for (unsigned i = 0; r >= 0 && job.id && i < TRIES; i++) {
                r = manager_unit_job(m, recovery, &job);
                if (r >= 0 && job.id)
                        usleep(PAUSE_USEC);
        }
        return r;
}

int recover_stopping(Manager *m, const char *unit)
{
        const char *const recovery = recovery_of(m, unit);
        const char *state, *job;
        bool along;
        int r = manager_state(m, &state);

        /* At shutdown everything is stopped, and nothing comes back. */
        if (r >= 0 && str_is(str_c(state), "stopping"))
                return EXIT_SUCCESS;
        if (r >= 0)
                r = is_stopped_along(m, unit, &along);
        if (r >= 0 && along)
                r = manager_start(m, recovery, &job);
        if (r >= 0 && along)
                r = wait_for_start(m, recovery);
        return r < 0 && r != -EDEADLK ? EXIT_FAILURE : EXIT_SUCCESS;
}
