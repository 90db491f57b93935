/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The private network of a container of systemd-nspawn: a network namespace that is its unit's own, and devices in
 * it, in the words of bayplan-netns(8). */

#include "model/resolve.h"

/* An option of bayplan-netns(8). */
typedef struct MachineWord {
        const char *flag; /* "--veth=" */
        Str text;
        const Device *device; /* of the text; NULL: it is none */
        const Value *value;   /* that asks for it */
} MachineWord;

typedef VEC(MachineWord) MachineWords;

/* Whether PrivateNetwork=yes of an nspawn container asks for devices. */
bool machine_has_devices(const Object *c);
/* The name of the namespace. */
Str machine_space(Arena *arena, const Object *c);
/* The device on the host that leads to it: "ve-NAME", or "vb-NAME" as a port of a bridge, or a name that is shortened
 * (T-05). Empty: it has no such cable. */
Str machine_cable(Arena *arena, const Object *c);
/* What is made in the namespace. */
MachineWords machine_words(Arena *arena, const Object *c);
