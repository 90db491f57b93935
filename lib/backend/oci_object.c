/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Networks and volumes: made by oneshot units before the containers that use them, by helpers that see whether one
 * of that name is there already, and whether it is still the one that is defined. */

#include "backend/oci.h"

/* ---- options of networks ---- */

/* SUBNET, GATEWAY and RANGE of the same place in their lists belong together. */
void oci_subnets(Brew *brew, OptionId id, const Value *first)
{
        const Value *gateway = brew->def->set[OPT_NETWORK_Gateway], *range = brew->def->set[OPT_NETWORK_IPRange];

        (void)id;
        for (const Value *subnet = first; subnet; subnet = subnet->next) {
                oci_flag(brew, "--subnet", subnet->text);
                if (gateway)
                        oci_flag(brew, "--gateway", gateway->text);
                if (range)
                        oci_flag(brew, "--ip-range", range->text);
                gateway = gateway ? gateway->next : NULL;
                range = range ? range->next : NULL;
        }
}

void oci_interface_name(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--opt", text_join(brew->arena, S("com.docker.network.bridge.name="), value->text));
}

/* ---- options of volumes ---- */

static void volume_option(Brew *brew, const char *name, Text text)
{
        oci_flag(brew, "--opt", text_join(brew->arena, str_c(name), text));
}

void oci_volume_image(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        volume_option(brew, "image=", value->text);
}

void oci_volume_copy(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--opt", value->flag ? T("copy") : T("nocopy"));
}

void oci_volume_type(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        volume_option(brew, "type=", value->text);
}

void oci_volume_device(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        volume_option(brew, "device=", value->text);
        backend_needs_mount(brew, value->text);
}

/* uid=, gid= and Options= are one mount option string, "o=…". */
static void mount_options(Brew *brew)
{
        static const struct {
                OptionId id;
                Str prefix;
        } rows[] = {
                { OPT_VOLUME_User, STR_INIT("uid=") },
                { OPT_VOLUME_Group, STR_INIT("gid=") },
                { OPT_VOLUME_Options, STR_INIT("") },
        };
        Buf buf = BUF(brew->arena);
        Door door = DOOR_LITERAL;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Value *value = brew->def->set[rows[i].id];

                if (!value)
                        continue;
                buf_fmt(&buf, "%s%.*s%.*s", buf.len ? "," : "", STR_ARG(rows[i].prefix), STR_ARG(value->text.str));
                door = value->text.door;
        }
        volume_option(brew, "o=", (Text){ buf_str(&buf), door });
}

void oci_volume_options(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        (void)value;
        mount_options(brew);
}

void oci_volume_owner(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        (void)value;
        if (!brew->def->set[OPT_VOLUME_Options])
                mount_options(brew);
}

/* ---- where a volume is ---- */

static Text base_directory(const Brew *brew)
{
        const Value *base = brew->fleet->defaults ? brew->fleet->defaults->set[OPT_DEFAULTS_VolumeBaseDir] : NULL;

        return base ? base->text : (Text){ 0 };
}

static bool is_of_engine(const Def *def)
{
        static const OptionId keys[] = { OPT_VOLUME_External, OPT_VOLUME_Driver, OPT_VOLUME_Device, OPT_VOLUME_DriverOpts };

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (def->set[keys[i]])
                        return true;
        return false;
}

/* Its directory on the host; empty: it is a volume of the engine. */
static Text volume_directory(Brew *brew, const Object *volume)
{
        const Value *directory = volume->def->set[OPT_VOLUME_Directory];
        const Text base = base_directory(brew);

        if (directory)
                return directory->text;
        if (!base.str.len || is_of_engine(volume->def))
                return (Text){ 0 };
        return (Text){ arena_fmt(brew->arena, "%.*s/%.*s", STR_ARG(base.str), STR_ARG(volume->name)), base.door };
}

static const Object *linked(const Brew *brew, const Value *value)
{
        VEC_EACH(const Link, link, &brew->object->links)
                if (link->value == value)
                        return link->object;
        return NULL;
}

/* A named volume that has no definition, below VolumeBaseDir= (POD-02, POD-05, POD-09). */
static Text undefined_directory(Brew *brew, const Volume *volume)
{
        const Text base = base_directory(brew), sub = def_text(brew->def, OPT_CONTAINER_VolumeSubDir);

        if (!base.str.len || !volume->source.len || str_starts(volume->source, S("/")))
                return (Text){ 0 };
        return (Text){ arena_fmt(brew->arena, "%.*s/%.*s/%.*s", STR_ARG(base.str),
                                 STR_ARG(sub.str.len ? sub.str : brew->def->name), STR_ARG(volume->source)),
                       base.door };
}

static void make_directory(Brew *brew, Phase phase, Text path)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, false);
        oci_add(brew, LITERAL(backend_helper(brew->run, "bayplan-volume")));
        oci_add(brew, text_join(brew->arena, S("--directory="), path));
}

void oci_prepare_volumes(Brew *brew)
{
        for (const Value *value = brew->def->set[OPT_CONTAINER_Volume]; value; value = value->next) {
                const Text path = value->late || linked(brew, value) ? (Text){ 0 }
                                                                     : undefined_directory(brew, &value->volume);

                if (path.str.len)
                        make_directory(brew, PHASE_START_PRE, path);
        }
}

/* SOURCE of a volume as the engine has it, and what must be mounted for it. */
static Text volume_source(Brew *brew, const Value *value)
{
        const Object *object = linked(brew, value);
        Text source = { value->volume.source, value->text.door };

        if (object) {
                const Text directory = volume_directory(brew, object);

                source = directory.str.len ? directory : LITERAL(object->name);
        } else {
                const Text directory = undefined_directory(brew, &value->volume);

                source = directory.str.len ? directory : source;
        }
        backend_needs_mount(brew, source);
        return source;
}

void oci_volume(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str source, rest;

                if (value->late) {
                        oci_flag(brew, "--volume", value->text);
                        if (str_cut(value->text.str, ':', &source, &rest))
                                backend_needs_mount(brew, (Text){ source, value->text.door });
                        continue;
                }

                const Text from = value->volume.source.len ? volume_source(brew, value) : (Text){ 0 };

                if (!from.str.len || str_eq(from.str, value->volume.source)) {
                        oci_flag(brew, "--volume", value->text);
                        continue;
                }
                str_cut(value->text.str, ':', &source, &rest);
                oci_flag(brew, "--volume",
                         (Text){ arena_fmt(brew->arena, "%.*s:%.*s", STR_ARG(from.str), STR_ARG(rest)),
                                 from.door == value->text.door ? from.door : DOOR_SYSTEMD });
        }
}

/* NAME of a network that is ours becomes the name that the engine knows; options stay. */
void oci_network(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const Object *object = linked(brew, value);
                const size_t name = str_find(value->text.str, ':');

                oci_flag(brew, "--network",
                         object ? (Text){ arena_fmt(brew->arena, "%.*s%.*s", STR_ARG(object->name),
                                                    STR_ARG(str_skip(value->text.str, name))),
                                          value->text.door }
                                : value->text);
        }
}

/* ---- units ---- */

static void service(Brew *brew)
{
        if (brew->object->engine == ENGINE_DOCKER) {
                words_add(brew->arena, &brew->recipe->requires, T("docker.service"));
                words_add(brew->arena, &brew->recipe->after, T("docker.socket"));
        }
        recipe_property(brew->arena, brew->recipe, S("Type"), T("oneshot"));
        recipe_property(brew->arena, brew->recipe, S("RemainAfterExit"), T("yes"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
}

/* What tells one definition from another of the same name: all words of the command. */
static Str config_hash(Brew *brew, const Words *words)
{
        Buf buf = BUF(brew->arena);

        VEC_EACH(const Text, word, words) {
                buf_add(&buf, word->str);
                buf_char(&buf, '\0');
        }
        return arena_fmt(brew->arena, "%016llx", (unsigned long long)str_hash(buf_str(&buf)));
}

/* HELPER OPTION… -- ENGINE KIND create … NAME */
static void create(Brew *brew, const char *helper, const char *kind, bool external)
{
        Words made = { 0 };
        Words *words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);

        brew->words = &made;
        oci_begin_words(brew);
        oci_add(brew, LITERAL(str_c(kind)));
        oci_add(brew, T("create"));
        backend_options(brew);

        const Text label = LITERAL(arena_fmt(brew->arena, "io.bayplan.config=%.*s", STR_ARG(config_hash(brew, &made))));

        oci_flag(brew, "--label", label);
        oci_add(brew, LITERAL(brew->object->name));

        brew->words = words;
        oci_add(brew, LITERAL(backend_helper(brew->run, helper)));
        oci_add(brew, text_join(brew->arena, S("--engine="), LITERAL(engine_name(brew->object->engine))));
        oci_add(brew, text_join(brew->arena, S("--engine-path="), LITERAL(backend_program(brew->run, brew->object->engine))));
        oci_engine_args(brew);
        oci_add(brew, text_join(brew->arena, S("--name="), LITERAL(brew->object->name)));
        if (external) {
                oci_add(brew, T("--external"));
                return;
        }
        oci_add(brew, text_join(brew->arena, S("--config="), LITERAL(str_skip(label.str, str_find(label.str, '=') + 1))));
        oci_add(brew, T("--"));
        VEC_EACH(const Text, word, &made)
                oci_add(brew, *word);
}

void oci_network_unit(Brew *brew)
{
        const bool external = def_flag(brew->def, OPT_NETWORK_External, false);

        service(brew);
        create(brew, "bayplan-network", "network", external);
        if (external || !def_flag(brew->def, OPT_NETWORK_NetworkDeleteOnStop, true))
                return;
        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_STOP, true);
        oci_begin_words(brew);
        oci_add(brew, T("network"));
        oci_add(brew, T("rm"));
        oci_add(brew, LITERAL(brew->object->name));
}

void oci_volume_unit(Brew *brew)
{
        const Text directory = volume_directory(brew, brew->object);
        const Text owner = def_text(brew->def, OPT_VOLUME_Owner), mode = def_text(brew->def, OPT_VOLUME_Mode);

        service(brew);
        if (!directory.str.len) {
                create(brew, "bayplan-volume", "volume", def_flag(brew->def, OPT_VOLUME_External, false));
                return;
        }
        /* The directory itself may be a mount point of its own. */
        backend_needs_mount(brew, directory);
        make_directory(brew, PHASE_START, directory);
        if (owner.str.len)
                oci_add(brew, text_join(brew->arena, S("--owner="), owner));
        if (mode.str.len)
                oci_add(brew, text_join(brew->arena, S("--mode="), mode));
}
