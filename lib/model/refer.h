/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Names that become pointers: what a definition says of others. */

#include "base/map.h"
#include "model/resolve.h"

/* The objects of each kind by the names of their definitions. */
typedef struct Names {
        Map of_kind[KIND_COUNT];
} Names;

/* Fills c->depends. Reports names that nobody has; false when there was any. */
bool refer_container(Run *run, const Fleet *fleet, const Names *names, Object *c);

/* Once all are linked: when each unit counts as started, as those need it that depend on it. */
void refer_settle(Run *run, Fleet *fleet);
