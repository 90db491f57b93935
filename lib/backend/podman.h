/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backend/backend.h"

/* podman(1), from 4.3 on: containers are started detached, and conmon, in the unit's own control group, is the
 * main process and tells systemd when the container is ready. */
extern const Backend backend_podman;
