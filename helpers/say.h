/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a helper says, one line at a time on standard error. Where that is the journal each line
 * carries its priority (sd-daemon(3)) and no program name, which the journal has already; elsewhere
 * the name leads. */

#include "base/str.h"

typedef enum SayLevel {
        SAY_ERROR = 3, /* syslog(3) */
        SAY_WARNING = 4,
        SAY_INFO = 6,
} SayLevel;

/* Exit statuses of helpers, as of env(1). */
enum {
        SAY_EXIT_OWN = 125,         /* the helper itself failed: wrong arguments, no memory */
        SAY_EXIT_CANNOT_EXEC = 126, /* a program is there and cannot be executed */
        SAY_EXIT_NOT_FOUND = 127,   /* a program is not there */
};

/* printf; a line break in the text begins a line of its own. */
void say(SayLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for text as it is. */
void say_text(SayLevel level, Str text);
