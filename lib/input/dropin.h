/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Drop-ins as in systemd.unit(5): for foo-bar.ini, in every directory of the search path and from
 * the most specific on, foo-bar.ini.d/, foo-bar.d/ and foo-.ini.d/. Of files of one name the most
 * specific directory's wins, then the search path's order; those that are left are merged by file
 * name. */

#include "input/walk.h"

/* Puts the drop-in directories in order; before the others. */
void dropins_sort(Walk *walk);
/* Reads the drop-ins of the definition `relative` into doc. A doc of NULL only says that there is
 * one. */
void dropins_attach(Walk *walk, Str relative, Doc *doc);
/* Warns of directories that belong to no definition. */
void dropins_warn(Walk *walk);
