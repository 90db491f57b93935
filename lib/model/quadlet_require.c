/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

typedef struct Requirer {
        Run *run;
        const Def *def;
} Requirer;

static bool is_set(const Requirer *r, OptionId id)
{
        return def_get(r->def, id);
}

static bool report(const Requirer *r, DiagCode code, OptionId id, Str word)
{
        const Loc at = id && def_get(r->def, id) ? def_key_at(r->def, id) : r->def->at;

        return diag(r->run->diags, code, at, quadlet_file(r->def), word);
}

static bool required(const Requirer *r, OptionId id)
{
        /* It may stand in the line that was reported. */
        return is_set(r, id) || r->def->broken || report(r, DIAG_QUADLET_REQUIRED, OPTION_NONE, option_info(id)->key);
}

/* ---- [Service] ---- */

static bool warn_of_users(const Requirer *r)
{
        static const Str keys[] = { STR_INIT("User"), STR_INIT("Group"), STR_INIT("DynamicUser") };

        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                const PassLine *line = def_pass(r->def, PASS_SERVICE, keys[i]);

                if (line)
                        diag(r->run->diags, DIAG_QUADLET_USER, line->at, keys[i]);
        }
        return true;
}

/* What is to run until the service stops. */
static bool check_supervised(const Requirer *r)
{
        const PassLine *mode = def_pass(r->def, PASS_SERVICE, S("KillMode"));
        const PassLine *type = def_pass(r->def, PASS_SERVICE, S("Type"));
        const Str file = quadlet_file(r->def);
        bool ok = true;

        if (mode && mode->value.len && !str_is(mode->value, "mixed") && !str_is(mode->value, "control-group"))
                ok = diag(r->run->diags, DIAG_QUADLET_KILL_MODE, mode->at, file, mode->value);
        if (type && type->value.len && !str_is(type->value, "notify") && !str_is(type->value, "oneshot"))
                ok = diag(r->run->diags, DIAG_QUADLET_TYPE, type->at, file, type->value);
        return ok;
}

/* The unit has its own; a oneshot one may have several. */
static bool check_exec(const Requirer *r)
{
        const PassLine *line = def_pass(r->def, PASS_SERVICE, S("ExecStart"));
        const PassLine *type = def_pass(r->def, PASS_SERVICE, S("Type"));
        const bool starts = r->def->kind == KIND_CONTAINER || r->def->kind == KIND_KUBE || r->def->kind == KIND_POD;

        if (!line || !line->value.len || (type ? str_is(type->value, "oneshot") : !starts))
                return true;
        return diag(r->run->diags, DIAG_QUADLET_EXEC, line->at, quadlet_file(r->def), line->key);
}

/* ---- user namespaces ---- */

typedef struct RemapKeys {
        OptionId explicit[5], users, uid, gid;
} RemapKeys;

static bool check_keep_id(const Requirer *r, const RemapKeys *keys)
{
        const Value *uid = def_get(r->def, keys->uid), *gid = def_get(r->def, keys->gid);

        if (uid && uid->next)
                return report(r, DIAG_QUADLET_REMAP_SINGLE, keys->uid, S("UID"));
        return !gid || !gid->next || report(r, DIAG_QUADLET_REMAP_SINGLE, keys->gid, S("GID"));
}

static bool check_remap(const Requirer *r, const RemapKeys *keys)
{
        const Str users = def_text(r->def, keys->users).str;

        for (size_t i = 0; i < ELEMENTS(keys->explicit); i++)
                if (keys->explicit[i] && is_set(r, keys->explicit[i]))
                        return (!is_set(r, keys->users) && !is_set(r, keys->uid) && !is_set(r, keys->gid)) ||
                               report(r, DIAG_QUADLET_REMAP_MIXED, keys->explicit[i], S(""));
        if (!users.len && is_set(r, keys->uid))
                return report(r, DIAG_QUADLET_REMAP_ALONE, keys->uid, S("UidMap"));
        if (!users.len && is_set(r, keys->gid))
                return report(r, DIAG_QUADLET_REMAP_ALONE, keys->gid, S("GidMap"));
        if (str_is(users, "manual"))
                return r->def->kind != KIND_KUBE || report(r, DIAG_QUADLET_REMAP_MANUAL, keys->users, S(""));
        if (str_is(users, "keep-id"))
                return check_keep_id(r, keys);
        return !users.len || str_is(users, "auto") || report(r, DIAG_QUADLET_REMAP_UNKNOWN, keys->users, users);
}

/* ---- images ---- */

static bool is_qualified(Str image)
{
        const Kind kind = kind_by_file(image);
        size_t digits = 0;
        Str host, rest;

        if (!image.len || str_starts(image, S("sha256:")) || kind == KIND_IMAGE || kind == KIND_BUILD)
                return true;
        while (digits < image.len && (char_is_digit(image.data[digits]) ||
                                      (image.data[digits] >= 'a' && image.data[digits] <= 'f')))
                digits++;
        if (digits == 64 && image.len == 64)
                return true;
        return str_cut(image, '/', &host, &rest) &&
               (str_contains(host, '.') || str_contains(host, ':') || str_is(host, "localhost"));
}

static bool warn_of_short_name(const Requirer *r, OptionId id)
{
        const Value *image = def_get(r->def, id);

        if (image && !text_is_late(image->text) && !is_qualified(image->text.str))
                diag(r->run->diags, DIAG_QUADLET_SHORT_NAME, image->at, quadlet_file(r->def), image->text.str);
        return true;
}

/* ---- the kinds ---- */

/* PORT, PORT-PORT, each with /tcp or /udp. */
static bool is_exposed(Str s)
{
        Str ports = s, protocol = S("tcp"), first, last;

        str_cut(s, '/', &ports, &protocol);
        if (!str_is(protocol, "tcp") && !str_is(protocol, "udp"))
                return false;
        first = last = ports;
        str_cut(ports, '-', &first, &last);
        for (size_t i = 0; i < first.len; i++)
                if (!char_is_digit(first.data[i]))
                        return false;
        for (size_t i = 0; i < last.len; i++)
                if (!char_is_digit(last.data[i]))
                        return false;
        return first.len && last.len;
}

static bool check_exposed(const Requirer *r)
{
        bool ok = true;

        for (const Value *value = def_get(r->def, OPT_CONTAINER_ExposeHostPort); value; value = value->next)
                if (!text_is_late(value->text) && !is_exposed(value->text.str))
                        ok = diag(r->run->diags, DIAG_QUADLET_PORT, value->at, quadlet_file(r->def), value->text.str);
        return ok;
}

static bool require_container(const Requirer *r)
{
        static const RemapKeys remap = { { OPT_CONTAINER_UserNS, OPT_CONTAINER_UIDMap, OPT_CONTAINER_GIDMap,
                                           OPT_CONTAINER_SubUIDMap, OPT_CONTAINER_SubGIDMap },
                                         OPT_CONTAINER_RemapUsers, OPT_CONTAINER_RemapUid, OPT_CONTAINER_RemapGid };
        const bool image = is_set(r, OPT_CONTAINER_Image), rootfs = is_set(r, OPT_CONTAINER_Rootfs);
        bool ok = check_supervised(r);

        if (!image && !rootfs && !r->def->broken)
                ok = report(r, DIAG_QUADLET_NO_IMAGE, OPTION_NONE, S(""));
        if (image && rootfs)
                ok = report(r, DIAG_QUADLET_IMAGE_ROOTFS, OPT_CONTAINER_Rootfs, S(""));
        if (is_set(r, OPT_CONTAINER_Group) && !is_set(r, OPT_CONTAINER_User))
                ok = report(r, DIAG_QUADLET_GROUP, OPT_CONTAINER_Group, S(""));
        if (is_set(r, OPT_CONTAINER_ReloadCmd) && is_set(r, OPT_CONTAINER_ReloadSignal))
                ok = report(r, DIAG_QUADLET_RELOAD, OPT_CONTAINER_ReloadSignal, S(""));
        ok &= check_remap(r, &remap);
        ok &= check_exposed(r);
        return warn_of_short_name(r, OPT_CONTAINER_Image) && ok;
}

static bool require_pod(const Requirer *r)
{
        static const RemapKeys remap = { { OPT_POD_UserNS, OPT_POD_UIDMap, OPT_POD_GIDMap, OPT_POD_SubUIDMap,
                                           OPT_POD_SubGIDMap },
                                         OPT_POD_RemapUsers, OPT_POD_RemapUid, OPT_POD_RemapGid };
        static const Str own[] = { STR_INIT("Type"), STR_INIT("PIDFile") };

        for (size_t i = 0; i < ELEMENTS(own); i++) {
                const PassLine *line = def_pass(r->def, PASS_SERVICE, own[i]);

                if (line && line->value.len && !str_is(line->value, "forking"))
                        diag(r->run->diags, DIAG_QUADLET_OVERRIDE, line->at, own[i]);
        }
        return check_remap(r, &remap);
}

static size_t count_of(const Requirer *r, OptionId id)
{
        size_t count = 0;

        for (const Value *value = def_get(r->def, id); value; value = value->next)
                count++;
        return count;
}

static bool require_network(const Requirer *r)
{
        const size_t subnets = count_of(r, OPT_NETWORK_Subnet), gateways = count_of(r, OPT_NETWORK_Gateway),
                     ranges = count_of(r, OPT_NETWORK_IPRange);

        if (!subnets && (gateways || ranges))
                return report(r, DIAG_QUADLET_NO_SUBNET, gateways ? OPT_NETWORK_Gateway : OPT_NETWORK_IPRange, S(""));
        if (gateways > subnets)
                return report(r, DIAG_QUADLET_GATEWAYS, OPT_NETWORK_Gateway, S(""));
        return ranges <= subnets || report(r, DIAG_QUADLET_RANGES, OPT_NETWORK_IPRange, S(""));
}

static bool require_volume(const Requirer *r)
{
        if (str_is(def_text(r->def, OPT_VOLUME_Driver).str, "image")) {
                if (!is_set(r, OPT_VOLUME_Image))
                        return report(r, DIAG_QUADLET_VOLUME_IMAGE, OPT_VOLUME_Driver, S(""));
        } else if (is_set(r, OPT_VOLUME_Type) && !is_set(r, OPT_VOLUME_Device)) {
                return report(r, DIAG_QUADLET_VOLUME_TYPE, OPT_VOLUME_Type, S(""));
        }
        return warn_of_short_name(r, OPT_VOLUME_Image);
}

static bool check_place(const Requirer *r, OptionId id)
{
        const QuadletPlace place = quadlet_place(r->run->arena, r->def);
        const Loc at = def_get(r->def, id) ? def_key_at(r->def, id) : r->def->at;

        return !place.fault ||
               diag(r->run->diags, place.fault, at, quadlet_file(r->def), place.words[0], place.words[1]);
}

static bool require_kube(const Requirer *r)
{
        static const RemapKeys remap = { { OPT_KUBE_UserNS }, OPT_KUBE_RemapUsers, OPT_KUBE_RemapUid,
                                         OPT_KUBE_RemapGid };
        bool ok = required(r, OPT_KUBE_Yaml);

        ok &= check_supervised(r);
        ok &= check_remap(r, &remap);
        return check_place(r, OPT_KUBE_SetWorkingDirectory) && ok;
}

static bool require_kind(const Requirer *r)
{
        switch (r->def->kind) {
        case KIND_CONTAINER:
                return require_container(r);
        case KIND_POD:
                return require_pod(r);
        case KIND_NETWORK:
                return require_network(r);
        case KIND_VOLUME:
                return require_volume(r);
        case KIND_IMAGE:
                return required(r, OPT_IMAGE_Image) && warn_of_short_name(r, OPT_IMAGE_Image);
        case KIND_BUILD:
                return required(r, OPT_BUILD_ImageTag) && check_place(r, OPT_BUILD_SetWorkingDirectory);
        case KIND_KUBE:
                return require_kube(r);
        case KIND_ARTIFACT:
                return required(r, OPT_ARTIFACT_Artifact);
        case KIND_NETNS:
        case KIND_NONE:
        case KIND_DEFAULTS:
        case KIND_COUNT:
                break;
        }
        return true;
}

bool quadlet_require(Run *run, const Object *c)
{
        const Requirer r = { run, c->def };
        bool ok = warn_of_users(&r);

        ok &= check_exec(&r);
        return require_kind(&r) && ok;
}
