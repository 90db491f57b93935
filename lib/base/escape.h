/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Text of others on its way out, to a person or to a program: control bytes never reach a terminal. */

#include "base/buf.h"

/* For one line of a terminal or log: what moves the cursor, ends the line or turns the direction of writing
 * becomes \xNN or \uNNNN, and so does what is not UTF-8. A tab becomes a blank. */
void escape_visible(Buf *buf, Str s);
/* A JSON string with its quotes (RFC 8259). What is not UTF-8 becomes U+FFFD, and what escape_visible() would show
 * as an escape is one here too: JSON is read on terminals as well. */
void escape_json(Buf *buf, Str s);
