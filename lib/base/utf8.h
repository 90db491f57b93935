/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* UTF-8 as RFC 3629 has it: no surrogates, nothing above U+10FFFF, no overlong forms. */

#include "base/str.h"

/* The length of the well-formed sequence at the start of s, and its code point; 0 when there is none. */
size_t utf8_decode(Str s, unsigned *ret_code);
/* Where the first ill-formed sequence stands, or s.len. */
size_t utf8_find_invalid(Str s);
/* U+FDD0 … U+FDEF and the last two of each plane, which stand for nothing. systemd drops lines that hold one. */
bool utf8_is_noncharacter(unsigned code);
/* Whether all is printable ASCII, tabs and line feeds, as nearly every definition is. */
bool utf8_is_plain(Str s);
/* The length of the printable ASCII at the start. */
size_t utf8_printable(Str s);
/* Code points; an ill-formed byte counts as one. */
size_t utf8_count(Str s);
