/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/update.h"

static Update say(Run *run, const Object *c, Str why)
{
        /* [Defaults] mean those that can. */
        if (def_key_at(c->def, OPT_CONTAINER_AutoUpdate).source)
                diag(run->diags, DIAG_UPDATE_IN_VAIN, def_key_at(c->def, OPT_CONTAINER_AutoUpdate), why);
        return UPDATE_NONE;
}

/* Its image is loaded, or built. */
static bool is_at_home(const Object *c, const Value *image, bool registry)
{
        const Object *object = object_linked(c, image);
        const Def *def = object ? object->def : c->def;

        return (registry && def->kind == KIND_BUILD) || def_get(def, OPT_CONTAINER_ImageFile) || def_get(def, OPT_CONTAINER_ImageStream) ||
               def_get(def, OPT_IMAGE_ImageFile) || def_get(def, OPT_IMAGE_ImageStream);
}

static bool logs_in(const Object *c, const Value *image)
{
        const Object *object = object_linked(c, image);

        return object ? def_get(object->def, OPT_IMAGE_LoginRegistry) != NULL : def_get(c->def, OPT_CONTAINER_LoginRegistry) != NULL;
}

static Update find(Run *run, const Object *c)
{
        const Def *def = c->def;
        const Str policy = def_text(def, OPT_CONTAINER_AutoUpdate).str;
        const Value *image = def_get(def, OPT_CONTAINER_Image);

        if (!policy.len || str_is(policy, "disabled"))
                return UPDATE_NONE;
        if (!image || is_at_home(c, image, str_is(policy, "registry")))
                return say(run, c, S("the image comes from no registry"));
        if (c->run_as.len)
                return say(run, c, S("another user's podman cannot restart units of the system"));
        /* podman knows no logins but its own. */
        if (c->engine == ENGINE_PODMAN && !(logs_in(c, image) && str_is(policy, "registry")))
                return UPDATE_ENGINE;
        /* Its unit's name and variables are others in the unit that looks. */
        if (image->late)
                return say(run, c, S("the name of the image holds a specifier or variable"));
        return UPDATE_OWN;
}

void update_resolve(Run *run, Object *c)
{
        c->update = find(run, c);
}
