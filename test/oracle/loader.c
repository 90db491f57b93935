/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "loader.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

/* RUNTIME_SCOPE_SYSTEM and MANAGER_TEST_RUN_MINIMAL: what systemd-analyze verify uses. */
enum {
        SCOPE_OF_SYSTEM = 0,
        TEST_RUN_MINIMAL = 1,
};

typedef struct Manager Manager;
typedef struct ExecContext ExecContext;

/* systemd's functions, as they are called. The sd-bus ones are the library's own copy, not those of
 * libsystemd. */
#define SYMBOLS(_)                                                                                 \
        _(log_set_max_level, void, (int))                                                          \
        _(manager_new, int, (int, int, Manager **))                                                \
        _(manager_startup, int, (Manager *, FILE *, void *, const char *))                         \
        _(manager_load_unit, int,                                                                  \
          (Manager *, const char *, const char *, sd_bus_error *, LoadedUnit **))                  \
        _(manager_free, Manager *, (Manager *))                                                    \
        _(unit_get_exec_context, ExecContext *, (const LoadedUnit *))                              \
        _(exec_command_append_list, void, (void **, void *))                                       \
        _(replace_env_argv, void *, (char **, char **, char ***, char ***, char ***))              \
        _(sd_bus_new, int, (sd_bus **))                                                            \
        _(sd_bus_set_fd, int, (sd_bus *, int, int))                                                \
        _(sd_bus_start, int, (sd_bus *))                                                           \
        _(sd_bus_close_unref, sd_bus *, (sd_bus *))                                                \
        _(sd_bus_message_new_signal, int,                                                          \
          (sd_bus *, sd_bus_message **, const char *, const char *, const char *))                 \
        _(sd_bus_message_seal, int, (sd_bus_message *, uint64_t, uint64_t))                        \
        _(sd_bus_message_read_strv, int, (sd_bus_message *, char ***))                             \
        _(sd_bus_message_read_basic, int, (sd_bus_message *, char, void *))                        \
        _(sd_bus_message_unref, sd_bus_message *, (sd_bus_message *))

#define TABLES(_)                                                                                  \
        _(bus_exec_vtable)                                                                         \
        _(bus_service_vtable)                                                                      \
        _(bus_unit_vtable)

struct Loader {
        const char *unit_dir;
        Manager *manager;
        sd_bus *bus;
        int peer;    /* the other end of the bus, where nobody reads */
        size_t next; /* where a command has its `next` */
        unsigned loaded;
        char reason[512];

#define SYMBOL(name, result, arguments) result(*name) arguments;
        SYMBOLS(SYMBOL)
#undef SYMBOL
#define TABLE(name) const sd_bus_vtable *name;
        TABLES(TABLE)
#undef TABLE
};

static void *open_library(Loader *loader)
{
        static const char *const patterns[] = {
                "/usr/lib/systemd/libsystemd-core-*.so",
                "/usr/lib64/systemd/libsystemd-core-*.so",
                "/usr/lib/*/systemd/libsystemd-core-*.so",
        };
        char shared[PATH_MAX];
        void *library = NULL;
        glob_t found = { 0 };

        for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
                glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found);
        if (!found.gl_pathc) {
                snprintf(loader->reason, sizeof(loader->reason), "no library libsystemd-core here");
        } else {
                const char *core = found.gl_pathv[0], *name = strrchr(core, '/') + 1;

                /* It looks for libsystemd-shared by name only, where PID 1 knows the directory. */
                snprintf(shared, sizeof(shared), "%.*slibsystemd-shared%s", (int)(name - core),
                         core, name + strlen("libsystemd-core"));
                if (!dlopen(shared, RTLD_NOW) || !(library = dlopen(core, RTLD_NOW)))
                        snprintf(loader->reason, sizeof(loader->reason), "%s", dlerror());
        }
        globfree(&found);
        return library;
}

static bool find_symbol(Loader *loader, void *library, const char *name, void *ret)
{
        void *address = dlsym(library, name);

        if (!address) {
                snprintf(loader->reason, sizeof(loader->reason), "libsystemd-core has no %s", name);
                return false;
        }
        memcpy(ret, &address, sizeof(address));
        return true;
}

static bool find_symbols(Loader *loader, void *library)
{
#define SYMBOL(name, result, arguments)                                                            \
        if (!find_symbol(loader, library, #name, &loader->name))                                   \
                return false;
        SYMBOLS(SYMBOL)
#undef SYMBOL
#define TABLE(name)                                                                                \
        if (!find_symbol(loader, library, #name, &loader->name))                                   \
                return false;
        TABLES(TABLE)
#undef TABLE
        return true;
}

/* The library itself appends one command to another; then `next` of the first is the second. */
static bool find_next(Loader *loader)
{
        static void *first[64], *second[64];
        void *list = first;

        loader->exec_command_append_list(&list, second);
        for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
                if (first[i] == second) {
                        loader->next = i * sizeof(*first);
                        return true;
                }
        snprintf(loader->reason, sizeof(loader->reason), "commands are no list any more");
        return false;
}

/* Messages need a bus to be made for, never to be sent. */
static bool open_bus(Loader *loader)
{
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
                return false;
        loader->peer = fds[1];
        if (loader->sd_bus_new(&loader->bus) < 0 ||
            loader->sd_bus_set_fd(loader->bus, fds[0], fds[0]) < 0 ||
            loader->sd_bus_start(loader->bus) < 0) {
                snprintf(loader->reason, sizeof(loader->reason), "cannot make a bus");
                return false;
        }
        return true;
}

static bool start_manager(Loader *loader)
{
        int r;

        /* Without a colon at its end the variable replaces all the usual directories. */
        setenv("SYSTEMD_UNIT_PATH", loader->unit_dir, true);
        if (!getenv("ORACLE_VERBOSE"))
                loader->log_set_max_level(0);
        r = loader->manager_new(SCOPE_OF_SYSTEM, TEST_RUN_MINIMAL, &loader->manager);
        if (r >= 0)
                r = loader->manager_startup(loader->manager, NULL, NULL, NULL);
        if (r < 0)
                snprintf(loader->reason, sizeof(loader->reason),
                         "systemd's manager does not start: %s", strerror(-r));
        return r >= 0;
}

Loader *loader_open(const char *unit_dir, const char **ret_reason)
{
        static Loader loader;
        void *library;

        loader.unit_dir = unit_dir;
        *ret_reason = loader.reason;
        library = open_library(&loader);
        if (!library || !find_symbols(&loader, library) || !find_next(&loader) ||
            !open_bus(&loader) || !start_manager(&loader))
                return NULL;
        return &loader;
}

void loader_close(Loader *loader)
{
        loader->manager_free(loader->manager);
        loader->sd_bus_close_unref(loader->bus);
        close(loader->peer);
}

LoadedUnit *loader_load(Loader *loader, const char *name)
{
        /* systemd looks at a directory again when its time has changed; the kernel's is too coarse
         * for us. */
        const struct timespec time[] = { { .tv_sec = 1 }, { .tv_sec = 1000 + ++loader->loaded } };
        LoadedUnit *unit;

        if (utimensat(AT_FDCWD, loader->unit_dir, time, 0) < 0 ||
            loader->manager_load_unit(loader->manager, name, NULL, NULL, &unit) < 0)
                return NULL;
        return unit;
}

static const sd_bus_vtable *find_property(const sd_bus_vtable *table, const char *name)
{
        const size_t size = table->x.start.element_size;

        for (; table->type != _SD_BUS_VTABLE_END;
             table = (const void *)((const char *)table + size))
                if ((table->type == _SD_BUS_VTABLE_PROPERTY ||
                     table->type == _SD_BUS_VTABLE_WRITABLE_PROPERTY) &&
                    strcmp(table->x.property.member, name) == 0)
                        return table;
        fprintf(stderr, "systemd has no property %s\n", name);
        abort();
}

static void *property_address(void *object, const sd_bus_vtable *property)
{
        return (char *)object + property->x.property.offset;
}

const LoadedCommand *loader_commands(Loader *loader, LoadedUnit *unit, const char *property)
{
        return *(LoadedCommand **)property_address(
                unit, find_property(loader->bus_service_vtable, property));
}

const LoadedCommand *loader_next(Loader *loader, const LoadedCommand *command)
{
        return *(LoadedCommand *const *)((const char *)command + loader->next);
}

char **loader_environment(Loader *loader, LoadedUnit *unit)
{
        return *(char ***)property_address(loader->unit_get_exec_context(unit),
                                           find_property(loader->bus_exec_vtable, "Environment"));
}

/* What systemd would answer on D-Bus to Get(name), ready to be read. */
static sd_bus_message *get_property(Loader *loader, LoadedUnit *unit, const char *name)
{
        const sd_bus_vtable *property = find_property(loader->bus_unit_vtable, name);
        sd_bus_message *message = NULL;

        if (loader->sd_bus_message_new_signal(loader->bus, &message, "/", "a.b", "C") < 0 ||
            property->x.property.get(loader->bus, "/", "a.b", name, message,
                                     property_address(unit, property), NULL) < 0 ||
            loader->sd_bus_message_seal(message, 1, 0) < 0) {
                fprintf(stderr, "systemd does not tell %s\n", name);
                abort();
        }
        return message;
}

char **loader_strings(Loader *loader, LoadedUnit *unit, const char *property)
{
        sd_bus_message *message = get_property(loader, unit, property);
        char **strings = NULL;

        loader->sd_bus_message_read_strv(message, &strings);
        loader->sd_bus_message_unref(message);
        return strings;
}

char *loader_string(Loader *loader, LoadedUnit *unit, const char *property)
{
        sd_bus_message *message = get_property(loader, unit, property);
        const char *text = NULL;
        char *copy = NULL;

        if (loader->sd_bus_message_read_basic(message, 's', &text) > 0)
                copy = strdup(text);
        loader->sd_bus_message_unref(message);
        return copy;
}

char **loader_run_argv(Loader *loader, char **argv, char **variables)
{
        char **run = NULL, **unset = NULL, **bad = NULL;
        void *result;

        /* Up to 253 it takes two arguments and returns the vector; a callee does not see further
         * ones. */
        result = loader->replace_env_argv(argv, variables, &run, &unset, &bad);
        free(unset);
        free(bad);
        return run ? run : result;
}
