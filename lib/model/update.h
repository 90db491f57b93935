/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who looks for newer images of a container, by AutoUpdate=. */

#include "model/resolve.h"

/* Fills object->update. Says where AutoUpdate= is written in vain. */
void update_resolve(Run *run, Object *object);
