/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/search.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

#include "base/fs.h"
#include "test.h"

/* Directory trees on one line; words are
 *
 *   a/web.ini       a file          a/web.ini=      an empty one      a/web.ini%      one that
 * anybody may write a/web.ini*      one too large   a/web.ini|      a FIFO            a/web.ini>b
 * a link to b a/web.d/        a directory
 *
 * and what was found: documents with their drop-ins in brackets, "!" behind those that could not be
 * read. */

enum {
        ROOT_MAX = 64,
        TREE_DEPTH_MAX = 64,
};

static void make_parents(Arena *arena, int root, Str path)
{
        for (size_t i = 0; i < path.len; i++)
                if (path.data[i] == '/')
                        CHECK(fs_make_dir(root, arena_c(arena, str_first(path, i))) == 0, "%.*s",
                              STR_ARG(path));
}

static void make_file(int root, const char *path, Str content, mode_t mode)
{
        CLEANUP(close_fd)
        int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        CHECK(fd >= 0 && fs_write_all(fd, content) == 0 && fchmod(fd, mode) == 0, "%s", path);
}

static void make_entry(Arena *arena, int root, Str word)
{
        const char kind = word.data[word.len - 1];
        const Str plain = str_first(word, word.len - 1);
        Str path, target;

        make_parents(arena, root, word);
        if (str_cut(word, '>', &path, &target)) {
                CHECK(fs_link(root, arena_c(arena, target), arena_c(arena, path)) == 0, "%.*s",
                      STR_ARG(word));
        } else if (kind == '|') {
                CHECK(mkfifoat(root, arena_c(arena, plain), 0644) == 0, "%.*s", STR_ARG(word));
        } else if (kind == '*') {
                const char *name = arena_c(arena, plain);

                make_file(root, name, S("x"), 0644);
                CLEANUP(close_fd) int fd = openat(root, name, O_WRONLY | O_CLOEXEC);

                CHECK(ftruncate(fd, SEARCH_FILE_MAX + 1) == 0);
        } else if (kind == '=') {
                make_file(root, arena_c(arena, plain), S(""), 0644);
        } else if (kind == '%') {
                make_file(root, arena_c(arena, plain), S("a: b"), 0666);
        } else if (kind != '/') {
                make_file(root, arena_c(arena, word),
                          str_ends(word, S("ml")) ? S("a: b\n") : S("[A]\n"), 0644);
        }
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

typedef struct Tree {
        Arena arena;
        Diags diags;
        Run run;
        char path[ROOT_MAX];
        int fd;
} Tree;

static void tree_start(Tree *tree, const char *words)
{
        Str rest = str_c(words), word;

        *tree = (Tree){ .path = "/tmp/test_search.XXXXXX", .fd = -1 };
        tree->diags.arena = &tree->arena;
        tree->run = (Run){ .arena = &tree->arena, .diags = &tree->diags, .uid = 1000 };
        CHECK(mkdtemp(tree->path) && fs_open_dir(AT_FDCWD, tree->path, &tree->fd) == 0);
        while (str_next(&rest, ' ', &word))
                if (word.len)
                        make_entry(&tree->arena, tree->fd, word);
}

static void tree_done(Tree *tree)
{
        close(tree->fd);
        nftw(tree->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        arena_free(&tree->arena);
}

/* Paths without that of the tree. */
static Str shown(const Tree *tree, Str path)
{
        const Str prefix = str_c(tree->path);

        return str_starts(path, prefix) ? str_skip(path, prefix.len + 1) : path;
}

static Str found(Tree *tree, const Docs *docs)
{
        Buf buf = BUF(&tree->arena);

        VEC_EACH(Doc *, doc, docs) {
                if (buf.len)
                        buf_char(&buf, ' ');
                buf_add(&buf, shown(tree, (*doc)->source->path));
                buf_add(&buf, (*doc)->readable ? S("") : S("!"));
                CHECK(str_ends((*doc)->source->path, (*doc)->relative), "%.*s",
                      STR_ARG((*doc)->relative));
                if (!(*doc)->dropins.count)
                        continue;
                buf_char(&buf, '[');
                VEC_EACH(Doc *, dropin, &(*doc)->dropins) {
                        if (dropin != (*doc)->dropins.items)
                                buf_char(&buf, ' ');
                        buf_add(&buf, shown(tree, (*dropin)->source->path));
                        buf_add(&buf, (*dropin)->readable ? S("") : S("!"));
                }
                buf_char(&buf, ']');
        }
        return buf_str(&buf);
}

static Str reports(Tree *tree)
{
        Buf buf = BUF(&tree->arena);

        diags_sort(&tree->diags);
        VEC_EACH(const Diag, d, &tree->diags.all) {
                if (buf.len)
                        buf_char(&buf, ' ');
                buf_add(&buf, diag_info(d->code)->slug);
                if (d->at.source)
                        buf_fmt(&buf, "@%.*s", STR_ARG(shown(tree, d->at.source->path)));
        }
        return buf_str(&buf);
}

typedef struct Row {
        const char *tree;
        const char *want;
        const char *reports;
} Row;

/* The search path is a, b and c of the tree. */
static void check_rows(const Row *rows, size_t count, Scope scope, const char *directories)
{
        for (size_t i = 0; i < count; i++) {
                Tree tree;
                SearchPath path = { 0 };
                Str rest = str_c(directories), directory;

                tree_start(&tree, rows[i].tree);
                tree.run.scope = scope;
                while (str_next(&rest, ' ', &directory))
                        VEC_ADD(&tree.arena, &path,
                                arena_fmt(&tree.arena, "%s/%.*s", tree.path, STR_ARG(directory)));

                const Docs docs = search_read(&tree.run, &path);

                CHECK_STR(found(&tree, &docs), str_c(rows[i].want));
                CHECK_STR(reports(&tree), str_c(rows[i].reports ? rows[i].reports : ""));
                tree_done(&tree);
        }
}

static void precedence(void)
{
        static const Row rows[] = {
                { "", "" },
                { "a/", "" },
                { "a/b.ini a/a.yaml a/c.yml", "a/a.yaml a/b.ini a/c.yml" },
                { "a/web.ini b/web.ini c/web.ini c/db.ini", "c/db.ini a/web.ini" },
                { "a/web.ini b/web.yaml", "a/web.ini b/web.yaml" },
                { "a/web.ini= b/web.ini c/web.ini", "" },
                { "a/web.ini>/dev/null b/web.ini", "" },
                { "a/web.ini b/web.ini=", "a/web.ini" },
                { "a/s/web.ini b/s/web.ini b/web.ini", "a/s/web.ini b/web.ini" },
                { "a/s/t/u/x.ini a/s/b.ini a/z.ini", "a/s/b.ini a/s/t/u/x.ini a/z.ini" },
                { "a/.x.ini a/x.ini~ a/x.ini.bak a/x.ini.dpkg-old a/.x.ini.swp a/x.ini.rpmsave "
                  "a/.git/y.ini a/README",
                  "" },
                { "a/.ini a/x.INI a/ini a/x.ini.orig", "" },
                { "a/real.ini b/link.ini>../a/real.ini c/other>../a/real.ini",
                  "b/link.ini a/real.ini" },
                { "a/users/u.ini a/s/users/v.ini b/users/1000/w.ini", "a/s/users/v.ini" },
                { "a/quadlet>../d d/x.container d/x.yaml d/s/y.ini d/s/y.pod d/users/z.pod d/users/1/z.pod a/x.yaml",
                  "a/quadlet/s/y.pod a/quadlet/x.container a/x.yaml" },
                { "a/quadlet/x.pod a/quadlet/nginx/conf.d/1.conf b/x.pod.d/1.conf a/pod.d/2.conf",
                  "a/quadlet/x.pod[b/x.pod.d/1.conf a/pod.d/2.conf]" },
                { "a/quadlet/x.container a/quadlet/x.container.d/1.conf a/quadlet/x.ini b/s/quadlet/y.yml b/s/y.yml",
                  "a/quadlet/x.container[a/quadlet/x.container.d/1.conf] b/s/y.yml" },
        };

        check_rows(rows, ELEMENTS(rows), SCOPE_SYSTEM, "a b c");
}

static void users(void)
{
        static const Row rows[] = {
                { "users/1000/a.ini users/1001/b.ini users/c.ini users/d1/e.ini users/d1/7/f.ini",
                  "users/1000/a.ini users/c.ini users/d1/7/f.ini users/d1/e.ini" },
                { "users/1000/a.ini users/a.ini", "users/1000/a.ini" },
                { "users/quadlet>../d d/x.pod d/x.yaml d/1000/y.pod d/1001/z.pod",
                  "users/quadlet/1000/y.pod users/quadlet/x.pod" },
                { "a/12/x.ini a/users/y.ini", "a/12/x.ini a/users/y.ini" },
                { "a/x.yaml%", "a/x.yaml" },
        };

        check_rows(rows, ELEMENTS(rows), SCOPE_USER, "a users/1000 users");
}

static void links(void)
{
        static const Row rows[] = {
                { "a/loop>. a/s/up>.. a/s/x.ini", "a/s/x.ini" },
                { "a/one>two a/two>one", "" },
                { "a/self.ini>self.ini", "a/self.ini!", "file-unreadable@a/self.ini" },
                { "a/gone>nowhere a/gone.d>nowhere", "" },
                /* A directory keeps its own name, and is read once. */
                { "a/alias>real a/real/x.ini a/zalias>real", "a/real/x.ini" },
                { "a/vendor>../b b/x.ini", "b/x.ini" },
                { "a/out>../d d/x.ini d/y/z.ini", "a/out/x.ini a/out/y/z.ini" },
                { "b/x.ini a>b c>b", "a/x.ini" },
                { "a/web.ini d/10.conf a/web.ini.d>../d a/db.ini a/db.ini.d>../d",
                  "a/db.ini[a/db.ini.d/10.conf] a/web.ini[a/web.ini.d/10.conf]" },
        };

        check_rows(rows, ELEMENTS(rows), SCOPE_SYSTEM, "a b c");
}

static void hostile(void)
{
        static const Row rows[] = {
                { "a/f.ini| a/x.ini", "a/f.ini! a/x.ini", "file-not-regular@a/f.ini" },
                { "a/f.ini>g a/g|", "a/f.ini!", "file-not-regular@a/f.ini" },
                { "a/z.ini>/dev/zero", "a/z.ini!", "file-not-regular@a/z.ini" },
                { "a/t.ini>/dev/tty b/t.ini", "a/t.ini!", "file-not-regular@a/t.ini" },
                { "a/d.ini/x.ini", "a/d.ini!", "file-not-regular@a/d.ini" },
                { "a/d.ini>e a/e/", "a/d.ini!", "file-not-regular@a/d.ini" },
                { "a/x.ini>nowhere a/y.ini", "a/x.ini! a/y.ini", "file-unreadable@a/x.ini" },
                { "a/big.yaml* a/y.ini", "a/big.yaml! a/y.ini", "file-too-large@a/big.yaml" },
                { "a/w.yaml% a/y.ini", "a/w.yaml! a/y.ini", "file-writable@a/w.yaml" },
                { "a/y.ini b/y.ini%", "a/y.ini" },
                { "a b/y.ini", "b/y.ini", "file-unreadable@a" },
                { "a>a b/y.ini", "b/y.ini", "file-unreadable@a" },
        };

        check_rows(rows, ELEMENTS(rows), SCOPE_SYSTEM, "a b c");
}

static void dropins(void)
{
        static const Row rows[] = {
                { "a/web.ini a/web.ini.d/2.conf a/web.ini.d/10.conf a/web.ini.d/README "
                  "a/web.ini.d/.x.conf a/web.ini.d/y.conf~",
                  "a/web.ini[a/web.ini.d/10.conf a/web.ini.d/2.conf]" },
                { "a/web.yaml a/web.yaml.d/1.conf a/web.ini.d/2.conf a/web.d/3.conf",
                  "a/web.yaml[a/web.yaml.d/1.conf a/web.d/3.conf]", "dropin-orphan@a/web.ini.d" },
                { "c/web.ini a/web.ini.d/1.conf b/web.ini.d/1.conf b/web.ini.d/2.conf",
                  "c/web.ini[a/web.ini.d/1.conf b/web.ini.d/2.conf]" },
                /* More specific before the search path. */
                { "a/f-b-c.ini a/f-.ini.d/1.conf a/f-b-.ini.d/1.conf b/f-b-c.d/1.conf "
                  "c/f-b-c.ini.d/1.conf a/f-.ini.d/2.conf",
                  "a/f-b-c.ini[c/f-b-c.ini.d/1.conf a/f-.ini.d/2.conf]" },
                { "a/f-b-c.ini a/f-.ini.d/1.conf b/f-b-.ini.d/1.conf",
                  "a/f-b-c.ini[b/f-b-.ini.d/1.conf]" },
                { "a/f-b.yaml a/f-.ini.d/1.conf a/f-.yaml.d/2.conf a/-.yaml.d/3.conf a/f.d/4.conf",
                  "a/f-b.yaml[a/f-.yaml.d/2.conf]", "dropin-orphan@a/f.d" },
                { "a/f-1.ini a/f-2.ini a/f-.ini.d/1.conf",
                  "a/f-1.ini[a/f-.ini.d/1.conf] a/f-2.ini[a/f-.ini.d/1.conf]" },
                { "a/f-.ini.d/1.conf", "" },
                { "a/web.ini a/web.ini.d/1.conf= b/web.ini.d/1.conf b/web.ini.d/2.conf "
                  "a/web.ini.d/2.conf>/dev/null",
                  "a/web.ini" },
                { "a/s/web.ini b/s/web.ini.d/1.conf b/web.ini.d/2.conf",
                  "a/s/web.ini[b/s/web.ini.d/1.conf]", "dropin-orphan@b/web.ini.d" },
                { "a/web.ini= b/web.ini b/web.ini.d/1.conf", "" },
                { "a/wep.ini.d/x.ini a/web.ini", "a/web.ini", "dropin-orphan@a/wep.ini.d" },
                /* What could not be read stays in the list: a definition without its drop-in is not
                   what was meant. */
                { "a/web.ini a/web.ini.d/1.conf% a/web.ini.d/2.conf| a/web.ini.d/3.conf/ "
                  "a/web.ini.d/4.conf>x",
                  "a/web.ini[a/web.ini.d/1.conf! a/web.ini.d/2.conf! a/web.ini.d/3.conf! "
                  "a/web.ini.d/4.conf!]",
                  "file-writable@a/web.ini.d/1.conf file-not-regular@a/web.ini.d/2.conf "
                  "file-not-regular@a/web.ini.d/3.conf file-unreadable@a/web.ini.d/4.conf" },
                { "a/web.ini a/web.ini.d", "a/web.ini" },
        };

        check_rows(rows, ELEMENTS(rows), SCOPE_SYSTEM, "a b c");
}

static void depth(void)
{
        Tree tree;
        Buf word = BUF(&tree.arena);
        SearchPath path = { 0 };

        tree_start(&tree, "");
        buf_add(&word, S("a/"));
        for (unsigned i = 0; i < TREE_DEPTH_MAX; i++) {
                buf_add(&word, S("d/"));
                if (i == SEARCH_DEPTH - 1 || i == SEARCH_DEPTH)
                        make_entry(&tree.arena, tree.fd,
                                   arena_fmt(&tree.arena, "%.*sx.ini", STR_ARG(buf_str(&word))));
        }
        make_entry(&tree.arena, tree.fd, arena_str(&tree.arena, buf_str(&word)));
        VEC_ADD(&tree.arena, &path, arena_fmt(&tree.arena, "%s/a", tree.path));

        const Docs docs = search_read(&tree.run, &path);

        CHECK(docs.count == 1 && tree.diags.warnings == 1 &&
              tree.diags.all.items[0].code == DIAG_DIR_DEPTH);
        tree_done(&tree);
}

static void named(void)
{
        static const struct {
                const char *tree, *names, *want, *reports;
        } rows[] = {
                { "x/web.ini x/web.ini.d/1.conf x/web.d/2.conf x/db.ini x/other.d/3.conf",
                  "x/web.ini", "x/web.ini[x/web.ini.d/1.conf x/web.d/2.conf]" },
                { "x/b.ini y/a.ini y/users/u.ini", "x/b.ini y", "x/b.ini y/a.ini" },
                { "x/b.txt x/b y/c.ini", "x/b.txt x/b y/c.ini", "y/c.ini",
                  "file-suffix@x/b file-suffix@x/b.txt" },
                { "x/f.ini|", "x/f.ini x/gone.ini x/gone", "x/f.ini!",
                  "file-not-regular@x/f.ini file-unreadable@x/gone file-unreadable@x/gone.ini" },
                { "x/a.ini=", "x/a.ini", "" },
                { "x/a.ini%", "x/a.ini", "x/a.ini!", "file-writable@x/a.ini" },
                { "x/.hidden.ini", "x/.hidden.ini", "x/.hidden.ini" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Tree tree;
                VEC(Str) names = { 0 };
                Str rest = str_c(rows[i].names), name;

                tree_start(&tree, rows[i].tree);
                while (str_next(&rest, ' ', &name))
                        VEC_ADD(&tree.arena, &names,
                                arena_fmt(&tree.arena, "%s/%.*s", tree.path, STR_ARG(name)));

                const Docs docs = search_read_named(&tree.run, names.items, names.count);

                CHECK_STR(found(&tree, &docs), str_c(rows[i].want));
                CHECK_STR(reports(&tree), str_c(rows[i].reports ? rows[i].reports : ""));
                tree_done(&tree);
        }
}

/* A name is shown as it was given. */
static void named_here(void)
{
        static const char *const names[] = { "web.ini", "./web.ini", ".", "./" };
        static const char *const want[] = { "web.ini[web.d/1.conf]", "./web.ini[./web.d/1.conf]",
                                            "./web.ini[./web.d/1.conf]",
                                            "./web.ini[./web.d/1.conf]" };
        CLEANUP(close_fd) int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        Tree tree;

        tree_start(&tree, "web.ini web.d/1.conf");
        CHECK(fchdir(tree.fd) == 0);
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                const Str name = str_c(names[i]);
                const Docs docs = search_read_named(&tree.run, &name, 1);

                CHECK_STR(found(&tree, &docs), str_c(want[i]));
        }
        CHECK(fchdir(before) == 0);
        tree_done(&tree);
}

static void paths(void)
{
        static const struct {
                Scope scope;
                const char *environ[4];
                const char *want;
                unsigned reports;
        } rows[] = {
                { SCOPE_SYSTEM,
                  { "HOME=/root" },
                  "/etc/containers.d:/run/containers.d:/usr/local/lib/containers.d:/usr/lib/"
                  "containers.d" },
                { SCOPE_USER,
                  { "HOME=/home/u", "XDG_RUNTIME_DIR=/run/user/1000" },
                  "/home/u/.config/containers.d:/run/user/1000/containers.d:/etc/containers.d/"
                  "users/1000:/etc/containers.d/users" },
                { SCOPE_USER,
                  { "HOME=/home/u", "XDG_CONFIG_HOME=/c/" },
                  "/c/containers.d:/etc/containers.d/users/1000:/etc/containers.d/users" },
                { SCOPE_USER,
                  { "HOME=", "XDG_CONFIG_HOME=relative" },
                  "/etc/containers.d/users/1000:/etc/containers.d/users" },
                { SCOPE_USER, { "HOME=/h", "BAYPLAN_PATH=/a:/b/c" }, "/a:/b/c" },
                { SCOPE_SYSTEM, { "BAYPLAN_PATH=:/a::b:./c:/d:" }, "/a:/d", 2 },
                { SCOPE_SYSTEM,
                  { "BAYPLAN_PATH=" },
                  "/etc/containers.d:/run/containers.d:/usr/local/lib/containers.d:/usr/lib/"
                  "containers.d" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                char *environ_copy[5] = { 0 };
                Buf buf = BUF(&arena);

                for (size_t n = 0; n < ELEMENTS(rows[i].environ) && rows[i].environ[n]; n++)
                        environ_copy[n] = strdup(rows[i].environ[n]);

                const Run run = { .arena = &arena,
                                  .diags = &diags,
                                  .scope = rows[i].scope,
                                  .uid = 1000,
                                  .environ = environ_copy };
                const SearchPath path = search_path(&run);

                VEC_EACH(const Str, directory, &path) {
                        buf_add(&buf, buf.len ? S(":") : S(""));
                        buf_add(&buf, *directory);
                }
                CHECK_STR(buf_str(&buf), str_c(rows[i].want));
                CHECK(diags.errors == rows[i].reports, "row %zu: %u reports", i, diags.errors);
                for (size_t n = 0; environ_copy[n]; n++)
                        free(environ_copy[n]);
                arena_free(&arena);
        }
}

/* ---- system calls: open, fstat, read and close for a definition, and a few for each directory
 * ---- */

static unsigned calls;

#define COUNTED(type, name, parameters, arguments)                                                 \
        type __real_##name parameters;                                                             \
        type __wrap_##name parameters;                                                             \
        type __wrap_##name parameters                                                              \
        {                                                                                          \
                calls++;                                                                           \
                return __real_##name arguments;                                                    \
        }

COUNTED(int, openat, (int fd, const char *name, int flags, mode_t mode), (fd, name, flags, mode))
COUNTED(int, fstat, (int fd, struct stat *st), (fd, st))
COUNTED(int, fstatat, (int fd, const char *name, struct stat *st, int flags), (fd, name, st, flags))
COUNTED(ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
COUNTED(int, close, (int fd), (fd))
COUNTED(ssize_t, getdents64, (int fd, void *buffer, size_t size), (fd, buffer, size))

static void cost(void)
{
        enum { DEFINITIONS = 500 };
        Tree tree;
        SearchPath path = { 0 };

        tree_start(&tree, "b/shop/x.ini b/f-.ini.d/1.conf b/f-.ini.d/2.conf");
        for (unsigned i = 0; i < DEFINITIONS; i++) {
                make_entry(&tree.arena, tree.fd, arena_fmt(&tree.arena, "a/f-%u.ini", i));
                make_entry(&tree.arena, tree.fd, arena_fmt(&tree.arena, "b/f-%u.ini", i));
        }
        VEC_ADD(&tree.arena, &path, arena_fmt(&tree.arena, "%s/a", tree.path));
        VEC_ADD(&tree.arena, &path, arena_fmt(&tree.arena, "%s/b", tree.path));
        VEC_ADD(&tree.arena, &path, S("/nowhere/containers.d"));

        calls = 0;
        const Docs docs = search_read(&tree.run, &path);

        CHECK(docs.count == DEFINITIONS + 1);
        CHECK(docs.items[0]->dropins.count == 2);
        /* 4 for each file that is used; open, fstat, 2 × getdents, close for each of 4 directories,
         * open and close of the search path's; and the entries of a directory of 500 need one
         * getdents more. */
        CHECK(calls <= 4 * (DEFINITIONS + 1 + 2) + 5 * 4 + 5 + 2,
              "%u system calls for %u definitions", calls, DEFINITIONS);
        tree_done(&tree);
}

TEST_MAIN(TEST(precedence), TEST(users), TEST(links), TEST(hostile), TEST(dropins), TEST(depth),
          TEST(named), TEST(named_here), TEST(paths), TEST(cost))
