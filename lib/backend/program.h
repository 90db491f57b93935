/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where the programs are that units call. */

#include "base/run.h"
#include "config.h"
#include "model/option.h"

/* The engine's program: $PODMAN and friends in the environment, else the build's path; empty for ENGINE_NONE. */
Str backend_program(const Run *run, Engine engine);
/* The path of a helper: BACKEND_HELPER("bayplan-image"). */
#define BACKEND_HELPER(name) S(BAYPLAN_LIBEXECDIR "/" name)
