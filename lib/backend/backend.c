/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/backend.h"

#include <assert.h>

#include "backend/docker.h"
#include "backend/netns.h"
#include "backend/nspawn.h"
#include "backend/oci.h"
#include "backend/podman.h"
#include "backend/quadlet.h"

static const Backend *const backends[] = {
        [ENGINE_NONE] = &backend_netns,
        [ENGINE_PODMAN] = &backend_podman,
        [ENGINE_DOCKER] = &backend_docker,
        [ENGINE_NSPAWN] = &backend_nspawn,
};
static_assert(ELEMENTS(backends) == ENGINE_COUNT, "each engine has a backend");

const Backend *backend_of(Engine engine)
{
        return backends[engine];
}

void backend_values(Brew *brew, OptionId id)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next)
                words_add(brew->arena, brew->words, value->text);
}

/* In the form of systemd's properties. */
static Text property_value(Brew *brew, const Option *option, const Value *value)
{
        if (value->late)
                return value->text;
        if (option->type == TYPE_SIZE)
                return LITERAL(arena_fmt(brew->arena, "%llu", (unsigned long long)value->number));
        /* No limit, as podman and docker have it. */
        if (option->type == TYPE_INT && (str_is(value->text.str, "-1") || str_is(value->text.str, "0")))
                return T("infinity");
        return value->text;
}

static void add_option(Brew *brew, OptionId id)
{
        const Option *option = option_info(id);
        const Backend *backend = brew->backend;
        const bool owned = backend->own_spells && backend->own_spells[id].kind;
        const Spell *spell = owned ? &backend->own_spells[id] : option_spell(id, brew->object->engine);
        const BackendCall own_call = backend->own_calls ? backend->own_calls[id] : NULL;
        const BackendCall call = own_call ? own_call : backend->calls[spell->call];
        const SpellKind kind = own_call ? SPELL_CALL : spell->kind;
        const Value *first = def_get(brew->def, id);

        switch (kind) {
        case SPELL_NONE:
        case SPELL_OWN:
        case SPELL_COUNT:
                break;
        case SPELL_FLAG:
                for (const Value *value = first; value; value = value->next)
                        words_flag(brew->arena, brew->words, spell_flag(spell),
                                   value->text);
                break;
        case SPELL_FLAGLESS:
                backend_values(brew, id);
                break;
        case SPELL_SWITCH:
                if (first)
                        words_add(brew->arena, brew->words,
                                  (Text){ first->flag ? spell_flag(spell)
                                                      : arena_join(brew->arena, spell_flag(spell), S("=false")),
                                          DOOR_SYSTEMD });
                break;
        case SPELL_SWITCH_ON:
                if (first && first->flag)
                        words_add(brew->arena, brew->words, (Text){ spell_flag(spell), DOOR_SYSTEMD });
                break;
        case SPELL_PROPERTY:
                if (first)
                        recipe_property(brew->arena, brew->recipe, spell_flag(spell), property_value(brew, option, first));
                break;
        case SPELL_CALL:
                if (first || (option->flags & OPTION_ALWAYS)) {
                        assert(call);
                        call(brew, id, first);
                }
                break;
        }
}

void backend_options(Brew *brew)
{
        OptionSet keys = brew->def->written;

        option_set_add_always(&keys);
        OPTION_SET_EACH(id, &keys)
                if (option_info(id)->kind == brew->def->kind)
                        add_option(brew, id);
}

/* Where "$$" is a character and there are no variables: "$" once. False when it holds a variable. */
static bool without_dollars(Arena *arena, Text *text)
{
        Buf buf = BUF(arena);

        if (text->door == DOOR_LITERAL || !str_contains(text->str, '$'))
                return true;
        for (size_t i = 0; i < text->str.len; i++) {
                buf_char(&buf, text->str.data[i]);
                if (text->str.data[i] != '$')
                        continue;
                if (++i == text->str.len || text->str.data[i] != '$')
                        return false;
        }
        text->str = buf_str(&buf);
        return true;
}

void backend_needs_mount(Brew *brew, Text path)
{
        /* RequiresMountsFor= has specifiers, but no variables (systemd.unit(5)). */
        const bool known = str_starts(path.str, S("/")) ||
                           (path.door == DOOR_SYSTEMD && str_starts(path.str, S("%")) && !str_starts(path.str, S("%%")));

        if (known && without_dollars(brew->arena, &path))
                words_add(brew->arena, &brew->recipe->mounts, path);
}

/* It is where its directory is, which other units need too. Each path of its own costs systemd the look for a mount
 * unit that is not there: of 1000 units, a tenth of a reload. */
void backend_needs_file(Brew *brew, Text path)
{
        const size_t slash = str_rfind(path.str, '/');

        if (slash == path.str.len)
                return;
        path.str = str_first(path.str, slash ? slash : 1);
        backend_needs_mount(brew, path);
}

/* Keys that an engine has no equivalent of. [Defaults] mean those that have. `known`: keys that it has, each of which is
 * looked at once. */
static bool check_keys(Run *run, const Object *c, OptionSet *known)
{
        const OptionSet keys = option_set_without(&c->def->written, known);
        bool ok = true;

        OPTION_SET_EACH(id, &keys)
                if (!c->engine || option_spell(id, c->engine)->kind != SPELL_NONE)
                        option_set_add(known, id);
                else if (def_get(c->def, id) && !def_setting(c->def, id)->inherited)
                        ok = diag(run->diags, DIAG_ENGINE_LACKS, def_key_at(c->def, id), engine_name(c->engine),
                                  option_info(id)->key,
                                  id == OPT_CONTAINER_Netns ? S("its daemon cannot be told of a namespace; podman and nspawn can")
                                                            : (Str){ 0 });
        return ok;
}

/* Who makes its unit. */
static const Backend *maker_of(const Object *object)
{
        return object->def->profile->quadlet ? &backend_quadlet : backend_of(object->engine);
}

static bool check_kind(Run *run, const Object *c)
{
        return maker_of(c)->make[c->def->kind] ||
               diag(run->diags, DIAG_ENGINE_KIND, c->def->at, engine_name(c->engine), kind_info(c->def->kind)->noun);
}

void backend_check(Run *run, Fleet *fleet)
{
        OptionSet known[ENGINE_COUNT] = { 0 };

        VEC_EACH(Object *, item, &fleet->objects) {
                Object *c = *item;
                const Backend *backend = backend_of(c->engine);

                run->diags->subject = c->def;
                if (!check_kind(run, c)) {
                        c->broken = true;
                        continue;
                }
                if (!check_keys(run, c, &known[c->engine]))
                        c->broken = true;
                if (backend->check && !backend->check(run, fleet, c))
                        c->broken = true;
        }
        run->diags->subject = NULL;
}

static Brew brew_start(Run *run, const Fleet *fleet, const Object *object, Recipe *recipe)
{
        return (Brew){
                .run = run,
                .arena = run->arena,
                .fleet = fleet,
                .backend = maker_of(object),
                .object = object,
                .def = object->def,
                .program = backend_program(run, object->engine),
                .recipe = recipe,
        };
}

Recipe backend_recipe(Run *run, const Fleet *fleet, const Object *object)
{
        Recipe recipe = recipe_start(run->arena);
        Brew brew = brew_start(run, fleet, object, &recipe);

        assert(brew.backend->make[object->def->kind]);
        brew.backend->make[object->def->kind](&brew);
        return recipe;
}

Recipe backend_update_recipe(Run *run, const Fleet *fleet, const Object *object)
{
        Recipe recipe = { 0 };
        Brew brew = brew_start(run, fleet, object, &recipe);

        oci_update(&brew);
        return recipe;
}

Words backend_engine_words(Run *run, const Fleet *fleet, const Object *object)
{
        Recipe recipe = { 0 };
        Words words = { 0 };
        Brew brew = brew_start(run, fleet, object, &recipe);

        brew.words = &words;
        oci_begin_words(&brew);
        return words;
}

Recipe backend_stub_recipe(Run *run, const Fleet *fleet, const Object *object)
{
        Recipe recipe = { 0 };
        Brew brew = brew_start(run, fleet, object, &recipe);

        if (object->def->kind == KIND_NETNS)
                brew.backend->leave(&brew);
        if (object->def->kind != KIND_CONTAINER && object->def->kind != KIND_POD)
                return recipe;
        /* Emptied when the unit stops, so that the file of the container's id is not in the next one's way. */
        recipe_property(run->arena, &recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(run->arena, &recipe, S("KillMode"), T("mixed"));
        recipe_property(run->arena, &recipe, S("TimeoutStopSec"), T("120"));
        if (object->run_as.len)
                recipe_property(run->arena, &recipe, S("User"), LITERAL(object->run_as));
        if (brew.backend->leave)
                brew.backend->leave(&brew);
        return recipe;
}
