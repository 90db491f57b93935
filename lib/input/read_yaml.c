/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/read.h"

Node *read_yaml(Run *run, const Source *source)
{
        return node_new(run->arena, NODE_MAP, (Loc){ .source = source });
}
