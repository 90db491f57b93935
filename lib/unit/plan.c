/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/plan.h"

#include <stdlib.h>

static int compare_units(const void *a, const void *b)
{
        const PlanUnit *x = a, *y = b;
        const int order = str_compare(x->name, y->name);

        return order ? order : str_compare(x->dropin, y->dropin);
}

static int compare_links(const void *a, const void *b)
{
        const PlanLink *x = a, *y = b;
        const int order = str_compare(x->directory, y->directory);

        return order ? order : str_compare(x->name, y->name);
}

void plan_settle(Plan *plan)
{
        size_t kept = 0;

        VEC_SORT(&plan->units, compare_units);
        VEC_SORT(&plan->links, compare_links);
        for (size_t i = 0; i < plan->links.count; i++)
                if (!kept || compare_links(&plan->links.items[kept - 1], &plan->links.items[i]))
                        plan->links.items[kept++] = plan->links.items[i];
        plan->links.count = kept;

        kept = 0;
        for (size_t i = 0; i < plan->units.count; i++)
                if (!kept || compare_units(&plan->units.items[kept - 1], &plan->units.items[i]))
                        plan->units.items[kept++] = plan->units.items[i];
        plan->units.count = kept;
}
