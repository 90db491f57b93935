/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/version.h"

#include <fcntl.h>

#include "base/fs.h"
#include "base/num.h"
#include "config.h"

enum {
        FILE_MAX = 4096,
};

/* ---- numbers ---- */

Str version_number(Str text)
{
        size_t len = 0;

        while (len < text.len && (char_is_digit(text.data[len]) ||
                                  (text.data[len] == '.' && len && char_is_digit(text.data[len - 1]))))
                len++;
        if (len && text.data[len - 1] == '.')
                len--;
        return str_first(text, len);
}

/* Takes the next part of "5.3.1"; 0 when there is none. */
static uint64_t next_part(Str *rest)
{
        uint64_t n;
        Str part;

        return rest->len && str_next(rest, '.', &part) && num_unsigned(part, UINT32_MAX, &n) ? n : 0;
}

static int compare(Str a, Str b)
{
        while (a.len || b.len) {
                const uint64_t x = next_part(&a), y = next_part(&b);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return 0;
}

bool version_reaches(const Version *version, Str wanted)
{
        return !version->text.len || compare(version->text, wanted) >= 0;
}

bool version_at_least(const Version *version, unsigned major, unsigned minor)
{
        Str rest = version->text;
        const uint64_t its_major = next_part(&rest), its_minor = next_part(&rest);

        return !version->text.len || its_major > major || (its_major == major && its_minor >= minor);
}

/* ---- records ---- */

bool version_parse_record(Str line, VersionRecord *ret)
{
        VersionRecord record = { 0 };
        Str rest, size, mtime;

        if (!str_cut(str_trim(line), '=', &record.name, &rest))
                return false;
        if (str_cut(rest, ' ', &record.version, &rest)) {
                mtime = str_skip(rest, str_rfind(rest, ' ') + 1);
                rest = str_first(rest, str_rfind(rest, ' '));
                size = str_skip(rest, str_rfind(rest, ' ') + 1);
                record.program = str_first(rest, str_rfind(rest, ' '));
                if (!str_starts(record.program, S("/")) || !num_unsigned(size, UINT64_MAX, &record.size) ||
                    !num_unsigned(mtime, UINT64_MAX, &record.mtime))
                        return false;
        } else {
                record.version = rest;
        }
        if (!version_number(record.version).len)
                return false;
        *ret = record;
        return true;
}

void version_format_record(Buf *buf, const VersionRecord *record)
{
        buf_fmt(buf, "%.*s=%.*s", STR_ARG(record->name), STR_ARG(record->version));
        if (record->program.len)
                buf_fmt(buf, " %.*s %llu %llu", STR_ARG(record->program), (unsigned long long)record->size,
                        (unsigned long long)record->mtime);
        buf_char(buf, '\n');
}

static bool is_current(Run *run, const VersionRecord *record)
{
        struct stat st;

        return !record->program.len || (fs_stat(AT_FDCWD, arena_c(run->arena, record->program), &st) == 0 &&
                                        (uint64_t)st.st_size == record->size && (uint64_t)st.st_mtime == record->mtime);
}

static Version *by_name(Versions *versions, Str name)
{
        const Engine engine = engine_by_name(name);

        return engine ? &versions->engine[engine] : str_is(name, "systemd") ? &versions->systemd : NULL;
}

/* Lines that say nothing, or no longer hold, are passed over: the file is no one's handwork. */
static void read_file(Run *run, Str path, Versions *versions)
{
        VersionRecord record;
        Str text, line;

        if (fs_read_file(run->arena, AT_FDCWD, arena_c(run->arena, path), FILE_MAX, &text, NULL) < 0)
                return;
        while (text.len && str_next(&text, '\n', &line)) {
                Version *version = version_parse_record(line, &record) ? by_name(versions, record.name) : NULL;

                if (version && !version->text.len && is_current(run, &record))
                        *version = (Version){ .text = version_number(record.version), .source = path };
        }
}

/* ---- where versions come from ---- */

static void read_defaults(const Def *defaults, Versions *versions)
{
        const struct {
                OptionId id;
                Version *version;
                Str source;
        } rows[] = {
                { OPT_DEFAULTS_PodmanVersion, &versions->engine[ENGINE_PODMAN], S("PodmanVersion=") },
                { OPT_DEFAULTS_DockerVersion, &versions->engine[ENGINE_DOCKER], S("DockerVersion=") },
                { OPT_DEFAULTS_SystemdVersion, &versions->systemd, S("SystemdVersion=") },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (def_get(defaults, rows[i].id))
                        *rows[i].version = (Version){ .text = version_number(def_text(defaults, rows[i].id).str),
                                                      .source = rows[i].source };
}

Versions versions_read(Run *run, const Def *defaults)
{
        const Str set = run_env(run, "BAYPLAN_VERSIONS");
        Versions versions = { .systemd_sought = set.data };

        if (defaults)
                read_defaults(defaults, &versions);
        if (set.data) {
                read_file(run, set, &versions);
                return versions;
        }
        read_file(run, S(VERSIONS_DIRECTORY "/" VERSIONS_NAME), &versions);
        read_file(run, S(VERSIONS_VENDOR "/" VERSIONS_NAME), &versions);
        return versions;
}

/* libsystemd-shared-257.so, or -257.5-1.fc42.so: PID 1 is linked with it. During an upgrade there may be two. */
static void look_for_systemd(Run *run, Str directory, Version *version)
{
        static const Str prefix = STR_INIT("libsystemd-shared-");
        CLEANUP(close_fd) int fd = -1;
        FsEntries entries = { 0 };

        if (fs_open_dir(AT_FDCWD, arena_c(run->arena, directory), &fd) < 0 ||
            fs_list_dir(run->arena, fd, &entries) < 0)
                return;
        VEC_EACH(const FsEntry, entry, &entries) {
                const Str number = str_starts(entry->name, prefix) ? version_number(str_skip(entry->name, prefix.len))
                                                                   : (Str){ 0 };

                if (number.len && (!version->text.len || compare(number, version->text) > 0))
                        *version = (Version){ .text = number,
                                              .source = arena_fmt(run->arena, "%.*s/%.*s", STR_ARG(directory),
                                                                  STR_ARG(entry->name)) };
        }
}

const Version *versions_systemd(Run *run, Versions *versions)
{
        if (!versions->systemd.text.len && !versions->systemd_sought) {
                look_for_systemd(run, S(BAYPLAN_LIBDIR "/systemd"), &versions->systemd);
                look_for_systemd(run, S("/usr/lib/systemd"), &versions->systemd);
        }
        versions->systemd_sought = true;
        return &versions->systemd;
}
