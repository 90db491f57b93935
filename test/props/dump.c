/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* dump ini|yaml: the definitions below $BAYPLAN_PATH as one file. Exit status 3 when the format cannot express
 * one of them, which is said. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/search.h"
#include "model/bind.h"
#include "model/dump.h"

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags, .environ = environ };
        const bool yaml = argc > 1 && strcmp(argv[1], "yaml") == 0;
        Buf buf = BUF(&arena);
        DumpFault fault = { 0 };

        run.scope = str_is(run_env(&run, "SYSTEMD_SCOPE"), "user") ? SCOPE_USER : SCOPE_SYSTEM;

        const SearchPath path = search_path(&run);
        const Docs docs = search_read(&run, &path);
        const Model model = bind_docs(&run, &docs);

        if (!(yaml ? dump_yaml : dump_ini)(&buf, &model, &fault)) {
                printf("'%.*s', %.*s=: %.*s\n", STR_ARG(fault.def->name), STR_ARG(fault.key), STR_ARG(fault.why));
                arena_free(&arena);
                return 3;
        }
        fwrite(buf.data, 1, buf.len, stdout);
        arena_free(&arena);
        return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
