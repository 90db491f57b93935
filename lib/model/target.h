/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* Groups objects that are started and stopped as a whole: those of a pod, and those of a file with several of them.
 * Reports names that two groups would have. */
void target_resolve(Run *run, Fleet *fleet);
