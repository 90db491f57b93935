/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/process.h"

#include "base/fs.h"
#include "base/num.h"
#include "helpers/say.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        KILL_AFTER_USEC = 5 * 1000 * 1000,
        MAX_DEPTH = 8, /* of descendants whose input and output count */
};

int process_block(const int *signals, size_t count)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        for (size_t i = 0; i < count; i++)
                sigaddset(&set, signals[i]);
        return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
}

/* Output */

static void keep_tail(Process *process, Str text)
{
        process->bytes += text.len;
        if (text.len > PROCESS_TAIL)
                text = str_skip(text, text.len - PROCESS_TAIL);

        const size_t room = PROCESS_TAIL - process->tail_len;

        if (text.len > room) {
                const size_t drop = text.len - room;

                memmove(process->tail, process->tail + drop, process->tail_len - drop);
                process->tail_len -= drop;
        }
        memcpy(process->tail + process->tail_len, text.data, text.len);
        process->tail_len += text.len;
}

/* Takes what is there; false at the end, or when nothing is there. */
static bool take_output(Process *process)
{
        char buffer[4096];
        const ssize_t n = read(process->fd, buffer, sizeof(buffer));

        if (n < 0 && errno == EINTR)
                return true;
        if (n <= 0)
                return false;

        const Str text = { buffer, (size_t)n };

        if (process->echo)
                (void)fs_write_all(STDERR_FILENO, text);
        keep_tail(process, text);
        if (process->on_output)
                process->on_output(process, process->userdata);
        return true;
}

static void close_output(Process *process)
{
        process->output = sd_event_source_disable_unref(process->output);
        close_fd_p(&process->fd);
        process->fd = -1;
}

static int on_output(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        (void)source, (void)fd, (void)events;
        if (!take_output(userdata))
                close_output(userdata);
        return 0;
}

/* End */

/* Whoever holds the pipe still, a daemon that the program has left behind, is not waited for. */
static int on_child(sd_event_source *source, const siginfo_t *si, void *userdata)
{
        Process *process = userdata;

        (void)source;
        while (process->fd >= 0 && take_output(process))
                ;
        close_output(process);
        process->status = si->si_code == CLD_EXITED ? si->si_status : 128 + si->si_status;
        process->ended = true;
        process->child = sd_event_source_disable_unref(process->child);
        process->killer = sd_event_source_disable_unref(process->killer);
        if (process->on_end)
                process->on_end(process, process->userdata);
        return 0;
}

static int on_kill_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        const Process *process = userdata;

        (void)source, (void)usec;
        kill(-process->pid, SIGKILL);
        return 0;
}

void process_stop(Process *process, int signo)
{
        if (!process->pid || process->ended)
                return;
        kill(-process->pid, signo);
        if (!process->killer)
                sd_event_add_time_relative(sd_event_source_get_event(process->child),
                                           &process->killer, CLOCK_MONOTONIC, KILL_AFTER_USEC, 0,
                                           on_kill_time, process);
}

int process_wait(sd_event *event, Process *process)
{
        while (!process->ended) {
                const int r = sd_event_run(event, UINT64_MAX);

                if (r < 0)
                        return r;
        }
        return process->status;
}

void process_dismiss(sd_event *event, Process *process)
{
        process_stop(process, SIGTERM);
        if (process->pid)
                process_wait(event, process);
}

/* Start */

static char **child_environ(Arena *arena)
{
        VEC(char *) result = { 0 };

        for (char **variable = environ; *variable; variable++) {
                if (!str_starts(str_c(*variable), S("NOTIFY_SOCKET=")))
                        VEC_ADD(arena, &result, *variable);
        }
        VEC_ADD(arena, &result, NULL);
        return result.items;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
        sigset_t none, defaults;

        /* systemd starts services with SIGPIPE ignored (IgnoreSIGPIPE=). */
        sigemptyset(&none);
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigmask(attributes, &none);
        posix_spawnattr_setsigdefault(attributes, &defaults);
        posix_spawnattr_setpgroup(attributes, 0);
        return -posix_spawnattr_setflags(
                attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int set_files(posix_spawn_file_actions_t *files, const ProcessSpec *spec, int pipe_fd)
{
        const int out = spec->out                            ? spec->out
                        : (spec->keep & PROCESS_KEEP_STDOUT) ? pipe_fd
                                                             : STDERR_FILENO;
        int r;

        r = spec->in ? posix_spawn_file_actions_adddup2(files, spec->in, STDIN_FILENO)
                     : posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY,
                                                        0);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
        if (r == 0 && (spec->keep & PROCESS_KEEP_STDERR))
                r = posix_spawn_file_actions_adddup2(files, pipe_fd, STDERR_FILENO);
        return -r;
}

static int spawn(const ProcessSpec *spec, int pipe_fd, pid_t *ret_pid)
{
        char *const *argv = (char *const *)(const void *)spec->argv->items;
        Arena arena = { 0 };
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_t files;
        int r;

        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&files);
        r = set_attributes(&attributes);
        if (r == 0)
                r = set_files(&files, spec, pipe_fd);
        if (r == 0)
                r = -posix_spawn(ret_pid, argv[0], &files, &attributes, argv,
                                 child_environ(&arena));
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
        arena_free(&arena);
        return r;
}

static int watch(sd_event *event, Process *process)
{
        int r = sd_event_add_child(event, &process->child, process->pid, WEXITED, on_child,
                                   process);

        if (r >= 0 && process->fd >= 0)
                r = sd_event_add_io(event, &process->output, process->fd, EPOLLIN, on_output,
                                    process);
        return r < 0 ? r : 0;
}

int process_start(sd_event *event, const ProcessSpec *spec, Process *ret)
{
        CLEANUP(close_fd) int mine = -1;
        CLEANUP(close_fd) int theirs = -1;
        int r;

        assert(spec->argv->count && !spec->argv->items[spec->argv->count]);
        if (spec->keep) {
                int fds[2];

                if (pipe2(fds, O_CLOEXEC) < 0)
                        return -errno;
                mine = fds[0];
                theirs = fds[1];
                /* Only this end: programs may not expect a standard output that does not block. */
                if (fcntl(mine, F_SETFL, O_NONBLOCK) < 0)
                        return -errno;
        }
        *ret = (Process){
                .program = spec->argv->items[0],
                .echo = spec->echo,
                .fd = -1,
                .on_output = spec->on_output,
                .on_end = spec->on_end,
                .userdata = spec->userdata,
        };
        r = spawn(spec, theirs, &ret->pid);
        if (r < 0) {
                ret->pid = 0;
                return r;
        }
        ret->fd = TAKE_FD(mine);
        r = watch(event, ret);
        if (r < 0)
                kill(-ret->pid, SIGKILL);
        return r;
}

Str process_output(const Process *process)
{
        return (Str){ process->tail, process->tail_len };
}

Str process_text(const Process *process)
{
        return str_trim(process_output(process));
}

int process_exec_status(int negative_errno)
{
        return negative_errno == -ENOENT ? SAY_EXIT_NOT_FOUND : SAY_EXIT_CANNOT_EXEC;
}

void process_end_by(int signo)
{
        sigset_t set;

        signal(signo, SIG_DFL);
        raise(signo);
        sigemptyset(&set);
        sigaddset(&set, signo);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        _exit(128 + signo);
}

/* Input and output, from proc_pid_io(5) */

static uint64_t io_of(Arena *arena, pid_t pid)
{
        Str text, line, name, value;
        uint64_t total = 0, n;

        if (fs_read_file(arena, AT_FDCWD, arena_fmt(arena, "/proc/%d/io", (int)pid).data, 4096,
                         &text, NULL) < 0)
                return 0;
        while (str_next(&text, '\n', &line)) {
                if (str_cut(line, ':', &name, &value) &&
                    (str_is(name, "rchar") || str_is(name, "wchar")) &&
                    num_unsigned(str_trim(value), UINT64_MAX, &n))
                        total += n;
        }
        return total;
}

static uint64_t io_of_tree(Arena *arena, pid_t pid, unsigned depth);

/* Children are listed with the thread that has forked them. */
static uint64_t io_of_children(Arena *arena, Str directory, Str thread, unsigned depth)
{
        Str text, word;
        uint64_t total = 0, pid;

        if (fs_read_file(arena, AT_FDCWD,
                         arena_fmt(arena, "%.*s/%.*s/children", STR_ARG(directory), STR_ARG(thread))
                                 .data,
                         65536, &text, NULL) < 0)
                return 0;
        while (str_next(&text, ' ', &word)) {
                if (num_unsigned(word, INT32_MAX, &pid))
                        total += io_of_tree(arena, (pid_t)pid, depth + 1);
        }
        return total;
}

static uint64_t io_of_tree(Arena *arena, pid_t pid, unsigned depth)
{
        const Str directory = arena_fmt(arena, "/proc/%d/task", (int)pid);
        CLEANUP(close_fd) int fd = -1;
        FsEntries threads;
        uint64_t total = io_of(arena, pid);

        if (depth < MAX_DEPTH && fs_open_dir(AT_FDCWD, directory.data, &fd) == 0 &&
            fs_list_dir(arena, fd, &threads) == 0) {
                VEC_EACH (FsEntry, thread, &threads)
                        total += io_of_children(arena, directory, thread->name, depth);
        }
        return total;
}

uint64_t process_io(const Process *process)
{
        Arena arena = { 0 };
        const uint64_t total =
                process->pid && !process->ended ? io_of_tree(&arena, process->pid, 0) : 0;

        arena_free(&arena);
        return total;
}
