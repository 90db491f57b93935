/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/require.h"

#include "base/map.h"

static bool need(Run *run, const Object *c, OptionId id, OptionId other)
{
        if (!c->def->set[id] || c->def->set[other])
                return true;
        return diag(run->diags, DIAG_NEEDS, def_key_at(c->def, id), option_info(id)->key, option_info(other)->key);
}

static bool exclude(Run *run, const Object *c, OptionId a, OptionId b)
{
        if (!c->def->set[a] || !c->def->set[b])
                return true;
        return diag_also(run->diags, DIAG_CONFLICT, def_key_at(c->def, b), def_key_at(c->def, a), S("also set here"),
                         option_info(a)->key, option_info(b)->key);
}

/* Registry, user and one of the two ways to a password, or none of them (OCI-08). */
static bool check_login(Run *run, const Object *c)
{
        static const OptionId keys[] = { OPT_CONTAINER_LoginRegistry, OPT_CONTAINER_LoginUsername,
                                         OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential };
        const Value *given = NULL;
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys) && !given; i++)
                given = c->def->set[keys[i]];
        for (size_t i = 0; i < ELEMENTS(keys) && given; i++) {
                const bool other_way = keys[i] == OPT_CONTAINER_LoginCredential ||
                                       (keys[i] == OPT_CONTAINER_LoginPasswordFile &&
                                        c->def->set[OPT_CONTAINER_LoginCredential]);

                if (!c->def->set[keys[i]] && !other_way)
                        ok = diag(run->diags, DIAG_LOGIN_PARTIAL, given->at, option_info(keys[i])->key);
        }
        ok &= exclude(run, c, OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential);
        return ok;
}

static bool check_caps(Run *run, const Object *c)
{
        Map added = { 0 };
        bool ok = true;

        if (!c->def->set[OPT_CONTAINER_DropCapability])
                return true;
        for (Value *add = c->def->set[OPT_CONTAINER_AddCapability]; add; add = add->next)
                map_put(run->arena, &added, add->text.str, add);
        for (const Value *drop = c->def->set[OPT_CONTAINER_DropCapability]; drop; drop = drop->next) {
                const Value *add = map_get(&added, drop->text.str);

                /* "drop all, then add one" is the usual way to say which remain */
                if (add)
                        ok = diag_also(run->diags, DIAG_CAP_BOTH, drop->at, add->at, S("added here"), add->text.str);
        }
        return ok;
}

static bool check_image(Run *run, const Object *c)
{
        const Value *image = c->def->set[OPT_CONTAINER_Image];

        if (!image && !c->def->set[OPT_CONTAINER_Rootfs])
                return c->def->broken || /* its Image= may be the line that was reported */
                       diag(run->diags, DIAG_IMAGE_MISSING, c->def->at, S("container"), c->def->name);
        if (!image || image->late)
                return true;

        const Str text = image->text.str;
        Str host, rest;
        const bool has_host = str_cut(text, '/', &host, &rest) &&
                              (str_contains(host, '.') || str_contains(host, ':') || str_is(host, "localhost"));

        if (!has_host && text.len != 64 && !str_starts(text, S("sha256:")))
                diag(run->diags, DIAG_SHORT_NAME, image->at, text);
        return true;
}

static bool require_container(Run *run, const Object *c)
{
        bool ok = check_image(run, c);

        ok &= check_login(run, c);
        ok &= check_caps(run, c);
        ok &= need(run, c, OPT_CONTAINER_Group, OPT_CONTAINER_User);
        ok &= need(run, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_Image);
        ok &= need(run, c, OPT_CONTAINER_ImageStream, OPT_CONTAINER_Image);
        ok &= exclude(run, c, OPT_CONTAINER_Image, OPT_CONTAINER_Rootfs);
        ok &= exclude(run, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_ImageStream);
        ok &= exclude(run, c, OPT_CONTAINER_ReloadCmd, OPT_CONTAINER_ReloadSignal);
        for (OptionId id = OPT_CONTAINER_UserNS; id <= OPT_CONTAINER_SubGIDMap; id++)
                ok &= exclude(run, c, OPT_CONTAINER_RemapUsers, id);
        ok &= need(run, c, OPT_CONTAINER_RemapUid, OPT_CONTAINER_RemapUsers);
        ok &= need(run, c, OPT_CONTAINER_RemapGid, OPT_CONTAINER_RemapUsers);
        ok &= need(run, c, OPT_CONTAINER_RemapUidSize, OPT_CONTAINER_RemapUsers);
        return ok;
}

/* ---- networks and volumes ---- */

static size_t count_of(const Object *c, OptionId id)
{
        size_t count = 0;

        for (const Value *value = c->def->set[id]; value; value = value->next)
                count++;
        return count;
}

/* Gateway= and IPRange= belong to the subnet of the same place in the list. */
static bool require_pairs(Run *run, const Object *c, OptionId id)
{
        if (count_of(c, id) <= count_of(c, OPT_NETWORK_Subnet))
                return true;
        return diag(run->diags, DIAG_NEEDS, c->def->key_at[id], option_info(id)->key, option_info(OPT_NETWORK_Subnet)->key);
}

static bool require_network(Run *run, const Object *c)
{
        bool ok = require_pairs(run, c, OPT_NETWORK_Gateway);

        ok &= require_pairs(run, c, OPT_NETWORK_IPRange);
        return ok;
}

static bool require_volume(Run *run, const Object *c)
{
        static const OptionId of_engine[] = { OPT_VOLUME_Driver, OPT_VOLUME_Image, OPT_VOLUME_Device, OPT_VOLUME_Type,
                                              OPT_VOLUME_Options, OPT_VOLUME_DriverOpts };
        bool ok = need(run, c, OPT_VOLUME_Type, OPT_VOLUME_Device);

        for (size_t i = 0; i < ELEMENTS(of_engine); i++)
                ok &= exclude(run, c, OPT_VOLUME_Directory, of_engine[i]);
        ok &= exclude(run, c, OPT_VOLUME_Directory, OPT_VOLUME_External);
        ok &= need(run, c, OPT_VOLUME_Image, OPT_VOLUME_Driver);
        return ok;
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
        case KIND_NONE:
        case KIND_DEFAULTS:
        case KIND_COUNT:
                break;
        }
        return true;
}
