/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A program of the build, never installed: it writes from the tables (options.def, types.def, diags.def) what
 * people and editors read of them, so that neither the manual nor the schema can drift from the code. */

#include "base/buf.h"
#include "model/option.h"

/* A long text of man/options/SECTION.KEY.scd. */
typedef struct LongText {
        OptionId id;
        Str text;
} LongText;

typedef VEC(LongText) LongTexts;

/* A page of the manual (scdoc): the template with its places filled. A place is a line of its own:
 * @OPTIONS@, @DIAGNOSTICS@, @COMMANDS@, @SWITCHES@; or a word in a line: @DEFAULTS@ (the keys that may stand
 * in [Defaults]), @VERSION@. False when the template has a place that is not known. */
bool reference_page(Buf *buf, Str template, const LongTexts *texts);

/* A JSON Schema (2020-12) of the YAML files. */
void reference_schema(Buf *buf);

/* The commands of bayplan(1), and their options: cli/commands.def. */
void reference_commands(Buf *buf);
void reference_switches(Buf *buf);

/* Text as it is: what means something to scdoc, anywhere or where a line begins, is escaped. */
void reference_text(Buf *buf, Str s);
