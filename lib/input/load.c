/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/load.h"

#include <errno.h>
#include <sys/sysmacros.h>

#include "base/utf8.h"
#include "input/read.h"

static const struct {
        Str suffix;
        Format format;
} suffixes[] = {
        { STR_INIT(".ini"), FORMAT_INI },
        { STR_INIT(".yaml"), FORMAT_YAML },
        { STR_INIT(".yml"), FORMAT_YAML },
        { STR_INIT(".container"), FORMAT_QUADLET },
        { STR_INIT(".pod"), FORMAT_QUADLET },
        { STR_INIT(".network"), FORMAT_QUADLET },
        { STR_INIT(".volume"), FORMAT_QUADLET },
        { STR_INIT(".image"), FORMAT_QUADLET },
        { STR_INIT(".build"), FORMAT_QUADLET },
        { STR_INIT(".kube"), FORMAT_QUADLET },
        { STR_INIT(".artifact"), FORMAT_QUADLET },
};

static size_t suffix_at(Str name)
{
        return str_rfind(name, '.');
}

Format format_by_name(Str name)
{
        const size_t dot = suffix_at(name);

        for (size_t i = 0; dot && i < ELEMENTS(suffixes); i++)
                if (str_eq(str_skip(name, dot), suffixes[i].suffix))
                        return suffixes[i].format;
        return FORMAT_NONE;
}

bool format_is_type(Str name)
{
        for (size_t i = 0; i < ELEMENTS(suffixes); i++)
                if (suffixes[i].format == FORMAT_QUADLET && str_eq(str_skip(suffixes[i].suffix, 1), name))
                        return true;
        return false;
}

Str format_suffixes(Arena *arena)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < ELEMENTS(suffixes); i++) {
                buf_add(&buf, i ? S(", ") : S(""));
                buf_add(&buf, suffixes[i].suffix);
        }
        return buf_str(&buf);
}

Str load_join(Arena *arena, Str directory, Str name)
{
        const bool slash = directory.len && name.len && !str_ends(directory, S("/"));

        return arena_join(arena, directory, slash ? S("/") : S(""), name);
}

Str load_base(Str path)
{
        const size_t slash = str_rfind(path, '/');

        return slash < path.len ? str_skip(path, slash + 1) : path;
}

Source *load_source(Run *run, const Root *root, Str relative, Format format)
{
        return source_new(run->arena, load_join(run->arena, root->path, relative), format);
}

bool load_report(Run *run, const Source *source, int error)
{
        const Loc at = { .source = source };

        if (error == -EMEDIUMTYPE)
                return diag(run->diags, DIAG_FILE_NOT_REGULAR, at, S(""));
        if (error == -EFBIG)
                return diag(run->diags, DIAG_FILE_TOO_LARGE, at, S(""));
        return diag(run->diags, DIAG_FILE_UNREADABLE, at, fs_error(error));
}

/* As systemd has it, a link to /dev/null masks; so does /dev/null mounted on the file. */
static bool is_null_device(const Found *found)
{
        struct stat st;

        return fs_stat(found->root->fd, found->relative.data, &st) == 0 && S_ISCHR(st.st_mode) &&
               st.st_rdev == makedev(1, 3);
}

static bool has_line(Str text, Str start)
{
        Str line;

        if (!memmem(text.data, text.len, start.data, start.len))
                return false;
        while (text.len && str_next(&text, '\n', &line))
                if (str_starts(line, start))
                        return true;
        return false;
}

/* A Kubernetes file, which a .kube file is about. */
static bool is_kubernetes(const Source *source)
{
        return source->format == FORMAT_YAML && has_line(source->text, S("apiVersion:")) &&
               has_line(source->text, S("kind:"));
}

static Doc *new_doc(Run *run, const Found *found, const Source *source)
{
        Doc *doc = ARENA_NEW(run->arena, Doc);
        const Str name = load_base(found->relative);

        doc->source = source;
        doc->relative = found->relative;
        doc->name = str_first(name, suffix_at(name));
        return doc;
}

Doc *load_text(Run *run, const Found *found)
{
        Source *source = load_source(run, found->root, found->relative, found->format);
        Doc *doc = new_doc(run, found, source);
        struct stat st;
        int r = -EMEDIUMTYPE;

        /* Opening a device can do things: only what the directory calls a file is opened. */
        if (found->type == FS_FILE)
                r = fs_read_file(run->arena, found->root->fd, found->relative.data, SEARCH_FILE_MAX,
                                 &source->text, &st);
        if (r == -EMEDIUMTYPE && is_null_device(found))
                return NULL;
        if (r < 0) {
                load_report(run, source, r);
        } else if (run->scope == SCOPE_SYSTEM && (st.st_mode & S_IWOTH)) {
                diag(run->diags, DIAG_FILE_WRITABLE, (Loc){ .source = source }, source->path);
        } else if (!source->text.len && source->format != FORMAT_QUADLET) {
                /* An empty Quadlet file is a volume, network or pod like any other. */
                return NULL;
        } else if (is_kubernetes(source)) {
                return NULL;
        } else {
                source->plain = utf8_is_plain(source->text);
                source->fixed = !str_contains(source->text, '%') && !str_contains(source->text, '$');
                doc->readable = true;
        }
        return doc;
}

void load_tree(Run *run, Doc *doc)
{
        if (!doc->readable)
                return;
        switch (doc->source->format) {
        case FORMAT_INI:
        case FORMAT_QUADLET:
                doc->root = read_ini(run, run->arena, doc->source);
                break;
        case FORMAT_YAML:
                doc->root = read_yaml(run, doc->source);
                break;
        case FORMAT_NONE:
        case FORMAT_COUNT:
                break;
        }
        doc->readable = doc->root;
}

const Node *load_nodes(Run *run, Arena *nodes, const Doc *doc)
{
        return doc->root || !doc->readable ? doc->root : read_ini(run, nodes, doc->source);
}

Doc *load_doc(Run *run, const Found *found)
{
        Doc *doc = load_text(run, found);

        if (doc)
                load_tree(run, doc);
        return doc;
}
