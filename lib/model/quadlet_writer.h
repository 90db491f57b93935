/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How convert_quadlet() writes a key: what Quadlet reads back as the value. */

#include "model/convert.h"

typedef struct QuadletWriter {
        Run *run;
        Arena *arena;
        const Fleet *fleet;
        DumpFaults *faults;
        const Object *object;
        Buf *buf; /* of the section under way */
} QuadletWriter;

/* Adds a reason, and returns false, as all of these do then. */
bool writer_refuse(QuadletWriter *c, Loc at, Str key, Str why);
/* A line as it is. */
bool writer_add_line(QuadletWriter *c, Loc at, Str key, Str text);
/* One value of a key that Quadlet has, in its reading mode. */
bool writer_add_text(QuadletWriter *c, OptionId id, const Value *value, Str text);
/* All values in one line. */
bool writer_add_command(QuadletWriter *c, OptionId id, const Value *first);
/* Ports of Bayplan's own. */
bool writer_add_ports(QuadletWriter *c, OptionId id, const Value *first);
/* A key of a definition of Bayplan's own, whatever Quadlet has for it. */
bool writer_add_option(QuadletWriter *c, OptionId id, const Value *first);
