/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a helper asks of systemd's manager (org.freedesktop.systemd1(5)). The connection is to its own
 * socket, which is there without a bus daemon, also while the machine shuts down; else it is to the
 * bus. Functions return -errno on failure; what they return lives in the arena. */

#include <systemd/sd-bus.h>

#include "base/arena.h"
#include "base/vec.h"

typedef struct Manager {
        Arena *arena;
        sd_bus *bus;
        bool user;
        const char *sender; /* of its signals, for matches; NULL on its own socket */
} Manager;

/* A change that was asked for and is not done yet. */
typedef struct Job {
        uint32_t id;      /* counts up; 0: there is none */
        const char *type; /* "start", "stop", "restart", …; empty without one */
} Job;

typedef VEC(const char *) Units;

int manager_open(Arena *arena, bool user, Manager *ret);
void manager_close(Manager *m);
/* For CLEANUP(). */
static inline void manager_close_p(Manager *m)
{
        manager_close(m);
}

/* The state of the manager itself: "running", "stopping", …. */
int manager_state(const Manager *m, const char **ret);
/* ActiveState= of a unit. */
int manager_unit_state(const Manager *m, const char *unit, const char **ret);
/* When it has last become active, or done something else: "ActiveEnterTimestampMonotonic", microseconds of
 * CLOCK_MONOTONIC; 0: never. */
int manager_unit_time(const Manager *m, const char *unit, const char *property, uint64_t *ret);
/* Whether there is such a unit: a reload may have taken it away. */
int manager_unit_is_known(const Manager *m, const char *unit, bool *ret);
int manager_unit_job(const Manager *m, const char *unit, Job *ret);
/* Adds the units of a list of dependencies, such as "Requires". */
int manager_unit_list(const Manager *m, const char *unit, const char *list, Units *units);
/* True for a service that is inactive again as soon as it has done its work. */
int manager_unit_is_oneshot(const Manager *m, const char *unit, bool *ret);

/* Asks for a start, unless that contradicts another job: then -EDEADLK. */
int manager_start(const Manager *m, const char *unit, const char **ret_job);
/* Ask for a restart in place of any other job, with what depends on the unit; try: only where it is active. */
int manager_restart(const Manager *m, const char *unit, const char **ret_job);
int manager_try_restart(const Manager *m, const char *unit, const char **ret_job);
/* Forgets a failure, and how often it was started of late. */
int manager_reset_failed(const Manager *m, const char *unit);
/* Calls the handler for each job that ends: JobRemoved(u id, o job, s unit, s result). */
int manager_subscribe(const Manager *m, sd_bus_message_handler_t on_job_removed, void *userdata);

/* The object of a unit, as signals name it. */
const char *manager_unit_path(const Manager *m, const char *unit);
