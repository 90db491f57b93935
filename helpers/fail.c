/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-fail TEXT…: says each TEXT and fails. It is what the stub unit of a broken definition
 * starts, so that `systemctl status` shows what is wrong with it and what depends on it does not
 * start. */

#include "helpers/args.h"
#include "helpers/say.h"

#include <limits.h>
#include <stdlib.h>

static const ArgsProgram program = {
        .synopsis = "[--] TEXT...",
        .about = "Prints each TEXT as a line on standard error and fails with exit status 1.\n"
                 "The unit of a definition that could not be used starts it.",
        .min_words = 1,
        .max_words = UINT_MAX,
};

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Words texts;
        int status = args_read(&arena, &program, argc, argv, NULL, &texts);

        if (status < 0) {
                for (size_t i = 0; i < texts.count; i++)
                        say_text(SAY_ERROR, str_c(texts.items[i]));
                status = EXIT_FAILURE;
        }
        arena_free(&arena);
        return status;
}
