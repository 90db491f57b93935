/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/program.h"

Str backend_program(const Run *run, Engine engine)
{
        static const struct {
                const char *variable;
                Str path;
        } programs[ENGINE_COUNT] = {
                [ENGINE_PODMAN] = { "PODMAN", STR_INIT(BAYPLAN_PODMAN) },
                [ENGINE_DOCKER] = { "DOCKER", STR_INIT(BAYPLAN_DOCKER) },
                [ENGINE_NSPAWN] = { "NSPAWN", STR_INIT(BAYPLAN_NSPAWN) },
        };
        const char *variable = programs[engine].variable;
        const Str set = variable ? run_env(run, variable) : (Str){ 0 };

        return set.len ? set : programs[engine].path;
}
