/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calendar expressions, systemd.time(7): the grammar, not the ranges. systemd's own parser is not in its
 * library, and a timer with a wrong one would be refused where nobody looks. */

#include "base/num.h"
#include "model/check.h"

static bool is_one_of(Str s, const Str *words, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (str_eq_nocase(s, words[i]))
                        return true;
        return false;
}

static bool is_weekday(Str s)
{
        static const Str days[] = {
                STR_INIT("mon"), STR_INIT("monday"),    STR_INIT("tue"), STR_INIT("tuesday"), STR_INIT("wed"),
                STR_INIT("wednesday"), STR_INIT("thu"), STR_INIT("thursday"), STR_INIT("fri"), STR_INIT("friday"),
                STR_INIT("sat"), STR_INIT("saturday"),  STR_INIT("sun"), STR_INIT("sunday"),
        };

        return is_one_of(s, days, ELEMENTS(days));
}

/* "Mon..Fri,Sun" */
static bool is_weekdays(Str s)
{
        Str part;

        while (s.len && str_next(&s, ',', &part)) {
                const size_t dot = str_find(part, '.');

                if (dot < part.len) {
                        if (!str_starts(str_skip(part, dot), S("..")) || !is_weekday(str_skip(part, dot + 2)))
                                return false;
                        part = str_first(part, dot);
                }
                if (!is_weekday(part))
                        return false;
        }
        return true;
}

static bool is_number(Str s, bool fraction)
{
        Str whole = s, part = S("0");
        uint64_t n;

        if (fraction)
                str_cut(s, '.', &whole, &part);
        return num_unsigned(whole, 9999, &n) && num_unsigned(part, 999999999, &n);
}

/* "*", "5", "1..7", "0/15", "1,3,5"; of seconds also "0.5" */
static bool is_field(Str s, bool fraction)
{
        Str part, first, rest;

        if (!s.len)
                return false;
        while (s.len && str_next(&s, ',', &part)) {
                if (str_cut(part, '/', &first, &rest)) {
                        if (!is_number(rest, fraction))
                                return false;
                        part = first;
                }
                for (size_t i = 0; i + 1 < part.len; i++)
                        if (part.data[i] == '.' && part.data[i + 1] == '.') {
                                if (!is_number(str_skip(part, i + 2), fraction))
                                        return false;
                                part = str_first(part, i);
                                break;
                        }
                if (!str_is(part, "*") && !is_number(part, fraction))
                        return false;
        }
        return true;
}

/* Two or three fields. The day may be one from the month's end: "*-*~1". */
static bool is_fields(Str s, char separator)
{
        unsigned count = 0;
        Str field;

        while (s.len && str_next(&s, separator, &field)) {
                Str before, after;

                count++;
                if (separator == '-' && str_cut(field, '~', &before, &after)) {
                        count++;
                        if (!is_field(before, false))
                                return false;
                        field = after;
                }
                if (!is_field(field, separator == ':' && count == 3))
                        return false;
        }
        return count == 2 || count == 3;
}

/* A name of tzdata(5): "UTC", "Europe/Berlin". */
static bool is_zone(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!char_is_alpha(s.data[i]) && !char_is_digit(s.data[i]) && !strchr("/_+-", s.data[i]))
                        return false;
        return s.len && char_is_alpha(s.data[0]);
}

/* [WEEKDAYS] [DATE] [TIME] [ZONE], or a word of its own */
static bool is_calendar(Str s)
{
        static const Str words[] = {
                STR_INIT("minutely"), STR_INIT("hourly"),       STR_INIT("daily"),       STR_INIT("weekly"),
                STR_INIT("monthly"),  STR_INIT("quarterly"),    STR_INIT("semiannually"), STR_INIT("semi-annually"),
                STR_INIT("biannually"), STR_INIT("bi-annually"), STR_INIT("yearly"),     STR_INIT("annually"),
                STR_INIT("anually"),
        };
        enum { START, WEEKDAYS, DATE, TIME, ZONE } seen = START;
        Str word;

        while (s.len && str_next(&s, ' ', &word)) {
                if (!word.len)
                        continue;
                if (seen == START && is_one_of(word, words, ELEMENTS(words)))
                        seen = TIME;
                else if (seen == START && is_weekdays(word))
                        seen = WEEKDAYS;
                else if (seen < DATE && is_fields(word, '-'))
                        seen = DATE;
                else if (seen < TIME && is_fields(word, ':'))
                        seen = TIME;
                else if (seen > START && seen < ZONE && is_zone(word) && !is_weekday(word))
                        seen = ZONE;
                else
                        return false;
        }
        return seen != START;
}

/* Booleans become "yes" and "no". */
bool check_calendar(const Check *check, Value *value)
{
        Value flag = *value;

        if (check_is_bool(value->text.str, &flag.flag))
                value->text = LITERAL(flag.flag ? S("yes") : S("no"));
        else if (!is_calendar(value->text.str))
                return check_refuse(check, value, 0, value->text.str.len,
                                    S("yes, no or a calendar expression such as 'Sun 03:00'"), S(""));
        return true;
}
