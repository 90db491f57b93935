/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reference.h"

#include <stdlib.h>

#include "base/diag.h"
#include "config.h"

/* The table as it is read: a theme, and the keys below it. */
typedef struct Row {
        Str theme; /* empty: a key */
        OptionId id;
} Row;

static const Row rows[] = {
#define THEME(title) { .theme = STR_INIT(title) },
#define OPTION(kind, key, ...) { .id = OPT_##kind##_##key },
#include "model/options.def"
#undef OPTION
};

static const Str slugs[] = {
        STR_INIT(""),
#define DIAG(code, level, slug, text, hint, explanation) STR_INIT(slug),
#include "base/diags.def"
#undef DIAG
};

void reference_text(Buf *buf, Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                if (memchr("*_\\", s.data[i], 3) || (i == 0 && memchr("[]|#-.;:", s.data[i], 8)))
                        buf_char(buf, '\\');
                buf_char(buf, s.data[i]);
        }
}

/* ---- options ---- */

static bool same_folded(Str a, Str b)
{
        size_t i = 0, j = 0;

        for (;; i++, j++) {
                while (i < a.len && (a.data[i] == '-' || a.data[i] == '_'))
                        i++;
                while (j < b.len && (b.data[j] == '-' || b.data[j] == '_'))
                        j++;
                if (i == a.len || j == b.len)
                        return i == a.len && j == b.len;
                if (char_lower(a.data[i]) != char_lower(b.data[j]))
                        return false;
        }
}

/* The rows hold some for the eye that are the key itself once folded. */
static void add_aliases(Buf *buf, const Option *option)
{
        Str rest = option->aliases, alias;
        bool some = false;

        while (rest.len && str_next(&rest, ' ', &alias)) {
                if (same_folded(alias, option->key))
                        continue;
                buf_add(buf, some ? S(", *") : S(" Also: *"));
                reference_text(buf, alias);
                buf_char(buf, '*');
                some = true;
        }
        if (some)
                buf_char(buf, '.');
}

static Str flag_of(const Spell *spell)
{
        switch (spell->kind) {
        case SPELL_FLAG:
        case SPELL_SWITCH:
        case SPELL_SWITCH_ON:
                return spell_flag(spell);
        case SPELL_NONE:
        case SPELL_OWN:
        case SPELL_FLAGLESS:
        case SPELL_PROPERTY:
        case SPELL_CALL:
        case SPELL_COUNT:
                break;
        }
        return (Str){ 0 };
}

/* What the engines make of it: one sentence where they agree. */
static void add_spellings(Buf *buf, const Spell *spells)
{
        bool same = flag_of(&spells[ENGINE_NONE + 1]).len > 0;

        for (unsigned engine = ENGINE_NONE + 2; engine < ENGINE_COUNT; engine++)
                same &= str_eq(flag_of(&spells[engine]), flag_of(&spells[ENGINE_NONE + 1]));
        if (same) {
                buf_fmt(buf, " Becomes *%.*s*.", STR_ARG(flag_of(&spells[ENGINE_NONE + 1])));
                return;
        }
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++) {
                const Str name = engine_name((Engine)engine), flag = flag_of(&spells[engine]);

                if (spells[engine].kind == SPELL_NONE)
                        buf_fmt(buf, " Not with %.*s.", STR_ARG(name));
                else if (spells[engine].kind == SPELL_PROPERTY)
                        buf_fmt(buf, " With %.*s: *%.*s=* of the unit.", STR_ARG(name), STR_ARG(spell_flag(&spells[engine])));
                else if (flag.len)
                        buf_fmt(buf, " With %.*s: *%.*s*.", STR_ARG(name), STR_ARG(flag));
        }
}

static void add_facts(Buf *buf, const Option *option)
{
        Buf facts = BUF(buf->arena);

        if (option->flags & OPTION_MANY)
                buf_add(&facts, S(" May be given several times."));
        if (option->flags & OPTION_DEFAULTS)
                buf_add(&facts, S(" May stand in [Defaults]."));
        add_aliases(&facts, option);
        add_spellings(&facts, option_spells[option_id(option)]);
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++) {
                const Str since = option_since(option, (Engine)engine);

                if (since.len)
                        buf_fmt(&facts, " Needs %.*s %.*s or newer.", STR_ARG(engine_name((Engine)engine)), STR_ARG(since));
        }
        if (option_text(option)->example.len) {
                buf_fmt(&facts, " Example: *%.*s=", STR_ARG(option->key));
                reference_text(&facts, option_text(option)->example);
                buf_char(&facts, '*');
        }
        if (facts.len)
                buf_fmt(buf, "\t%.*s\n\n", STR_ARG(str_skip(buf_str(&facts), 1)));
}

static void add_long_text(Buf *buf, OptionId id, const LongTexts *texts)
{
        VEC_EACH(const LongText, text, texts) {
                Str rest = text->text, line;

                if (text->id != id)
                        continue;
                while (rest.len && str_next(&rest, '\n', &line))
                        if (!str_starts(line, S("; ")))
                                buf_fmt(buf, "%s%.*s\n", line.len ? "\t" : "", STR_ARG(line));
                buf_char(buf, '\n');
        }
}

static void add_option(Buf *buf, OptionId id, const LongTexts *texts)
{
        const Option *option = option_info(id);

        buf_fmt(buf, "*%.*s=*\n\t", STR_ARG(option->key));
        reference_text(buf, option_text(option)->help);
        buf_add(buf, S("\n\n\t"));
        reference_text(buf, type_info(option->type)->sentence);
        buf_add(buf, S("\n\n"));
        add_long_text(buf, id, texts);
        add_facts(buf, option);
}

/* All keys below the title, wherever it stands. */
static void add_theme(Buf *buf, Str title, const LongTexts *texts)
{
        bool within = false;

        buf_fmt(buf, "## %.*s\n\n", STR_ARG(title));
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (rows[i].theme.len)
                        within = str_eq(rows[i].theme, title);
                else if (within)
                        add_option(buf, rows[i].id, texts);
        }
}

static void add_options(Buf *buf, const LongTexts *texts)
{
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                bool first = rows[i].theme.len;

                for (size_t k = 0; k < i && first; k++)
                        first = !str_eq(rows[k].theme, rows[i].theme);
                if (first)
                        add_theme(buf, rows[i].theme, texts);
        }
}

static void add_defaults(Buf *buf)
{
        bool some = false;

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Option *option = option_info((OptionId)id);

                if (!option_allowed(option, KIND_DEFAULTS))
                        continue;
                buf_fmt(buf, "%s*%.*s=*", some ? ", " : "", STR_ARG(option->key));
                some = true;
        }
}

/* ---- diagnostics ---- */

static int compare_codes(const void *a, const void *b)
{
        return str_compare(slugs[*(const unsigned *)a], slugs[*(const unsigned *)b]);
}

/* {0} of a message says what stands there only to who reads the code. */
static void add_message(Buf *buf, Str text)
{
        for (size_t i = 0; i < text.len; i++) {
                const bool place = text.len - i > 2 && text.data[i] == '{' && char_is_digit(text.data[i + 1]) &&
                                   text.data[i + 2] == '}';

                if (place) {
                        buf_add(buf, S("…"));
                        i += 2;
                } else {
                        reference_text(buf, str_first(str_skip(text, i), 1));
                }
        }
}

static void add_diagnostics(Buf *buf)
{
        unsigned codes[DIAG_COUNT];

        for (unsigned code = 0; code < DIAG_COUNT; code++)
                codes[code] = code;
        qsort(codes, DIAG_COUNT, sizeof(codes[0]), compare_codes);
        for (unsigned i = DIAG_NONE + 1; i < DIAG_COUNT; i++) {
                const DiagInfo *info = diag_info((DiagCode)codes[i]);

                buf_fmt(buf, "*%.*s*%s\n\t_", STR_ARG(info->slug),
                        info->level == DIAG_LEVEL_WARNING ? " (warning)" : "");
                add_message(buf, info->text);
                buf_add(buf, S("_\n\n\t"));
                reference_text(buf, info->explanation);
                buf_add(buf, S("\n\n"));
        }
}

/* ---- pages ---- */

/* The place that begins at the "@" in front of s: "@NAME@", upper case. Empty when there is none. */
static Str place_at(Str s)
{
        size_t len = 1;

        while (len < s.len && s.data[len] >= 'A' && s.data[len] <= 'Z')
                len++;
        return len > 1 && len < s.len && s.data[len] == '@' ? str_first(s, len + 1) : (Str){ 0 };
}

bool reference_page(Buf *buf, Str template, const LongTexts *texts)
{
        for (size_t i = 0; i < template.len; i++) {
                const Str place = template.data[i] == '@' ? place_at(str_skip(template, i)) : (Str){ 0 };

                if (!place.len)
                        buf_char(buf, template.data[i]);
                else if (str_is(place, "@OPTIONS@"))
                        add_options(buf, texts);
                else if (str_is(place, "@DIAGNOSTICS@"))
                        add_diagnostics(buf);
                else if (str_is(place, "@DEFAULTS@"))
                        add_defaults(buf);
                else if (str_is(place, "@COMMANDS@"))
                        reference_commands(buf);
                else if (str_is(place, "@SWITCHES@"))
                        reference_switches(buf);
                else if (str_is(place, "@VERSION@"))
                        buf_add(buf, S(BAYPLAN_VERSION));
                else
                        return false;
                if (place.len)
                        i += place.len - 1;
        }
        return true;
}
