/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/pager.h"

#include "base/fs.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>
#include <unistd.h>

/* Whether less must not start programs or open files. Not said: when we run for somebody else than
 * the one who sits there, as under sudo(8); then a pager that knows no such mode is not run. */
static bool is_secure(const Run *run, bool *ret_said)
{
        const Str said = run_env(run, "SYSTEMD_PAGERSECURE");
        uid_t owner;

        *ret_said = said.len;
        if (said.len)
                return !str_is(said, "0") && !str_eq_nocase(said, S("no")) &&
                       !str_eq_nocase(said, S("false")) && !str_eq_nocase(said, S("off"));
        return sd_pid_get_owner_uid(0, &owner) < 0 || owner != geteuid();
}

static void set_environment(const Run *run, bool secure)
{
        const Str less = run_env(run, "SYSTEMD_LESS"),
                  charset = run_env(run, "SYSTEMD_LESSCHARSET");

        setenv("LESS", less.len ? arena_c(run->arena, less) : "FRSXMK", true);
        setenv("LESSCHARSET", charset.len ? arena_c(run->arena, charset) : "utf-8", true);
        if (secure)
                setenv("LESSSECURE", "1", true);
}

static bool spawn(const Run *run, Str command, int input, pid_t *ret)
{
        VEC(char *) argv = { 0 };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t defaults;
        Str word;

        while (command.len && str_next(&command, ' ', &word))
                if (word.len)
                        VEC_ADD(run->arena, &argv, (char *)(uintptr_t)arena_c(run->arena, word));
        if (!argv.count)
                return false;
        VEC_ADD(run->arena, &argv, NULL);

        sigemptyset(&defaults);
        sigaddset(&defaults, SIGINT);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);

        const int r = posix_spawnp(ret, argv.items[0], &actions, &attributes, argv.items, environ);

        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        return r == 0;
}

static bool start(const Run *run, Str command, bool secure, bool said, int input, pid_t *ret)
{
        Str program = command, ignored;

        str_cut(program, ' ', &program, &ignored);
        if (secure && !said && !str_is(program, "less"))
                return false;
        return spawn(run, command, input, ret);
}

/* What the user has set; false: nothing. */
static bool users_choice(const Run *run, Str *ret)
{
        const Str systemd = run_env(run, "SYSTEMD_PAGER"), pager = run_env(run, "PAGER");

        if (!systemd.data && !pager.data)
                return false;
        *ret = str_trim(systemd.data ? systemd : pager);
        return true;
}

bool pager_start(Run *run, Pager *ret)
{
        static const Str usual[] = { STR_INIT("pager"), STR_INIT("less"), STR_INIT("more") };
        CLEANUP(close_fd) int input = -1, output = -1;
        int ends[2];
        bool said, started = false;
        Str chosen = { 0 };
        const bool users = users_choice(run, &chosen), secure = is_secure(run, &said);

        if ((users && (!chosen.len || str_is(chosen, "cat"))) ||
            str_is(run_env(run, "TERM"), "dumb"))
                return false;
        if (pipe2(ends, O_CLOEXEC) < 0)
                return false;
        input = ends[0];
        output = ends[1];

        set_environment(run, secure);
        if (users)
                started = start(run, chosen, secure, said, input, &ret->pid);
        for (size_t i = 0; i < ELEMENTS(usual) && !started; i++)
                started = start(run, usual[i], secure, said, input, &ret->pid);
        if (!started)
                return false;
        /* The end and the keyboard are the pager's business now. */
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        ret->fd = TAKE_FD(output);
        return true;
}

void pager_p(Pager *pager)
{
        if (pager->fd < 0)
                return;
        close_fd_p(&pager->fd);
        while (waitpid(pager->pid, NULL, 0) < 0 && errno == EINTR)
                continue;
}
