/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/arena.h"

/* The picture that graphviz makes of a graph in its language. -ENOENT: graphviz is not there; -EIO: it failed. */
int graphviz_svg(Arena *arena, Str graph, Str *ret_picture);
