/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* From a node to values: how INI text is cut into words, what YAML lists and maps mean for each shape. */

#include "model/check.h"

/* Reads one entry into def_get(def, id): replaces the value of a single key, appends to a MANY one; an empty
 * assignment (INI) or null (YAML) unsets. False when something was reported; what is right is kept. */
bool value_read(Run *run, Def *def, OptionId id, const Node *entry);

/* Sorts and drops what the flags of a key of several values ask for; once all entries have been read. */
void value_settle(Run *run, Setting *setting);
/* The same, of keys that need to know each other. */
void value_settle_build(Run *run, Def *def);
