/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* check_names [SEED]: random names and paths are escaped as systemd-escape(1) does. Prints TAP. */

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"
#include "random.h"
#include "unit/quote.h"

#define COUNT 400

/* Longer ones are no names any more. */
#define NAME_MAX_BYTES 60

static Str random_name(Random *random, Arena *arena)
{
        return arena_str(arena,
                         str_first(random_text(random, arena, RANDOM_BYTES), NAME_MAX_BYTES));
}

/* With components that are no "..", which has no name. */
static Str random_path(Random *random, Arena *arena)
{
        Buf path = BUF(arena);

        for (unsigned i = random_below(random, 4); i > 0; i--) {
                const Str name = random_name(random, arena);

                buf_add(&path, random_below(random, 4) ? S("/") : S("/./"));
                buf_add(&path, str_is(name, "..") ? S("...") : name);
        }
        buf_add(&path, random_below(random, 4) ? S("") : S("//"));
        return arena_str(arena, path.len ? buf_str(&path) : S("/"));
}

/* What systemd-escape prints, and whether it succeeds. */
static bool ask(Arena *arena, char **argv, Str *ret_answer)
{
        Buf answer = BUF(arena);
        char piece[4096];
        size_t length;
        posix_spawn_file_actions_t actions;
        int fds[2], status;
        pid_t pid;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return false;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
        if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ))
                return false;
        posix_spawn_file_actions_destroy(&actions);
        close(fds[1]);

        FILE *file = fdopen(fds[0], "r");

        while (file && (length = fread(piece, 1, sizeof(piece), file)) > 0)
                buf_add(&answer, (Str){ piece, length });
        if (file)
                fclose(file);
        *ret_answer = str_trim(buf_str(&answer));
        return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool name(Buf *buf, Str s)
{
        quote_name(buf, s);
        return true;
}

/* All in one question; the answers are separated by blanks, which no escaped name holds. */
static bool compare(Arena *arena, Random *random, bool is_path, bool (*quote)(Buf *buf, Str s),
                    Str (*make)(Random *random, Arena *arena))
{
        char program[] = "systemd-escape", path_option[] = "--path", end[] = "--";
        char *argv[COUNT + 4] = { program };
        unsigned first = 1;
        Str want[COUNT], rest, got;
        bool ok = true;

        if (is_path)
                argv[first++] = path_option;
        argv[first++] = end;
        for (unsigned i = 0; i < COUNT;) {
                Buf quoted = BUF(arena);
                const Str text = make(random, arena);

                if (str_empty(text) || !quote(&quoted, text))
                        continue;
                want[i] = arena_str(arena, buf_str(&quoted));
                argv[first + i++] = strndup(text.data, text.len);
        }
        if (!ask(arena, argv, &rest)) {
                printf("# systemd-escape fails\n");
                ok = false;
        }
        for (unsigned i = 0; i < COUNT && ok; i++) {
                ok = str_next(&rest, ' ', &got) && str_eq(got, want[i]);
                if (!ok)
                        printf("# %u: got '%.*s', want '%.*s'\n", i, STR_ARG(want[i]),
                               STR_ARG(got));
        }
        for (unsigned i = 0; i < COUNT; i++)
                free(argv[first + i]);
        return ok;
}

int main(int argc, char **argv)
{
        char *version[] = { (char[]){ "systemd-escape" }, (char[]){ "--version" }, NULL };
        Arena arena = { 0 };
        Random random = { .state = 1 };
        bool names, paths;
        Str answer;

        if (argc > 1 && !num_unsigned(str_c(argv[1]), UINT64_MAX, &random.state))
                return 2;
        if (!ask(&arena, version, &answer)) {
                printf("1..0 # SKIP no systemd-escape here\n");
                return EXIT_SUCCESS;
        }

        printf("1..2\n# seed %llu\n", (unsigned long long)random.state);
        names = compare(&arena, &random, false, name, random_name);
        printf("%sok 1 - names\n", names ? "" : "not ");
        paths = compare(&arena, &random, true, quote_path_name, random_path);
        printf("%sok 2 - paths\n", paths ? "" : "not ");
        arena_free(&arena);
        return names && paths ? EXIT_SUCCESS : EXIT_FAILURE;
}
