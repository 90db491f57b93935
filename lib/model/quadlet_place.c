/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

#include "model/check.h"

/* ---- mounts ---- */

/* A field of a CSV record (RFC 4180): quotes around it hold commas. */
static bool next_field(Arena *arena, Str *rest, Str *ret)
{
        Buf buf = BUF(arena);

        if (!str_starts(*rest, S("\"")))
                return str_next(rest, ',', ret);
        for (size_t i = 1; i < rest->len; i++) {
                if (rest->data[i] != '"') {
                        buf_char(&buf, rest->data[i]);
                } else if (i + 1 < rest->len && rest->data[i + 1] == '"') {
                        buf_char(&buf, '"');
                        i++;
                } else {
                        *rest = str_skip(*rest, i + 2); /* the quote and a comma */
                        *ret = buf_str(&buf);
                        return true;
                }
        }
        *rest = (Str){ 0 };
        *ret = buf_str(&buf);
        return true;
}

QuadletMount quadlet_mount(Arena *arena, Str text)
{
        QuadletMount mount = { .type = S("volume") };
        bool typed = false;
        Str rest = text, field;

        while (rest.len && next_field(arena, &rest, &field)) {
                Str key = field, value = { 0 };
                const bool assigned = str_cut(field, '=', &key, &value);

                if (str_is(key, "type") && assigned && !typed) {
                        mount.type = value;
                        typed = true;
                } else if (str_is(key, "source") || str_is(key, "src")) {
                        mount.has_source = true;
                        mount.assigned = assigned;
                        mount.source = value;
                } else {
                        VEC_ADD(arena, &mount.fields, field);
                }
        }
        return mount;
}

bool quadlet_mount_has_source(const QuadletMount *mount)
{
        static const Str types[] = { STR_INIT("volume"), STR_INIT("bind"), STR_INIT("glob"), STR_INIT("image"),
                                     STR_INIT("artifact") };

        for (size_t i = 0; i < ELEMENTS(types); i++)
                if (str_eq(mount->type, types[i]))
                        return true;
        return false;
}

/* ---- working directories ---- */

static bool is_url(Str s)
{
        return str_starts(s, S("http://")) || str_starts(s, S("https://")) || str_starts(s, S("git://")) ||
               str_starts(s, S("git@")) || str_starts(s, S("github.com/"));
}

static Str directory_of(Str path)
{
        const size_t slash = str_rfind(path, '/');

        return slash == path.len ? S(".") : str_first(path, slash ? slash : 1);
}

static Text written_directory(const Def *def)
{
        const PassLine *line = def_pass(def, PASS_SERVICE, S("WorkingDirectory"));

        return line ? (Text){ line->value, DOOR_SYSTEMD } : (Text){ 0 };
}

static QuadletPlace fault(DiagCode code, Str word, Str other)
{
        return (QuadletPlace){ .fault = code, .words = { word, other } };
}

static QuadletPlace keyword_place(Arena *arena, const Def *def, Text value, Str *ret_file)
{
        const bool build = def->kind == KIND_BUILD;
        const Value *yaml = def_get(def, OPT_KUBE_Yaml);

        if (str_eq_nocase(value.str, S("yaml"))) {
                if (build)
                        return fault(DIAG_QUADLET_WORKDIR_KIND, value.str, S(".kube"));
                if (!yaml || yaml->next)
                        return fault(DIAG_QUADLET_YAML_SINGLE, value.str, S(""));
                *ret_file = yaml->text.str;
        } else if (str_eq_nocase(value.str, S("file"))) {
                const Str file = def_text(def, OPT_BUILD_File).str;

                if (!build)
                        return fault(DIAG_QUADLET_WORKDIR_KIND, value.str, S(".build"));
                if (!file.len)
                        return fault(DIAG_QUADLET_WORKDIR_FILE, value.str, S(""));
                *ret_file = quadlet_path(arena, def, file);
        } else if (str_eq_nocase(value.str, S("unit"))) {
                *ret_file = def->doc->source->path;
        } else if (!build) {
                return fault(DIAG_QUADLET_WORKDIR_VALUE, value.str, S(""));
        } else {
                if (!str_starts(value.str, S("/")) && !is_url(value.str))
                        *ret_file = def->doc->source->path;
                return (QuadletPlace){ .context = value };
        }
        return (QuadletPlace){ 0 };
}

/* [Service] WorkingDirectory= of the user wins, and is then the context too. */
static QuadletPlace named_place(Arena *arena, const Def *def)
{
        const Text value = def_text(def, def->kind == KIND_BUILD ? OPT_BUILD_SetWorkingDirectory
                                                                 : OPT_KUBE_SetWorkingDirectory);
        Str file = { 0 };
        QuadletPlace place;

        if (!value.str.len)
                return (QuadletPlace){ 0 };
        place = keyword_place(arena, def, value, &file);
        if (place.fault || !file.len)
                return place;
        if (written_directory(def).str.len)
                return (QuadletPlace){ 0 };
        place.directory = directory_of(file);
        return place;
}

QuadletPlace quadlet_place(Arena *arena, const Def *def)
{
        QuadletPlace place = named_place(arena, def);
        const Text file = def_text(def, OPT_BUILD_File), written = written_directory(def);
        const bool specifier = str_starts(file.str, S("%")) && !str_starts(file.str, S("%%"));

        if (place.fault || def->kind != KIND_BUILD)
                return place;

        const Text directory = place.directory.len ? LITERAL(place.directory) : written;

        if (!directory.str.len && !file.str.len && !place.context.str.len)
                return fault(DIAG_QUADLET_NO_CONTEXT, S(""), S(""));
        if (place.context.str.len || str_starts(file.str, S("/")) || is_url(file.str) || specifier)
                return place;
        if (!directory.str.len)
                return fault(DIAG_QUADLET_FILE_RELATIVE, S(""), S(""));
        place.context = directory;
        return place;
}
