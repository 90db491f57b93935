/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-enter: reaches into the container of a unit whose main process is systemd-nspawn, for ExecStop= and
 * ExecReload=: signals its process, waits for its end, or runs a command in it. nspawn itself passes one signal on,
 * to process 1 only; and its own little init takes that one for a power cut. */

#include "base/fs.h"
#include "base/num.h"
#include "helpers/args.h"
#include "helpers/process.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
        CHILDREN_MAX = 64 * 1024,
        STEP_USEC = 20000,
        ENVIRONMENT_MAX = 1024 * 1024,
};

typedef struct Options {
        const char *signal;
        uint64_t wait; /* 0: not at all */
        bool child;
        bool session;
} Options;

static const Arg args[] = {
        { "signal", "SIGNAL", "signal the container's process", ARG_TEXT, offsetof(Options, signal) },
        { "wait", "TIME", "wait so long for its end", ARG_DURATION, offsetof(Options, wait) },
        { "child", NULL, "its process is not process 1 in it, but the child\nof that one", ARG_FLAG, offsetof(Options, child) },
        { "session", NULL, "COMMAND has a session of its own, without a\nterminal, and ends with this program", ARG_FLAG,
          offsetof(Options, session) },
};

static const ArgsProgram program = {
        .synopsis = "--signal=SIGNAL [--wait=TIME] [--child]\n"
                    "       bayplan-enter [--child] [--session] -- COMMAND [ARG...]",
        .about = "Signals the process of the container that the unit's main process, of which\n"
                 "$MAINPID tells, has started; or runs COMMAND in the container, with the\n"
                 "variables of its process.",
        .notes = "Exit status: 0, also when the time is up; that of COMMAND; 125 this program\n"
                 "failed; 126, 127 COMMAND cannot be executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .max_words = UINT_MAX,
};

static int failed(const char *what, int error)
{
        say(SAY_ERROR, "cannot %s: %.*s", what, STR_ARG(fs_error(error)));
        return SAY_EXIT_OWN;
}

/* ---- processes ---- */

static bool parse_pid(Str text, pid_t *ret)
{
        uint64_t n;

        if (!num_unsigned(str_trim(text), INT_MAX, &n) || !n)
                return false;
        *ret = (pid_t)n;
        return true;
}

/* The oldest; nspawn and its init have one only. */
static int first_child(Arena *arena, pid_t pid, pid_t *ret)
{
        Str text, first, rest;
        const int r = fs_read_file(arena, AT_FDCWD, arena_fmt(arena, "/proc/%d/task/%d/children", pid, pid).data, CHILDREN_MAX,
                                   &text, NULL);

        if (r < 0)
                return r;
        first = str_trim(text);
        str_cut(first, ' ', &first, &rest);
        return parse_pid(first, ret) ? 0 : -ESRCH;
}

typedef struct Target {
        pid_t main;
        pid_t leader;  /* process 1 of the container */
        pid_t process; /* the one that is meant */
} Target;

static int find_target(Arena *arena, const Options *options, Target *ret)
{
        Target target = { 0 };
        int r;

        if (!parse_pid(str_c(getenv("MAINPID")), &target.main))
                return -ESRCH;
        r = first_child(arena, target.main, &target.leader);
        target.process = target.leader;
        if (r == 0 && options->child)
                r = first_child(arena, target.leader, &target.process);
        if (r == 0)
                *ret = target;
        return r;
}

/* nspawn says that it is ready a moment before there is anybody to stop. */
static int await_target(Arena *arena, const Options *options, Target *ret)
{
        const struct timespec step = { .tv_nsec = STEP_USEC * 1000 };
        uint64_t waited = 0;
        int r = find_target(arena, options, ret);

        for (; r == -ESRCH && waited < options->wait; waited += STEP_USEC) {
                nanosleep(&step, NULL);
                r = find_target(arena, options, ret);
        }
        return r;
}

/* ---- signals ---- */

/* "SIGRTMIN+3", "SIGTERM", "TERM", "15" */
static bool parse_signal(Str text, int *ret)
{
        uint64_t n;

        if (num_unsigned(text, 64, &n) && n) {
                *ret = (int)n;
                return true;
        }
        if (str_starts(text, S("SIG")))
                text = str_skip(text, 3);
        if (str_starts(text, S("RTMIN"))) {
                *ret = SIGRTMIN;
                if (text.len > 6 && num_unsigned(str_skip(text, 6), 30, &n))
                        *ret += (int)n;
                return true;
        }
        for (int signo = 1; signo < SIGRTMIN; signo++) {
                if (sigabbrev_np(signo) && str_is(text, sigabbrev_np(signo))) {
                        *ret = signo;
                        return true;
                }
        }
        return false;
}

/* What is left when the time is up is for systemd, which goes on with the stop. */
static int signal_process(const Options *options, const Target *target, int signo)
{
        const uint64_t milliseconds = options->wait / 1000;
        CLEANUP(close_fd) int fd = pidfd_open(target->main, 0);
        struct pollfd wait = { .fd = fd, .events = POLLIN };

        if (kill(target->process, signo) < 0 && errno != ESRCH)
                return failed("signal the container", -errno);
        if (fd >= 0 && options->wait)
                while (poll(&wait, 1, milliseconds < INT_MAX ? (int)milliseconds : INT_MAX) < 0 && errno == EINTR)
                        ;
        return EXIT_SUCCESS;
}

/* ---- commands ---- */

/* The variables of the container's process, NUL after each. */
static int read_environment(Arena *arena, pid_t pid, Words *ret)
{
        Words words = { 0 };
        Str text, word;
        const int r = fs_read_file(arena, AT_FDCWD, arena_fmt(arena, "/proc/%d/environ", pid).data, ENVIRONMENT_MAX, &text, NULL);

        if (r < 0)
                return r;
        while (text.len && str_next(&text, '\0', &word))
                VEC_ADD(arena, &words, arena_c(arena, word));
        VEC_ADD(arena, &words, NULL);
        *ret = words;
        return 0;
}

static bool is_ours(Arena *arena, pid_t pid, const char *namespace)
{
        struct stat ours, theirs;

        return fs_stat(AT_FDCWD, arena_fmt(arena, "/proc/self/ns/%s", namespace).data, &ours) == 0 &&
               fs_stat(AT_FDCWD, arena_fmt(arena, "/proc/%d/ns/%s", pid, namespace).data, &theirs) == 0 &&
               ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

static int enter_namespaces(Arena *arena, pid_t leader)
{
        const bool users = !is_ours(arena, leader, "user");
        const int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
        CLEANUP(close_fd) int fd = pidfd_open(leader, 0);

        if (fd < 0 || setns(fd, flags | (users ? CLONE_NEWUSER : 0)) < 0)
                return -errno;
        if (users && (setgroups(0, NULL) < 0 || setgid(0) < 0 || setuid(0) < 0))
                return -errno;
        return 0;
}

static const char *variable(const Words *environment, const char *name)
{
        const size_t length = strlen(name);

        for (size_t i = 0; i < environment->count && environment->items[i]; i++)
                if (strncmp(environment->items[i], name, length) == 0 && environment->items[i][length] == '=')
                        return environment->items[i] + length + 1;
        return NULL;
}

/* The command is looked for where the container looks for commands, and where they are in small trees. */
static void set_path(Arena *arena, const Words *environment)
{
        const char *path = variable(environment, "PATH");

        setenv("PATH", arena_fmt(arena, "%s:/usr/sbin:/usr/bin:/sbin:/bin", path ? path : "/usr/local/sbin:/usr/local/bin").data,
               true);
}

/* Of a terminal only whoever has it knows the kind. */
static void set_terminal(Arena *arena, Words *environment)
{
        const char *term = getenv("TERM");
        Words words = { 0 };

        if (!term || !isatty(STDIN_FILENO))
                return;
        for (size_t i = 0; i < environment->count && environment->items[i]; i++)
                if (strncmp(environment->items[i], "TERM=", strlen("TERM=")) != 0)
                        VEC_ADD(arena, &words, environment->items[i]);
        VEC_ADD(arena, &words, arena_fmt(arena, "TERM=%s", term).data);
        VEC_ADD(arena, &words, NULL);
        *environment = words;
}

/* The namespace of processes is for children. */
static int run(const Words *command, const Words *environment, bool session)
{
        /* execvpe(3) changes neither words nor arrays. */
        char **argv = (char **)(uintptr_t)command->items, **envp = (char **)(uintptr_t)environment->items;
        const pid_t pid = fork();
        int status;

        if (pid < 0)
                return failed("start a process", -errno);
        if (pid == 0) {
                if (session && (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0))
                        _exit(failed("begin a session", -errno));
                execvpe(argv[0], argv, envp);
                status = process_exec_status(-errno);
                say(SAY_ERROR, "cannot execute '%s' in the container: %.*s", argv[0], STR_ARG(fs_error(-errno)));
                _exit(status);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                ;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_command(Arena *arena, const Options *options, const Target *target, const Words *command)
{
        Words environment;
        int r = read_environment(arena, target->process, &environment);

        if (r < 0)
                return failed("read the variables of the container's process", r);
        set_path(arena, &environment);
        set_terminal(arena, &environment);
        r = enter_namespaces(arena, target->leader);
        return r < 0 ? failed("enter the container", r) : run(command, &environment, options->session);
}

/* ---- all of it ---- */

static int act(Arena *arena, const Options *options, const Words *command)
{
        Target target = { 0 };
        int signo = 0, r;

        if (!options->signal == !command->count || (options->wait && !options->signal)) {
                say(SAY_ERROR, "it takes either --signal= or a COMMAND; see --help");
                return SAY_EXIT_OWN;
        }
        if (options->signal && !parse_signal(str_c(options->signal), &signo)) {
                say(SAY_ERROR, "--signal= takes a signal, not '%s'", options->signal);
                return SAY_EXIT_OWN;
        }
        r = await_target(arena, options, &target);
        /* One that has ended needs no signal to do so. */
        if (r < 0)
                return options->wait ? EXIT_SUCCESS : failed("find the container's process", r);
        return signo ? signal_process(options, &target, signo) : run_command(arena, options, &target, command);
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0)
                status = act(&arena, &options, &words);
        arena_free(&arena);
        return status;
}
