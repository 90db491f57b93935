/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a fuzz target on each file of a directory, as a plain test: replay DIRECTORY */

#include <fcntl.h>
#include <stdio.h>

#include "base/fs.h"
#include "fuzz.h"

enum {
        INPUT_MAX = 16 * 1024 * 1024,
};

int main(int argc, char **argv)
{
        CLEANUP(close_fd) int fd = -1;
        Arena arena = { 0 };
        FsEntries entries = { 0 };
        size_t number = 0;

        if (argc != 2 || fs_open_dir(AT_FDCWD, argv[1], &fd) < 0 ||
            fs_list_dir(&arena, fd, &entries) < 0) {
                fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
                return EXIT_FAILURE;
        }

        printf("1..%zu\n", entries.count);
        VEC_EACH(const FsEntry, entry, &entries) {
                Str text = { 0 };

                fflush(stdout);
                if (fs_read_file(&arena, fd, entry->name.data, INPUT_MAX, &text, NULL) < 0) {
                        printf("not ok %zu - %s cannot be read\n", ++number, entry->name.data);
                        continue;
                }
                LLVMFuzzerTestOneInput((const uint8_t *)text.data, text.len);
                printf("ok %zu - %s\n", ++number, entry->name.data);
        }
        arena_free(&arena);
        return EXIT_SUCCESS;
}
