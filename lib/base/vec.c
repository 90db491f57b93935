/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/vec.h"

#include <stdlib.h>

void vec_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
        const char *item = items;

        /* Files are read in order, and what is made of them mostly has the same one: a sort of 1000 units takes 10000
         * comparisons, this one 999. */
        for (size_t i = 1; i < count; i++, item += size)
                if (compare(item, item + size) > 0) {
                        qsort(items, count, size, compare);
                        return;
                }
}
