/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What systemd's own sections hold: which directive belongs where, and which few a definition must leave
 * alone. Needed for hints only; systemd's language has no table here. */

#include "model/def.h"

/* The section that has this directive (exact spelling, or letter case aside); PASS_COUNT when none has. The
 * section `first` is looked at first, since some names stand in two. */
PassSection directive_section(Str key, PassSection first);
PassSection directive_section_nocase(Str key);
/* The nearest directive of that section; empty when none is near. */
Str directive_nearest(PassSection section, Str key);
/* The first systemd that has it; 0 when every supported one (252) has, or it is not known. */
unsigned directive_since(PassSection section, Str key);
/* Why a definition must not set it, as a hint; empty when it may. */
Str directive_denied(PassSection section, Str key, Str value);
