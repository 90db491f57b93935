/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/installed.h"

#include <fcntl.h>

#include "base/fs.h"

static void add_directory(Run *run, Str directory, InstalledUnits *units)
{
        CLEANUP(close_fd) int fd = -1;
        FsEntries entries = { 0 };

        if (fs_open_dir(AT_FDCWD, arena_c(run->arena, directory), &fd) < 0 ||
            fs_list_dir(run->arena, fd, &entries) < 0)
                return; /* nothing there to hide */
        VEC_EACH(const FsEntry, entry, &entries)
                if (str_ends(entry->name, S(".service")))
                        VEC_ADD(run->arena, units,
                                arena_join(run->arena, directory, S("/"), entry->name));
}

InstalledUnits installed_units(Run *run)
{
        static const Str paths[SCOPE_COUNT] = {
                [SCOPE_SYSTEM] = STR_INIT("/usr/local/lib/systemd/system:/usr/lib/systemd/system"),
                [SCOPE_USER] = STR_INIT("/usr/local/lib/systemd/user:/usr/lib/systemd/user"),
        };
        const Str set = run_env(run, "BAYPLAN_UNIT_PATH");
        Str rest = set.data ? set : paths[run->scope], directory;
        InstalledUnits units = { 0 };

        while (rest.len && str_next(&rest, ':', &directory))
                if (directory.len)
                        add_directory(run, directory, &units);
        return units;
}
