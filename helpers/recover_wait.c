/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/recover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "helpers/say.h"

typedef enum Step {
        STEP_WAIT,
        STEP_DONE,
        STEP_FAILED,
} Step;

typedef struct Recovery {
        Manager *m;
        const char *unit;
        Arena watched_arena;
        Units watched;  /* objects whose changes matter */
        char told[256]; /* the unit that was last said to be waited for */
        char job[128];  /* our start of the unit; empty: there is none */
        bool given_up;  /* that start ended, by something else than a dependency */
        bool stopping;  /* the unit was seen to stop: what failed then did not fail by itself */
        bool changed;
} Recovery;

/* ---- what systemd tells ---- */

static int on_change(sd_bus_message *message, void *data, sd_bus_error *error)
{
        Recovery *recovery = data;
        const char *path = sd_bus_message_get_path(message);

        (void)error;
        VEC_EACH(const char *const, watched, &recovery->watched)
                recovery->changed |= str_is(str_c(*watched), path);
        return 0;
}

static int on_reload(sd_bus_message *message, void *data, sd_bus_error *error)
{
        Recovery *recovery = data;

        (void)message;
        (void)error;
        recovery->changed = true;
        return 0;
}

static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
        Recovery *recovery = data;
        const char *path, *unit, *result;
        uint32_t id;

        (void)error;
        if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) < 0 ||
            !str_is(str_c(path), recovery->job))
                return 0;
        recovery->job[0] = 0;
        recovery->given_up = !str_is(str_c(result), "dependency");
        recovery->changed = true;
        return 0;
}

static int subscribe(Recovery *recovery)
{
        static const struct {
                const char *interface;
                const char *member;
                sd_bus_message_handler_t handler;
        } rows[] = {
                { "org.freedesktop.DBus.Properties", "PropertiesChanged", on_change },
                { "org.freedesktop.systemd1.Manager", "JobRemoved", on_job_removed },
                { "org.freedesktop.systemd1.Manager", "Reloading", on_reload },
        };
        int r = 0;

        for (size_t i = 0; i < ELEMENTS(rows) && r >= 0; i++)
                r = sd_bus_match_signal(recovery->m->bus, NULL, recovery->m->sender, NULL, rows[i].interface,
                                        rows[i].member, rows[i].handler, recovery);
        if (r >= 0)
                r = sd_bus_call_method(recovery->m->bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                       "org.freedesktop.systemd1.Manager", "Subscribe", NULL, NULL, "");
        if (r < 0)
                say(SAY_ERROR, "cannot subscribe to changes: %s", strerror(-r));
        return r;
}

/* ---- one look ---- */

/* There, with no change under way. A oneshot that does not remain has done its work when it is inactive. */
static int is_there(const Manager *m, const char *unit, bool *ret)
{
        const char *state;
        Job job;
        int r = manager_unit_state(m, unit, &state);

        if (r >= 0)
                r = manager_unit_job(m, unit, &job);
        if (r < 0)
                return r;
        *ret = !job.id && (str_is(str_c(state), "active") || str_is(str_c(state), "reloading") ||
                           str_is(str_c(state), "refreshing"));
        return !job.id && str_is(str_c(state), "inactive") ? manager_unit_is_oneshot(m, unit, ret) : 0;
}

static void watch(Recovery *recovery, const char *unit)
{
        VEC_ADD(&recovery->watched_arena, &recovery->watched,
                arena_c(&recovery->watched_arena, str_c(manager_unit_path(recovery->m, unit))));
}

/* The first unit that is required and not there; NULL when all are. They are read each time: a reload may
 * have changed them. */
static int find_missing(Recovery *recovery, const char **ret)
{
        static const char *const lists[] = { "Requires", "Requisite", "BindsTo" };
        const char *missing = NULL;
        Units units = { 0 };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ELEMENTS(lists); i++)
                r = manager_unit_list(recovery->m, recovery->unit, lists[i], &units);
        for (size_t i = 0; r >= 0 && i < units.count; i++) {
                bool there;

                watch(recovery, units.items[i]);
                r = is_there(recovery->m, units.items[i], &there);
                if (r >= 0 && !there && !missing)
                        missing = units.items[i];
        }
        *ret = missing;
        return r;
}

static void tell(Recovery *recovery, const char *missing)
{
        if (str_is(str_c(missing), recovery->told))
                return;
        snprintf(recovery->told, sizeof(recovery->told), "%s", missing);
        say(SAY_INFO, "%s will start again when %s is active", recovery->unit, missing);
        sd_notifyf(false, "STATUS=%s will start again when %s is active", recovery->unit, missing);
}

static Step start(Recovery *recovery)
{
        const char *job;
        const int r = manager_start(recovery->m, recovery->unit, &job);

        /* Something that it requires is about to stop: its change will be told. */
        if (r == -EDEADLK)
                return STEP_WAIT;
        if (r < 0)
                return STEP_FAILED;
        say(SAY_INFO, "all that %s requires is active: it starts again", recovery->unit);
        snprintf(recovery->job, sizeof(recovery->job), "%s", job);
        return STEP_WAIT;
}

/* A container may well end with an error when it is told to stop. */
static bool is_down(const Recovery *recovery, Str state)
{
        return str_is(state, "inactive") || (recovery->stopping && str_is(state, "failed"));
}

static Step look(Recovery *recovery)
{
        const char *state, *missing;
        bool known;

        arena_free(&recovery->watched_arena);
        recovery->watched_arena = (Arena){ 0 };
        recovery->watched = (Units){ 0 };
        watch(recovery, recovery->unit);
        if (manager_unit_is_known(recovery->m, recovery->unit, &known) < 0 ||
            manager_unit_state(recovery->m, recovery->unit, &state) < 0)
                return STEP_FAILED;
        if (str_is(str_c(state), "deactivating")) {
                recovery->stopping = true;
                return STEP_WAIT;
        }
        /* It is defined no longer, somebody started it, or it failed by itself. */
        if (!known || !is_down(recovery, str_c(state)) || recovery->given_up)
                return STEP_DONE;
        if (find_missing(recovery, &missing) < 0)
                return STEP_FAILED;
        if (missing)
                tell(recovery, missing);
        return missing || recovery->job[0] ? STEP_WAIT : start(recovery);
}

/* ---- the loop ---- */

/* What a look allocates is needed no longer: one may wait for weeks. */
static Step look_once(Recovery *recovery)
{
        Arena *const outer = recovery->m->arena;
        Arena arena = { 0 };

        recovery->changed = false;
        recovery->m->arena = &arena;

        const Step step = look(recovery);

        recovery->m->arena = outer;
        arena_free(&arena);
        return step;
}

static Step wait_for_change(Recovery *recovery)
{
        int r = 0;

        while (r >= 0 && !recovery->changed) {
                r = sd_bus_process(recovery->m->bus, NULL);
                if (r == 0 && !recovery->changed)
                        r = sd_bus_wait(recovery->m->bus, UINT64_MAX);
        }
        if (r >= 0)
                return STEP_WAIT;
        /* PID 1 that executes itself anew closes its connections. */
        say(SAY_WARNING, "the connection to systemd was lost: %s", strerror(-r));
        return STEP_FAILED;
}

int recover_wait(Manager *m, const char *unit)
{
        Recovery recovery = { .m = m, .unit = unit };
        Step step = subscribe(&recovery) < 0 ? STEP_FAILED : STEP_WAIT;

        if (step == STEP_WAIT) {
                step = look_once(&recovery);
                sd_notify(false, "READY=1");
        }
        while (step == STEP_WAIT) {
                step = wait_for_change(&recovery);
                if (step == STEP_WAIT)
                        step = look_once(&recovery);
        }
        arena_free(&recovery.watched_arena);
        return step == STEP_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
