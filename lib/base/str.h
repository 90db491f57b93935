/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Str is a slice: bytes and a length, owned by somebody else (a source, the arena, a literal). It may
 * hold any byte and need not end in NUL. Zero means empty. Functions never change what they are given. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
        const char *data;
        size_t len;
} Str;

#define S(literal) ((Str){ (literal), sizeof(literal) - 1 })
/* The same for static initialisers, where a compound literal is no constant. */
#define STR_INIT(literal) { (literal), sizeof(literal) - 1 }
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, ((s).data ? (s).data : "")

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* Of a function that is seldom needed: it stays out of its callers, which then need less of a frame. */
#define RARE __attribute__((noinline, cold))

/* Functions stand here where a constant argument makes most of them go away. */

/* NULL gives the empty Str. */
static inline Str str_c(const char *text)
{
        return text ? (Str){ text, strlen(text) } : (Str){ 0 };
}

static inline bool str_empty(Str s)
{
        return s.len == 0;
}

static inline bool str_eq(Str a, Str b)
{
        /* Most differ in length or here, without a call. */
        return a.len == b.len && (a.len == 0 || (a.data[0] == b.data[0] && memcmp(a.data, b.data, a.len) == 0));
}

/* Without the first n bytes. */
static inline Str str_skip(Str s, size_t n)
{
        if (n > s.len)
                n = s.len;
        return n ? (Str){ s.data + n, s.len - n } : s;
}

/* The first n bytes. */
static inline Str str_first(Str s, size_t n)
{
        return (Str){ s.data, n < s.len ? n : s.len };
}

/* Byte order, shorter first on a tie: the order of everything Bayplan sorts. */
int str_compare(Str a, Str b);

static inline bool str_is(Str s, const char *text)
{
        return str_eq(s, str_c(text));
}

static inline bool str_starts(Str s, Str prefix)
{
        return s.len >= prefix.len && str_eq((Str){ s.data, prefix.len }, prefix);
}

static inline bool str_ends(Str s, Str suffix)
{
        return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

static inline bool str_contains(Str s, char c)
{
        return s.len && memchr(s.data, c, s.len);
}

static inline char char_lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* a and b are of one length. */
bool str_same_nocase(Str a, Str b);
static inline bool str_eq_nocase(Str a, Str b) /* ASCII */
{
        return a.len == b.len && (a.len == 0 || (char_lower(a.data[0]) == char_lower(b.data[0]) && str_same_nocase(a, b)));
}


/* FNV-1a, the same on every machine: of what stands in units. */
uint64_t str_hash(Str s);

/* Index of s in an array, letter case aside; count when it is not there. */
size_t str_index(Str s, const Str *names, size_t count);

/* Where c first stands, or s.len. str_rfind: where it last stands, or s.len. */
static inline size_t str_find(Str s, char c)
{
        const char *at = s.len ? (const char *)memchr(s.data, c, s.len) : NULL;

        return at ? (size_t)(at - s.data) : s.len;
}

size_t str_rfind(Str s, char c);

/* Cuts s at the first c: *ret_before and *ret_after without it. False, and both untouched, when there is none. */
bool str_cut(Str s, char c, Str *ret_before, Str *ret_after);

/* Takes the next piece of *rest up to c (or the end). False when *rest is used up; an empty *rest that
 * never was non-empty gives one empty piece, as a split of "" does. Start with {rest->data non-NULL}. */
bool str_next(Str *rest, char c, Str *ret_piece);

static inline bool char_is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool char_is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static inline bool char_is_alpha(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool char_is_control(char c)
{
        return (unsigned char)c < 0x20 || c == 0x7f;
}

/* A set of characters: CharSet set = { CHARS_ALNUM, ['-'] = true }; */
typedef bool CharSet[256];

#define CHARS_DIGIT ['0' ... '9'] = true
#define CHARS_ALNUM ['a' ... 'z'] = true, ['A' ... 'Z'] = true, CHARS_DIGIT

/* Where the first character stands that is not of the set, or s.len. */
static inline size_t str_span(Str s, const CharSet set)
{
        size_t at = 0;

        while (at < s.len && set[(unsigned char)s.data[at]])
                at++;
        return at;
}

static inline bool str_all(Str s, const CharSet set)
{
        return str_span(s, set) == s.len;
}

/* Without white space at both ends. */
static inline Str str_trim(Str s)
{
        while (s.len && char_is_space(s.data[0]))
                s = str_skip(s, 1);
        while (s.len && char_is_space(s.data[s.len - 1]))
                s.len--;
        return s;
}
