/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/walk.h"

#include <errno.h>
#include <fcntl.h>

#include "base/num.h"
#include "input/load.h"

int walk_order(const Root *a, Str relative_a, const Root *b, Str relative_b)
{
        const int order = str_compare(relative_a, relative_b);

        return order ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static bool is_hidden(Str name)
{
        return str_starts(name, S("."));
}

bool walk_ignores(Str name)
{
        static const Str endings[] = {
                STR_INIT("~"),         STR_INIT(".bak"),       STR_INIT(".orig"),
                STR_INIT(".swp"),      STR_INIT(".tmp"),       STR_INIT(".rpmsave"),
                STR_INIT(".rpmnew"),   STR_INIT(".rpmorig"),   STR_INIT(".dpkg-old"),
                STR_INIT(".dpkg-new"), STR_INIT(".dpkg-dist"), STR_INIT(".dpkg-tmp"),
                STR_INIT(".ucf-dist"), STR_INIT(".ucf-new"),   STR_INIT(".ucf-old"),
                STR_INIT(".pacnew"),   STR_INIT(".pacsave"),
        };

        if (is_hidden(name))
                return true;
        for (size_t i = 0; i < ELEMENTS(endings); i++)
                if (str_ends(name, endings[i]))
                        return true;
        return false;
}

int walk_type(int dir_fd, const FsEntry *entry, FsType *ret)
{
        struct stat st;

        if (!entry->is_link && !entry->uncertain) {
                *ret = entry->type;
                return 0;
        }

        const int r = fs_stat(dir_fd, entry->name.data, &st);

        if (r < 0)
                return r;
        *ret = S_ISREG(st.st_mode) ? FS_FILE : S_ISDIR(st.st_mode) ? FS_DIRECTORY : FS_OTHER;
        return 0;
}

static bool report_dir(Walk *walk, const Root *root, Str relative, int error)
{
        return load_report(walk->run, load_source(walk->run, root, relative, FORMAT_NONE), error);
}

/* Quadlet's own directory, or one of that name; with a trailing "/" or not. */
static bool is_podmans(Str path)
{
        const Str own = S("containers/systemd");
        Str name = path;

        while (str_ends(name, S("/")))
                name = str_first(name, name.len - 1);
        for (size_t i = 0; i + own.len <= name.len; i++)
                if (str_starts(str_skip(name, i), own) && (i == 0 || name.data[i - 1] == '/') &&
                    (i + own.len == name.len || name.data[i + own.len] == '/'))
                        return true;
        return str_eq(load_base(name), S("quadlet"));
}

Root *walk_open(Walk *walk, Str path)
{
        Arena *arena = walk->run->arena;
        Root root = { .path = arena_str(arena, path),
                      .rank = (unsigned)walk->roots.count,
                      .quadlet = is_podmans(path),
                      .fd = -1 };
        const int r = fs_open_dir(AT_FDCWD, path.len ? root.path.data : ".", &root.fd);

        if (r < 0) {
                if (r != -ENOENT)
                        report_dir(walk, &root, (Str){ 0 }, r);
                return NULL;
        }

        Root *opened = ARENA_NEW(arena, Root);

        *opened = root;
        VEC_ADD(arena, &walk->roots, opened);
        return opened;
}

void walk_done_p(Walk *walk)
{
        VEC_EACH(Root *, root, &walk->roots)
                close_fd_p(&(*root)->fd);
}

/* Whether this directory is met for the first time, under whatever name. */
static bool first_visit(Walk *walk, const struct stat *st)
{
        const struct {
                dev_t device;
                ino_t inode;
        } id = { st->st_dev, st->st_ino };
        const Str key = arena_str(walk->run->arena, (Str){ (const char *)&id, sizeof(id) });

        return !map_put(walk->run->arena, &walk->visited, key, walk);
}

static bool all_digits(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!char_is_digit(s.data[i]))
                        return false;
        return s.len > 0;
}

/* Directories at the top of a root that belong to somebody else: of the users' definitions the
 * system's generator reads none, and a user's only their own. */
static bool foreign(const Walk *walk, const Root *root, Str name)
{
        if (walk->run->scope == SCOPE_SYSTEM)
                return str_is(name, "users");
        return str_ends(root->path, S("/users")) && all_digits(name);
}

/* The same in a directory that is a link to Podman's: /etc/containers.d/quadlet to /etc/containers/systemd, or
 * users/quadlet to /etc/containers/systemd/users. */
static bool foreign_in_link(const Walk *walk, const Root *root, Str name)
{
        uint64_t uid;

        return foreign(walk, root, name) &&
               !(walk->run->scope == SCOPE_USER && num_unsigned(name, UINT32_MAX, &uid) && uid == walk->run->uid);
}

/* Kubernetes files, configuration of what runs in containers: in there only Quadlet files are definitions. */
static bool is_foreign_format(Step at, Format format)
{
        return at.quadlet && format != FORMAT_QUADLET;
}

static void add_dropin_dir(Walk *walk, const Root *root, Str relative, bool quadlet)
{
        VEC_ADD(walk->run->arena, &walk->dropins,
                (DropinDir){ .root = root, .relative = relative, .quadlet = quadlet });
}

static void add_directory(Walk *walk, Step step, bool is_link, bool in_link)
{
        Arena *arena = walk->run->arena;

        if (step.depth == 1 && foreign(walk, step.root, step.relative))
                return;
        if (step.depth == 2 && in_link && foreign_in_link(walk, step.root, load_base(step.relative)))
                return;
        if (step.depth > SEARCH_DEPTH) {
                const Source *source =
                        load_source(walk->run, step.root, step.relative, FORMAT_NONE);

                diag(walk->run->diags, DIAG_DIR_DEPTH, (Loc){ .source = source },
                     arena_fmt(arena, "%d", SEARCH_DEPTH));
                return;
        }
        if (is_link)
                VEC_ADD(arena, &walk->links, step);
        else
                VEC_ADD(arena, &walk->real, step);
}

static void walk_entry(Walk *walk, Step at, int dir_fd, const FsEntry *entry)
{
        const Format named = format_by_name(entry->name), format = is_foreign_format(at, named) ? FORMAT_NONE : named;
        FsType type = FS_FILE;

        /* What has a definition's suffix has none of those that are ignored. */
        if ((named ? is_hidden(entry->name) : walk_ignores(entry->name)) || (entry->type == FS_FILE && !format))
                return;

        const Str relative = at.relative.len ? load_join(walk->run->arena, at.relative, entry->name) : entry->name;
        const int r = walk_type(dir_fd, entry, &type);

        /* Of a link to nowhere only the suffix says if anybody wanted it; reading it reports. */
        if (format)
                VEC_ADD(walk->run->arena, &walk->files, (Found){ at.root, relative, type, format });
        else if (r < 0 && r != -ENOENT && r != -ELOOP)
                report_dir(walk, at.root, relative, r);
        else if (r == 0 && type == FS_DIRECTORY && str_ends(entry->name, S(".d")))
                add_dropin_dir(walk, at.root, relative, at.quadlet);
        else if (r == 0 && type == FS_DIRECTORY)
                add_directory(walk,
                              (Step){ at.root, relative, at.depth + 1, at.is_link || entry->is_link,
                                      at.quadlet || str_is(entry->name, "quadlet") },
                              entry->is_link, at.is_link);
}

static bool walk_step(Walk *walk, Step at)
{
        CLEANUP(close_fd) int fd = -1;
        FsEntries entries;
        struct stat st;
        int r = fs_open_dir(at.root->fd, at.relative.len ? at.relative.data : ".", &fd);

        if (r == 0)
                r = fs_stat(fd, ".", &st);
        if (r < 0)
                return report_dir(walk, at.root, at.relative, r);
        if (!first_visit(walk, &st))
                return true;

        r = fs_list_dir(walk->run->arena, fd, &entries);
        if (r < 0)
                return report_dir(walk, at.root, at.relative, r);
        VEC_EACH(const FsEntry, entry, &entries)
                walk_entry(walk, at, fd, entry);
        return true;
}

void walk_all(Walk *walk)
{
        size_t real = 0, links = 0;

        VEC_EACH(Root *, root, &walk->roots)
                VEC_ADD(walk->run->arena, &walk->real, (Step){ .root = *root, .quadlet = (*root)->quadlet });
        while (real < walk->real.count || links < walk->links.count)
                walk_step(walk, real < walk->real.count ? walk->real.items[real++]
                                                        : walk->links.items[links++]);
}

void walk_dropins(Walk *walk, const Root *root)
{
        FsEntries entries;
        FsType type;
        const int r = fs_list_dir(walk->run->arena, root->fd, &entries);

        if (r < 0) {
                report_dir(walk, root, (Str){ 0 }, r);
                return;
        }
        VEC_EACH(const FsEntry, entry, &entries)
                if (str_ends(entry->name, S(".d")) && !walk_ignores(entry->name) &&
                    walk_type(root->fd, entry, &type) == 0 && type == FS_DIRECTORY)
                        add_dropin_dir(walk, root, entry->name, root->quadlet);
}
