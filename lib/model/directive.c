/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/directive.h"

#include "base/nearest.h"
#include "base/utf8.h"

static const Directive directives[] = {
#define PASS_Unit PASS_UNIT
#define PASS_Service PASS_SERVICE
#define PASS_Install PASS_INSTALL
#define DIRECTIVE(section_, key_, since_) { .section = PASS_##section_, .since = since_, .len = sizeof(#key_) - 1, .key = #key_ },
#include "model/directives.def"
#undef DIRECTIVE
};

static Str key_of(const Directive *directive)
{
        return (Str){ directive->key, directive->len };
}

/* Rows are sorted by section, then name; NULL when there is none. */
static const Directive *find(PassSection section, Str key)
{
        size_t from = 0, to = ELEMENTS(directives);

        while (from < to) {
                const size_t middle = from + (to - from) / 2;
                const Directive *row = &directives[middle];
                const int order = row->section != section ? (int)row->section - (int)section : str_compare(key_of(row), key);

                if (order == 0)
                        return row;
                if (order < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        return NULL;
}

const Directive *directive_find(DirectiveMemo *memo, Str key, PassSection first)
{
        if (!key.len)
                return NULL;

        const size_t slot = (key.len + (unsigned char)key.data[0] + (unsigned char)key.data[key.len - 1] * 5u) % DIRECTIVE_RECENT;
        const Directive *found = memo->recent[first][slot];

        if (found && str_eq(key_of(found), key))
                return found;
        memo->recent[first][slot] = found = find(first, key);
        for (unsigned section = 0; section < PASS_COUNT && !found; section++)
                found = find((PassSection)section, key);
        return found;
}

PassSection directive_section_nocase(Str key)
{
        for (size_t i = 0; i < ELEMENTS(directives); i++)
                if (str_eq_nocase(key_of(&directives[i]), key))
                        return directives[i].section;
        return PASS_COUNT;
}

Str directive_nearest(PassSection section, Str key)
{
        Nearest nearest = nearest_start(key);

        for (size_t i = 0; i < ELEMENTS(directives); i++)
                if (directives[i].section == section)
                        nearest_offer(&nearest, key_of(&directives[i]));
        return nearest.best;
}

Str directive_denied(PassSection section, Str key, Str value)
{
        static const struct {
                Str key;
                Str hint;
        } denied[] = {
                { STR_INIT("ExecStart"), STR_INIT("the engine starts the container; its command is Exec= in [Container]") },
                { STR_INIT("Type"), STR_INIT("only 'oneshot' can stand here; readiness is Notify= in [Container]") },
                { STR_INIT("NotifyAccess"), STR_INIT("readiness is Notify= in [Container]") },
                { STR_INIT("PIDFile"), STR_INIT("the engine tells systemd the main process") },
                { STR_INIT("BusName"), STR_INIT("readiness is Notify= in [Container]") },
                { STR_INIT("GuessMainPID"), STR_INIT("the engine tells systemd the main process") },
                { STR_INIT("DynamicUser"), STR_INIT("the engine needs its own user's files") },
                { STR_INIT("RuntimeDirectory"), STR_INIT("the unit keeps its container's id there") },
                { STR_INIT("RuntimeDirectoryPreserve"), STR_INIT("the unit keeps its container's id there") },
        };

        if (section != PASS_SERVICE)
                return (Str){ 0 };
        if (str_is(key, "Type") && str_is(value, "oneshot"))
                return (Str){ 0 };
        for (size_t i = 0; i < ELEMENTS(denied); i++)
                if (str_eq(key, denied[i].key))
                        return denied[i].hint;
        /* Anything else kills conmon before the container, or leaves it behind. */
        if (str_is(key, "KillMode") && value.len && !str_is(value, "mixed") && !str_is(value, "control-group"))
                return S("use 'mixed' or 'control-group'");
        return (Str){ 0 };
}

Str directive_fault(Str text)
{
        unsigned code = 0;
        size_t length, backslashes = 0;

        for (size_t at = utf8_printable(text); at < text.len; at += length) {
                length = utf8_decode(str_skip(text, at), &code);
                if (!length || utf8_is_noncharacter(code))
                        return S("what is no text");
                if (code == '\n' || code == '\r')
                        return S("a line break");
                if ((code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0))
                        return S("a control character");
        }

        /* Two of them are one, and do not join the next line. */
        while (backslashes < text.len && text.data[text.len - 1 - backslashes] == '\\')
                backslashes++;
        return backslashes % 2 ? S("a backslash at its end") : (Str){ 0 };
}
