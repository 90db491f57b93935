/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where the programs are that units call. */

#include "base/run.h"
#include "model/option.h"

/* The engine's program: $PODMAN and friends in the environment, else the build's path. */
Str backend_program(const Run *run, Engine engine);
/* The path of a helper: "bayplan-image". */
Str backend_helper(Run *run, const char *name);
