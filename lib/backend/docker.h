/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backend/backend.h"

/* docker(1), from 20.10 on: the daemon keeps the container's processes in a control group of its own and cannot
 * talk to systemd, so bayplan-supervise is the unit's main process: it starts the container, says when it is
 * ready, stops it, and ends as it ends. */
extern const Backend backend_docker;
