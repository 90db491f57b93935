/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/num.h"

static bool digits(Str s, unsigned base, uint64_t max, uint64_t *ret)
{
        uint64_t n = 0;

        if (!s.len)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                const unsigned digit = (unsigned)(s.data[i] - '0');

                if (s.data[i] < '0' || digit >= base)
                        return false;
                if (__builtin_mul_overflow(n, base, &n) || __builtin_add_overflow(n, digit, &n) || n > max)
                        return false;
        }
        *ret = n;
        return true;
}

bool num_unsigned(Str s, uint64_t max, uint64_t *ret)
{
        return digits(s, 10, max, ret);
}

bool num_octal(Str s, uint64_t max, uint64_t *ret)
{
        return digits(s, 8, max, ret);
}

bool num_signed(Str s, int64_t min, int64_t max, int64_t *ret)
{
        const bool negative = str_starts(s, S("-"));
        uint64_t n;

        if (!digits(str_skip(s, negative), 10, INT64_MAX, &n))
                return false;

        const int64_t value = negative ? -(int64_t)n : (int64_t)n;

        if (value < min || value > max)
                return false;
        *ret = value;
        return true;
}

typedef struct Unit {
        Str name;
        uint64_t factor;
} Unit;

/* Takes "1", "1.5", "1.5 " from the front of *s and gives it times factor once the unit is known. */
static bool take_number(Str *s, uint64_t *ret_whole, uint64_t *ret_part, uint64_t *ret_scale)
{
        size_t n = 0;
        uint64_t part = 0, scale = 1;

        while (n < s->len && char_is_digit(s->data[n]))
                n++;
        if (!num_unsigned(str_first(*s, n), UINT64_MAX, ret_whole))
                return false;
        *s = str_skip(*s, n);

        if (s->len > 1 && s->data[0] == '.' && char_is_digit(s->data[1])) {
                *s = str_skip(*s, 1);
                for (; s->len && char_is_digit(s->data[0]); *s = str_skip(*s, 1)) {
                        if (scale > 100000000)
                                continue;
                        part = part * 10 + (uint64_t)(s->data[0] - '0');
                        scale *= 10;
                }
        }
        *ret_part = part;
        *ret_scale = scale;
        return true;
}

static bool scaled(uint64_t whole, uint64_t part, uint64_t scale, uint64_t factor, uint64_t *ret)
{
        uint64_t a, b;

        if (__builtin_mul_overflow(whole, factor, &a) || __builtin_mul_overflow(part, factor, &b))
                return false;
        return !__builtin_add_overflow(a, b / scale, ret);
}

static const Unit *find_unit(const Unit *units, size_t count, Str name, bool nocase)
{
        for (size_t i = 0; i < count; i++)
                if (nocase ? str_eq_nocase(units[i].name, name) : str_eq(units[i].name, name))
                        return &units[i];
        return NULL;
}

bool num_size(Str s, uint64_t *ret_bytes)
{
        static const Unit units[] = {
                { STR_INIT(""), 1 },           { STR_INIT("b"), 1 },
                { STR_INIT("k"), 1ULL << 10 }, { STR_INIT("kb"), 1ULL << 10 }, { STR_INIT("kib"), 1ULL << 10 },
                { STR_INIT("m"), 1ULL << 20 }, { STR_INIT("mb"), 1ULL << 20 }, { STR_INIT("mib"), 1ULL << 20 },
                { STR_INIT("g"), 1ULL << 30 }, { STR_INIT("gb"), 1ULL << 30 }, { STR_INIT("gib"), 1ULL << 30 },
                { STR_INIT("t"), 1ULL << 40 }, { STR_INIT("tb"), 1ULL << 40 }, { STR_INIT("tib"), 1ULL << 40 },
        };
        uint64_t whole, part, scale, bytes;

        if (!take_number(&s, &whole, &part, &scale))
                return false;

        const Unit *unit = find_unit(units, ELEMENTS(units), s, true);

        if (!unit || !scaled(whole, part, scale, unit->factor, &bytes) || bytes > INT64_MAX)
                return false;
        *ret_bytes = bytes;
        return true;
}

bool num_duration(Str s, uint64_t *ret_usec)
{
        static const uint64_t second = 1000000;
        static const Unit units[] = {
                { STR_INIT("us"), 1 },           { STR_INIT("usec"), 1 },           { STR_INIT("µs"), 1 },
                { STR_INIT("ms"), 1000 },        { STR_INIT("msec"), 1000 },        { STR_INIT(""), second },
                { STR_INIT("s"), second },       { STR_INIT("sec"), second },       { STR_INIT("second"), second },
                { STR_INIT("seconds"), second }, { STR_INIT("m"), 60 * second },    { STR_INIT("min"), 60 * second },
                { STR_INIT("minute"), 60 * second },  { STR_INIT("minutes"), 60 * second },
                { STR_INIT("h"), 3600 * second },     { STR_INIT("hr"), 3600 * second },
                { STR_INIT("hour"), 3600 * second },  { STR_INIT("hours"), 3600 * second },
                { STR_INIT("d"), 86400 * second },    { STR_INIT("day"), 86400 * second },
                { STR_INIT("days"), 86400 * second },
        };
        uint64_t total = 0;
        bool any = false;

        for (s = str_trim(s); s.len; s = str_trim(s)) {
                uint64_t whole, part, scale, usec;
                size_t n = 0;

                if (!take_number(&s, &whole, &part, &scale))
                        return false;
                s = str_trim(s);
                while (n < s.len && !char_is_digit(s.data[n]) && !char_is_space(s.data[n]))
                        n++;

                const Unit *unit = find_unit(units, ELEMENTS(units), str_first(s, n), false);

                if (!unit || !scaled(whole, part, scale, unit->factor, &usec) ||
                    __builtin_add_overflow(total, usec, &total))
                        return false;
                s = str_skip(s, n);
                any = true;
        }
        if (!any || total > INT64_MAX)
                return false;
        *ret_usec = total;
        return true;
}
