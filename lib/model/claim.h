/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* Reports host ports that two containers publish on one address, with both places, and marks both as broken: the one
 * that starts second would fail. */
void claim_check(Run *run, Fleet *fleet);
