/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* What pods and their members must agree on, once all are linked: keys that belong to the pod, ports inside that
 * two members use. Members are put into the order of their names. */
void pod_resolve(Run *run, Fleet *fleet);

/* The pod's network mode, or the name of its first network; empty when none is set. */
Str pod_mode(const Object *pod);

/* Whether the member will be there, under the one name that it has. */
bool pod_has(const Object *member);
/* Whether a start of the pod starts it too. */
bool pod_starts(const Object *member);
