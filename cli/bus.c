/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/bus.h"

#include "base/map.h"
#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>

enum {
        CALL_TIMEOUT_USEC = 5 * 1000 * 1000, /* a list is not worth more waiting */
};

static void unref_bus_p(sd_bus **bus)
{
        sd_bus_flush_close_unref(*bus);
}

static void unref_message_p(sd_bus_message **message)
{
        sd_bus_message_unref(*message);
}

/* systemd's own socket, for root: there without a bus daemon, and early at boot. */
static int open_private(sd_bus **ret)
{
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r < 0) {
                sd_bus_unref(bus);
                return r;
        }
        *ret = bus;
        return 0;
}

static int open_bus(const Run *run, sd_bus **ret)
{
        if (run->scope == SCOPE_USER)
                return sd_bus_open_user(ret);
        if (run->uid == 0 && !run_env(run, "DBUS_SYSTEM_BUS_ADDRESS").len && open_private(ret) >= 0)
                return 0;
        return sd_bus_open_system(ret);
}

static int ask(const Run *run, sd_bus *bus, const Str *units, size_t count, sd_bus_message **ret)
{
        sd_bus_message *call __attribute__((cleanup(unref_message_p))) = NULL;
        VEC(char *) names = { 0 };
        int r;

        for (size_t i = 0; i < count; i++)
                VEC_ADD(run->arena, &names, (char *)(uintptr_t)arena_c(run->arena, units[i]));
        VEC_ADD(run->arena, &names, NULL);

        r = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.systemd1",
                                           "/org/freedesktop/systemd1",
                                           "org.freedesktop.systemd1.Manager", "ListUnitsByNames");
        if (r >= 0)
                r = sd_bus_message_append_strv(call, names.items);
        if (r >= 0)
                r = sd_bus_call(bus, call, CALL_TIMEOUT_USEC, NULL, ret);
        return r;
}

/* The answer names the units asked for, also those that are not found. */
static int read_states(const Run *run, sd_bus_message *answer, const Str *units, size_t count,
                       Str *states)
{
        const char *name, *load, *active;
        Map places = { 0 };
        int r = sd_bus_message_enter_container(answer, 'a', "(ssssssouso)");

        for (size_t i = 0; i < count; i++)
                map_put(run->arena, &places, units[i], &states[i]);
        while (r >= 0) {
                r = sd_bus_message_read(answer, "(ssssssouso)", &name, NULL, &load, &active, NULL,
                                        NULL, NULL, NULL, NULL, NULL);
                if (r <= 0)
                        break;

                Str *state = map_get(&places, str_c(name));

                if (state)
                        *state = arena_str(run->arena,
                                           str_c(strcmp(load, "loaded") == 0 ? active : load));
        }
        return r;
}

bool bus_unit_states(const Run *run, const Str *units, size_t count, Str *ret_states)
{
        sd_bus *bus __attribute__((cleanup(unref_bus_p))) = NULL;
        sd_bus_message *answer __attribute__((cleanup(unref_message_p))) = NULL;

        return count && open_bus(run, &bus) >= 0 && ask(run, bus, units, count, &answer) >= 0 &&
               read_states(run, answer, units, count, ret_states) >= 0;
}

bool bus_main_pid(const Run *run, Str unit, unsigned *ret)
{
        sd_bus *bus __attribute__((cleanup(unref_bus_p))) = NULL;
        char *path = NULL;
        uint32_t pid = 0;
        int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", arena_c(run->arena, unit), &path);

        if (r >= 0)
                r = open_bus(run, &bus);
        if (r >= 0)
                r = sd_bus_get_property_trivial(bus, "org.freedesktop.systemd1", path,
                                                "org.freedesktop.systemd1.Service", "MainPID", NULL, 'u', &pid);
        free(path);
        if (r < 0 || !pid)
                return false;
        *ret = pid;
        return true;
}
