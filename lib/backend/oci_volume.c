/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What containers mount: host paths, volumes that are defined, and named ones that are not. */

#include "backend/oci.h"
#include "model/refer.h"

/* A named volume that has no definition is a directory below VolumeBaseDir= (POD-02, POD-05, POD-09). */
static Text undefined_directory(Brew *brew, OptionId id, const Value *value)
{
        const Value *base = brew->fleet->defaults ? def_get(brew->fleet->defaults, OPT_DEFAULTS_VolumeBaseDir) : NULL;
        const Str name = base ? refer_name(id, value) : (Str){ 0 };

        if (!name.len)
                return (Text){ 0 };

        Str usual;
        const Value *sub = object_sub_directory(brew->object, &usual);
        const Text parts[] = {
                base->text,
                { arena_join(brew->arena, S("/"), sub ? sub->text.str : usual),
                  sub ? sub->text.door : base->text.door },
                { arena_join(brew->arena, S("/"), name), base->text.door },
        };

        return text_concat(brew->arena, parts, ELEMENTS(parts));
}

/* What the engine mounts instead of the name in the value; empty: the value says it. */
Text oci_volume_source(Brew *brew, OptionId id, const Value *value, bool *ret_directory)
{
        const Object *object = object_linked(brew->object, value);
        const Text directory = object ? object->directory : undefined_directory(brew, id, value);

        *ret_directory = directory.str.len > 0;
        if (directory.str.len)
                return directory;
        if (object && (object->def->kind == KIND_IMAGE || object->def->kind == KIND_BUILD))
                return object_image(object);
        return object ? object_name(object) : (Text){ 0 };
}

void oci_volume(Brew *brew, OptionId id, const Value *first)
{
        for (const Value *value = first; value; value = value->next) {
                Str source = { 0 }, rest;
                bool directory;
                const Text from = oci_volume_source(brew, id, value, &directory);

                str_cut(value->text.str, ':', &source, &rest);
                backend_needs_mount(brew, from.str.len ? from : (Text){ source, value->text.door });
                if (!from.str.len) {
                        oci_flag(brew, "--volume", value->text);
                        continue;
                }

                const Text behind = { str_skip(value->text.str, source.len), value->text.door };

                oci_flag(brew, "--volume", text_concat(brew->arena, (const Text[]){ from, behind }, 2));
        }
}

static bool is_source(Str key)
{
        return str_is(key, "source") || str_is(key, "src");
}

/* The fields of a long mount other than its type and source, with a comma before each. */
static Str other_fields(Brew *brew, Str text)
{
        Buf buf = BUF(brew->arena);
        Str field;

        while (text.len && str_next(&text, ',', &field)) {
                Str key = field, value;

                str_cut(field, '=', &key, &value);
                if (!str_is(key, "type") && !is_source(key))
                        buf_fmt(&buf, ",%.*s", STR_ARG(field));
        }
        return buf_str(&buf);
}

/* A host path of a long mount; a relative one counts from the definition's directory. */
static void mount_needs(Brew *brew, const Value *value)
{
        Str rest = value->text.str, field, key, path;

        while (rest.len && str_next(&rest, ',', &field))
                if (str_cut(field, '=', &key, &path) && is_source(key))
                        backend_needs_mount(brew, (Text){ path, value->text.door });
}

void oci_mount(Brew *brew, OptionId id, const Value *first)
{
        for (const Value *value = first; value; value = value->next) {
                bool directory;
                const Text from = oci_volume_source(brew, id, value, &directory);

                if (!from.str.len) {
                        oci_flag(brew, "--mount", value->text);
                        mount_needs(brew, value);
                        continue;
                }

                const Object *object = object_linked(brew->object, value);
                const bool image = object && object->def->kind != KIND_VOLUME;
                const Text parts[] = {
                        { directory ? S("type=bind,source=") : image ? S("type=image,source=") : S("type=volume,source="),
                          from.door },
                        from,
                        { other_fields(brew, value->text.str), value->text.door },
                };

                oci_flag(brew, "--mount", text_concat(brew->arena, parts, ELEMENTS(parts)));
                backend_needs_mount(brew, from);
        }
}

void oci_make_directory(Brew *brew, Phase phase, Text path)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-volume")));
        oci_add(brew, text_join(brew->arena, S("--directory="), path));
}

void oci_prepare_volumes(Brew *brew)
{
        static const OptionId keys[] = { OPT_CONTAINER_Volume, OPT_CONTAINER_Mount, OPT_POD_Volume, OPT_BUILD_Volume };

        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                for (const Value *value = def_get(brew->def, keys[i]); value; value = value->next) {
                        const Text path = object_linked(brew->object, value)
                                                  ? (Text){ 0 }
                                                  : undefined_directory(brew, keys[i], value);

                        if (path.str.len)
                                oci_make_directory(brew, PHASE_START_PRE, path);
                }
        }
}
