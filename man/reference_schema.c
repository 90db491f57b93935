/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reference.h"

#include <stdlib.h>

/* What a YAML scalar may look like to others where Bayplan only sees text. */
#define SCALAR "{\"type\":[\"string\",\"number\",\"boolean\"]}"
#define SCALAR_OR_NULL "{\"type\":[\"string\",\"number\",\"boolean\",\"null\"]}"

/* A name of a key in YAML, and the key. One with a dot is an entry of a nested map. */
typedef struct Name {
        Str name;
        OptionId id;
        bool folded; /* the canonical one: any spelling of it is good */
} Name;

typedef VEC(Name) Names;

static void add_string(Buf *buf, Str s)
{
        buf_char(buf, '"');
        for (size_t i = 0; i < s.len; i++) {
                if (s.data[i] == '"' || s.data[i] == '\\')
                        buf_char(buf, '\\');
                buf_char(buf, s.data[i]);
        }
        buf_char(buf, '"');
}

static bool is_upper(char c)
{
        return c >= 'A' && c <= 'Z';
}

/* PublishPort → publish_port, UIDMap → uid_map: what a YAML file usually says. */
static Str snake_case(Arena *arena, Str key)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < key.len; i++) {
                const bool word = i && is_upper(key.data[i]) &&
                                  (!is_upper(key.data[i - 1]) ||
                                   (i + 1 < key.len && key.data[i + 1] >= 'a' && key.data[i + 1] <= 'z' &&
                                    !(i + 2 < key.len && char_is_digit(key.data[i + 2])))); /* IPv6 is one word */

                if (word)
                        buf_char(&buf, '_');
                buf_char(&buf, char_lower(key.data[i]));
        }
        return buf_str(&buf);
}

static void add_any_case(Buf *buf, char c)
{
        c = char_lower(c);
        if (c >= 'a' && c <= 'z')
                buf_fmt(buf, "[%c%c]", c - 'a' + 'A', c);
        else
                buf_char(buf, c);
}

/* The folding of names as a pattern: letter case, "-" and "_" do not count. */
static void add_pattern(Buf *buf, Str name)
{
        buf_add(buf, S("\"^[-_]*"));
        for (size_t i = 0; i < name.len; i++) {
                if (name.data[i] == '-' || name.data[i] == '_')
                        continue;
                add_any_case(buf, name.data[i]);
                buf_add(buf, S("[-_]*"));
        }
        buf_add(buf, S("$\""));
}

/* ---- values ---- */

/* One value. Words of a list are taken in any letter case; editors offer them as they stand in the table. */
static void add_one(Buf *buf, const TypeInfo *type)
{
        const Str begin = S("{\"enum\":[");
        Str rest = type->schema;

        if (!str_starts(rest, begin)) {
                buf_add(buf, rest);
                return;
        }
        buf_fmt(buf, "%.*s,{\"type\":\"string\",\"pattern\":\"^(", STR_ARG(rest));
        for (rest = str_skip(rest, begin.len); rest.len && rest.data[0] != ']'; rest = str_skip(rest, 1)) {
                if (rest.data[0] == ',')
                        buf_char(buf, '|');
                else if (rest.data[0] != '"')
                        add_any_case(buf, rest.data[0]);
        }
        buf_add(buf, S(")$\"}"));
}

/* Everything that may stand behind a key of the type. */
static void add_type(Buf *buf, const TypeInfo *type, bool many)
{
        const char *const end = "{\"type\":\"null\"}]}";

        buf_add(buf, S("{\"anyOf\":["));
        switch (type->shape) {
        case SHAPE_COMMAND:
        case SHAPE_SHELL:
                /* In a list null is an empty word. */
                buf_fmt(buf, "%s,{\"type\":\"array\",\"items\":%s},%s", SCALAR, SCALAR_OR_NULL, end);
                return;
        case SHAPE_PAIR:
                buf_fmt(buf, "%.*s,{\"type\":\"object\",\"additionalProperties\":%s},", STR_ARG(type->schema),
                        SCALAR_OR_NULL);
                buf_fmt(buf,
                        "{\"type\":\"array\",\"items\":{\"anyOf\":[%.*s,"
                        "{\"type\":\"object\",\"additionalProperties\":%s}]}},%s",
                        STR_ARG(type->schema), SCALAR_OR_NULL, end);
                return;
        case SHAPE_SET:
                buf_fmt(buf, "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"boolean\",\"string\",\"null\"]}},");
                break;
        case SHAPE_REFERENCE:
                buf_add(buf, S("{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"object\",\"null\"]}},"));
                break;
        case SHAPE_OPTIONS:
                buf_fmt(buf, "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[%s,{\"type\":\"object\"}]}},",
                        SCALAR_OR_NULL);
                break;
        case SHAPE_WORD:
        case SHAPE_NONE:
        case SHAPE_COUNT:
                break;
        }
        add_one(buf, type);
        if (many) {
                buf_add(buf, S(",{\"type\":\"array\",\"items\":{\"anyOf\":["));
                add_one(buf, type);
                buf_add(buf, S("]}}"));
        }
        buf_fmt(buf, ",%s", end);
}

static void add_value(Buf *buf, OptionId id)
{
        const Option *option = option_info(id);
        const Str type = type_info(option->type)->name;

        buf_add(buf, S("{\"description\":"));
        add_string(buf, option_text(option)->help);
        buf_fmt(buf, ",\"$ref\":\"#/$defs/%.*s%s\"}", STR_ARG(type), option->flags & OPTION_MANY ? "-many" : "");
}

/* ---- maps of keys ---- */

static int compare_names(const void *a, const void *b)
{
        const Name *x = a, *y = b;
        const int order = str_compare(x->name, y->name);

        return order ? order : (x->id > y->id) - (x->id < y->id);
}

static void add_name(Buf *buf, Names *names, Name name)
{
        VEC_EACH(const Name, other, names)
                if (str_eq(other->name, name.name))
                        return;
        VEC_ADD(buf->arena, names, name);
}

static Names names_of(Buf *buf, Kind kind)
{
        Names names = { 0 };

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Option *option = option_info((OptionId)id);
                Str rest = option->aliases, alias;

                if (!option_allowed(option, kind))
                        continue;
                add_name(buf, &names, (Name){ snake_case(buf->arena, option->key), (OptionId)id, true });
                while (rest.len && str_next(&rest, ' ', &alias))
                        add_name(buf, &names, (Name){ alias, (OptionId)id, false });
        }
        VEC_SORT(&names, compare_names);
        return names;
}

static Str group_of(Str name)
{
        return str_first(name, str_find(name, '.'));
}

/* Entries of "properties" (or of "patternProperties") whose names have no dot, or that group's. */
static void add_entries(Buf *buf, const Names *names, Str group, bool patterns)
{
        bool some = false;

        VEC_EACH(const Name, name, names) {
                const bool dotted = str_contains(name->name, '.');
                const Str last = dotted ? str_skip(name->name, str_find(name->name, '.') + 1) : name->name;

                if (dotted != (group.len > 0) || (dotted && !str_eq(group_of(name->name), group)))
                        continue;
                buf_add(buf, some ? S(",\n") : S("\n"));
                if (patterns)
                        add_pattern(buf, last);
                else
                        add_string(buf, last);
                buf_char(buf, ':');
                add_value(buf, name->id);
                some = true;
        }
}

static void add_object(Buf *buf, const Names *names, Str group)
{
        buf_add(buf, S("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
        add_entries(buf, names, group, false);
        buf_add(buf, S("},\"patternProperties\":{"));
        add_entries(buf, names, group, true);
        if (group.len)
                buf_add(buf, S("}}"));
}

static void add_groups(Buf *buf, const Names *names)
{
        Str last = { 0 };

        VEC_EACH(const Name, name, names) {
                const Str group = group_of(name->name);

                if (!str_contains(name->name, '.') || str_eq(group, last))
                        continue;
                last = group;
                buf_add(buf, S(",\n"));
                add_pattern(buf, group);
                buf_char(buf, ':');
                add_object(buf, names, group);
        }
}

static void add_kind(Buf *buf, Kind kind)
{
        const Names names = names_of(buf, kind);

        add_object(buf, &names, (Str){ 0 });
        add_groups(buf, &names);
        if (!kind_info(kind)->unnamed)
                buf_add(buf, S(",\n\"^([Uu][Nn][Ii][Tt]|[Ss][Ee][Rr][Vv][Ii][Cc][Ee]|[Ii][Nn][Ss][Tt][Aa][Ll][Ll])$\":"
                               "{\"$ref\":\"#/$defs/section\"}"));
        buf_add(buf, S(",\n\"^[Xx]-\":true}}"));
}

/* ---- the whole ---- */

static void add_types(Buf *buf)
{
        for (unsigned id = TYPE_NONE + 1; id < TYPE_COUNT; id++) {
                const TypeInfo *type = type_info((TypeId)id);

                for (int many = 0; many < 2; many++) {
                        buf_fmt(buf, ",\n\"%.*s%s\":", STR_ARG(type->name), many ? "-many" : "");
                        add_type(buf, type, many);
                }
        }
}

void reference_schema(Buf *buf)
{
        buf_add(buf, S("{\n\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
                       "\"title\":\"Bayplan: container definitions, containers.d(5)\",\n"
                       "\"type\":\"object\",\"additionalProperties\":false,\n\"patternProperties\":{\"^[Xx]-\":true},\n"
                       "\"properties\":{"));
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
                const KindInfo *info = kind_info((Kind)kind);

                if (info->quadlet)
                        continue;
                buf_fmt(buf, "%s\n\"%.*s\":", kind > KIND_NONE + 1 ? "," : "", STR_ARG(info->map));
                if (info->unnamed)
                        buf_fmt(buf, "{\"anyOf\":[{\"$ref\":\"#/$defs/kind-%.*s\"},{\"type\":\"null\"}]}",
                                STR_ARG(info->map));
                else
                        buf_fmt(buf,
                                "{\"type\":[\"object\",\"null\"],"
                                "\"propertyNames\":{\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9_.-]*$\"},"
                                "\"additionalProperties\":{\"anyOf\":[{\"$ref\":\"#/$defs/kind-%.*s\"}%s]}}",
                                STR_ARG(info->map), kind == KIND_CONTAINER ? "" : ",{\"type\":\"null\"}");
        }
        buf_add(buf, S(",\n\"docker-containers\":{\"$ref\":\"#/properties/containers\"}"));
        buf_add(buf, S("\n},\n\"$defs\":{\n\"section\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":"
                       "{\"anyOf\":[" SCALAR_OR_NULL ",{\"type\":\"array\",\"items\":" SCALAR_OR_NULL "}]}}"));
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
                const Str map = kind_info((Kind)kind)->map;

                if (kind_info((Kind)kind)->quadlet)
                        continue;
                buf_fmt(buf, ",\n\"kind-%.*s\":", STR_ARG(map));
                add_kind(buf, (Kind)kind);
        }
        add_types(buf);
        buf_add(buf, S("\n}\n}\n"));
}
