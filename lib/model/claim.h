/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/resolve.h"

/* Reports host ports that two containers publish on one address, with both places, and marks both as broken: the one
 * that starts second would fail. */
void claim_check(Run *run, Fleet *fleet);

/* The address on which a container or pod publishes the port, without brackets, with its zone. False when only
 * systemd knows it. */
bool claim_address(const Fleet *fleet, const Port *port, Str *ret_text, Address *ret);
/* Whether a container or pod publishes its ports: in the host's network, or in none, nothing is. */
bool claim_publishes(const Def *def);
