/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/update.h"

#include <errno.h>
#include <stdio.h>

#include "base/fs.h"
#include "helpers/say.h"

enum {
        LOOK_USEC = 1000 * 1000, /* between two looks at the unit */
};

static int on_job_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Update *u = userdata;
        const char *job, *unit, *result;
        uint32_t id;

        (void)error;
        if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) < 0 || strcmp(unit, u->unit) != 0)
                return 0;
        if (*u->job && strcmp(job, u->job) == 0) {
                snprintf(u->result, sizeof(u->result), "%s", result);
                u->job[0] = 0;
        } else if (!*u->job) {
                u->disturbed = true;
        }
        return 0;
}

int update_prepare(Update *u)
{
        int r = process_block(NULL, 0);

        if (r >= 0)
                r = sd_event_new(&u->event);
        if (r < 0) {
                say(SAY_ERROR, "cannot prepare to wait: %.*s", STR_ARG(fs_error(r)));
                return r;
        }
        r = manager_open(u->arena, u->options->manager == MANAGER_USER, &u->manager);
        if (r >= 0)
                r = manager_subscribe(&u->manager, on_job_removed, u);
        return r >= 0 ? sd_bus_attach_event(u->manager.bus, u->event, SD_EVENT_PRIORITY_NORMAL) : r;
}

static uint64_t now(const Update *u)
{
        uint64_t usec;

        sd_event_now(u->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

/* Lets time pass, in which signals are heard. */
static void pass_time(const Update *u, uint64_t usec)
{
        const uint64_t until = now(u) + usec;

        for (uint64_t at = now(u); at < until; at = now(u))
                if (sd_event_run(u->event, until - at) < 0)
                        return;
}

static int wait_for_job(Update *u)
{
        int r = 0;

        while (*u->job && r >= 0)
                r = sd_event_run(u->event, UINT64_MAX);
        if (r < 0)
                say(SAY_ERROR, "cannot wait for systemd: %.*s", STR_ARG(fs_error(r)));
        return r;
}

/* One look at the unit: VERDICT_GOOD as far as it goes. */
static Verdict look(const Update *u, uint64_t since, const char **ret_why)
{
        const char *state;
        uint64_t active;

        if (manager_unit_state(&u->manager, u->unit, &state) < 0 ||
            manager_unit_time(&u->manager, u->unit, "ActiveEnterTimestampMonotonic", &active) < 0)
                return VERDICT_NONE;
        if (strcmp(state, "deactivating") == 0)
                return VERDICT_WAIT;
        if (strcmp(state, "inactive") == 0 && u->disturbed)
                return VERDICT_STOPPED;
        if (strcmp(state, "failed") == 0)
                *ret_why = "fails";
        else if ((strcmp(state, "active") != 0 && strcmp(state, "reloading") != 0) || active != since)
                *ret_why = "ends soon after its start";
        else
                return VERDICT_GOOD;
        return VERDICT_BAD;
}

/* A start that was well may still be the start of a container that crashes at once, and is started again. */
static Verdict watch(Update *u, const char **ret_why)
{
        const uint64_t began = now(u);
        uint64_t since;

        if (manager_unit_time(&u->manager, u->unit, "ActiveEnterTimestampMonotonic", &since) < 0)
                return VERDICT_NONE;
        for (;; pass_time(u, LOOK_USEC)) {
                const Verdict verdict = look(u, since, ret_why);
                const uint64_t passed = now(u) - began;

                if (verdict == VERDICT_WAIT)
                        continue;
                if (verdict != VERDICT_GOOD)
                        return verdict;

                const Str health = update_health(u);

                if (str_is(health, "unhealthy")) {
                        *ret_why = "is unhealthy";
                        return VERDICT_BAD;
                }
                if (str_is(health, "starting") && passed >= u->options->healthy_timeout) {
                        *ret_why = "does not become healthy";
                        return VERDICT_BAD;
                }
                if (!str_is(health, "starting") && passed >= u->options->settle)
                        return VERDICT_GOOD;
        }
}

Verdict update_restart(Update *u, bool again, const char **ret_why)
{
        const char *job;
        int r;

        /* What has failed too often would not be started. */
        if (again)
                manager_reset_failed(&u->manager, u->unit);
        r = again ? manager_restart(&u->manager, u->unit, &job) : manager_try_restart(&u->manager, u->unit, &job);
        if (r == -EDEADLK)
                say(SAY_ERROR, "cannot restart %s: it is being stopped", u->unit);
        if (r < 0)
                return VERDICT_NONE;
        snprintf(u->job, sizeof(u->job), "%s", job);
        u->disturbed = false;
        if (wait_for_job(u) < 0)
                return VERDICT_NONE;
        /* Somebody has asked for something else meanwhile. */
        if (strcmp(u->result, "canceled") == 0)
                return VERDICT_STOPPED;
        if (strcmp(u->result, "done") != 0) {
                *ret_why = "does not start";
                return VERDICT_BAD;
        }
        return watch(u, ret_why);
}
