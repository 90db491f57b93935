/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Lines of unit files. What a context cannot express, such as a path with a line break, which nobody can mount
 * either, is left out. */

#include "backend/recipe.h"
#include "base/buf.h"
#include "model/def.h"

enum {
        LINES_MAX = 1024 * 1024, /* bytes of a unit; systemd reads no longer line. Nothing is added once there are more */
};

/* [NAME], below an empty line unless it is the first. */
void lines_section(Buf *buf, Str name);
/* KEY= and all texts on one line; nothing when there are none. */
void lines_list(Buf *buf, Str key, const Words *items, bool (*quote)(Buf *, Text));
/* KEY=VALUE */
void lines_value(Buf *buf, Str key, Text value, bool (*quote)(Buf *, Text));
/* The user's own lines, as they are. */
void lines_pass(Buf *buf, const PassLines *lines);
/* ExecStart= and friends. */
void lines_exec(Buf *buf, const Command *command);
