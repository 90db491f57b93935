/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Names that become pointers: what a definition says of others. */

#include "base/map.h"
#include "model/resolve.h"

/* The objects of each kind by the names of their definitions. */
typedef struct Names {
        Map of_kind[KIND_COUNT];
        Map unknown[KIND_COUNT]; /* names that were looked for in vain */
        size_t compared;         /* with other names, for suggestions */
} Names;

/* Fills depends, links, pod and members. Reports names that nobody has; false when there was any. */
bool refer_object(Run *run, const Fleet *fleet, Names *names, Object *c);

/* The name of a network or volume in a value of Network=, Volume= or Mount=, also when systemd's specifiers stand
 * elsewhere in it. Empty: it names none, but a path, a mode, or nothing. */
Str refer_name(OptionId id, const Value *value);
/* Whether what is named there is of the same engine and user; else that is reported. */
bool refer_usable(Run *run, const Object *c, const Object *other, Loc at);
/* Words of Network= that are no name of a network: host, none, … */
bool refer_is_mode(Str s);

/* Once all are linked: when each unit counts as started, as those need it that depend on it. */
void refer_settle(Run *run, Fleet *fleet);
