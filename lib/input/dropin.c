/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/dropin.h"

#include <stdlib.h>

#include "base/nearest.h"
#include "input/load.h"

enum {
        SUGGESTIONS = 16, /* the first warnings say what may have been meant: looking takes time */
};

/* A file that may become a drop-in. */
typedef struct Choice {
        DropinFile *file;
        size_t order; /* 0: the best */
} Choice;

typedef VEC(Choice) Choices;

static int compare_dirs(const void *a, const void *b)
{
        const DropinDir *one = a, *other = b;

        return walk_order(one->root, one->relative, other->root, other->relative);
}

void dropins_sort(Walk *walk)
{
        VEC_SORT(&walk->dropins, compare_dirs);
        VEC_EACH(DropinDir, dir, &walk->dropins) {
                DropinDir *first = map_put(walk->run->arena, &walk->same_name, load_base(dir->relative), dir);

                dir->last = dir;
                if (!first)
                        continue;
                first->last->next = dir;
                first->last = dir;
        }
}

static int compare_choices(const void *a, const void *b)
{
        const Choice *one = a, *other = b;
        const int order = str_compare(one->file->name, other->file->name);

        return order ? order : (one->order > other->order) - (one->order < other->order);
}

/* Where directories of that name begin in the sorted list. */
static DropinDir *find_dirs(Walk *walk, Str relative)
{
        size_t low = 0, high = walk->dropins.count;

        while (low < high) {
                const size_t middle = low + (high - low) / 2;

                if (str_compare(walk->dropins.items[middle].relative, relative) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return walk->dropins.items + low;
}

/* A definition without its drop-in may be less safe than it was meant to be: the drop-in stays in
 * the list, and its missing root tells that it could not be read. */
static void add_unreadable(Run *run, DropinDir *dir, int error)
{
        const Source *source = load_source(run, dir->root, dir->relative, FORMAT_INI);
        Doc *doc = ARENA_NEW(run->arena, Doc);

        doc->source = source;
        doc->relative = dir->relative;
        load_report(run, source, error);
        VEC_ADD(run->arena, &dir->files,
                (DropinFile){ .name = dir->relative, .loaded = true, .doc = doc });
}

/* Drop-ins are read as what they are for. */
static Format dropin_format(Str relative)
{
        const Str name = load_base(str_first(relative, relative.len - 2));

        return format_is_type(name) || format_by_name(name) == FORMAT_QUADLET ? FORMAT_QUADLET : FORMAT_INI;
}

static void list_dir(Run *run, DropinDir *dir)
{
        const Format format = dropin_format(dir->relative);
        CLEANUP(close_fd) int fd = -1;
        FsEntries entries;
        int r = fs_open_dir(dir->root->fd, dir->relative.data, &fd);

        dir->listed = true;
        if (r == 0)
                r = fs_list_dir(run->arena, fd, &entries);
        if (r < 0) {
                add_unreadable(run, dir, r);
                return;
        }
        VEC_EACH(const FsEntry, entry, &entries) {
                FsType type = FS_FILE;

                if (walk_ignores(entry->name) || !str_ends(entry->name, S(".conf")))
                        continue;

                walk_type(fd, entry, &type); /* of a link to nowhere, reading reports */

                const Found found = { dir->root, load_join(run->arena, dir->relative, entry->name),
                                      type, format };

                VEC_ADD(run->arena, &dir->files,
                        (DropinFile){ .name = entry->name, .found = found });
        }
}

static void offer_dir(Walk *walk, DropinDir *dir, bool wanted, Choices *choices)
{
        dir->used = true;
        if (!wanted)
                return;
        if (!dir->listed)
                list_dir(walk->run, dir);
        VEC_EACH(DropinFile, file, &dir->files)
                VEC_ADD(walk->run->arena, choices, (Choice){ file, choices->count });
}

/* The files of one name of directory, in the order of the search path. */
static void offer(Walk *walk, Str relative, bool wanted, Choices *choices)
{
        const DropinDir *end = walk->dropins.items + walk->dropins.count;

        for (DropinDir *dir = find_dirs(walk, relative);
             dir < end && str_eq(dir->relative, relative); dir++)
                offer_dir(walk, dir, wanted, choices);
}

static void offer_all(Walk *walk, Str relative, bool wanted, Choices *choices)
{
        Arena *arena = walk->run->arena;
        const size_t slash = str_rfind(relative, '/'), base = slash < relative.len ? slash + 1 : 0;
        const size_t dot = str_rfind(relative, '.');
        const Str suffix = str_skip(relative, dot);

        offer(walk, arena_join(arena, relative, S(".d")), wanted, choices);
        offer(walk, arena_join(arena, str_first(relative, dot), S(".d")), wanted, choices);

        /* foo-bar-baz: also foo-bar- and foo- */
        for (size_t end = dot - (dot > base); end > base + 1; end--)
                if (relative.data[end - 1] == '-')
                        offer(walk,
                              arena_join(arena, str_first(relative, end), suffix, S(".d")),
                              wanted, choices);
}

/* Those of Quadlet files may lie anywhere below the search path. */
static void offer_anywhere(Walk *walk, Str name, bool wanted, Choices *choices)
{
        for (DropinDir *dir = map_get(&walk->same_name, name); dir; dir = dir->next)
                offer_dir(walk, dir, wanted, choices);
}

/* foo-bar@x.container: foo-bar@x.container.d, foo-bar@.container.d, foo-@.container.d, foo-.container.d, container.d
 * (podman-systemd.unit(5)). */
static void offer_quadlet(Walk *walk, Str relative, bool wanted, Choices *choices)
{
        Arena *arena = walk->run->arena;
        const Str name = load_base(relative);
        const size_t dot = str_rfind(name, '.');
        const Str suffix = str_skip(name, dot), stem = str_first(name, dot);
        const size_t at = str_find(stem, '@');

        offer_anywhere(walk, arena_fmt(arena, "%.*s.d", STR_ARG(name)), wanted, choices);
        if (at + 1 < stem.len)
                offer_anywhere(walk, arena_fmt(arena, "%.*s%.*s.d", STR_ARG(str_first(stem, at + 1)), STR_ARG(suffix)),
                               wanted, choices);
        for (size_t end = at; end > 1; end--) {
                const Str part = str_first(stem, end);

                if (part.data[end - 1] != '-' || end == stem.len)
                        continue;
                if (at < stem.len)
                        offer_anywhere(walk, arena_fmt(arena, "%.*s@%.*s.d", STR_ARG(part), STR_ARG(suffix)), wanted,
                                       choices);
                offer_anywhere(walk, arena_fmt(arena, "%.*s%.*s.d", STR_ARG(part), STR_ARG(suffix)), wanted, choices);
        }
        offer_anywhere(walk, arena_fmt(arena, "%.*s.d", STR_ARG(str_skip(suffix, 1))), wanted, choices);
}

static Doc *load_once(Run *run, DropinFile *file)
{
        if (!file->loaded)
                file->doc = load_doc(run, &file->found);
        file->loaded = true;
        return file->doc;
}

void dropins_attach(Walk *walk, Str relative, Doc *doc)
{
        Choices choices = { 0 };
        Str last = { 0 };

        if (!walk->dropins.count)
                return;
        if (format_by_name(load_base(relative)) == FORMAT_QUADLET)
                offer_quadlet(walk, relative, doc, &choices);
        else
                offer_all(walk, relative, doc, &choices);
        VEC_SORT(&choices, compare_choices);
        VEC_EACH(const Choice, choice, &choices) {
                if (choice > choices.items && str_eq(choice->file->name, last))
                        continue;
                last = choice->file->name;

                Doc *dropin = load_once(walk->run, choice->file);

                if (dropin)
                        VEC_ADD(walk->run->arena, &doc->dropins, dropin);
        }
}

/* The definition whose name is nearest; with or without a suffix, as the name is. */
static Str nearest_definition(const Walk *walk, Str name)
{
        const bool suffixed = format_by_name(name);
        Nearest nearest = nearest_start(name);

        VEC_EACH(const Found, file, &walk->files) {
                const size_t dot = str_rfind(file->relative, '.');

                nearest_offer(&nearest, suffixed ? file->relative : str_first(file->relative, dot));
        }
        return nearest.best;
}

void dropins_warn(Walk *walk)
{
        unsigned warnings = 0;

        VEC_EACH(const DropinDir, dir, &walk->dropins) {
                const Str name = str_first(dir->relative, dir->relative.len - 2);
                const Str stem = format_by_name(name) ? str_first(name, str_rfind(name, '.')) : name;

                /* foo-.ini.d is for whatever begins with foo-, and need not have a use today. */
                if (dir->used || str_ends(stem, S("-")) || format_is_type(load_base(name)))
                        continue;
                /* Nor is every directory of that form one of drop-ins where other things lie, too. */
                if (dir->quadlet && !format_by_name(name))
                        continue;

                const Str best = warnings++ < SUGGESTIONS ? nearest_definition(walk, name) : S("");
                const Source *source =
                        load_source(walk->run, dir->root, dir->relative, FORMAT_NONE);

                diag(walk->run->diags, DIAG_DROPIN_ORPHAN, (Loc){ .source = source }, name, best);
        }
}
