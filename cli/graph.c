/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan graph: what depends on what, as a text for graphviz(7), for Mermaid, or as a picture that graphviz has
 * drawn. */

#include "cli/graph.h"

#include "base/fs.h"
#include "cli/selection.h"

#include <errno.h>
#include <stdlib.h>

/* ---- what is drawn ---- */

typedef struct Vertex {
        const Object *object;
        size_t number;
} Vertex;

typedef struct Graph {
        Cli *cli;
        Buf *out;
        VEC(Vertex) vertices; /* by unit */
} Graph;

/* How a kind looks: graphviz's shape, Mermaid's brackets. */
typedef struct Look {
        Str noun;
        const char *shape;
        const char *open, *close;
} Look;

static const Look looks[] = {
        { STR_INIT("container"), "box", "[\"", "\"]" },
        { STR_INIT("pod"), "box3d", "[[\"", "\"]]" },
        { STR_INIT("network"), "ellipse", "([\"", "\"])" },
        { STR_INIT("volume"), "cylinder", "[(\"", "\")]" },
        { STR_INIT("network namespace"), "hexagon", "{{\"", "\"}}" },
        { STR_INIT("image"), "note", "[/\"", "\"/]" },
        { STR_INIT("build"), "component", "[\\\"", "\"\\]" },
};

static const Look *look_of(const Object *object)
{
        for (size_t i = 1; i < ELEMENTS(looks); i++)
                if (str_eq(looks[i].noun, kind_info(object->def->kind)->noun))
                        return &looks[i];
        return &looks[0];
}

static const Vertex *find(const Graph *graph, const Object *object)
{
        VEC_EACH(const Vertex, vertex, &graph->vertices)
                if (vertex->object == object)
                        return vertex;
        return NULL;
}

/* Both languages know HTML's entities; a line of a label ends in `line`. */
static void add_escaped(Buf *buf, Str text)
{
        for (size_t i = 0; i < text.len; i++) {
                const char c = text.data[i];

                if (char_is_control(c))
                        buf_char(buf, '?');
                else if (strchr("\"\\&<>#;{}|", c))
                        buf_fmt(buf, "&#%d;", c);
                else
                        buf_char(buf, c);
        }
}

static void add_label(Buf *buf, const Object *object, const char *line)
{
        add_escaped(buf, object->def->name);
        for (const Value *port = def_get(object->def, OPT_CONTAINER_PublishPort); port; port = port->next) {
                buf_fmt(buf, "%s", line);
                add_escaped(buf, port->text.str);
        }
        if (object->broken)
                buf_fmt(buf, "%serrors", line);
}

static Str condition_of(const Dependency *dependency)
{
        switch (dependency->condition) {
        case CONDITION_HEALTHY:
                return S("healthy");
        case CONDITION_COMPLETED:
                return S("completed");
        case CONDITION_STARTED:
        case CONDITION_COUNT:
                break;
        }
        return (Str){ 0 };
}

/* ---- languages ---- */

static void dot_vertex(Graph *graph, const Vertex *vertex)
{
        buf_fmt(graph->out, "        n%zu [shape=%s, label=\"", vertex->number, look_of(vertex->object)->shape);
        add_label(graph->out, vertex->object, "\\n");
        buf_fmt(graph->out, "\", tooltip=\"");
        add_escaped(graph->out, vertex->object->unit);
        buf_fmt(graph->out, "\"%s];\n", vertex->object->broken ? ", color=red, fontcolor=red" : "");
}

static void dot_edge(Graph *graph, const Vertex *from, const Vertex *to, const Dependency *dependency)
{
        const Str condition = condition_of(dependency);

        buf_fmt(graph->out, "        n%zu -> n%zu", from->number, to->number);
        if (condition.len)
                buf_fmt(graph->out, " [label=\"%.*s\"]", STR_ARG(condition));
        else if (dependency->tie == TIE_WANTS)
                buf_add(graph->out, S(" [style=dashed]"));
        buf_add(graph->out, S(";\n"));
}

static void mermaid_vertex(Graph *graph, const Vertex *vertex)
{
        const Look *look = look_of(vertex->object);

        buf_fmt(graph->out, "        n%zu%s", vertex->number, look->open);
        add_label(graph->out, vertex->object, "<br/>");
        buf_fmt(graph->out, "%s%s\n", look->close, vertex->object->broken ? ":::errors" : "");
}

static void mermaid_edge(Graph *graph, const Vertex *from, const Vertex *to, const Dependency *dependency)
{
        const Str condition = condition_of(dependency);

        buf_fmt(graph->out, "        n%zu %s", from->number, dependency->tie == TIE_WANTS ? "-.->" : "-->");
        if (condition.len)
                buf_fmt(graph->out, "|%.*s|", STR_ARG(condition));
        buf_fmt(graph->out, " n%zu\n", to->number);
}

typedef struct Language {
        const char *begin, *end;
        void (*vertex)(Graph *graph, const Vertex *vertex);
        void (*edge)(Graph *graph, const Vertex *from, const Vertex *to, const Dependency *dependency);
} Language;

static const Language dot = {
        .begin = "digraph bayplan {\n        rankdir=LR;\n        node [fontname=\"sans-serif\"];\n",
        .end = "}\n",
        .vertex = dot_vertex,
        .edge = dot_edge,
};

static const Language mermaid = {
        .begin = "graph LR\n        classDef errors stroke:red,color:red\n",
        .end = "",
        .vertex = mermaid_vertex,
        .edge = mermaid_edge,
};

static void draw(Graph *graph, const Language *language)
{
        buf_fmt(graph->out, "%s", language->begin);
        VEC_EACH(const Vertex, vertex, &graph->vertices)
                language->vertex(graph, vertex);
        VEC_EACH(const Vertex, from, &graph->vertices) {
                VEC_EACH(const Dependency, dependency, &from->object->depends) {
                        const Vertex *to = find(graph, dependency->object);

                        if (to)
                                language->edge(graph, from, to, dependency);
                }
        }
        buf_fmt(graph->out, "%s", language->end);
}

/* ---- the command ---- */

static bool drawn_by_graphviz(Cli *cli, Graph *graph)
{
        Buf text = BUF(cli->run->arena);
        Str picture;

        graph->out = &text;
        draw(graph, &dot);

        const int r = graphviz_svg(cli->run->arena, buf_str(&text), &picture);

        if (r == -ENOENT)
                command_note(cli, "--svg needs graphviz's program 'dot'; without it, --dot and --mermaid work");
        else if (r < 0)
                command_note(cli, "graphviz's program 'dot' failed: %.*s", STR_ARG(fs_error(r)));
        else
                buf_add(&cli->out.text, picture);
        return r == 0;
}

int command_graph(Cli *cli)
{
        Selection selection = selection_read(cli);
        Graph graph = { .cli = cli, .out = &cli->out.text };
        size_t number = 0;

        VEC_EACH(Object *const, object, &selection.pipeline.fleet.objects)
                if (selection_has(&selection, cli, (*object)->def->name, (*object)->unit))
                        VEC_ADD(cli->run->arena, &graph.vertices, (Vertex){ *object, number++ });
        if (cli->given[SWITCH_SVG] + cli->given[SWITCH_DOT] + cli->given[SWITCH_MERMAID] > 1) {
                command_note(cli, "--dot, --svg and --mermaid exclude each other");
                return EXIT_USAGE;
        }
        if (cli->given[SWITCH_SVG]) {
                if (!drawn_by_graphviz(cli, &graph))
                        return EXIT_FAILURE;
        } else {
                draw(&graph, cli->given[SWITCH_MERMAID] ? &mermaid : &dot);
        }
        return selection_finish(&selection, cli);
}
