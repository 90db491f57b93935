/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/pipeline.h"

#include "backend/backend.h"
#include "input/installed.h"

Pipeline pipeline_run(Run *run, Docs docs)
{
        const InstalledUnits units = installed_units(run);
        const Installed installed = { .paths = units.items, .count = units.count };
        Pipeline p = { .docs = docs };

        p.model = bind_docs(run, &p.docs);
        p.fleet = resolve_model(run, &p.model, &installed);
        backend_check(run, &p.fleet);
        p.plan = compose_fleet(run, &p.fleet);
        diags_sort(run->diags);
        return p;
}
