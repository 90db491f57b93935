/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/diag.h"

#include <assert.h>
#include <stdlib.h>

static const DiagInfo infos[DIAG_COUNT] = {
#define ERROR DIAG_LEVEL_ERROR
#define WARNING DIAG_LEVEL_WARNING
#define NOTE DIAG_LEVEL_NOTE
#define DIAG(code, level_, slug_, text_, hint_, explanation_)                                      \
        [DIAG_##code] = { .level = level_,                                                         \
                          .slug = STR_INIT(slug_),                                                 \
                          .text = STR_INIT(text_),                                                 \
                          .hint = STR_INIT(hint_),                                                 \
                          .explanation = STR_INIT(explanation_) },
#include "base/diags.def"
#undef DIAG
#undef ERROR
#undef WARNING
#undef NOTE
};

const DiagInfo *diag_info(DiagCode code)
{
        assert(code > DIAG_NONE && code < DIAG_COUNT);
        return &infos[code];
}

DiagCode diag_by_slug(Str slug)
{
        for (unsigned code = DIAG_NONE + 1; code < DIAG_COUNT; code++)
                if (str_eq(infos[code].slug, slug))
                        return (DiagCode)code;
        return DIAG_NONE;
}

/* Values may be as long as a file. */
static void add_argument(Buf *buf, Str argument)
{
        size_t end = DIAG_ARGUMENT;

        if (argument.len <= DIAG_ARGUMENT) {
                buf_add(buf, argument);
                return;
        }
        while (end && ((unsigned char)argument.data[end] & 0xc0) == 0x80)
                end--;
        buf_add(buf, str_first(argument, end));
        buf_add(buf, S("…"));
}

/* Fills {N}; false when an argument that the template names is missing or empty. */
static bool fill(Buf *buf, Str template, const Str *args, size_t count)
{
        bool complete = true;

        for (size_t i = 0; i < template.len; i++) {
                const bool place = template.data[i] == '{' && i + 2 < template.len &&
                                   char_is_digit(template.data[i + 1]) && template.data[i + 2] == '}';

                if (!place) {
                        buf_char(buf, template.data[i]);
                        continue;
                }

                const size_t n = (size_t)(template.data[i + 1] - '0');

                if (n < count && args[n].len)
                        add_argument(buf, args[n]);
                else
                        complete = false;
                i += 2;
        }
        return complete;
}

bool diags_full(const Diags *diags, DiagLevel level, const Source *source)
{
        return source && diags->source == source && diags->of_source[level] > DIAGS_OF_SOURCE;
}

/* Whether one more report about this file is kept. Warnings do not crowd out errors. */
static bool admit(Diags *diags, DiagLevel level, Loc at)
{
        unsigned *count = &diags->of_source[level];

        if (diags->source != at.source) {
                diags->source = at.source;
                memset(diags->of_source, 0, sizeof(diags->of_source));
        }
        if (!at.source || ++*count <= DIAGS_OF_SOURCE)
                return true;
        if (*count == DIAGS_OF_SOURCE + 1) {
                const Str what = diag_level_name(level);
                Buf text = BUF(diags->arena);

                fill(&text, infos[DIAG_TOO_MANY].text, &what, 1);
                VEC_ADD(diags->arena, &diags->all,
                        (Diag){ .code = DIAG_TOO_MANY, .level = level, .at = at, .text = buf_str(&text) });
        }
        return false;
}

Diag *diag_add(Diags *diags, DiagCode code, Loc at, const Str *args, size_t count)
{
        const DiagInfo *info = diag_info(code);
        Buf text = BUF(diags->arena), hint = BUF(diags->arena);

        diags->errors += info->level == DIAG_LEVEL_ERROR;
        diags->warnings += info->level == DIAG_LEVEL_WARNING;
        if (!admit(diags, info->level, at))
                return &diags->dropped;

        fill(&text, info->text, args, count);

        const bool complete = fill(&hint, info->hint, args, count);

        VEC_ADD(diags->arena, &diags->all,
                (Diag){ .code = code,
                        .level = info->level,
                        .at = at,
                        .text = buf_str(&text),
                        .hint = complete ? buf_str(&hint) : (Str){ 0 },
                        .subject = diags->subject,
                        .other = diags->other });
        return &diags->all.items[diags->all.count - 1];
}

bool diag_report(Diags *diags, DiagCode code, Loc at, const Str *args, size_t count)
{
        diag_add(diags, code, at, args, count);
        return false;
}

bool diag_report_also(Diags *diags, DiagCode code, Loc at, Loc also, Str also_text, const Str *args, size_t count)
{
        Diag *d = diag_add(diags, code, at, args, count);

        d->also = also;
        d->also_text = also_text;
        return false;
}

/* By place; of one place, in the order of reporting, which is that of the pointers. */
static int compare_diags(const void *a, const void *b)
{
        const Diag *const one = *(const Diag *const *)a, *const other = *(const Diag *const *)b;
        const int order = loc_compare(one->at, other->at);

        return order ? order : (one > other) - (one < other);
}

void diags_sort(Diags *diags)
{
        VEC(const Diag *) order = { 0 };
        VEC(Diag) sorted = { 0 };

        VEC_EACH(const Diag, d, &diags->all)
                VEC_ADD(diags->arena, &order, d);
        VEC_SORT(&order, compare_diags);
        VEC_EACH(const Diag *, d, &order)
                VEC_ADD(diags->arena, &sorted, **d);
        diags->all.items = sorted.items;
        diags->all.capacity = sorted.capacity;
}

Str diag_level_name(DiagLevel level)
{
        switch (level) {
        case DIAG_LEVEL_NONE:
                break;
        case DIAG_LEVEL_NOTE:
                return S("note");
        case DIAG_LEVEL_WARNING:
                return S("warning");
        case DIAG_LEVEL_ERROR:
                return S("error");
        }
        return S("");
}
