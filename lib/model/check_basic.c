/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers, times, words of a fixed list, paths and names. */

#include "base/nearest.h"
#include "base/num.h"
#include "model/check.h"
#include "model/version.h"

bool check_text(const Check *check, Value *value)
{
        (void)check;
        (void)value;
        return true;
}

bool check_is_bool(Str s, bool *ret)
{
        static const struct {
                Str word;
                bool flag;
        } words[] = {
                { STR_INIT("yes"), true },  { STR_INIT("no"), false },  { STR_INIT("true"), true },
                { STR_INIT("false"), false }, { STR_INIT("on"), true },  { STR_INIT("off"), false },
                { STR_INIT("1"), true },    { STR_INIT("0"), false },   { STR_INIT("y"), true },
                { STR_INIT("n"), false },   { STR_INIT("t"), true },    { STR_INIT("f"), false },
        };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (str_eq_nocase(s, words[i].word)) {
                        *ret = words[i].flag;
                        return true;
                }
        return false;
}

bool check_bool(const Check *check, Value *value)
{
        if (check_is_bool(value->text.str, &value->flag))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("yes or no"), S(""));
}

bool check_uint(const Check *check, Value *value)
{
        if (num_unsigned(value->text.str, INT64_MAX, &value->number))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("a number from 0 up"), S(""));
}

bool check_int(const Check *check, Value *value)
{
        int64_t n;

        if (num_signed(value->text.str, -1, INT64_MAX, &n))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("a number from 0 up, or -1 for no limit"), S(""));
}

bool check_number(const Check *check, Value *value)
{
        Str whole = value->text.str, part = S("0");
        uint64_t n;

        str_cut(value->text.str, '.', &whole, &part);
        if (num_unsigned(whole, 1000000, &n) && num_unsigned(part, 1000000000, &n))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("a decimal number"), S(""));
}

bool check_size(const Check *check, Value *value)
{
        Str text = value->text.str;

        if (!num_size(text, &value->number))
                return check_refuse(check, value, 0, text.len, S("a size such as 512m or 2g"),
                                    str_contains(text, ' ') ? S("no blank before the unit") : S(""));

        /* Engines take whole numbers with one letter; systemd's and IEC's spellings are put into that form. */
        const char last = char_lower(text.data[text.len - 1]);

        if (str_contains(text, '.') || ((last == 'b') && text.len > 1 && !char_is_digit(text.data[text.len - 2])))
                value->text = LITERAL(arena_number(check->run->arena, value->number));
        return true;
}

/* The form of Go's time.ParseDuration(), which podman and docker take. */
static Str go_duration(Arena *arena, uint64_t usec)
{
        static const struct {
                uint64_t usec;
                Str name;
        } units[] = {
                { 3600000000, STR_INIT("h") }, { 60000000, STR_INIT("m") }, { 1000000, STR_INIT("s") },
                { 1000, STR_INIT("ms") },      { 1, STR_INIT("us") },
        };
        Buf buf = BUF(arena);

        if (!usec)
                return S("0s");
        for (size_t i = 0; usec; i++) {
                /* Milliseconds only when there is nothing below them. */
                if (usec < units[i].usec || (units[i].usec == 1000 && usec % 1000))
                        continue;
                buf_add(&buf, arena_number(arena, usec / units[i].usec));
                buf_add(&buf, units[i].name);
                usec %= units[i].usec;
        }
        return buf_str(&buf);
}

bool check_duration(const Check *check, Value *value)
{
        if (!num_duration(value->text.str, &value->usec))
                return check_refuse(check, value, 0, value->text.str.len, S("a time span such as 90s or 1m30s"), S(""));
        value->text = LITERAL(go_duration(check->run->arena, value->usec));
        return true;
}

bool check_interval(const Check *check, Value *value)
{
        if (str_eq_nocase(value->text.str, S("disable"))) {
                value->text = LITERAL(S("disable"));
                return true;
        }
        return check_duration(check, value);
}

bool check_mode(const Check *check, Value *value)
{
        if (num_octal(value->text.str, 07777, &value->number))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("permissions such as 0750"), S(""));
}

/* What becomes the SOURCE of a mount: the engines' lists of SOURCE:DESTINATION have no escape for a colon. */
bool check_path(const Check *check, Value *value)
{
        const Str text = value->text.str;

        if (str_contains(text, ':'))
                return check_refuse(check, value, str_find(text, ':'), 1, S("an absolute path without colons"), S(""));
        if (str_starts(text, S("/")))
                return true;
        return check_refuse(check, value, 0, text.len, S("an absolute path"), S(""));
}

bool check_subdir(const Check *check, Value *value)
{
        const Str text = value->text.str;
        Str rest = text, part;
        bool ok = text.len > 0 && !str_contains(text, ':') && !str_ends(text, S("/"));

        while (ok && rest.len && str_next(&rest, '/', &part))
                ok = part.len && !str_is(part, ".") && !str_is(part, "..");
        return ok || check_refuse(check, value, 0, text.len, S("a relative path without '.', '..' and colons"), S(""));
}

bool check_file(const Check *check, Value *value)
{
        const Str path = value->text.str;

        if (str_empty(path))
                return check_refuse(check, value, 0, 0, S("a path"), S(""));
        if (str_starts(path, S("-")))
                return check_refuse(check, value, 0, 1, S("a path"), S("a leading '-' for 'may be missing' is not known here"));
        if (str_starts(path, S("~")))
                return check_refuse(check, value, 0, 1, S("a path"), S("for the home directory write '%h' (INI)"));
        value->text.str = check_join(check->run->arena, def_directory(check->doc), path);
        return true;
}

bool check_is_url(Str s)
{
        static const Str starts[] = { STR_INIT("http://"), STR_INIT("https://"), STR_INIT("git://"), STR_INIT("ssh://"),
                                      STR_INIT("git@"),    STR_INIT("github.com/") };

        for (size_t i = 0; i < ELEMENTS(starts); i++)
                if (str_starts(s, starts[i]))
                        return true;
        return false;
}

bool check_context(const Check *check, Value *value)
{
        const Str text = value->text.str;

        if (check_is_url(text))
                return true;
        if (str_eq_nocase(text, S("unit")))
                value->text.str = check_join(check->run->arena, def_directory(check->doc), S("."));
        else if (str_eq_nocase(text, S("file")))
                value->text.str = S("file");
        else
                return check_file(check, value);
        return true;
}

/* A relative one stays so: from where it counts is known when all keys are. */
bool check_contextfile(const Check *check, Value *value)
{
        const Str text = value->text.str;

        if (check_is_url(text))
                return true;
        if (!check_file(check, value))
                return false;
        if (!str_starts(text, S("/")))
                value->text.str = text;
        return true;
}

bool check_name(const Check *check, Value *value)
{
        if (check_is_name(value->text.str))
                return true;
        return check_refuse(check, value, 0, value->text.str.len,
                            S("a name of letters, digits, '_', '-' and '.'"), S(""));
}

bool check_unitname(const Check *check, Value *value)
{
        const Str s = value->text.str;
        /* systemd.unit(5): ASCII letters, digits, ":", "-", "_", ".", and "\" of escapes. */
        static const CharSet characters = { CHARS_ALNUM, [':'] = true, ['-'] = true, ['_'] = true, ['.'] = true, ['\\'] = true };

        if (str_ends(s, S(".service")))
                return check_refuse(check, value, 0, s.len, S("a unit name without its suffix"),
                                    S("leave '.service' out"));
        if (str_starts(s, S("bayplan-")))
                return check_refuse(check, value, 0, s.len, S("the name of a unit"), S("this one is Bayplan's own"));
        return (s.len > 0 && s.len < 240 && s.data[0] != '.' && str_all(s, characters)) ||
               check_refuse(check, value, 0, s.len, S("the name of a unit"), S(""));
}

bool check_container(const Check *check, Value *value)
{
        static const struct {
                Str word;
                Condition condition;
        } rows[] = {
                { STR_INIT("started"), CONDITION_STARTED },
                { STR_INIT("healthy"), CONDITION_HEALTHY },
                { STR_INIT("completed"), CONDITION_COMPLETED },
                /* compose-spec: services.depends_on */
                { STR_INIT("service_started"), CONDITION_STARTED },
                { STR_INIT("service_healthy"), CONDITION_HEALTHY },
                { STR_INIT("service_completed_successfully"), CONDITION_COMPLETED },
        };
        const Str text = value->text.str;
        Str condition = S("started");
        Nearest nearest;

        value->name = text;
        str_cut(text, ':', &value->name, &condition);
        if (!check_is_name(value->name))
                return check_refuse(check, value, 0, value->name.len, S("the name of a container definition"), S(""));

        nearest = nearest_start(condition);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (str_eq_nocase(condition, rows[i].word)) {
                        value->condition = rows[i].condition;
                        return true;
                }
                nearest_offer(&nearest, rows[i].word);
        }
        return check_refuse(check, value, value->name.len + 1, condition.len, S("started, healthy or completed after the colon"),
                            nearest.best.len ? arena_fmt(check->run->arena, "did you mean '%.*s'?", STR_ARG(nearest.best))
                                             : S(""));
}

bool check_pull(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("always"), STR_INIT("missing"), STR_INIT("never"), STR_INIT("newer") };

        if (str_eq_nocase(value->text.str, S("if_not_present")) || str_eq_nocase(value->text.str, S("ifnotpresent")))
                value->text.str = S("missing");
        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_notify(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("conmon"), STR_INIT("healthy"), STR_INIT("container") };
        bool flag;

        /* Quadlet's form. */
        if (check_is_bool(value->text.str, &flag))
                value->text.str = flag ? S("container") : S("conmon");
        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_cgroups(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("split"), STR_INIT("enabled"), STR_INIT("disabled"), STR_INIT("no-conmon") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_onunhealthy(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("none"), STR_INIT("kill"), STR_INIT("restart"), STR_INIT("stop") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_ondependencystop(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("restart"), STR_INIT("stop"), STR_INIT("ignore") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_exitpolicy(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("continue"), STR_INIT("stop") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_update(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("registry"), STR_INIT("local"), STR_INIT("disabled") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

/* What distributions append is of no account. */
bool check_version(const Check *check, Value *value)
{
        const Str number = version_number(value->text.str);

        if (number.len && (number.len == value->text.str.len || memchr("+-~", value->text.str.data[number.len], 3)))
                return true;
        return check_refuse(check, value, 0, value->text.str.len, S("a version such as 5.4 or 4.3.1"), S(""));
}

bool check_engine(const Check *check, Value *value)
{
        Str choices[ENGINE_COUNT];

        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                choices[engine - 1] = engine_name((Engine)engine);
        return check_choice(check, value, choices, ENGINE_COUNT - 1);
}
