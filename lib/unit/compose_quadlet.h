/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backend/backend.h"

/* The unit of a Quadlet file: its own groups, in their order and with their comments, those of Podman's under names
 * that systemd passes over, and the lines that are added to [Unit] and [Service]. */
void compose_quadlet(Run *run, Buf *buf, const Object *c, const Recipe *recipe);
