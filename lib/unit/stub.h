/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Units that make errors visible: they do nothing but fail, with the messages in the journal, so that
 * `systemctl --failed` lists them and `systemctl status` tells file, line and hint. */

#include "model/resolve.h"
#include "unit/plan.h"

/* Which errors belong to whom. */
typedef struct StubNotes StubNotes;

StubNotes *stub_notes(Run *run);
/* Stands for definitions with errors, under the name that their unit would have: more than one when that is
 * their error. */
void stub_containers(Run *run, Plan *plan, const Fleet *fleet, const StubNotes *notes, Object *const *containers,
                     size_t count);

/* bayplan-problems.service, when there are errors that belong to no stub. */
void stub_problems(Run *run, Plan *plan, const Fleet *fleet);

/* Shared with compose.c. */
void compose_header(Buf *buf, const Def *def);
void compose_source(Buf *buf, const Def *def);
void compose_install(Run *run, Plan *plan, const Object *container);
