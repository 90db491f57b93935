/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/dump.h"

#include "base/map.h"
#include "base/utf8.h"

typedef struct Dumper {
        Buf *buf;
        const Def *def;
        const Model *model;
        DumpFaults *faults;
        Str key;
        Loc at; /* of the key */
} Dumper;

bool dump_fault(Arena *arena, DumpFaults *faults, const Def *def, Loc at, Str key, Str why)
{
        VEC_ADD(arena, faults, (DumpFault){ .def = def, .at = at.source ? at : def->at, .key = key, .why = why });
        return false;
}

static bool fail(Dumper *d, Str why)
{
        return dump_fault(d->buf->arena, d->faults, d->def, d->at, d->key, why);
}

/* What was said in [Defaults] stays there. */
static const Value *own_value(Dumper *d, OptionId id)
{
        const Value *first = def_get(d->def, id);

        if (!first || (def_setting(d->def, id)->inherited && d->def->kind != KIND_DEFAULTS))
                return NULL;
        d->key = option_info(id)->key;
        d->at = first->at;
        return first;
}

static bool is_words(const Option *option)
{
        return option->flags & OPTION_MANY || type_info(option->type)->shape == SHAPE_COMMAND;
}

/* ---- INI ---- */

/* What nobody takes for anything but a part of a word. */
static bool is_plain_word(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!char_is_alpha(s.data[i]) && !char_is_digit(s.data[i]) && !memchr("_-./:=,@%$+*", s.data[i], 12))
                        return false;
        return s.len;
}

/* A word, in quotes where it needs them: base/words.h. */
static void add_ini_word(Buf *buf, Text text)
{
        const Str s = text_systemd(buf->arena, text);
        size_t length;

        if (is_plain_word(s)) {
                buf_add(buf, s);
                return;
        }
        buf_char(buf, '"');
        for (size_t at = 0; at < s.len; at += length) {
                unsigned code = 0;

                length = utf8_decode(str_skip(s, at), &code);
                if (length && code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0) && !utf8_is_noncharacter(code)) {
                        if (code == '"' || code == '\\')
                                buf_char(buf, '\\');
                        buf_add(buf, str_first(str_skip(s, at), length));
                        continue;
                }
                length = length ? length : 1;
                for (size_t i = 0; i < length; i++)
                        buf_fmt(buf, "\\x%02x", (unsigned char)s.data[at + i]);
        }
        buf_char(buf, '"');
}

bool dump_fits_line(Str s)
{
        unsigned code = 0;
        size_t length;

        if (str_trim(s).len != s.len || str_ends(s, S("\\")))
                return false;
        for (size_t at = 0; at < s.len; at += length) {
                length = utf8_decode(str_skip(s, at), &code);
                if (!length || (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0) || utf8_is_noncharacter(code))
                        return false;
        }
        return true;
}

static bool add_ini_value(Dumper *d, const Option *option, const Value *value)
{
        const Str text = text_systemd(d->buf->arena, value->text);

        if (value->argv)
                return fail(d, S("INI has a line for the shell here, no argument vector"));
        if (!text.len || !dump_fits_line(text))
                return fail(d, S("the rest of a line cannot be this text"));
        buf_fmt(d->buf, "%.*s=%.*s\n", STR_ARG(option->key), STR_ARG(text));
        return true;
}

static bool add_ini_option(Dumper *d, const Option *option, const Value *first)
{
        const bool command = type_info(option->type)->shape == SHAPE_COMMAND;

        if (!is_words(option))
                return add_ini_value(d, option, first);
        for (const Value *value = first; value; value = value->next) {
                if (value == first || !command)
                        buf_fmt(d->buf, "%.*s=", STR_ARG(option->key));
                else
                        buf_char(d->buf, ' ');
                add_ini_word(d->buf, value->text);
                if (!command || !value->next)
                        buf_char(d->buf, '\n');
        }
        return true;
}

/* [Service NAME] is for the container of that name, or else for all others of it; [Service NAME.network] is for one.
 * Empty when that is the name of something else. */
static Str name_of_sections(const Dumper *d)
{
        const Def *def = d->def;
        const Str file = kind_info(def->kind)->file;
        Str name = def->name;

        VEC_EACH(Def *const, other, &d->model->defs)
                if (*other != def && def->kind != KIND_CONTAINER && str_eq((*other)->name, def->name))
                        name = file.len ? arena_join(d->buf->arena, def->name, file) : (Str){ 0 };
        VEC_EACH(Def *const, other, &d->model->defs)
                if (*other != def && name.len != def->name.len && str_eq((*other)->name, name))
                        return (Str){ 0 };
        return name;
}

static bool add_ini_pass(Dumper *d, PassSection section)
{
        const PassLines *lines = &d->def->pass[section];
        if (!lines->count)
                return true;

        const Str name = name_of_sections(d);

        d->key = lines->items[0].key;
        d->at = lines->items[0].at;
        if (!name.len)
                return fail(d, S("a section of that name is for another definition too; YAML can say it"));
        buf_fmt(d->buf, "\n[%.*s %.*s]\n", STR_ARG(pass_section_name(section)), STR_ARG(name));
        VEC_EACH(const PassLine, line, lines) {
                d->key = line->key;
                d->at = line->at;
                if (!dump_fits_line(line->value))
                        return fail(d, S("the rest of a line cannot be this text"));
                buf_fmt(d->buf, "%.*s=%.*s\n", STR_ARG(line->key), STR_ARG(line->value));
        }
        return true;
}

static bool add_ini_def(Dumper *d)
{
        const KindInfo *kind = kind_info(d->def->kind);
        bool ok = true;

        buf_fmt(d->buf, "%s[%.*s%s%.*s]\n", d->buf->len ? "\n" : "", STR_ARG(kind->section), kind->unnamed ? "" : " ",
                STR_ARG(d->def->name));
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Value *first = own_value(d, (OptionId)id);

                if (first)
                        ok &= add_ini_option(d, option_info((OptionId)id), first);
        }
        for (unsigned section = 0; section < PASS_COUNT; section++)
                ok &= add_ini_pass(d, (PassSection)section);
        return ok;
}

/* ---- YAML ---- */

static bool add_yaml_string(Dumper *d, Str s)
{
        size_t length;

        buf_char(d->buf, '"');
        for (size_t at = 0; at < s.len; at += length) {
                unsigned code = 0;

                length = utf8_decode(str_skip(s, at), &code);
                if (!length)
                        return fail(d, S("YAML is UTF-8"));
                if (code == '"' || code == '\\')
                        buf_fmt(d->buf, "\\%c", (int)code);
                else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
                        buf_fmt(d->buf, "\\x%02x", code);
                else if (code == 0x2028 || code == 0x2029 || code == 0xfeff || (code & 0xfffe) == 0xfffe)
                        buf_fmt(d->buf, "\\U%08x", code);
                else
                        buf_add(d->buf, str_first(str_skip(s, at), length));
        }
        buf_char(d->buf, '"');
        return true;
}

static bool add_yaml_text(Dumper *d, Text text)
{
        if (text_is_late(text))
                return fail(d, S("YAML has no specifiers and variables"));
        return add_yaml_string(d, text_plain(d->buf->arena, text));
}

static bool add_yaml_option(Dumper *d, const Option *option, const Value *first)
{
        const bool list = is_words(option) || first->argv;
        bool ok = true;

        buf_fmt(d->buf, "%.*s: ", STR_ARG(option->key));
        if (!list)
                ok = add_yaml_text(d, first->text);
        else
                buf_add(d->buf, first->argv ? S("[CMD, ") : S("["));
        for (const Value *value = first; value && list && ok; value = value->next) {
                ok = add_yaml_text(d, value->text);
                buf_add(d->buf, value->next ? S(", ") : S("]"));
        }
        buf_char(d->buf, '\n');
        return ok;
}

/* A map has each key once, so all lines of a key stand together. */
static bool add_yaml_pass(Dumper *d, PassSection section)
{
        static const char *const names[PASS_COUNT] = {
                [PASS_UNIT] = "unit",
                [PASS_SERVICE] = "service",
                [PASS_INSTALL] = "install",
        };
        const PassLines *lines = &d->def->pass[section];
        bool ok = true;

        if (!lines->count)
                return true;
        buf_fmt(d->buf, "    %s:\n", names[section]);
        for (size_t i = 0; i < lines->count && ok; i++) {
                const PassLine *line = &lines->items[i];

                d->key = line->key;
                d->at = line->at;
                if (i && str_eq(line[-1].key, line->key))
                        continue;
                for (size_t k = 0; k < i; k++)
                        if (str_eq(lines->items[k].key, line->key))
                                return fail(d, S("in a YAML map a key stands once"));
                buf_add(d->buf, S("      "));
                ok = add_yaml_string(d, line->key);
                buf_add(d->buf, S(": ["));
                for (size_t k = i; k < lines->count && str_eq(lines->items[k].key, line->key) && ok; k++) {
                        buf_add(d->buf, k > i ? S(", ") : S(""));
                        ok = add_yaml_string(d, lines->items[k].value);
                }
                buf_add(d->buf, S("]\n"));
        }
        return ok;
}

static bool add_yaml_def(Dumper *d)
{
        const KindInfo *kind = kind_info(d->def->kind);
        const char *indent = kind->unnamed ? "  " : "    ";
        bool ok = true, any = false;

        if (!kind->unnamed)
                buf_fmt(d->buf, "  \"%.*s\":\n", STR_ARG(d->def->name));
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Value *first = own_value(d, (OptionId)id);

                if (!first)
                        continue;
                buf_add(d->buf, str_c(indent));
                ok &= add_yaml_option(d, option_info((OptionId)id), first);
                any = true;
        }
        if (!any)
                buf_fmt(d->buf, "%sx-nothing:\n", indent);
        for (unsigned section = 0; section < PASS_COUNT; section++)
                ok &= add_yaml_pass(d, (PassSection)section);
        return ok;
}

/* ---- all definitions ---- */

typedef bool (*DumpDef)(Dumper *d);

static bool dump_def(Buf *buf, const Model *model, const Def *def, DumpDef dump, DumpFaults *ret)
{
        Dumper d = { .buf = buf, .def = def, .model = model, .faults = ret };

        return def->broken ? fail(&d, S("the definition has errors")) : dump(&d);
}

static bool dump_kind(Buf *buf, const Model *model, Kind kind, const char *head, DumpDef dump, DumpFaults *ret)
{
        Map names = { 0 };
        bool ok = true;

        if (kind == KIND_DEFAULTS && model->defaults) {
                buf_add(buf, str_c(head));
                return dump_def(buf, model, model->defaults, dump, ret);
        }
        VEC_EACH(Def *const, def, &model->defs) {
                if ((*def)->kind != kind)
                        continue;
                if (map_put(buf->arena, &names, (*def)->name, *def)) {
                        ok = dump_fault(buf->arena, ret, *def, (*def)->at, (Str){ 0 }, S("it is defined twice"));
                        continue;
                }
                if (names.count == 1)
                        buf_add(buf, str_c(head));
                ok &= dump_def(buf, model, *def, dump, ret);
        }
        return ok;
}

bool dump_ini(Buf *buf, const Model *model, DumpFaults *ret)
{
        bool ok = true;

        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                ok &= dump_kind(buf, model, (Kind)kind, "", add_ini_def, ret);
        return ok;
}

bool dump_yaml(Buf *buf, const Model *model, DumpFaults *ret)
{
        bool ok = true;

        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
                const Str head = arena_fmt(buf->arena, "%.*s:\n", STR_ARG(kind_info((Kind)kind)->map));

                ok &= dump_kind(buf, model, (Kind)kind, head.data, add_yaml_def, ret);
        }
        return ok;
}
