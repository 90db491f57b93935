/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/nest.h"

#include "base/map.h"
#include "model/refer.h"

typedef struct Nesting {
        Run *run;
        const Fleet *fleet;
        Map directories; /* of volumes: path → Object */
} Nesting;

/* The volume whose directory is that path, or lies above it. */
static const Object *find_outer(const Nesting *n, Str path, const Object *but)
{
        for (Str above = path; above.len > 1; above = str_first(above, str_rfind(above, '/'))) {
                const Object *volume = map_get(&n->directories, above);

                if (volume && volume != but)
                        return volume;
        }
        return NULL;
}

static void warn(const Nesting *n, const Def *def, Loc at, Str path, const Object *outer)
{
        n->run->diags->subject = def;
        diag_also(n->run->diags, DIAG_VOLUME_NESTED, at, outer->def->at, S("it is defined"), path, outer->def->name);
        n->run->diags->subject = NULL;
}

static void check_volume(const Nesting *n, const Object *volume)
{
        const Object *outer = find_outer(n, volume->directory.str, volume);

        if (outer)
                warn(n, volume->def, volume->def->at, volume->directory.str, outer);
}

/* Of names without a definition: BASE/SUBDIR/NAME, where a volume may be called as the SUBDIR. */
static void check_names(const Nesting *n, const Object *c, OptionId id, Str base)
{
        Str usual;
        const Value *sub = object_sub_directory(c, &usual);

        for (const Value *value = def_get(c->def, id); value && !(sub && sub->late); value = value->next) {
                const Str name = object_link(c, value) ? (Str){ 0 } : refer_name(id, value);
                const Str path = name.len ? arena_join(n->run->arena, base, S("/"), sub ? sub->text.str : usual, S("/"), name)
                                          : (Str){ 0 };
                const Object *outer = find_outer(n, path, NULL);

                if (outer)
                        warn(n, c->def, value->at, path, outer);
        }
}

void nest_check(Run *run, Fleet *fleet)
{
        static const OptionId keys[] = { OPT_CONTAINER_Volume, OPT_CONTAINER_Mount, OPT_POD_Volume, OPT_BUILD_Volume };
        const Value *base = fleet->defaults ? def_get(fleet->defaults, OPT_DEFAULTS_VolumeBaseDir) : NULL;
        Nesting n = { .run = run, .fleet = fleet };

        VEC_EACH(Object *const, c, &fleet->objects)
                if ((*c)->directory.str.len && !text_is_late((*c)->directory))
                        map_put(run->arena, &n.directories, (*c)->directory.str, *c);
        if (!n.directories.count)
                return;
        VEC_EACH(Object *const, c, &fleet->objects) {
                if ((*c)->directory.str.len)
                        check_volume(&n, *c);
                for (size_t i = 0; base && !base->late && !(*c)->def->profile->quadlet && i < ELEMENTS(keys); i++)
                        check_names(&n, *c, keys[i], base->text.str);
        }
}
