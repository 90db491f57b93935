/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How text becomes unit file syntax: one function for each context, and nowhere else. base/text.h
 * says what the two doors mean. Behind both, quotes, backslashes, blanks and control bytes are
 * literal: unquoting was done when the value was read. Where a context cannot express a text its
 * function returns false and adds nothing; the others express everything. Text holds no NUL. */

#include "base/buf.h"
#include "base/text.h"

/* quote_word() of what is not known to be plain. */
void quote_any_word(Buf *buf, Text text);

/* A word of ExecStart= and friends, but not the first (systemd.service(5), "Command lines"). Every
 * byte can be expressed. Safe behind "\"-newline, where a leading "#" or ";" would be a comment. */
static inline void quote_word(Buf *buf, Text text)
{
        if (text.plain)
                buf_add(buf, text.str);
        else
                quote_any_word(buf, text);
}

/* The first word: the program. "$" has no meaning in it. False for what systemd refuses: neither
 * absolute nor a bare name, a trailing "/", a control byte, quote or backslash; for blanks at
 * either end, which its executor loses; and for what it would read as something else, quoted or
 * not: a leading "-", "@", ":", "+", "!" or "|", a lone ";". */
bool quote_program(Buf *buf, Text text);

/* An assignment of Environment= (systemd.exec(5)): "KEY=value"; "$" has no meaning there. Takes
 * control bytes too; false only for what is not UTF-8 to systemd, see quote_is_utf8(). */
bool quote_env(Buf *buf, Text text);

/* A word of a list of paths, such as RequiresMountsFor= (systemd.unit(5)), where "\" takes the next
 * character as it is and is no C escape. False for control bytes but tab, and for what is not
 * UTF-8. */
bool quote_item(Buf *buf, Text text);

/* The whole name of a unit in After=, Requires= and friends, where neither quotes nor escapes mean
 * anything:
 * "\x2d" in it is part of the name. False for what is not in a unit's name (systemd.unit(5));
 * behind DOOR_SYSTEMD a "%" may stand too. */
bool quote_unit(Buf *buf, Text text);

/* A value that takes the rest of its line, such as Description=. False for control bytes but tab,
 * what is not UTF-8, blanks at either end, and a backslash at the end that would join the next
 * line. */
bool quote_value(Buf *buf, Text text);

/* Part of a unit's name by the rule of systemd-escape(1): "/" becomes "-", everything but letters,
 * digits,
 * ":", "_" and "." (not leading) becomes \xNN. */
void quote_name(Buf *buf, Str s);
/* The same for a path (systemd-escape --path): without leading, trailing and doubled "/" and "."
 * components;
 * "/" is "-". False when a component is "..". */
bool quote_path_name(Buf *buf, Str path);

/* Whether systemd takes a line with these bytes: it drops every line, and every environment value,
 * that is not UTF-8 or holds a noncharacter such as U+FFFE (its unichar_is_valid()). */
bool quote_is_utf8(Str s);
