/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* systemd's own unit loader, in this process: the library of PID 1 (libsystemd-core) loads a unit
 * file as `systemd-analyze verify` does, and what it made of it is read from the very memory that
 * systemctl show and the executor read. Nothing of systemd's parsing is done again here. No release
 * promises this library; what is relied upon:
 *  - the functions named in loader.c and their arguments, the same from 252 to 257 at least;
 *  - the tables of D-Bus properties (sd-bus-vtable.h, a public format) tell where in a unit a
 * property lies;
 *  - a command begins with `char *path, **argv`; where its `next` lies is found out.
 * Where one of these does not hold, loader_open() says so, or the first unit differs from its file.
 */

#include <stdbool.h>

typedef struct Loader Loader;
typedef struct LoadedUnit LoadedUnit; /* systemd's */

typedef struct LoadedCommand {
        const char *path;
        char **argv; /* NULL-terminated; variables are expanded when it is run, see
                        loader_run_argv() */
} LoadedCommand;

/* unit_dir (absolute) becomes the only place of units. NULL, and why, when this machine cannot do
 * it. One Loader in a process. */
Loader *loader_open(const char *unit_dir, const char **ret_reason);
void loader_close(Loader *loader);

/* Loads UNIT_DIR/name, which was written since the last call. NULL on an error. */
LoadedUnit *loader_load(Loader *loader, const char *name);

/* A list of commands such as ExecStart=; NULL at its end. */
const LoadedCommand *loader_commands(Loader *loader, LoadedUnit *unit, const char *property);
const LoadedCommand *loader_next(Loader *loader, const LoadedCommand *command);
/* Environment=, NULL-terminated; NULL when there is none. */
char **loader_environment(Loader *loader, LoadedUnit *unit);
/* A list property of any unit such as RequiresMountsFor=, as it is sent over D-Bus. The caller
 * frees all. */
char **loader_strings(Loader *loader, LoadedUnit *unit, const char *property);
/* A text property of any unit such as Description=. The caller frees it. */
char *loader_string(Loader *loader, LoadedUnit *unit, const char *property);

/* The argument vector that is executed: argv with the variables expanded. The caller
 * frees all. */
char **loader_run_argv(Loader *loader, char **argv, char **variables);
