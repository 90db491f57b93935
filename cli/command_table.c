/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/command.h"

#define HAS(id) (1U << SWITCH_##id)

const Switch switches[SWITCH_COUNT] = {
#define SWITCH(id_, letter_, name_, value_, completes_, help_)                                     \
        [SWITCH_##id_] = { .letter = letter_,                                                      \
                           .name = name_,                                                          \
                           .value = value_,                                                        \
                           .completes = COMPLETES_##completes_,                                    \
                           .help = help_ },
#include "cli/commands.def"
};

const CliCommand commands[COMMAND_COUNT] = {
#define COMMAND(name_, arguments_, completes_, most_, own_, switches_, help_, about_)              \
        [COMMAND_##name_] = { .name = #name_,                                                      \
                              .arguments = arguments_,                                             \
                              .completes = COMPLETES_##completes_,                                 \
                              .most = most_,                                                       \
                              .own = own_,                                                         \
                              .switches = switches_,                                               \
                              .help = help_,                                                       \
                              .about = about_ },
#include "cli/commands.def"
};
