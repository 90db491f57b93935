/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Values that an engine cannot do, be it what their key asks for that it lacks or a value of a key that it has. */

#include "model/resolve.h"

/* Reports that the engine has no `what` in that key; false. */
bool lacks(Run *run, Engine engine, const Value *value, OptionId id, Str what, Str hint);

typedef struct Lack {
        OptionId id;
        Str value;
        bool only; /* this is the one value that the engine has */
} Lack;

/* Reports what is in the rows; false when there was any. */
bool lacks_values(Run *run, Engine engine, const Def *def, const Lack *rows, size_t count);
/* Reports secrets of podman's own store; false when there were any. */
bool lacks_secrets(Run *run, Engine engine, const Def *def);
