/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/netns.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/num.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#ifndef NSFS_MAGIC
#define NSFS_MAGIC 0x6e736673
#endif

#define NAMES "/run/netns"
#define OWN "/proc/thread-self/ns/net"

enum {
        MOST_SHOWN = 8,      /* processes in one message */
        TERM_STEPS = 100,    /* of STEP: what processes get to end, as much as systemd's own containers */
        STEP_NSEC = 50000000,
};

static const char *path_of(const Netns *n, Str name)
{
        return arena_fmt(n->arena, NAMES "/%.*s", STR_ARG(name)).data;
}

/* ---- opening ---- */

static bool open_place(const Netns *n, NetnsPlace *place, const char *path)
{
        int status;

        place->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (place->fd < 0)
                return netns_fail(n, NULL, -errno, "open '%s'", path);
        status = link_open(place->fd, &place->links);
        return status >= 0 || netns_fail(n, NULL, status, "open a netlink socket in '%s'", path);
}

static void close_place(NetnsPlace *place)
{
        link_close(&place->links);
        if (place->fd >= 0)
                close(place->fd);
        place->fd = -1;
}

/* Where the manager is: /proc/1 is that of the machine or container that this is in. */
bool netns_open_host(Netns *n)
{
        return open_place(n, &n->host, "/proc/1/ns/net");
}

static bool is_same(int a, int b)
{
        struct stat x, y;

        return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool netns_open_new(Netns *n)
{
        if (!open_place(n, &n->own, OWN))
                return false;
        if (!is_same(n->own.fd, n->host.fd))
                return true;
        close_place(&n->own);
        if (unshare(CLONE_NEWNET) < 0)
                return netns_fail(n, NULL, -errno, "make a namespace");
        return open_place(n, &n->own, OWN);
}

static bool is_namespace(const char *path)
{
        struct statfs st;

        return statfs(path, &st) == 0 && st.f_type == NSFS_MAGIC;
}

/* Without its name the one that the program is in: ExecStopPost= of a start that has failed. */
bool netns_open_named(Netns *n, bool *ret_there)
{
        const char *path = path_of(n, n->name);

        *ret_there = is_namespace(path);
        if (*ret_there)
                return open_place(n, &n->own, path);
        if (!open_place(n, &n->own, OWN))
                return false;
        if (is_same(n->own.fd, n->host.fd))
                close_place(&n->own);
        return true;
}

NetnsPlace *netns_place(Netns *n, Str name)
{
        if (!name.len)
                return &n->host;
        VEC_EACH(NetnsPlace *const, other, &n->others)
                if (str_eq((*other)->name, name))
                        return *other;

        NetnsPlace *place = ARENA_NEW(n->arena, NetnsPlace);

        *place = (NetnsPlace){ .name = name, .fd = -1 };
        VEC_ADD(n->arena, &n->others, place);
        if (open_place(n, place, path_of(n, name)))
                return place;
        n->others.count--;
        close_place(place);
        return NULL;
}

void netns_close_own(Netns *n)
{
        close_place(&n->own);
}

void netns_close(Netns *n)
{
        close_place(&n->host);
        close_place(&n->own);
        VEC_EACH(NetnsPlace *const, other, &n->others)
                close_place(*other);
        n->others.count = 0;
}

int netns_within(const NetnsPlace *place, int (*call)(void *userdata), void *userdata)
{
        CLEANUP(close_fd) int own = open(OWN, O_RDONLY | O_CLOEXEC);
        int status;

        if (own < 0 || setns(place->fd, CLONE_NEWNET) < 0)
                return -errno;
        status = call(userdata);
        if (setns(own, CLONE_NEWNET) < 0)
                abort();
        return status;
}

/* ---- the name ---- */

/* As ip-netns(8) has it: an empty file that nobody may read, below the namespace. */
bool netns_give_name(Netns *n)
{
        const char *path = path_of(n, n->name);
        const int status = fs_make_dir(AT_FDCWD, NAMES);

        if (status < 0)
                return netns_fail(n, NULL, status, "make directory '" NAMES "'");

        CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0);

        if (fd < 0)
                return netns_fail(n, NULL, -errno, "make '%s'", path);
        if (mount(arena_fmt(n->arena, "/proc/self/fd/%d", n->own.fd).data, path, "none", MS_BIND, NULL) < 0)
                return netns_fail(n, NULL, -errno, "mount the namespace on '%s'", path);
        return true;
}

void netns_take_name(const Netns *n)
{
        const char *path = path_of(n, n->name);

        while (is_namespace(path)) {
                if (umount2(path, MNT_DETACH) == 0)
                        continue;
                say(SAY_WARNING, "cannot unmount '%s': %s", path, strerror(errno));
                return;
        }
        if (unlink(path) < 0 && errno != ENOENT)
                say(SAY_WARNING, "cannot remove '%s': %s", path, strerror(errno));
}

/* ---- processes ---- */

typedef VEC(pid_t) Pids;

static bool is_inside(const Netns *n, pid_t pid)
{
        struct stat theirs, ours;

        return fstat(n->own.fd, &ours) == 0 &&
               stat(arena_fmt(n->arena, "/proc/%d/ns/net", (int)pid).data, &theirs) == 0 && theirs.st_dev == ours.st_dev &&
               theirs.st_ino == ours.st_ino;
}

static Pids find_inside(const Netns *n)
{
        CLEANUP(close_fd) int proc = -1;
        FsEntries entries = { 0 };
        Pids pids = { 0 };
        uint64_t pid;

        if (fs_open_dir(AT_FDCWD, "/proc", &proc) < 0 || fs_list_dir(n->arena, proc, &entries) < 0)
                return pids;
        VEC_EACH(const FsEntry, entry, &entries)
                if (num_unsigned(entry->name, INT32_MAX, &pid) && (pid_t)pid != getpid() && is_inside(n, (pid_t)pid))
                        VEC_ADD(n->arena, &pids, (pid_t)pid);
        return pids;
}

static void signal_all(const Netns *n, int signo)
{
        const Pids pids = find_inside(n);

        VEC_EACH(const pid_t, pid, &pids)
                kill(*pid, signo);
}

static void say_inside(const Netns *n, const Pids *pids)
{
        Buf names = BUF(n->arena);

        for (size_t i = 0; i < pids->count && i < MOST_SHOWN; i++) {
                Str name = { 0 };

                fs_read_file(n->arena, AT_FDCWD, arena_fmt(n->arena, "/proc/%d/comm", (int)pids->items[i]).data, 4096, &name,
                             NULL);
                name = str_trim(name);
                buf_fmt(&names, "%s%d (%.*s)", i ? ", " : "", (int)pids->items[i], STR_ARG(name));
        }
        if (pids->count > MOST_SHOWN)
                buf_fmt(&names, " and %zu more", pids->count - MOST_SHOWN);
        say(SAY_WARNING, "network namespace '%.*s' stops with processes in it, which %s: %.*s", STR_ARG(n->name),
            n->options->kill ? "are ended" : "stay without a device", STR_ARG(buf_str(&names)));
}

/* The kernel keeps a namespace as long as a process is in it, whatever becomes of its name (T-24). */
void netns_end_processes(const Netns *n)
{
        const struct timespec step = { .tv_nsec = STEP_NSEC };
        Pids pids = find_inside(n);

        if (!pids.count)
                return;
        say_inside(n, &pids);
        if (!n->options->kill)
                return;
        signal_all(n, SIGTERM);
        for (unsigned i = 0; i < TERM_STEPS && pids.count; i++) {
                nanosleep(&step, NULL);
                pids = find_inside(n);
        }
        if (pids.count)
                signal_all(n, SIGKILL);
}
