/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* Warns of volumes that are directories within that of another one, with both places: who mounts the outer one meets the
 * inner one's data. */
void nest_check(Run *run, Fleet *fleet);
