/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-rootfs: prepares a directory tree to be the root of a systemd-nspawn container: what nspawn wants to find
 * before it mounts anything, and what the definition says of names and times. What is there stays as it is. */

#include "helpers/rootfs.h"

#include "base/buf.h"
#include "base/fs.h"
#include "helpers/args.h"
#include "helpers/directory.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

enum {
        RESOLV_CONF_MAX = 64 * 1024,
};

typedef struct Options {
        const char *machine;
        const char *link;
        const char *timezone;
        bool empty;
        bool resolv_conf;
        Words mount_points;
        Words dns;
        Words dns_search;
        Words dns_options;
} Options;

static const Arg args[] = {
        { "empty", NULL, "the tree is a new one: links into /usr, as in\nfile-hierarchy(7)", ARG_FLAG, offsetof(Options, empty) },
        { "machine", "NAME", "clear away what a container of that name left\nbehind when it was killed", ARG_TEXT,
          offsetof(Options, machine) },
        { "link", "PATH", "a link to the tree, for machinectl(1)", ARG_TEXT, offsetof(Options, link) },
        { "mount-point", "[SOURCE]:PATH", "a place in the tree where SOURCE will be mounted,\nor a directory (*)", ARG_LIST,
          offsetof(Options, mount_points) },
        { "timezone", "ZONE", "its time zone: /etc/localtime", ARG_TEXT, offsetof(Options, timezone) },
        { "resolv-conf", NULL, "its /etc/resolv.conf has the servers that this\nmachine itself asks", ARG_FLAG,
          offsetof(Options, resolv_conf) },
        { "dns", "ADDRESS", "name server of its /etc/resolv.conf (*)", ARG_LIST, offsetof(Options, dns) },
        { "dns-search", "DOMAIN", "search domain of it (*)", ARG_LIST, offsetof(Options, dns_search) },
        { "dns-option", "OPTION", "option of it (*)", ARG_LIST, offsetof(Options, dns_options) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] DIRECTORY\n"
                    "       bayplan-rootfs --machine=NAME",
        .about = "Prepares DIRECTORY to be the root of a systemd-nspawn(1) container. It is made\n"
                 "where it is absent; directories, os-release and machine-id in it likewise. What\n"
                 "is there stays as it is.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 it is ready; 1 it is not; 125 the command line is wrong.",
        .args = args,
        .count = ELEMENTS(args),
        .max_words = 1,
};

static bool failed(const char *what, const char *name, int error)
{
        /* There is something, and nothing at its end. */
        const Str why = error == -EEXIST ? S("a link that leads nowhere in the tree") : fs_error(error);

        say(SAY_ERROR, "cannot %s '%s': %.*s", what, name, STR_ARG(why));
        return false;
}

/* ---- the tree ---- */

/* NSN-33, and the places where nspawn mounts: in a tree that is mounted read-only it could not make them. */
static bool make_directories(const Tree *tree)
{
        static const struct {
                const char *path;
                mode_t mode;
        } rows[] = {
                { "usr", 0755 },  { "usr/bin", 0755 }, { "usr/lib", 0755 },         { "etc", 0755 },
                { "var", 0755 },  { "var/lib", 0755 }, { "var/lib/private", 0700 }, { "var/tmp", 01777 },
                { "root", 0700 }, { "dev", 0755 },     { "proc", 0755 },            { "sys", 0755 },
                { "run", 0755 },  { "tmp", 01777 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const int r = tree_make_dir(tree, rows[i].path, rows[i].mode);

                if (r < 0)
                        return failed("make in the tree the directory", rows[i].path, r);
        }
        return true;
}

static bool make_links(const Tree *tree)
{
        static const char *const rows[][2] = {
                { "bin", "usr/bin" }, { "sbin", "usr/sbin" }, { "lib", "usr/lib" }, { "lib64", "usr/lib64" }
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const int r = tree_make_link(tree, rows[i][0], rows[i][1]);

                if (r < 0)
                        return failed("make in the tree the link", rows[i][0], r);
        }
        return true;
}

/* nspawn takes a tree for an operating system by this file. A link to /usr, which may be mounted later, gets what it
 * names for the time until then (T-32). */
static bool make_os_release(const Tree *tree)
{
        int r;

        if (tree_has(tree, "etc/os-release") || tree_has(tree, "usr/lib/os-release"))
                return true;
        r = tree_make_file(tree, "etc/os-release", 0644);
        if (r < 0)
                r = tree_make_file(tree, "usr/lib/os-release", 0644);
        return r == 0 || failed("make in the tree the file", "etc/os-release", r);
}

/* Empty, for systemd to fill it (machine-id(5)). One that is a link to nowhere is somebody's wish. */
static bool make_machine_id(const Tree *tree)
{
        const int r = tree_make_file(tree, "etc/machine-id", 0444);

        if (r < 0)
                say(SAY_WARNING, "cannot make in the tree the file 'etc/machine-id': %.*s", STR_ARG(fs_error(r)));
        return true;
}

static int make_all_dirs(const Tree *tree, Str path)
{
        int r = 0;

        for (size_t i = 0; i <= path.len && r == 0; i++)
                if (i && (i == path.len || path.data[i] == '/') && path.data[i - 1] != '/')
                        r = tree_make_dir(tree, arena_c(tree->arena, str_first(path, i)), 0755);
        return r;
}

/* A file for a file, a directory for everything else. */
static bool make_mount_points(Arena *arena, const Options *options, const Tree *tree)
{
        VEC_EACH(const char *const, word, &options->mount_points) {
                const size_t colon = str_rfind(str_c(*word), ':');
                const Str source = str_first(str_c(*word), colon);
                Str path = str_skip(str_c(*word), colon + 1);
                struct stat st = { .st_mode = S_IFDIR };
                int r;

                while (str_starts(path, S("/")))
                        path = str_skip(path, 1);
                if (source.len)
                        fs_stat(AT_FDCWD, arena_c(arena, source), &st);
                if (!path.len || tree_has(tree, arena_c(arena, path)))
                        continue;
                if (S_ISDIR(st.st_mode)) {
                        r = make_all_dirs(tree, path);
                } else {
                        const size_t slash = str_rfind(path, '/');

                        r = make_all_dirs(tree, str_first(path, slash < path.len ? slash : 0));
                        r = r < 0 ? r : tree_make_file(tree, arena_c(arena, path), 0644);
                }
                if (r < 0)
                        return failed("make in the tree the place to mount", *word, r);
        }
        return true;
}

/* ---- resolv.conf(5) and localtime(5) ---- */

static void add_lines(Buf *buf, const char *keyword, const Words *words)
{
        for (size_t i = 0; i < words->count; i++)
                buf_fmt(buf, "%s %s\n", keyword, words->items[i]);
}

/* The servers themselves; systemd-resolved's own file may name only itself, on an address of this machine's lo. */
static bool host_resolv_conf(Arena *arena, Str *ret)
{
        static const char *const paths[] = { "/run/systemd/resolve/resolv.conf", "/etc/resolv.conf" };

        for (size_t i = 0; i < ELEMENTS(paths); i++) {
                const int r = fs_read_file(arena, AT_FDCWD, paths[i], RESOLV_CONF_MAX, ret, NULL);

                if (r == 0)
                        return true;
                if (r != -ENOENT)
                        return failed("read", paths[i], r);
        }
        return false;
}

static bool write_resolv_conf(Arena *arena, const Options *options, const Tree *tree)
{
        const bool listed = options->dns.count || options->dns_search.count || options->dns_options.count;
        Buf buf = BUF(arena);
        Str host;
        int r;

        if (!listed && !options->resolv_conf)
                return true;
        if (options->resolv_conf && !options->dns.count && host_resolv_conf(arena, &host))
                buf_add(&buf, host);
        add_lines(&buf, "nameserver", &options->dns);
        add_lines(&buf, "search", &options->dns_search);
        add_lines(&buf, "options", &options->dns_options);
        r = tree_replace_file(tree, "etc/resolv.conf", buf_str(&buf));
        return r == 0 || failed("write in the tree", "etc/resolv.conf", r);
}

static bool set_timezone(Arena *arena, const char *zone, const Tree *tree)
{
        const char *target = arena_fmt(arena, "../usr/share/zoneinfo/%s", zone ? zone : "").data;
        const int r = zone ? tree_replace_link(tree, "etc/localtime", target) : 0;

        return r == 0 || failed("make in the tree the link", "etc/localtime", r);
}

/* ---- around it ---- */

/* Whether such a machine runs: systemd-machined's note names a process that is there. */
static bool is_running(Arena *arena, const char *machine)
{
        const char *path = arena_fmt(arena, "/run/systemd/machines/%s", machine).data;
        Str text, line;

        if (fs_read_file(arena, AT_FDCWD, path, RESOLV_CONF_MAX, &text, NULL) < 0)
                return false;
        while (text.len && str_next(&text, '\n', &line)) {
                struct stat st;

                if (str_starts(line, S("LEADER=")) &&
                    fs_stat(AT_FDCWD, arena_fmt(arena, "/proc/%.*s", STR_ARG(str_skip(line, 7))).data, &st) == 0)
                        return true;
        }
        return false;
}

/* systemd-machined keeps the name for as long as the unit is being restarted: "Machine '…' already exists". It may not
 * run, and may not know the name. */
static void unregister(const char *machine)
{
        sd_bus *bus = NULL;

        if (sd_bus_open_system(&bus) >= 0)
                sd_bus_call_method(bus, "org.freedesktop.machine1", "/org/freedesktop/machine1", "org.freedesktop.machine1.Manager",
                                   "UnregisterMachine", NULL, NULL, "s", machine);
        sd_bus_flush_close_unref(bus);
}

/* An nspawn that was killed leaves a mount, and the next one of that name refuses to start: "Mount point
 * '/run/systemd/nspawn/unix-export/…' exists already" (257). */
static void clear_left_over(Arena *arena, const char *machine)
{
        const char *path = arena_fmt(arena, "/run/systemd/nspawn/unix-export/%s", machine).data;

        if (is_running(arena, machine))
                return;
        unregister(machine);
        if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
                say(SAY_INFO, "cleared away '%s', which a container that was killed had left", path);
        rmdir(path);
}

/* NSP-12. Only a link is replaced: a directory there is another tree. */
static bool make_link_to(const char *path, const char *directory)
{
        struct stat st;

        if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode)) {
                say(SAY_WARNING, "'%s' is no link, and left as it is", path);
                return true;
        }
        if ((unlink(path) < 0 && errno != ENOENT) || symlink(directory, path) < 0)
                say(SAY_WARNING, "cannot make the link '%s': %.*s", path, STR_ARG(fs_error(-errno)));
        return true;
}

static bool prepare(Arena *arena, const Options *options, const char *directory)
{
        const DirectoryOptions tree_options = { .path = directory };
        CLEANUP(tree_close) Tree tree = { .fd = -1 };
        int r;

        if (options->machine)
                clear_left_over(arena, options->machine);
        if (!directory)
                return true;
        if (directory_provide(arena, &tree_options) != EXIT_SUCCESS)
                return false;
        r = tree_open(arena, directory, &tree);
        if (r < 0)
                return failed("open", directory, r);
        umask(0);
        return make_directories(&tree) && (!options->empty || make_links(&tree)) && make_os_release(&tree) &&
               make_machine_id(&tree) && make_mount_points(arena, options, &tree) && set_timezone(arena, options->timezone, &tree) &&
               write_resolv_conf(arena, options, &tree) && (!options->link || make_link_to(options->link, directory));
}

static bool check_options(const Options *options, const char *directory)
{
        if (!directory && !options->machine)
                say(SAY_ERROR, "DIRECTORY is missing; see --help");
        else if (directory && directory[0] != '/')
                say(SAY_ERROR, "DIRECTORY is an absolute path, not '%s'", directory);
        else if (options->machine && str_contains(str_c(options->machine), '/'))
                say(SAY_ERROR, "--machine= takes a name, not '%s'", options->machine);
        else
                return true;
        return false;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        const char *directory = status < 0 && words.count ? words.items[0] : NULL;

        if (status < 0 && !check_options(&options, directory))
                status = SAY_EXIT_OWN;
        if (status < 0)
                status = prepare(&arena, &options, directory) ? EXIT_SUCCESS : EXIT_FAILURE;
        arena_free(&arena);
        return status;
}
