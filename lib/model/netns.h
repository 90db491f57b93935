/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Network namespaces as a whole: who is whose peer, and that in each of them, and on the host, a name or an address
 * stands for one device. */

#include "model/refer.h"

/* What one definition must say. */
bool netns_require(Run *run, const Object *c);
/* Binds namespaces to those of their peers, and who joins a namespace to that. */
void netns_resolve(Run *run, Fleet *fleet, const Names *names);
