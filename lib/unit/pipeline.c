/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/pipeline.h"

#include "backend/backend.h"
#include "base/fs.h"
#include "input/installed.h"
#include "model/gate.h"

#include <fcntl.h>

/* Not by NSS, which may ask the network. A missing or odd file knows nobody. */
static Str read_accounts(Run *run)
{
        enum { ACCOUNTS_MAX = 16 * 1024 * 1024 };
        const Str set = run_env(run, "BAYPLAN_PASSWD");
        Str text = { 0 };

        fs_read_file(run->arena, AT_FDCWD, set.len ? arena_c(run->arena, set) : "/etc/passwd", ACCOUNTS_MAX, &text, NULL);
        return text;
}

Pipeline pipeline_run(Run *run, Docs docs)
{
        Pipeline p = { .docs = docs };
        InstalledUnits units = { 0 };
        Accounts accounts = { 0 };

        p.model = bind_docs(run, &p.docs);
        /* On a machine without definitions nobody asks for them. */
        if (p.model.defs.count) {
                units = installed_units(run);
                accounts.text = read_accounts(run);
        }

        const Installed installed = { .paths = units.items, .count = units.count };

        p.fleet = resolve_model(run, &p.model, &installed, &accounts);
        gate_check(run, &p.fleet);
        backend_check(run, &p.fleet);
        p.plan = compose_fleet(run, &p.fleet);
        diags_sort(run->diags);
        return p;
}
