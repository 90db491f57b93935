/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* tables: what a test needs to know of Bayplan's tables, as lines of words parted by tabs.
 *
 *   tables options       KIND KEY ALIASES TYPE SHAPE FLAGS READING of each row; READING is "quadlet" for keys of
 *                        Quadlet, "quadlet-only" for those that only its files have
 *   tables diags         the code of each diagnostic
 *   tables lost          directives of systemd that a look-up does not find: rows that are not sorted
 *   tables keys PATH…    "ini", "yaml" or "quadlet", KIND and key of each entry of the definitions below the paths; a key
 *                        of a nested map is "outer.inner" */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/load.h"
#include "model/directive.h"
#include "model/option.h"

static void print_options(void)
{
        static const char *const shapes[] = {
                [SHAPE_NONE] = "",           [SHAPE_WORD] = "word",   [SHAPE_PAIR] = "pair",
                [SHAPE_COMMAND] = "command", [SHAPE_SHELL] = "shell", [SHAPE_SET] = "set",
                [SHAPE_REFERENCE] = "reference", [SHAPE_OPTIONS] = "options",
        };
        static_assert(ELEMENTS(shapes) == SHAPE_COUNT, "each shape has a name");

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                const Option *option = option_info((OptionId)id);
                const TypeInfo *type = type_info(option->type);

                printf("%.*s\t%.*s\t%.*s\t%.*s\t%s\t%s%s\t%s\n", STR_ARG(kind_info(option->kind)->section),
                       STR_ARG(option->key), STR_ARG(option->aliases), STR_ARG(type->name), shapes[type->shape],
                       option->flags & OPTION_MANY ? "many " : "", option->flags & OPTION_DEFAULTS ? "defaults" : "",
                       option->quadlet == READ_NOT                  ? ""
                       : option_allowed(option, option->kind) ? "quadlet"
                                                              : "quadlet-only");
        }
}

static void print_diags(void)
{
        for (unsigned code = DIAG_NONE + 1; code < DIAG_COUNT; code++)
                printf("%.*s\n", STR_ARG(diag_info((DiagCode)code)->slug));
}

static void print_lost(void)
{
        static const struct {
                PassSection section;
                Str key;
        } rows[] = {
#define PASS_Unit PASS_UNIT
#define PASS_Service PASS_SERVICE
#define PASS_Install PASS_INSTALL
#define DIRECTIVE(section_, key_, since_) { PASS_##section_, STR_INIT(#key_) },
#include "model/directives.def"
#undef DIRECTIVE
        };
        DirectiveMemo memo = { 0 };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Directive *found = directive_find(&memo, rows[i].key, rows[i].section);

                if (!found || found->section != rows[i].section)
                        printf("%.*s\n", STR_ARG(rows[i].key));
        }
}

static void print_entries(const char *form, Kind kind, const Node *map, const char *prefix)
{
        for (const Node *entry = map->child; entry; entry = entry->next) {
                char name[256];

                snprintf(name, sizeof(name), "%s%.*s", prefix, STR_ARG(entry->key));
                printf("%s\t%.*s\t%s\n", form, STR_ARG(kind_info(kind)->section), name);
                if (entry->kind != NODE_MAP)
                        continue;
                snprintf(name, sizeof(name), "%s%.*s.", prefix, STR_ARG(entry->key));
                print_entries(form, kind, entry, name);
        }
}

static void print_keys(const Node *root)
{
        for (const Node *node = root->child; node; node = node->next) {
                const Kind section = kind_by_section(node->key), map = kind_by_map(node->key);

                if (node->at.source->format == FORMAT_INI && section)
                        print_entries("ini", section, node, "");
                if (node->at.source->format != FORMAT_YAML || !map)
                        continue;
                if (kind_info(map)->unnamed) {
                        print_entries("yaml", map, node, "");
                        continue;
                }
                for (const Node *def = node->child; def; def = def->next)
                        print_entries("yaml", map, def, "");
        }
}

static void print_quadlet(const Doc *doc, const Node *root)
{
        const Kind kind = kind_by_file(doc->relative);

        for (const Node *node = root->child; node; node = node->next)
                if (str_eq(node->key, kind_info(kind)->section))
                        print_entries("quadlet", kind, node, "");
}

static void read_keys(Run *run, int count, char **paths)
{
        for (int i = 0; i < count; i++) {
                const Str path = str_c(paths[i]);
                const Docs docs = search_read_named(run, &path, 1);

                VEC_EACH(Doc *const, doc, &docs) {
                        const Node *root = load_nodes(run, run->arena, *doc);

                        if (root && (*doc)->source->format == FORMAT_QUADLET)
                                print_quadlet(*doc, root);
                        else if (root)
                                print_keys(root);
                }
        }
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags, .scope = SCOPE_USER };
        const char *what = argc > 1 ? argv[1] : "";

        if (strcmp(what, "options") == 0)
                print_options();
        else if (strcmp(what, "diags") == 0)
                print_diags();
        else if (strcmp(what, "lost") == 0)
                print_lost();
        else if (strcmp(what, "keys") == 0)
                read_keys(&run, argc - 2, argv + 2);
        else
                return 2;
        arena_free(&arena);
        return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
