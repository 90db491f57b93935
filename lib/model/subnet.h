/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* Reports addresses of containers and pods that are not of the network that they join, which breaks those; and networks whose subnets overlap, with both places, and marks both as broken: the engine would refuse the
 * one that happens to start second. */
void subnet_check(Run *run, Fleet *fleet);
