/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan explain: what the tables know of a key of definitions, of a directive of systemd, or of
 * the code of a message. */

#include "base/nearest.h"
#include "cli/command.h"
#include "cli/example.h"
#include "model/directive.h"

#include <stdlib.h>

enum {
        INDENT = 4,
        FACT_COLUMN = 16, /* where the values of facts begin */
        LIST_COLUMN = 24,
        WIDTH_MAX = 80, /* longer lines are hard to read */
};

typedef struct Explainer {
        Cli *cli;
        Output *out;
        Arena *arena;
        const OptionIndex *index;
        unsigned width;
} Explainer;

/* ---- pieces of a page ---- */

static void title(Explainer *e, Str text, Str aside)
{
        if (e->out->text.len)
                buf_char(&e->out->text, '\n');
        output_styled(e->out, STYLE_PATH, text);
        buf_fmt(&e->out->text, "%s%.*s\n", aside.len ? "  " : "", STR_ARG(aside));
}

static void paragraph(Explainer *e, Str text)
{
        if (!text.len)
                return;
        buf_fmt(&e->out->text, "\n%*s", INDENT, "");
        output_wrap(&e->out->text, INDENT, INDENT, e->width, text);
}

static void fact(Explainer *e, Str name, Str value)
{
        const int pad = FACT_COLUMN - INDENT - (int)name.len;

        if (!value.len)
                return;
        buf_fmt(&e->out->text, "%*s", INDENT, "");
        output_styled(e->out, STYLE_KEY, name);
        buf_fmt(&e->out->text, "%*s", pad, "");
        output_wrap(&e->out->text, FACT_COLUMN, FACT_COLUMN, e->width, value);
}

/* ---- keys ---- */

static Str add_to_list(Arena *arena, Str list, Str item)
{
        return list.len ? arena_fmt(arena, "%.*s, %.*s", STR_ARG(list), STR_ARG(item)) : item;
}

static Str sections_of(Explainer *e, const Option *option)
{
        Str list = { 0 };

        if (!option_allowed(option, option->kind))
                return arena_fmt(e->arena, "[%.*s] of a Quadlet file, *%.*s", STR_ARG(kind_info(option->kind)->section),
                                 STR_ARG(kind_info(option->kind)->file));
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (option_allowed(option, (Kind)kind))
                        list = add_to_list(e->arena, list,
                                           arena_fmt(e->arena, "[%.*s]",
                                                     STR_ARG(kind_info((Kind)kind)->section)));
        return list;
}

static Str aliases_of(Explainer *e, const Option *option)
{
        Str rest = option->aliases, alias, list = { 0 };

        while (rest.len && str_next(&rest, ' ', &alias))
                list = add_to_list(e->arena, list, alias);
        return list;
}

static Str how_many(const Option *option)
{
        if (!(option->flags & OPTION_MANY))
                return S("one; the last one counts");
        if (option->flags & OPTION_SORTED)
                return S("several, and of one name the last one counts; an empty assignment "
                         "removes them");
        return S("several; an empty assignment removes those before it");
}

/* The options of podman and docker that a CALL() of the table ends in; without a row here, there is
 * one fact less. */
static Str flags_of_call(CallId call)
{
        static const Str flags[CALL_COUNT] = {
                [CALL_entrypoint] = STR_INIT("--entrypoint"),
                [CALL_cgroups] = STR_INIT("--cgroups"),
                [CALL_notify] = STR_INIT("--sdnotify"),
                [CALL_stop_timeout] = STR_INIT("--stop-timeout"),
                [CALL_user] = STR_INIT("--user"),
                [CALL_volume] = STR_INIT("--volume"),
                [CALL_mount] = STR_INIT("--mount"),
                [CALL_volatile_tmp] = STR_INIT("--tmpfs"),
                [CALL_capabilities] = STR_INIT("--cap-add, --cap-drop"),
                [CALL_security] = STR_INIT("--security-opt"),
                [CALL_device] = STR_INIT("--device"),
                [CALL_remap] = STR_INIT("--userns, --uidmap, --gidmap"),
                [CALL_health_cmd] = STR_INIT("--health-cmd"),
                [CALL_health_startup_cmd] = STR_INIT("--health-startup-cmd"),
                [CALL_auto_update] = STR_INIT("--label"),
                [CALL_secret] = STR_INIT("--secret"),
                [CALL_network] = STR_INIT("--network"),
                [CALL_publish] = STR_INIT("--publish"),
                [CALL_expose] = STR_INIT("--expose"),
                [CALL_pod] = STR_INIT("--pod"),
                [CALL_exit_policy] = STR_INIT("--exit-policy"),
                [CALL_pod_publish] = STR_INIT("--publish"),
                [CALL_pod_aliases] = STR_INIT("--network-alias"),
                [CALL_pod_hosts] = STR_INIT("--add-host"),
                [CALL_interface_name] = STR_INIT("--opt"),
                [CALL_subnets] = STR_INIT("--subnet, --gateway, --ip-range"),
                [CALL_network_options] = STR_INIT("--opt"),
                [CALL_volume_image] = STR_INIT("--opt image=VALUE"),
                [CALL_volume_copy] = STR_INIT("--opt copy, or --opt nocopy"),
                [CALL_volume_type] = STR_INIT("--opt type=VALUE"),
                [CALL_volume_device] = STR_INIT("--opt device=VALUE"),
                [CALL_volume_options] = STR_INIT("--opt o=VALUE"),
        };

        return flags[call];
}

static Str spelling(Explainer *e, const Option *option, Engine engine)
{
        const Spell *spell = option_spell(option_id(option), engine);

        switch (spell->kind) {
        case SPELL_NONE:
                return S("has no equivalent: an error");
        case SPELL_FLAG:
                return arena_fmt(e->arena, "%.*s VALUE", STR_ARG(spell_flag(spell)));
        case SPELL_FLAGLESS:
                return S("the words as they are");
        case SPELL_SWITCH:
                return arena_fmt(e->arena, "%.*s, or %.*s=false", STR_ARG(spell_flag(spell)),
                                 STR_ARG(spell_flag(spell)));
        case SPELL_SWITCH_ON:
                return spell_flag(spell);
        case SPELL_PROPERTY:
                return arena_fmt(e->arena, "%.*s= of the unit", STR_ARG(spell_flag(spell)));
        case SPELL_CALL:
                if (engine == ENGINE_NSPAWN)
                        break;
                /* docker cannot notify, a helper does; and has networks for pods. */
                if ((spell->call == CALL_notify || spell->call == CALL_pod) && engine != ENGINE_PODMAN)
                        break;
                return flags_of_call(spell->call);
        case SPELL_OWN:
        case SPELL_COUNT:
                break;
        }
        return (Str){ 0 };
}

static void example(Explainer *e, const char *language, void (*add)(Buf *, const Option *, int),
                    const Option *option)
{
        buf_fmt(&e->out->text, "\n%*s", INDENT, "");
        output_styled(e->out, STYLE_HEADING, str_c(language));
        buf_char(&e->out->text, '\n');
        add(&e->out->text, option, 2 * INDENT);
}

/* "podman 4.5, docker 25" */
static Str since(Arena *arena, const Option *option)
{
        Buf buf = BUF(arena);

        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++) {
                const Str version = option_since(option, (Engine)engine);

                if (version.len)
                        buf_fmt(&buf, "%s%.*s %.*s", buf.len ? ", " : "", STR_ARG(engine_name((Engine)engine)),
                                STR_ARG(version));
        }
        return buf_str(&buf);
}

/* How it is read in a Quadlet file. */
static Str reading(const Option *option)
{
        static const Str texts[READ_COUNT] = {
                [READ_S] = STR_INIT("one value, the last; without the double quotes around it"),
                [READ_B] = STR_INIT("a boolean, the last"),
                [READ_N] = STR_INIT("a number, the last"),
                [READ_L] = STR_INIT("each line one value, as it stands"),
                [READ_W] = STR_INIT("words, where a backslash is a character"),
                [READ_A] = STR_INIT("words with escapes"),
                [READ_A1] = STR_INIT("words with escapes, of the last line"),
                [READ_KV] = STR_INIT("words with escapes, each NAME=VALUE"),
        };

        return texts[option->quadlet];
}

static void explain_key(Explainer *e, const Option *option)
{
        const bool native = option_allowed(option, option->kind);

        title(e, arena_fmt(e->arena, "%.*s=", STR_ARG(option->key)), S(""));
        paragraph(e, option_text(option)->help);
        paragraph(e, type_info(option->type)->sentence);
        buf_char(&e->out->text, '\n');
        fact(e, S("Sections"), sections_of(e, option));
        if (native)
                fact(e, S("In YAML"), example_yaml_key(e->arena, option->key));
        fact(e, S("Also named"), aliases_of(e, option));
        fact(e, S("Values"), how_many(option));
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                fact(e, engine_name((Engine)engine), spelling(e, option, (Engine)engine));
        fact(e, S("In Quadlet"), reading(option));
        fact(e, S("Since"), since(e->arena, option));
        example(e, "INI", example_ini, option);
        if (native)
                example(e, "YAML", example_yaml, option);
}

static bool explain_keys(Explainer *e, Str name)
{
        bool seen[OPTION_COUNT] = { false };
        bool found = false;

        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
                const OptionId id = option_find(e->index, (Kind)kind, name);

                if (!id || seen[id])
                        continue;
                seen[id] = found = true;
                explain_key(e, option_info(id));
        }
        /* Keys that only Quadlet files have. */
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT && !found; kind++) {
                const OptionId id = option_find_quadlet(e->index, (Kind)kind, name);

                if (!id)
                        continue;
                explain_key(e, option_info(id));
                found = true;
        }
        return found;
}

static bool explain_directive(Explainer *e, Str name)
{
        const PassSection section = directive_section_nocase(name);

        if (section == PASS_COUNT)
                return false;

        const Str in = pass_section_name(section);

        title(e, arena_fmt(e->arena, "%.*s=", STR_ARG(name)), S(""));
        paragraph(e, arena_fmt(e->arena,
                               "A directive of systemd: see systemd.directives(7). In a definition "
                               "it stands in "
                               "[%.*s] and goes into the unit as it is.",
                               STR_ARG(in)));

        const Str denied = directive_denied(section, name, S(""));

        if (denied.len)
                paragraph(e, arena_fmt(e->arena, "It cannot be set here: %.*s.", STR_ARG(denied)));
        return true;
}

/* ---- codes ---- */

/* The {0} of a message means nothing to who reads about it. */
static Str template_text(Arena *arena, Str template)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < template.len; i++) {
                const bool place = template.len - i > 2 && template.data[i] == '{' &&
                                   char_is_digit(template.data[i + 1]) &&
                                   template.data[i + 2] == '}';

                if (place)
                        buf_add(&buf, S("…"));
                else
                        buf_char(&buf, template.data[i]);
                i += place ? 2 : 0;
        }
        return buf_str(&buf);
}

static bool explain_code(Explainer *e, Str name)
{
        const DiagCode code = diag_by_slug(name);

        if (!code)
                return false;

        const DiagInfo *info = diag_info(code);

        title(e, info->slug, arena_fmt(e->arena, "(%.*s)", STR_ARG(diag_level_name(info->level))));
        paragraph(e, info->explanation);
        buf_char(&e->out->text, '\n');
        fact(e, S("Message"), template_text(e->arena, info->text));
        fact(e, S("Hint"), template_text(e->arena, info->hint));
        return true;
}

/* ---- neither ---- */

static void offer_names(Nearest *nearest, Str names)
{
        Str name;

        while (names.len && str_next(&names, ' ', &name))
                nearest_offer(nearest, name);
}

static Str nearest_topic(Str wanted)
{
        Nearest nearest = nearest_start(wanted);

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                nearest_offer(&nearest, option_info((OptionId)id)->key);
                offer_names(&nearest, option_info((OptionId)id)->aliases);
        }
        for (unsigned code = DIAG_NONE + 1; code < DIAG_COUNT; code++)
                nearest_offer(&nearest, diag_info((DiagCode)code)->slug);
        return nearest.best;
}

static bool unknown(Explainer *e, Str topic)
{
        const Str best = nearest_topic(topic);

        if (str_ends(topic, S(".service")))
                command_note(e->cli, "'%.*s' is the name of a unit; 'bayplan show %.*s' shows it",
                             STR_ARG(topic), STR_ARG(topic));
        else if (best.len)
                command_note(e->cli, "no key or code is named '%.*s'; did you mean '%.*s'?",
                             STR_ARG(topic), STR_ARG(best));
        else
                command_note(e->cli,
                             "no key or code is named '%.*s'; 'bayplan explain --list' lists all",
                             STR_ARG(topic));
        return false;
}

static bool explain(Explainer *e, Str topic)
{
        /* As people copy them: "PublishPort=", "[unknown-key]". */
        Str name = str_trim(topic);

        if (str_ends(name, S("=")))
                name.len--;
        if (str_starts(name, S("[")) && str_ends(name, S("]")))
                name = str_first(str_skip(name, 1), name.len - 2);

        const bool key = explain_keys(e, name), code = explain_code(e, name);

        return key || code || explain_directive(e, name) || unknown(e, topic);
}

/* ---- the list ---- */

typedef struct Row {
        Str theme; /* empty: a key */
        OptionId id;
} Row;

static const Row rows[] = {
#define THEME(title_) { .theme = STR_INIT(title_) },
#define OPTION(kind, key, ...) { .id = OPT_##kind##_##key },
#include "model/options.def"
#undef OPTION
};

static Str first_sentence(Str text)
{
        for (size_t i = 0; i + 1 < text.len; i++)
                if (text.data[i] == '.' && text.data[i + 1] == ' ')
                        return str_first(text, i + 1);
        return text;
}

static void list_row(Explainer *e, Str name, Str text)
{
        const unsigned wide = 2 + (unsigned)name.len;

        buf_add(&e->out->text, S("  "));
        output_styled(e->out, STYLE_KEY, name);
        if (wide >= LIST_COLUMN)
                buf_fmt(&e->out->text, "\n%*s", LIST_COLUMN, "");
        else
                buf_fmt(&e->out->text, "%*s", (int)(LIST_COLUMN - wide), "");
        output_wrap(&e->out->text, LIST_COLUMN, LIST_COLUMN, e->width, text);
}

static void heading(Explainer *e, Str text)
{
        if (e->out->text.len)
                buf_char(&e->out->text, '\n');
        output_styled(e->out, STYLE_HEADING, text);
        buf_char(&e->out->text, '\n');
}

/* All keys of the theme, wherever in the table its title stands. */
static void list_theme(Explainer *e, Str theme)
{
        bool within = false;

        heading(e, theme);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Option *option = option_info(rows[i].id);

                if (rows[i].theme.len)
                        within = str_eq(rows[i].theme, theme);
                else if (within)
                        list_row(e, arena_fmt(e->arena, "%.*s=", STR_ARG(option->key)),
                                 first_sentence(option_text(option)->help));
        }
}

static void list(Explainer *e)
{
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                bool first = rows[i].theme.len;

                for (size_t k = 0; k < i && first; k++)
                        first = !str_eq(rows[k].theme, rows[i].theme);
                if (first)
                        list_theme(e, rows[i].theme);
        }
        heading(e, S("Codes of messages"));
        for (unsigned code = DIAG_NONE + 1; code < DIAG_COUNT; code++)
                list_row(e, diag_info((DiagCode)code)->slug,
                         template_text(e->arena, diag_info((DiagCode)code)->text));
}

int command_explain(Cli *cli)
{
        Explainer e = {
                .cli = cli,
                .out = &cli->out,
                .arena = cli->run->arena,
                .index = options_index(cli->run->arena),
                .width = cli->out.columns < WIDTH_MAX ? cli->out.columns : WIDTH_MAX,
        };
        bool ok = true;

        cli->out.pager = !cli->given[SWITCH_NO_PAGER];
        if (cli->given[SWITCH_LIST] || !cli->arguments.count)
                list(&e);
        VEC_EACH(const Str, topic, &cli->arguments)
                ok &= explain(&e, *topic);
        return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
