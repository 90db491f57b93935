/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/nearest.h"

enum {
        LONGEST = 64, /* longer names get no suggestion */
};

static unsigned least(unsigned a, unsigned b, unsigned c)
{
        const unsigned ab = a < b ? a : b;

        return ab < c ? ab : c;
}

static unsigned distance(Str a, Str b)
{
        unsigned rows[3][LONGEST + 1];
        unsigned *before = rows[0], *previous = rows[1], *current = rows[2];

        for (unsigned j = 0; j <= b.len; j++)
                previous[j] = j;
        for (unsigned i = 1; i <= a.len; i++) {
                current[0] = i;
                for (unsigned j = 1; j <= b.len; j++) {
                        const char ca = char_lower(a.data[i - 1]), cb = char_lower(b.data[j - 1]);

                        current[j] = least(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (ca != cb));
                        if (i > 1 && j > 1 && ca == char_lower(b.data[j - 2]) &&
                            char_lower(a.data[i - 2]) == cb && before[j - 2] + 1 < current[j])
                                current[j] = before[j - 2] + 1;
                }

                unsigned *spare = before;

                before = previous;
                previous = current;
                current = spare;
        }
        return previous[b.len];
}

Nearest nearest_start(Str wanted)
{
        /* A third of the letters may be wrong, and never so many that nothing of the name is left. */
        return (Nearest){ .wanted = wanted, .distance = (unsigned)(wanted.len / 3) + 1 + (wanted.len > 2) };
}

void nearest_offer(Nearest *nearest, Str candidate)
{
        if (!nearest->wanted.len || nearest->wanted.len > LONGEST || !candidate.len || candidate.len > LONGEST)
                return;

        /* Each letter that one has more is an edit; most candidates need no closer look. */
        const size_t a = nearest->wanted.len, b = candidate.len;

        if ((a > b ? a - b : b - a) >= nearest->distance)
                return;

        const unsigned d = distance(nearest->wanted, candidate);

        if (d >= nearest->distance || d >= candidate.len)
                return;
        nearest->distance = d;
        nearest->best = candidate;
}

Str nearest_of(Str wanted, const Str *names, size_t count)
{
        Nearest nearest = nearest_start(wanted);

        for (size_t i = 0; i < count; i++)
                nearest_offer(&nearest, names[i]);
        return nearest.best;
}
