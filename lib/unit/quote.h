/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How text becomes unit file syntax: one function for each context, and nowhere else. Text enters by one of
 * two doors, see base/text.h. */

#include "base/buf.h"
#include "base/text.h"

/* A word of ExecStart= and friends (systemd.service(5), "Command lines"). Never begins with a character that
 * systemd would read as a prefix of the command line unless the word itself does. */
void quote_word(Buf *buf, Text text);

/* An assignment of Environment= (systemd.exec(5)): "KEY=value"; "$" has no meaning there. */
void quote_env(Buf *buf, Text text);

/* A word of a list of paths or names such as RequiresMountsFor= or After=. */
void quote_item(Buf *buf, Text text);

/* A value that takes the rest of its line, such as Description=. False, and nothing added, when it cannot be
 * expressed: a newline or another control byte. A trailing backslash or leading or trailing blanks too. */
bool quote_value(Buf *buf, Text text);

/* Part of a unit's name by the rule of systemd-escape(1): "/" becomes "-", everything but letters, digits,
 * ":", "_" and "." (not leading) becomes \xNN. */
void quote_name(Buf *buf, Str s);
/* The same for an absolute path (systemd-escape --path). */
void quote_path_name(Buf *buf, Str path);
