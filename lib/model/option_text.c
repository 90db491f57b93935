/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/option.h"

/* In a file of its own, so that a program which shows none of it has none of it. */
const OptionText option_texts[OPTION_COUNT] = {
#define OPTION(kind, key, aliases, type, flags, podman, docker, nspawn, quadlet, since, help_, example_) \
        [OPT_##kind##_##key] = { .help = STR_INIT(help_), .example = STR_INIT(example_) },
#include "model/options.def"
#undef OPTION
};
