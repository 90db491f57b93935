/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Containers that join a namespace of another one: Network=container:NAME, UserNS=container:NAME. Where NAME is one
 * of ours, the guest is bound to its owner: it starts after it and does not outlive it, since what it would be left
 * with is a namespace without a network (demand 3). A name that is not ours is somebody else's container. */

#include "model/resolve.h"

/* Adds these dependencies, and puts the names that the engine knows into the values. Guests that cannot join are
 * reported and broken. Engines and users of all containers must be known. */
void namespace_resolve(Run *run, Fleet *fleet);
