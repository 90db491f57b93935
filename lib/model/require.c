/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/require.h"

#include "base/map.h"
#include "model/check.h"
#include "model/netns.h"
#include "model/refer.h"

static bool report_need(Run *run, const Object *c, OptionId id, OptionId other)
{
        return diag(run->diags, DIAG_NEEDS, def_key_at(c->def, id), option_info(id)->key, option_info(other)->key);
}

static bool report_conflict(Run *run, const Object *c, OptionId a, OptionId b)
{
        return diag_also(run->diags, DIAG_CONFLICT, def_key_at(c->def, b), def_key_at(c->def, a), S("also set here"),
                         option_info(a)->key, option_info(b)->key);
}

static inline bool need(Run *run, const Object *c, OptionId id, OptionId other)
{
        return !def_get(c->def, id) || def_get(c->def, other) || report_need(run, c, id, other);
}

static inline bool exclude(Run *run, const Object *c, OptionId a, OptionId b)
{
        return !def_get(c->def, a) || !def_get(c->def, b) || report_conflict(run, c, a, b);
}

/* Registry, user and one of the two ways to a password, or none of them (OCI-08). */
static bool check_login(Run *run, const Object *c, const OptionId keys[4])
{
        const OptionId password_file = keys[2], credential = keys[3];
        const Value *given = NULL;
        bool ok = true;

        for (size_t i = 0; i < 4 && !given; i++)
                given = def_get(c->def, keys[i]);
        if (!given)
                return true;
        for (size_t i = 0; i < 4; i++) {
                const bool other_way = keys[i] == credential || (keys[i] == password_file && def_get(c->def, credential));

                if (!def_get(c->def, keys[i]) && !other_way)
                        ok = diag(run->diags, DIAG_LOGIN_PARTIAL, given->at, option_info(keys[i])->key);
        }
        ok &= exclude(run, c, password_file, credential);
        return ok;
}

static bool check_caps(Run *run, const Object *c)
{
        Map added = { 0 };
        bool ok = true;

        if (!def_get(c->def, OPT_CONTAINER_DropCapability) || !def_get(c->def, OPT_CONTAINER_AddCapability))
                return true;
        for (Value *add = def_get(c->def, OPT_CONTAINER_AddCapability); add; add = add->next)
                map_put(run->arena, &added, add->text.str, add);
        for (const Value *drop = def_get(c->def, OPT_CONTAINER_DropCapability); drop; drop = drop->next) {
                const Value *add = map_get(&added, drop->text.str);

                /* "drop all, then add one" is the usual way to say which remain */
                if (add)
                        ok = diag_also(run->diags, DIAG_CAP_BOTH, drop->at, add->at, S("added here"), add->text.str);
        }
        return ok;
}

/* A name without registry depends on the machine. */
static void warn_of_short_name(Run *run, const Value *image)
{
        const Str text = image->text.str;
        Str host, rest;
        const bool has_host = str_cut(text, '/', &host, &rest) &&
                              (str_contains(host, '.') || str_contains(host, ':') || str_is(host, "localhost"));

        if (has_host || text.len == 64 || str_starts(text, S("sha256:")))
                return;

        const Kind kind = kind_by_file(text);

        if (kind != KIND_IMAGE && kind != KIND_BUILD)
                diag(run->diags, DIAG_SHORT_NAME, image->at, text);
}

static bool need_image(Run *run, const Object *c, OptionId id)
{
        const Value *image = def_get(c->def, id);

        /* nspawn's tree has a usual place. */
        if (!image && !def_get(c->def, OPT_CONTAINER_Rootfs) && c->engine != ENGINE_NSPAWN)
                return c->def->broken || /* its Image= may be the line that was reported */
                       diag(run->diags, DIAG_IMAGE_MISSING, c->def->at, kind_info(c->def->kind)->noun, c->def->name);
        if (image && !image->late)
                warn_of_short_name(run, image);
        return true;
}

/* A namespace has its network; who joins it has no say in that. */
static bool exclude_netns(Run *run, const Object *c)
{
        static const OptionId keys[] = { OPT_CONTAINER_Network,      OPT_CONTAINER_Pod, OPT_CONTAINER_PublishPort,
                                         OPT_CONTAINER_NetworkAlias, OPT_CONTAINER_IP,  OPT_CONTAINER_IP6 };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys) && def_get(c->def, OPT_CONTAINER_Netns); i++)
                ok &= exclude(run, c, OPT_CONTAINER_Netns, keys[i]);
        return ok;
}

static bool require_container(Run *run, const Object *c)
{
        static const OptionId login[] = { OPT_CONTAINER_LoginRegistry, OPT_CONTAINER_LoginUsername,
                                          OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential };
        bool ok = need_image(run, c, OPT_CONTAINER_Image);

        ok &= exclude_netns(run, c);
        ok &= check_login(run, c, login);
        ok &= check_caps(run, c);
        ok &= need(run, c, OPT_CONTAINER_Group, OPT_CONTAINER_User);
        ok &= need(run, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_Image);
        ok &= need(run, c, OPT_CONTAINER_ImageStream, OPT_CONTAINER_Image);
        ok &= exclude(run, c, OPT_CONTAINER_Image, OPT_CONTAINER_Rootfs);
        ok &= exclude(run, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_ImageStream);
        ok &= exclude(run, c, OPT_CONTAINER_ReloadCmd, OPT_CONTAINER_ReloadSignal);
        ok &= exclude(run, c, OPT_CONTAINER_UserNS, OPT_CONTAINER_PrivateUsers);
        for (OptionId id = OPT_CONTAINER_UserNS; def_get(c->def, OPT_CONTAINER_RemapUsers) && id <= OPT_CONTAINER_SubGIDMap; id++)
                ok &= exclude(run, c, OPT_CONTAINER_RemapUsers, id);
        ok &= need(run, c, OPT_CONTAINER_RemapUid, OPT_CONTAINER_RemapUsers);
        ok &= need(run, c, OPT_CONTAINER_RemapGid, OPT_CONTAINER_RemapUsers);
        ok &= need(run, c, OPT_CONTAINER_RemapUidSize, OPT_CONTAINER_RemapUsers);
        return ok;
}

/* ---- networks and volumes ---- */

/* Somebody else makes it: what it is like is his business. */
static bool check_external(Run *run, const Object *c, OptionId external)
{
        static const Common commons[] = { COMMON_NAME, COMMON_BACKEND, COMMON_SERVICE_NAME, COMMON_MODULES, COMMON_GLOBAL_ARGS };
        bool ok = true;

        if (!def_flag(c->def, external, false))
                return true;
        DEF_EACH(id, c->def) {
                bool common = id == external;

                if (option_info(id)->kind != c->def->kind)
                        continue;
                for (size_t i = 0; i < ELEMENTS(commons); i++)
                        common |= id == option_common(c->def->kind, commons[i]);
                if (!common)
                        ok &= exclude(run, c, external, id);
        }
        return ok;
}

/* Gateway= and IPRange= belong to the subnet of the same place in the list, and are part of it. */
static bool check_parts(Run *run, const Object *c, OptionId id)
{
        const Value *subnet = def_get(c->def, OPT_NETWORK_Subnet);
        bool ok = true;

        for (const Value *value = def_get(c->def, id); value; value = value->next) {
                const bool known = subnet && !subnet->late && !value->late && value_span(value)->first.bytes;

                if (!subnet)
                        return diag(run->diags, DIAG_NEEDS, value->at, option_info(id)->key,
                                    option_info(OPT_NETWORK_Subnet)->key);
                if (known && !address_within(value_span(value), value_span(subnet)))
                        ok = diag_also(run->diags, DIAG_SUBNET_OUTSIDE, value->at, subnet->at, S("the subnet is"),
                                       option_info(id)->key, value->text.str, subnet->text.str);
                subnet = subnet->next;
        }
        return ok;
}

static bool require_network(Run *run, const Object *c)
{
        bool ok = check_external(run, c, OPT_NETWORK_External);

        ok &= check_parts(run, c, OPT_NETWORK_Gateway);
        ok &= check_parts(run, c, OPT_NETWORK_IPRange);
        if (!refer_is_mode(c->name) && !refer_is_mode(c->def->name))
                return ok;
        return diag(run->diags, DIAG_NETWORK_NAME, c->def->at, refer_is_mode(c->name) ? c->name : c->def->name);
}

/* What only a volume of the engine has. */
static bool check_directory(Run *run, const Object *c)
{
        static const OptionId of_engine[] = {
                OPT_VOLUME_External, OPT_VOLUME_Driver,     OPT_VOLUME_Image, OPT_VOLUME_UID,       OPT_VOLUME_GID,
                OPT_VOLUME_Copy,     OPT_VOLUME_Type,       OPT_VOLUME_Device, OPT_VOLUME_Options,  OPT_VOLUME_User,
                OPT_VOLUME_Group,    OPT_VOLUME_DriverOpts, OPT_VOLUME_Label, OPT_VOLUME_ExtraArgs, OPT_VOLUME_PodmanArgs,
                OPT_VOLUME_DockerArgs,
        };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(of_engine); i++) {
                if (def_get(c->def, OPT_VOLUME_Directory))
                        ok &= exclude(run, c, OPT_VOLUME_Directory, of_engine[i]);
                else if (def_get(c->def, of_engine[i]))
                        ok = diag(run->diags, DIAG_VOLUME_DIRECTORY, def_key_at(c->def, of_engine[i]),
                                  option_info(of_engine[i])->key);
        }
        return ok;
}

static bool require_volume(Run *run, const Object *c)
{
        bool ok = check_external(run, c, OPT_VOLUME_External);

        if (c->directory.str.len)
                return check_directory(run, c) && ok;
        ok &= need(run, c, OPT_VOLUME_Owner, OPT_VOLUME_Directory);
        ok &= need(run, c, OPT_VOLUME_Mode, OPT_VOLUME_Directory);
        ok &= need(run, c, OPT_VOLUME_Type, OPT_VOLUME_Device);
        ok &= need(run, c, OPT_VOLUME_Image, OPT_VOLUME_Driver);
        return ok;
}

/* ---- images and builds ---- */

/* Others say the name in units of their own, where specifiers are others. */
static bool check_known(Run *run, const Object *c, OptionId id)
{
        for (const Value *value = def_get(c->def, id); value; value = value->next)
                if (value->late)
                        return diag(run->diags, DIAG_VALUE_LATE, value->at, option_info(id)->key, value->text.str);
        return true;
}

static bool require_image(Run *run, const Object *c)
{
        static const OptionId login[] = { OPT_IMAGE_LoginRegistry, OPT_IMAGE_LoginUsername, OPT_IMAGE_LoginPasswordFile,
                                          OPT_IMAGE_LoginCredential };
        const Value *creds = def_get(c->def, OPT_IMAGE_Creds);
        bool ok = need_image(run, c, OPT_IMAGE_Image);

        ok &= check_known(run, c, OPT_IMAGE_Image);
        ok &= check_known(run, c, OPT_IMAGE_ImageTag);
        ok &= check_login(run, c, login);
        ok &= exclude(run, c, OPT_IMAGE_AuthFile, OPT_IMAGE_LoginRegistry);
        ok &= exclude(run, c, OPT_IMAGE_ImageFile, OPT_IMAGE_ImageStream);
        ok &= need(run, c, OPT_IMAGE_Variant, OPT_IMAGE_Arch);
        if (creds)
                ok = diag(run->diags, DIAG_SECRET_SHOWN, def_key_at(c->def, OPT_IMAGE_Creds), option_info(OPT_IMAGE_Creds)->key);
        return ok;
}

static bool require_build(Run *run, const Object *c)
{
        bool ok = check_known(run, c, OPT_BUILD_ImageTag);

        ok &= need(run, c, OPT_BUILD_Variant, OPT_BUILD_Arch);
        if (str_is(def_text(c->def, OPT_BUILD_SetWorkingDirectory).str, "file"))
                ok &= need(run, c, OPT_BUILD_SetWorkingDirectory, OPT_BUILD_File);
        if (check_is_url(def_text(c->def, OPT_BUILD_File).str))
                ok &= need(run, c, OPT_BUILD_File, OPT_BUILD_SetWorkingDirectory);
        if (!def_get(c->def, OPT_BUILD_SetWorkingDirectory) && !def_get(c->def, OPT_BUILD_File))
                ok = diag(run->diags, DIAG_BUILD_CONTEXT, c->def->at, c->def->name);
        return ok;
}

/* podman's has a main process that is told by a file. */
static bool require_pod(Run *run, const Object *c)
{
        const PassLine *type = def_pass(c->def, PASS_SERVICE, S("Type"));

        return !type || diag(run->diags, DIAG_DENIED_DIRECTIVE, type->at, type->key, S("Service"), S("a pod is no job; its members may be"));
}

bool require_object(Run *run, const Object *c)
{
        switch (c->def->kind) {
        case KIND_CONTAINER:
                return require_container(run, c);
        case KIND_NETWORK:
                return require_network(run, c);
        case KIND_VOLUME:
                return require_volume(run, c);
        case KIND_POD:
                return require_pod(run, c);
        case KIND_NETNS:
                return netns_require(run, c);
        case KIND_IMAGE:
                return require_image(run, c);
        case KIND_BUILD:
                return require_build(run, c);
        case KIND_KUBE:
        case KIND_ARTIFACT:
        case KIND_NONE:
        case KIND_DEFAULTS:
        case KIND_COUNT:
                break;
        }
        return true;
}
