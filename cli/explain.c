/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/selection.h"
int command_explain(Cli *cli)
{
        (void)cli;
        return 0;
}
