/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Text as a part of a unit's name (systemd.unit(5), "String Escaping for Inclusion in Unit Names"). */

#include "base/arena.h"

/* As it is, but for characters that cannot stand in a name. A "-" stays, as in the names of services. */
Str unit_name_part(Arena *arena, Str s);
/* "dev-disk-by\x2dlabel-data" for "/dev/disk/by-label/data": what systemd-escape(1) --path makes of it. */
Str unit_name_path(Arena *arena, Str path);
