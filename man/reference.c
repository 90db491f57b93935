/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reference.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
        "reference page TEMPLATE [SECTION.KEY.scd…]  a page of the manual\n"
        "reference schema                            the JSON Schema of YAML files\n";

static _Noreturn void fail(const char *what, const char *path)
{
        fprintf(stderr, "reference: %s: %s\n", path, what);
        exit(EXIT_FAILURE);
}

static Str read_file(Arena *arena, const char *path)
{
        FILE *file = fopen(path, "re");
        Buf buf = BUF(arena);
        char bytes[4096];
        size_t count;

        if (!file)
                fail("cannot be read", path);
        while ((count = fread(bytes, 1, sizeof(bytes), file)))
                buf_add(&buf, (Str){ bytes, count });
        fclose(file);
        return buf_str(&buf);
}

/* Of the path's last part, "Container.Image.scd". The exact spelling: it is the manual. */
static OptionId option_of_file(const char *path)
{
        const char *slash = strrchr(path, '/');
        const Str name = str_c(slash ? slash + 1 : path);

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Option *option = option_info((OptionId)id);
                char expected[256];
                const Str section = kind_info(option->kind)->section;

                snprintf(expected, sizeof(expected), "%.*s.%.*s.scd", STR_ARG(section), STR_ARG(option->key));
                if (str_is(name, expected))
                        return (OptionId)id;
        }
        fail("is named for no key of the table", path);
        return OPTION_NONE;
}

static void page(Buf *buf, int argc, char **argv)
{
        LongTexts texts = { 0 };

        for (int i = 1; i < argc; i++)
                VEC_ADD(buf->arena, &texts,
                        (LongText){ option_of_file(argv[i]), read_file(buf->arena, argv[i]) });
        if (!reference_page(buf, read_file(buf->arena, argv[0]), &texts))
                fail("a place '@…@' is not known", argv[0]);
}

int main(int argc, char **argv)
{
        const Str command = str_c(argc > 1 ? argv[1] : "");
        Arena arena = { 0 };
        Buf buf = BUF(&arena);

        if (str_is(command, "page") && argc > 2) {
                page(&buf, argc - 2, argv + 2);
        } else if (str_is(command, "schema") && argc == 2) {
                reference_schema(&buf);
        } else {
                fputs(usage, stderr);
                return 2;
        }

        const bool written = fwrite(buf.data, 1, buf.len, stdout) == buf.len && fflush(stdout) == 0;

        arena_free(&arena);
        return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
