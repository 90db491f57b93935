/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Networks and volumes: made by oneshot units before the containers that use them, by helpers that see whether one
 * of that name is there already, and whether it is still the one that is defined. */

#include "backend/oci.h"
#include "base/unit_name.h"

/* ---- options of networks ---- */

static void driver_option(Brew *brew, const char *name, Text text)
{
        oci_flag(brew, "--opt", text_join(brew->arena, str_c(name), text));
}

static bool has_ip6_subnet(const Def *def)
{
        for (const Value *subnet = def_get(def, OPT_NETWORK_Subnet); subnet; subnet = subnet->next)
                if (!subnet->late && value_span(subnet)->first.bytes == 16)
                        return true;
        return false;
}

/* SUBNET, GATEWAY and RANGE of the same place in their lists belong together. */
void oci_subnets(Brew *brew, OptionId id, const Value *first)
{
        const Value *gateway = def_get(brew->def, OPT_NETWORK_Gateway), *range = def_get(brew->def, OPT_NETWORK_IPRange);

        (void)id;
        /* podman takes an IPv6 subnet for a wish; docker ignores it without this. */
        if (brew->object->engine == ENGINE_DOCKER && !def_get(brew->def, OPT_NETWORK_IPv6) && has_ip6_subnet(brew->def))
                oci_add(brew, T("--ipv6"));
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

/* ---- options of volumes ---- */

void oci_volume_image(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        driver_option(brew, "image=", oci_image(brew, value));
}

void oci_volume_copy(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--opt", value->flag ? T("copy") : T("nocopy"));
}

void oci_volume_type(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        driver_option(brew, "type=", value->text);
}

void oci_volume_device(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        driver_option(brew, "device=", value->text);
        /* It may be plugged in later, and pulled out. A file of that name is no sign: udev has to know the device. */
        if (str_starts(value->text.str, S("/dev/")) && !str_contains(value->text.str, '%') &&
            !str_contains(value->text.str, '$'))
                words_add(brew->arena, &brew->recipe->binds,
                          LITERAL(arena_join(brew->arena, unit_name_path(brew->arena, value->text.str), S(".device"))));
        else
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
        Words parts = { 0 };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Value *value = def_get(brew->def, rows[i].id);

                if (value)
                        words_add(brew->arena, &parts,
                                  text_join(brew->arena,
                                            arena_fmt(brew->arena, "%s%.*s", parts.count ? "," : "o=", STR_ARG(rows[i].prefix)),
                                            value->text));
        }
        oci_flag(brew, "--opt", text_concat(brew->arena, parts.items, parts.count));
}

/* Whichever of the three keys stands first in the table adds them all. */
void oci_volume_options(Brew *brew, OptionId id, const Value *value)
{
        static const OptionId keys[] = { OPT_VOLUME_Options, OPT_VOLUME_User, OPT_VOLUME_Group };

        (void)value;
        for (size_t i = 0; keys[i] != id; i++)
                if (def_get(brew->def, keys[i]))
                        return;
        mount_options(brew);
}

/* ---- units ---- */

static void service(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("Type"), T("oneshot"));
        recipe_property(brew->arena, brew->recipe, S("RemainAfterExit"), T("yes"));
        /* An engine that hangs must not hold up for ever all that depends on it. */
        recipe_property(brew->arena, brew->recipe, S("TimeoutStartSec"), T("90"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
}

void oci_needs_engine(Brew *brew)
{
        if (brew->object->engine == ENGINE_DOCKER) {
                words_add(brew->arena, &brew->recipe->requires, T("docker.service"));
                words_add(brew->arena, &brew->recipe->after, T("docker.socket"));
        }
        oci_rootless(brew);
}

/* What tells one definition from another of the same name: the words that describe it, however they were written. */
static Text config_hash(Brew *brew, const Words *words)
{
        Buf buf = BUF(brew->arena);

        VEC_EACH(const Text, word, words) {
                const Text forms[] = { T(""), *word };

                buf_add(&buf, text_concat(brew->arena, forms, ELEMENTS(forms)).str);
                buf_char(&buf, '\0');
        }
        return LITERAL(arena_fmt(brew->arena, "%016llx", (unsigned long long)str_hash(buf_str(&buf))));
}

/* HELPER OPTION… -- ENGINE KIND create … NAME */
static void create(Brew *brew, Str helper, Text kind, bool external)
{
        const Text name = LITERAL(brew->object->name);
        Words described = { 0 };

        brew->words = &described;
        backend_options(brew);

        const Text hash = config_hash(brew, &described);

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);
        oci_add(brew, LITERAL(helper));
        oci_helper_engine(brew);
        oci_add(brew, text_join(brew->arena, S("--name="), name));
        if (external) {
                oci_add(brew, T("--external"));
                return;
        }
        oci_add(brew, text_join(brew->arena, S("--config="), hash));
        oci_add(brew, T("--"));
        oci_begin_words(brew);
        oci_add(brew, kind);
        oci_add(brew, T("create"));
        /* So that AutoPrune= leaves it alone. */
        oci_flag(brew, "--label", text_join(brew->arena, oci_unit_label(brew->object->engine), T("=%n")));
        oci_flag(brew, "--label", text_join(brew->arena, S("io.bayplan.config="), hash));
        VEC_EACH(const Text, word, &described)
                oci_add(brew, *word);
        oci_add(brew, name);
}

static void network_unit(Brew *brew, bool external, bool remove)
{
        oci_needs_engine(brew);
        service(brew);
        create(brew, BACKEND_HELPER("bayplan-network"), T("network"), external);
        if (external || !remove)
                return;
        oci_begin(brew, PHASE_STOP, true);
        oci_add(brew, T("network"));
        oci_add(brew, T("rm"));
        oci_add(brew, LITERAL(brew->object->name));
}

void oci_network_unit(Brew *brew)
{
        network_unit(brew, def_flag(brew->def, OPT_NETWORK_External, false),
                     def_flag(brew->def, OPT_NETWORK_NetworkDeleteOnStop, true));
}

void oci_pod_network_unit(Brew *brew)
{
        oci_prepare_volumes(brew);
        network_unit(brew, false, true);
}

static void directory_unit(Brew *brew)
{
        const Text owner = def_text(brew->def, OPT_VOLUME_Owner), mode = def_text(brew->def, OPT_VOLUME_Mode);

        service(brew);
        /* The directory itself may be a mount point. */
        backend_needs_mount(brew, brew->object->directory);
        oci_make_directory(brew, PHASE_START, brew->object->directory);
        if (owner.str.len)
                oci_add(brew, text_join(brew->arena, S("--owner="), owner));
        if (mode.str.len)
                oci_add(brew, text_join(brew->arena, S("--mode="), mode));
}

void oci_volume_unit(Brew *brew)
{
        if (brew->object->directory.str.len) {
                directory_unit(brew);
                return;
        }
        oci_needs_engine(brew);
        service(brew);
        oci_prepare_volume_image(brew);
        create(brew, BACKEND_HELPER("bayplan-volume"), T("volume"), def_flag(brew->def, OPT_VOLUME_External, false));
}
