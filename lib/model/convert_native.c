/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/convert.h"

#include "model/check.h"
#include "model/quadlet.h"

typedef struct Converter {
        Run *run;
        const Fleet *fleet;
        DumpFaults *faults;
        const Object *object;
        Def *def; /* that is made */
} Converter;

static bool refuse(Converter *c, Loc at, Str key, Str why)
{
        return dump_fault(c->run->arena, c->faults, c->object->def, at, key, why);
}

static bool refuse_value(Converter *c, OptionId id, const Value *value, Str why)
{
        return refuse(c, value->at, option_info(id)->key, why);
}

static Value *add(Converter *c, OptionId id, Str text)
{
        Value *value = ARENA_NEW(c->run->arena, Value);

        *value = (Value){ .at = c->object->def->at, .text = { text, DOOR_SYSTEMD } };
        setting_add(def_put(c->run->arena, c->def, id), value);
        return value;
}

static void add_flag(Converter *c, OptionId id, bool flag)
{
        add(c, id, flag ? S("yes") : S("no"))->flag = flag;
}

/* ---- references ---- */

/* Whether a definition has the name, so that it would be meant. */
static bool is_defined(const Converter *c, Kind kind, Str name)
{
        VEC_EACH(Object *const, object, &c->fleet->objects)
                if ((*object)->def->kind == kind && str_eq((*object)->def->name, name))
                        return true;
        return false;
}

/* The name that the definition behind a reference has; the text itself where it is the engine's. */
static bool refer(Converter *c, OptionId id, const Value *value, Kind kind, Str text, Str *ret)
{
        const Link *link = object_link(c->object, value);

        if (!link) {
                *ret = text;
                return !is_defined(c, kind, text) || refuse_value(c, id, value, S("a definition has that name, and it is the engine's that is meant"));
        }
        if (link->object->def->kind != kind)
                return refuse_value(c, id, value, S("it names a file of another kind, which only Quadlet files can"));
        if (str_contains(link->object->def->name, '@'))
                return refuse_value(c, id, value, S("it names an instance of a template"));
        *ret = link->object->def->name;
        return true;
}

static bool convert_network(Converter *c, OptionId id, const Value *value)
{
        const size_t colon = str_find(value->text.str, ':');
        const Link *link = object_link(c->object, value);
        Str name;

        if (link && link->object->def->kind == KIND_CONTAINER) {
                if (!refer(c, id, value, KIND_CONTAINER, (Str){ 0 }, &name))
                        return false;
                add(c, id, arena_join(c->run->arena, S("container:"), name));
                return true;
        }
        if (!refer(c, id, value, KIND_NETWORK, str_first(value->text.str, colon), &name))
                return false;
        add(c, id, arena_fmt(c->run->arena, "%.*s%.*s", STR_ARG(name), STR_ARG(str_skip(value->text.str, colon))));
        return true;
}

/* Images and builds are named as Quadlet does. */
static bool refer_image(Converter *c, OptionId id, const Value *value)
{
        const Link *link = object_link(c->object, value);

        return !link || !str_contains(link->object->def->name, '@') ||
               refuse_value(c, id, value, S("it names an instance of a template"));
}

static bool convert_source(Converter *c, OptionId id, const Value *value, Str source, Str *ret)
{
        const Link *link = object_link(c->object, value);

        *ret = source;
        if (link && (link->object->def->kind == KIND_IMAGE || link->object->def->kind == KIND_BUILD))
                return refer_image(c, id, value);
        if (kind_by_file(source) == KIND_ARTIFACT)
                return refuse_value(c, id, value, S("only Quadlet files have artifacts"));
        if (str_starts(source, S(".")))
                *ret = quadlet_path(c->run->arena, c->object->def, source);
        else if (!refer(c, id, value, KIND_VOLUME, source, ret))
                return false;
        return true;
}

static bool convert_volume(Converter *c, OptionId id, const Value *value)
{
        Str source, rest;

        if (!str_cut(value->text.str, ':', &source, &rest)) {
                add(c, id, value->text.str);
        } else if (!source.len) {
                add(c, id, str_first(rest, str_find(rest, ':')));
        } else {
                if (!convert_source(c, id, value, source, &source))
                        return false;
                add(c, id, arena_fmt(c->run->arena, "%.*s:%.*s", STR_ARG(source), STR_ARG(rest)));
        }
        return true;
}

static bool convert_mount(Converter *c, OptionId id, const Value *value)
{
        const QuadletMount mount = quadlet_mount(c->run->arena, value->text.str);
        Buf buf = BUF(c->run->arena);
        Str source = mount.source;

        if (!quadlet_mount_has_source(&mount)) {
                add(c, id, value->text.str);
                return true;
        }
        if (mount.has_source && !convert_source(c, id, value, source, &source))
                return false;
        buf_fmt(&buf, "type=%.*s", STR_ARG(mount.type));
        if (mount.has_source)
                buf_fmt(&buf, ",source=%.*s", STR_ARG(source));
        VEC_EACH(const Str, field, &mount.fields) {
                if (str_contains(*field, ',') || str_contains(*field, '"'))
                        return refuse_value(c, id, value, S("a field holds a comma or a quote"));
                buf_fmt(&buf, ",%.*s", STR_ARG(*field));
        }
        add(c, id, buf_str(&buf));
        return true;
}

static bool convert_pod(Converter *c, OptionId id, const Value *value)
{
        const Object *pod = c->object->pod;

        if (!pod || str_contains(pod->def->name, '@'))
                return refuse_value(c, id, value, S("it names an instance of a template"));
        add(c, id, pod->def->name);
        return true;
}

static bool convert_image(Converter *c, OptionId id, const Value *value)
{
        add(c, id, value->text.str);
        return refer_image(c, id, value);
}

/* ---- other values ---- */

/* Podman publishes on all addresses what names none. */
static bool convert_port(Converter *c, OptionId id, const Value *value)
{
        const Str text = value->text.str;
        Str host, rest;
        const bool has_host = str_cut(text, ':', &host, &rest), has_address = str_starts(text, S("[")) || (has_host && str_contains(rest, ':'));

        add(c, id, has_address ? text : arena_fmt(c->run->arena, has_host ? "*:%.*s" : "*::%.*s", STR_ARG(text)));
        return true;
}

static bool convert_notify(Converter *c, OptionId id, const Value *value)
{
        static const Str names[READY_COUNT] = {
                [READY_RUNNING] = STR_INIT("conmon"),
                [READY_HEALTHY] = STR_INIT("healthy"),
                [READY_CONTAINER] = STR_INIT("container"),
                [READY_COMPLETED] = STR_INIT("conmon"),
        };

        (void)value;
        add(c, id, names[c->object->ready]);
        return true;
}

/* The words of a JSON list of plain strings. */
static bool add_json_words(Converter *c, OptionId id, Str text)
{
        Str rest = str_trim(str_skip(text, 1));

        while (str_starts(rest, S("\""))) {
                Buf buf = BUF(c->run->arena);
                size_t at = 1;

                for (; at < rest.len && rest.data[at] != '"'; at++) {
                        if (rest.data[at] == '\\' && (++at == rest.len || !memchr("\"\\/", rest.data[at], 3)))
                                return false;
                        buf_char(&buf, rest.data[at]);
                }
                add(c, id, buf_str(&buf));
                rest = str_trim(str_skip(rest, at + 1));
                if (!str_starts(rest, S(",")))
                        break;
                rest = str_trim(str_skip(rest, 1));
        }
        return str_is(rest, "]") && def_get(c->def, id);
}

/* podman takes all of it for one word, unless it is a list. */
static bool convert_entrypoint(Converter *c, OptionId id, const Value *value)
{
        if (str_starts(value->text.str, S("[")))
                return add_json_words(c, id, value->text.str) || refuse_value(c, id, value, S("it is no list of plain words"));
        add(c, id, value->text.str);
        return true;
}

/* Names are said in words, whatever they are made of. */
static bool convert_name(Converter *c, OptionId id, const Value *value)
{
        (void)c;
        (void)id;
        (void)value;
        return true;
}

static bool convert_value(Converter *c, OptionId id, const Value *value)
{
        const Option *option = option_info(id);

        if (option->flags & OPTION_QUADLET)
                return refuse_value(c, id, value, S("only Quadlet files have this key"));
        if (option->type == TYPE_FILE && !str_starts(value->text.str, S("/")) && !str_starts(value->text.str, S("%")))
                return refuse_value(c, id, value, S("the path is relative to what only podman knows"));
        if (option->quadlet == READ_B)
                add_flag(c, id, value->flag);
        else
                add(c, id, value->text.str);
        return true;
}

typedef bool (*ConvertValue)(Converter *c, OptionId id, const Value *value);

static const ConvertValue special[OPTION_COUNT] = {
        [OPT_CONTAINER_Image] = convert_image,
        [OPT_CONTAINER_ContainerName] = convert_name,
        [OPT_CONTAINER_ServiceName] = convert_name,
        [OPT_CONTAINER_Entrypoint] = convert_entrypoint,
        [OPT_CONTAINER_Notify] = convert_notify,
        [OPT_CONTAINER_PublishPort] = convert_port,
        [OPT_CONTAINER_Volume] = convert_volume,
        [OPT_CONTAINER_Mount] = convert_mount,
        [OPT_CONTAINER_Network] = convert_network,
        [OPT_CONTAINER_Pod] = convert_pod,
        [OPT_POD_PodName] = convert_name,
        [OPT_POD_ServiceName] = convert_name,
        [OPT_POD_PublishPort] = convert_port,
        [OPT_POD_Volume] = convert_volume,
        [OPT_POD_Network] = convert_network,
        [OPT_NETWORK_NetworkName] = convert_name,
        [OPT_NETWORK_ServiceName] = convert_name,
        [OPT_VOLUME_VolumeName] = convert_name,
        [OPT_VOLUME_ServiceName] = convert_name,
        [OPT_IMAGE_ServiceName] = convert_name,
        [OPT_VOLUME_Image] = convert_image,
        [OPT_BUILD_ServiceName] = convert_name,
        [OPT_BUILD_SetWorkingDirectory] = convert_name, /* by convert_place() */
        [OPT_BUILD_File] = convert_name,
        [OPT_BUILD_Network] = convert_network,
        [OPT_BUILD_Volume] = convert_volume,
};

static bool convert_option(Converter *c, OptionId id, const Value *first)
{
        const Option *option = option_info(id);
        const bool many = option->flags & OPTION_MANY || type_info(option->type)->shape == SHAPE_COMMAND;
        bool ok = true;

        if (first->next && !many)
                return refuse_value(c, id, first->next, S("the key takes one value"));
        for (const Value *value = first; value; value = value->next)
                ok &= (special[id] ? special[id] : convert_value)(c, id, value);
        return ok;
}

/* ---- what Quadlet has other defaults for ---- */

static bool convert_names(Converter *c)
{
        const Object *object = c->object;
        const Kind kind = object->def->kind;
        const OptionId name = option_common(kind, COMMON_NAME);

        if (str_contains(object->unit, '@') || !check_is_name(object->def->name))
                return refuse(c, object->def->at, (Str){ 0 }, S("the file's name is none of a definition, as those of templates"));
        if (name && str_contains(object->name, '%'))
                return refuse(c, object->def->at, option_info(name)->key, S("only systemd knows the name"));
        if (name)
                add(c, name, object->name);
        add(c, option_common(kind, COMMON_SERVICE_NAME), str_first(object->unit, object->unit.len - strlen(".service")));
        return true;
}

/* Where Bayplan would have another Restart=. */
static bool restarts_otherwise(const Object *object)
{
        const Def *def = object->def;

        if (def->kind == KIND_POD)
                return def_get(def, OPT_POD_ExitPolicy) && !str_is(def_text(def, OPT_POD_ExitPolicy).str, "stop");
        return object->ready != READY_COMPLETED;
}

Str convert_restart(Kind kind)
{
        return kind == KIND_CONTAINER ? S("no") : kind == KIND_POD ? S("on-failure") : (Str){ 0 };
}

static void convert_defaults(Converter *c)
{
        const Def *def = c->object->def;

        if (def->kind == KIND_CONTAINER && !def->pass[PASS_INSTALL].count)
                add_flag(c, OPT_CONTAINER_AutoStart, false);
        if (def->kind == KIND_POD && !def_get(def, OPT_POD_ExitPolicy))
                add(c, OPT_POD_ExitPolicy, S("stop"));
        if (def->kind == KIND_NETWORK && !def_get(def, OPT_NETWORK_NetworkDeleteOnStop))
                add_flag(c, OPT_NETWORK_NetworkDeleteOnStop, false);
        if (def->kind == KIND_IMAGE && !def_get(def, OPT_IMAGE_Policy))
                add(c, OPT_IMAGE_Policy, S("always"));
}

/* [Defaults] does not concern Quadlet files, and would concern what they become. */
static bool check_default(Converter *c, OptionId id, OptionId of_defaults)
{
        const Def *defaults = c->fleet->defaults;
        const Value *value = defaults ? def_get(defaults, of_defaults) : NULL;

        return !value || def_get(c->def, id) || (of_defaults == OPT_CONTAINER_Backend && str_is(value->text.str, "podman")) ||
               refuse(c, c->object->def->at, option_info(of_defaults)->key, S("[Defaults] would hold for it, and does not for a Quadlet file"));
}

static bool check_defaults(Converter *c)
{
        static const Common shared[] = { COMMON_BACKEND, COMMON_MODULES, COMMON_GLOBAL_ARGS };
        const Kind kind = c->def->kind;
        bool ok = true;

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT && kind == KIND_CONTAINER; id++)
                if (option_info((OptionId)id)->flags & OPTION_DEFAULTS)
                        ok &= check_default(c, (OptionId)id, (OptionId)id);
        for (size_t i = 0; i < ELEMENTS(shared) && kind != KIND_CONTAINER; i++)
                ok &= check_default(c, option_common(kind, shared[i]), option_common(KIND_CONTAINER, shared[i]));
        if (kind == KIND_VOLUME && !def_get(c->def, OPT_VOLUME_Driver) && !def_get(c->def, OPT_VOLUME_Device))
                ok &= check_default(c, OPTION_NONE, OPT_DEFAULTS_VolumeBaseDir);
        return ok;
}

/* ---- sections ---- */

static void add_line(Converter *c, PassSection section, const PassLine *line, Str value)
{
        PassLine copy = *line;

        copy.value = value;
        def_add_pass(c->run->arena, c->def, section, &copy);
}

static const PassLine *first_line(const PassLines *lines, Str key)
{
        VEC_EACH(const PassLine, line, lines)
                if (str_eq(line->key, key))
                        return line;
        return NULL;
}

/* Names of files were translated for all lines of a key together. */
static void convert_unit_line(Converter *c, const PassLine *line)
{
        VEC_EACH(const Translation, translation, &c->object->translations) {
                if (!str_eq(translation->key, line->key))
                        continue;
                if (first_line(&c->object->def->pass[PASS_UNIT], line->key) == line)
                        add_line(c, PASS_UNIT, line, translation->units);
                return;
        }
        add_line(c, PASS_UNIT, line, line->value);
}

/* Of [Install]: the unit of a word that names a file. */
static Str unit_of(const Converter *c, Str word)
{
        const Kind kind = kind_by_file(word);
        const Str stem = str_first(word, str_rfind(word, '.'));

        VEC_EACH(Object *const, object, &c->fleet->objects)
                if (kind && (*object)->def->kind == kind && str_eq((*object)->def->name, stem))
                        return (*object)->unit;
        return word;
}

static void convert_install_line(Converter *c, const PassLine *line)
{
        Buf buf = BUF(c->run->arena);
        Str rest = line->value, word;

        while (rest.len && str_next(&rest, ' ', &word))
                if (word.len)
                        buf_fmt(&buf, "%s%.*s", buf.len ? " " : "", STR_ARG(unit_of(c, word)));
        add_line(c, PASS_INSTALL, line, buf_str(&buf));
}

static void convert_lines(Converter *c)
{
        const Def *def = c->object->def;
        const PassLine *restart = first_line(&def->pass[PASS_SERVICE], S("Restart"));
        const Str usual = convert_restart(def->kind);

        VEC_EACH(const PassLine, line, &def->pass[PASS_UNIT])
                convert_unit_line(c, line);
        if (usual.len && (restart ? str_eq(restart->value, usual) : restarts_otherwise(c->object)))
                add_line(c, PASS_SERVICE, &(PassLine){ .key = S("Restart"), .at = def->at }, usual);
        VEC_EACH(const PassLine, line, &def->pass[PASS_SERVICE])
                add_line(c, PASS_SERVICE, line, line->value);
        VEC_EACH(const PassLine, line, &def->pass[PASS_INSTALL])
                convert_install_line(c, line);
}

/* Groups that only Quadlet passes on. */
static bool check_groups(Converter *c)
{
        const Def *def = c->object->def;
        bool ok = true;

        VEC_EACH(const Group, group, &def->groups) {
                bool known = str_eq(group->name, kind_info(def->kind)->section) || str_is(group->name, "Quadlet") ||
                             str_starts(group->name, S("X-"));

                for (unsigned section = 0; section < PASS_COUNT; section++)
                        known |= str_eq(group->name, pass_section_name((PassSection)section));
                if (!known)
                        ok = refuse(c, group->sections.items[0]->key_at, (Str){ 0 }, S("the section is no section of a service"));
        }
        if (def->detached)
                ok = refuse(c, def->detached->key_at, S("DefaultDependencies"), S("only Quadlet files have this key"));
        return ok;
}

/* ---- where a build happens ---- */

static bool is_placed(Str path)
{
        return str_starts(path, S("/")) || str_starts(path, S("%")) || check_is_url(path);
}

/* podman looks for a relative File= in its working directory, and then in the context; Bayplan in the context. */
static bool convert_place(Converter *c)
{
        Arena *arena = c->run->arena;
        const Def *def = c->object->def;
        const QuadletPlace place = quadlet_place(arena, def);
        const PassLine *written = def_pass(def, PASS_SERVICE, S("WorkingDirectory"));
        const Str file = def_text(def, OPT_BUILD_File).str, beside = text_systemd(arena, LITERAL(place.directory));
        const Str directory = beside.len ? beside : written ? written->value : S("");
        Str context = text_systemd(arena, place.context);

        if (beside.len)
                add_line(c, PASS_SERVICE, &(PassLine){ .key = S("WorkingDirectory"), .at = def->at }, beside);
        if (context.len && !is_placed(context) && beside.len)
                context = check_join(arena, beside, context);
        if (context.len && !is_placed(context))
                return refuse(c, def->at, S("WorkingDirectory"), S("the path is relative to what only systemd knows"));
        if (context.len)
                add(c, OPT_BUILD_SetWorkingDirectory, context);
        if (!file.len)
                return true;
        add(c, OPT_BUILD_File, file);
        return is_placed(file) || !directory.len || str_eq(directory, context) || check_is_url(context) ||
               refuse_value(c, OPT_BUILD_File, def_get(def, OPT_BUILD_File),
                            S("podman looks for it in two directories; an absolute path says which"));
}

/* ---- definitions ---- */

static bool convert_object(Converter *c, const Object *object, Def **ret)
{
        const Def *def = object->def;
        Def *made = ARENA_NEW(c->run->arena, Def);
        bool ok;

        c->object = object;
        c->def = made;
        *made = (Def){ .kind = def->kind, .profile = &profile_native, .name = def->name, .at = def->at, .doc = def->doc };
        if (kind_info(def->kind)->quadlet)
                return refuse(c, def->at, (Str){ 0 }, S("only Quadlet files have this kind"));
        ok = convert_names(c) && check_groups(c);
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                if (def_get(def, id))
                        ok &= convert_option(c, (OptionId)id, def_get(def, id));
        convert_defaults(c);
        if (def->kind == KIND_BUILD)
                ok &= convert_place(c);
        convert_lines(c);
        *ret = made;
        return check_defaults(c) && ok;
}

bool convert_native(Run *run, const Fleet *fleet, const Model *model, Model *ret, DumpFaults *faults)
{
        Converter c = { .run = run, .fleet = fleet, .faults = faults };
        Model result = { .defaults = model->defaults };
        bool ok = true;

        VEC_EACH(Def *const, def, &model->defs) {
                Def *made = *def;

                VEC_EACH(Object *const, object, &fleet->objects)
                        if ((*object)->def == *def && (*def)->profile->quadlet)
                                ok &= convert_object(&c, *object, &made);
                VEC_ADD(run->arena, &result.defs, made);
        }
        *ret = result;
        return ok;
}
