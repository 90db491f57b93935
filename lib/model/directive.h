/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What systemd's own sections hold: which directive belongs where, and which few a definition must leave
 * alone. Needed for hints only; systemd's language has no table here. */

#include "model/def.h"

/* Without a pointer, as Spell. */
typedef struct Directive {
        PassSection section : 8;
        unsigned since : 16; /* the first systemd that has it; 0: every supported one (252) has */
        unsigned len : 8;    /* of the key */
        char key[36];
} Directive;

enum {
        DIRECTIVE_RECENT = 64,
};

/* What was found last: files mostly have the same few. Zero is an empty one. */
typedef struct DirectiveMemo {
        const Directive *recent[PASS_COUNT][DIRECTIVE_RECENT];
} DirectiveMemo;

/* The directive of that name, spelled exactly; NULL when there is none. The section `first` is looked at first, since
 * some names stand in two. */
const Directive *directive_find(DirectiveMemo *memo, Str key, PassSection first);
/* The section that has it, letter case aside; PASS_COUNT when none has. */
PassSection directive_section_nocase(Str key);
/* The nearest directive of that section; empty when none is near. */
Str directive_nearest(PassSection section, Str key);
/* Why a definition must not set it, as a hint; empty when it may. */
Str directive_denied(PassSection section, Str key, Str value);
/* What a value holds that cannot stand in a line of a unit; empty when it can. */
Str directive_fault(Str value);
