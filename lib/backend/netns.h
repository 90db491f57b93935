/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Network namespaces: bayplan-netns(8) makes them, and containers join them by a path. They are no engine's. */

#include "backend/backend.h"

extern const Backend backend_netns;

/* Of Netns=: where the namespace is found. */
Text netns_path(Arena *arena, const Value *value);
/* The file of the name servers that the container's namespace has by its definition; empty: none. podman finds it by
 * itself. */
Text netns_resolv_conf(Arena *arena, const Object *container);
