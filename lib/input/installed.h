/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which units the system brings, so that a generated one does not hide one of them. Only names are read. */

#include "base/run.h"

typedef VEC(Str) InstalledUnits;

/* The full paths of units below the directories over which generated ones take precedence (systemd.unit(5)):
 * /usr/local/lib/systemd, /usr/lib/systemd, /lib/systemd. $BAYPLAN_UNIT_PATH (colon list) replaces them. */
InstalledUnits installed_units(Run *run);
