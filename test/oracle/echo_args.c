/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* echo_args FILE [ARGUMENT…]: writes its arguments and the variables V0, V1, … of its environment
 * to FILE. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

int main(int argc, char **argv)
{
        char name[32];
        const char *value;
        FILE *file;

        if (argc < 2 || !(file = fopen(argv[1], "wx"))) {
                perror(argc < 2 ? argv[0] : argv[1]);
                return EXIT_FAILURE;
        }
        for (int i = 2; i < argc; i++)
                record(file, "argument", argv[i], strlen(argv[i]));
        for (unsigned i = 0; snprintf(name, sizeof(name), "V%u", i), (value = getenv(name)); i++)
                record(file, "variable", value, strlen(value));
        return fclose(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}
