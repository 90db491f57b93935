/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/commit.h"

#include <errno.h>

#include "base/fs.h"
#include "base/map.h"

typedef struct Committer {
        Run *run;
        int fd;
        FsMaker maker; /* of files in it */
        const Source *directory;
        Map lost; /* units that could not be written */

        /* The directory of the links under way: kept open, so that not each of them is looked up through it. */
        Str made;
        int made_fd; /* -1: it cannot be used, which was reported */
} Committer;

static bool report(Committer *c, Str name, int error)
{
        c->run->diags->subject = NULL;
        return diag(c->run->diags, DIAG_WRITE, (Loc){ .source = c->directory }, name, fs_error(error));
}

static bool make_directory(Committer *c, Str name)
{
        /* With those above it. */
        for (size_t end = 1; end <= name.len; end++) {
                int r;

                if (end < name.len && name.data[end] != '/')
                        continue;
                r = fs_make_dir(c->fd, arena_c(c->run->arena, str_first(name, end)));
                if (r < 0)
                        return report(c, name, r);
        }
        return true;
}

/* The name ends in NUL. */
static bool write_file(Committer *c, Str name, Str text)
{
        const int r = fs_make_file(&c->maker, name.data, text, 0644);

        return r == 0 || report(c, name, r);
}

static bool write_dropin(Committer *c, const PlanUnit *unit)
{
        const Str directory = arena_join(c->run->arena, unit->name, S(".d"));

        return make_directory(c, directory) &&
               write_file(c, arena_join(c->run->arena, directory, S("/"), unit->dropin), unit->text);
}

static bool write_unit(Committer *c, const PlanUnit *unit)
{
        if (unit->dropin.len ? write_dropin(c, unit) : write_file(c, arena_str(c->run->arena, unit->name), unit->text))
                return true;
        map_put(c->run->arena, &c->lost, unit->name, c);
        return false;
}

static bool open_made(Committer *c, Str directory)
{
        c->made = directory;
        close_fd_p(&c->made_fd);
        c->made_fd = -1;
        if (!make_directory(c, directory))
                return false;

        const int r = fs_open_dir(c->fd, arena_c(c->run->arena, directory), &c->made_fd);

        return r == 0 || report(c, directory, r);
}

static bool make_link(Committer *c, const PlanLink *link)
{
        const int fd = link->directory.len ? c->made_fd : c->fd;
        const char *name = arena_c(c->run->arena, link->name);
        Str target;

        if (fd < 0)
                return false;

        const int r = fs_link(fd, arena_c(c->run->arena, link->target), name);

        /* A second run by hand into the same directory. */
        if (r == -EEXIST && fs_read_link(c->run->arena, fd, name, &target) == 0 && str_eq(target, link->target))
                return true;
        return r == 0 || report(c,
                                link->directory.len ? arena_join(c->run->arena, link->directory, S("/"), link->name) : link->name,
                                r);
}

bool commit_plan(Run *run, const Plan *plan, int directory_fd, Str directory)
{
        const Source source = { .path = directory };
        Source *kept = ARENA_NEW(run->arena, Source);
        Committer c = { .run = run, .fd = directory_fd, .maker = { .dir_fd = directory_fd }, .directory = kept, .made_fd = -1 };
        bool ok = true;

        *kept = source;
        VEC_EACH(const PlanUnit, unit, &plan->units)
                ok &= write_unit(&c, unit);
        VEC_EACH(const PlanLink, link, &plan->links) {
                if (map_get(&c.lost, link->unit))
                        continue;
                if (link->directory.len && !str_eq(link->directory, c.made))
                        ok &= open_made(&c, link->directory);
                ok &= make_link(&c, link);
        }
        close_fd_p(&c.made_fd);
        return ok;
}
