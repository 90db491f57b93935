/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Definitions of Quadlet files as Bayplan's own, and the reverse. Units and objects keep their names, and what the
 * two have other defaults for is said in words where a definition can say it: ports, what starts at boot, Restart=.
 * There and back again gives files whose units do the same. What the other side cannot say is a fault, and never
 * left out. */

#include "model/dump.h"
#include "model/resolve.h"

/* The model with all definitions as Bayplan's own. False, and the reasons are added, when one cannot be. */
bool convert_native(Run *run, const Fleet *fleet, const Model *model, Model *ret, DumpFaults *faults);

typedef struct ConvertFile {
        Str name; /* "web.container" */
        Str text;
} ConvertFile;

typedef VEC(ConvertFile) ConvertFiles;

/* A Quadlet file for each definition, drop-ins merged. False, and the reasons are added, when one cannot be. */
bool convert_quadlet(Run *run, const Fleet *fleet, ConvertFiles *ret, DumpFaults *faults);

/* Restart= as Quadlet has it by itself; empty where systemd's default holds. A line of [Service] that says the same
 * comes first in what is converted, so that it can be told from one that somebody wrote. */
Str convert_restart(Kind kind);
