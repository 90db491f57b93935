/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* [Install] of definitions, which becomes links: a generated unit cannot be enabled by systemctl. */

#include "base/map.h"
#include "model/resolve.h"

/* Fills c->install from the lines of [Install], or from AutoStart= when there are none. False when something was
 * reported. */
bool install_resolve(Run *run, Object *c);
/* An alias that is the name of a unit, or a path below the directory of units. */
void install_add_alias(Run *run, Object *c, Str alias, Loc at);
/* Takes aliases away that are the name of another unit, which is reported and breaks their containers. */
void install_check_aliases(Run *run, const Fleet *fleet, const Map *installed);
