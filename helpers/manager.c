/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/manager.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fs.h"
#include "helpers/say.h"

#define BUS_NAME "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER_INTERFACE BUS_NAME ".Manager"
#define UNIT_INTERFACE BUS_NAME ".Unit"
#define SERVICE_INTERFACE BUS_NAME ".Service"
#define JOB_INTERFACE BUS_NAME ".Job"

static void free_error_p(sd_bus_error *error)
{
        sd_bus_error_free(error);
}

static void unref_message_p(sd_bus_message **m)
{
        sd_bus_message_unref(*m);
}

static void free_text_p(char **s)
{
        free(*s);
}

/* ---- the connection ---- */

static int open_address(const char *address, sd_bus **ret)
{
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r < 0) {
                sd_bus_unref(bus);
                return r;
        }
        *ret = bus;
        return 0;
}

static int open_own_socket(Manager *m)
{
        const char *directory = m->user ? getenv("XDG_RUNTIME_DIR") : "/run";

        if (!directory)
                return -ENXIO;
        return open_address(arena_c(m->arena, arena_fmt(m->arena, "unix:path=%s/systemd/private", directory)),
                            &m->bus);
}

int manager_open(Arena *arena, bool user, Manager *ret)
{
        Manager m = { .arena = arena, .user = user };
        int r = open_own_socket(&m);

        if (r < 0) {
                m.sender = BUS_NAME;
                r = user ? sd_bus_open_user(&m.bus) : sd_bus_open_system(&m.bus);
        }
        if (r < 0) {
                say(SAY_ERROR, "cannot connect to the %s manager of systemd: %s", user ? "user" : "system",
                    strerror(-r));
                return r;
        }
        *ret = m;
        return 0;
}

void manager_close(Manager *m)
{
        sd_bus_flush_close_unref(m->bus);
        m->bus = NULL;
}

/* ---- properties ---- */

static int complain(const char *what, const char *of, const sd_bus_error *error, int r)
{
        say(SAY_ERROR, "cannot read %s of %s: %s", what, of, error->message ? error->message : strerror(-r));
        return r;
}

static int get_text(const Manager *m, const char *path, const char *interface, const char *name,
                    const char **ret)
{
        CLEANUP(free_error) sd_bus_error error = SD_BUS_ERROR_NULL;
        CLEANUP(free_text) char *text = NULL;
        const int r = sd_bus_get_property_string(m->bus, BUS_NAME, path, interface, name, &error, &text);

        if (r < 0)
                return complain(name, path, &error, r);
        *ret = arena_c(m->arena, str_c(text));
        return 0;
}

const char *manager_unit_path(const Manager *m, const char *unit)
{
        CLEANUP(free_text) char *path = NULL;

        if (sd_bus_path_encode(MANAGER_PATH "/unit", unit, &path) < 0)
                abort(); /* no memory: as the arena does */
        return arena_c(m->arena, str_c(path));
}

int manager_state(const Manager *m, const char **ret)
{
        return get_text(m, MANAGER_PATH, MANAGER_INTERFACE, "SystemState", ret);
}

int manager_unit_state(const Manager *m, const char *unit, const char **ret)
{
        return get_text(m, manager_unit_path(m, unit), UNIT_INTERFACE, "ActiveState", ret);
}

int manager_unit_time(const Manager *m, const char *unit, const char *property, uint64_t *ret)
{
        CLEANUP(free_error) sd_bus_error error = SD_BUS_ERROR_NULL;
        const int r = sd_bus_get_property_trivial(m->bus, BUS_NAME, manager_unit_path(m, unit), UNIT_INTERFACE, property,
                                                  &error, 't', ret);

        return r < 0 ? complain(property, unit, &error, r) : 0;
}

int manager_unit_is_known(const Manager *m, const char *unit, bool *ret)
{
        const char *state;
        const int r = get_text(m, manager_unit_path(m, unit), UNIT_INTERFACE, "LoadState", &state);

        if (r >= 0)
                *ret = !str_is(str_c(state), "not-found") && !str_is(str_c(state), "masked");
        return r;
}

int manager_unit_job(const Manager *m, const char *unit, Job *ret)
{
        CLEANUP(free_error) sd_bus_error error = SD_BUS_ERROR_NULL;
        CLEANUP(unref_message) sd_bus_message *reply = NULL;
        CLEANUP(free_text) char *type = NULL;
        const char *path;
        Job job = { .type = "" };
        int r = sd_bus_get_property(m->bus, BUS_NAME, manager_unit_path(m, unit), UNIT_INTERFACE, "Job", &error,
                                    &reply, "(uo)");

        if (r >= 0)
                r = sd_bus_message_read(reply, "(uo)", &job.id, &path);
        if (r < 0)
                return complain("Job", unit, &error, r);
        if (job.id) {
                /* It may be done by now, and so not there any more. */
                if (sd_bus_get_property_string(m->bus, BUS_NAME, path, JOB_INTERFACE, "JobType", NULL, &type) < 0)
                        job.id = 0;
                else
                        job.type = arena_c(m->arena, str_c(type));
        }
        *ret = job;
        return 0;
}

int manager_unit_list(const Manager *m, const char *unit, const char *list, Units *units)
{
        CLEANUP(free_error) sd_bus_error error = SD_BUS_ERROR_NULL;
        char **names = NULL;
        const int r = sd_bus_get_property_strv(m->bus, BUS_NAME, manager_unit_path(m, unit), UNIT_INTERFACE, list,
                                               &error, &names);

        if (r < 0)
                return complain(list, unit, &error, r);
        for (char **name = names; name && *name; name++) {
                VEC_ADD(m->arena, units, arena_c(m->arena, str_c(*name)));
                free(*name);
        }
        free(names);
        return 0;
}

int manager_unit_is_oneshot(const Manager *m, const char *unit, bool *ret)
{
        const char *path = manager_unit_path(m, unit), *type;
        int remains, r;

        *ret = false;
        if (!str_ends(str_c(unit), S(".service")))
                return 0;
        r = get_text(m, path, SERVICE_INTERFACE, "Type", &type);
        if (r < 0 || !str_is(str_c(type), "oneshot"))
                return r;
        r = sd_bus_get_property_trivial(m->bus, BUS_NAME, path, SERVICE_INTERFACE, "RemainAfterExit", NULL, 'b',
                                        &remains);
        if (r >= 0)
                *ret = !remains;
        return r;
}

/* ---- jobs ---- */

/* ret_job may be NULL, for a method that makes none. */
static int call_for_job(const Manager *m, const char *method, const char *unit, const char *mode, const char *verb,
                        const char **ret_job)
{
        CLEANUP(free_error) sd_bus_error error = SD_BUS_ERROR_NULL;
        CLEANUP(unref_message) sd_bus_message *reply = NULL;
        const char *job = "";
        int r = mode ? sd_bus_call_method(m->bus, BUS_NAME, MANAGER_PATH, MANAGER_INTERFACE, method, &error, &reply,
                                          "ss", unit, mode)
                     : sd_bus_call_method(m->bus, BUS_NAME, MANAGER_PATH, MANAGER_INTERFACE, method, &error, &reply,
                                          "s", unit);

        if (r < 0 && (sd_bus_error_has_name(&error, BUS_NAME ".TransactionIsDestructive") ||
                      sd_bus_error_has_name(&error, BUS_NAME ".TransactionJobsConflicting")))
                return -EDEADLK;
        if (r >= 0 && ret_job)
                r = sd_bus_message_read(reply, "o", &job);
        if (r < 0) {
                say(SAY_ERROR, "cannot %s %s: %s", verb, unit, error.message ? error.message : strerror(-r));
                return r == -EDEADLK ? -EIO : r;
        }
        if (ret_job)
                *ret_job = arena_c(m->arena, str_c(job));
        return 0;
}

int manager_start(const Manager *m, const char *unit, const char **ret_job)
{
        return call_for_job(m, "StartUnit", unit, "fail", "start", ret_job);
}

int manager_restart(const Manager *m, const char *unit, const char **ret_job)
{
        return call_for_job(m, "RestartUnit", unit, "replace", "restart", ret_job);
}

int manager_try_restart(const Manager *m, const char *unit, const char **ret_job)
{
        return call_for_job(m, "TryRestartUnit", unit, "replace", "restart", ret_job);
}

int manager_reset_failed(const Manager *m, const char *unit)
{
        return call_for_job(m, "ResetFailedUnit", unit, NULL, "reset", NULL);
}

int manager_subscribe(const Manager *m, sd_bus_message_handler_t on_job_removed, void *userdata)
{
        int r = sd_bus_match_signal(m->bus, NULL, m->sender, MANAGER_PATH, MANAGER_INTERFACE, "JobRemoved",
                                    on_job_removed, userdata);

        if (r >= 0)
                r = sd_bus_call_method(m->bus, BUS_NAME, MANAGER_PATH, MANAGER_INTERFACE, "Subscribe", NULL, NULL, "");
        if (r < 0)
                say(SAY_ERROR, "cannot subscribe to changes: %s", strerror(-r));
        return r;
}
