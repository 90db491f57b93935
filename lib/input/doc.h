/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Doc is one file as a tree of nodes, each with its place; the same shape for INI and YAML. It
 * knows syntax only: which sections and keys mean something is the model's business. Everything
 * lives in the arena, but the trees of native definitions in INI: they are made one by one when the
 * definitions are bound, in memory that the processor has at hand (load_nodes()).
 *
 * INI: the root is a map of sections in the order of the file; a section [Container web] is a
 * NODE_MAP with key "Container" and text "web"; its children are NODE_SCALAR entries, repeated keys
 * kept apart, in order. YAML: the root is the top-level map; scalars keep their text as it was
 * written. */

#include "base/run.h"

typedef enum NodeKind {
        NODE_NONE,
        NODE_SCALAR,
        NODE_LIST,
        NODE_MAP,
        NODE_COUNT,
} NodeKind;

/* Where a piece of a continued INI value stands: its bytes from `offset` on stand at `at`. */
typedef struct Segment {
        size_t offset;
        Loc at;
} Segment;

typedef struct Node Node;
struct Node {
        NodeKind kind;
        bool broken;  /* a syntax error was reported inside this INI section; of the root, above the first */
        bool null;    /* YAML: ~, null or nothing (plain); the text is empty */
        bool recoded; /* YAML: the text is not what stands in the file (escapes, several lines) */
        Str key;      /* of a map's child; a section's first word, empty when its header is not
                         understood */
        Loc key_at;
        Str before;              /* Quadlet: the comments and empty lines above it; of the root, at the end */
        Str text;                /* of a scalar; the rest of a section's header */
        Loc at;                  /* of the text; where a list or map begins */
        const Segment *segments; /* of an INI value that was continued, else NULL */
        size_t segment_count;
        Node *child; /* of a list or map, in the order of the file */
        Node *last;
        Node *next;
};

typedef struct Doc Doc;
struct Doc {
        const Source *source;
        Str relative; /* below the search directory, e.g. "shop/web.ini" */
        Str name;     /* the file name without directory and extension: "web" */
        bool readable; /* false: the file could not be read or did not parse; that has been reported */
        Node *root;    /* NULL: not readable, or a definition in INI, whose tree is made when it is bound */
        VEC(Doc *) dropins; /* in the order they are merged */
};

typedef VEC(Doc *) Docs;

/* The place of `len` bytes from `offset` on in a scalar's text; all of the scalar when it was
 * recoded. */
Loc node_loc(const Node *node, size_t offset, size_t len);
/* The same for many places of one text in their order: each is found from the last one on. */
typedef struct NodeCursor {
        const Node *node;
        bool plain;     /* of one piece that stands in a plain source: a column is an offset */
        size_t segment; /* index of the current one */
        size_t offset;  /* where `at` is */
        Loc at;
} NodeCursor;

NodeCursor node_cursor_start(const Node *node);
/* Of a part of the text; the second one for any text. */
Loc node_cursor_find(NodeCursor *cursor, size_t offset, size_t len);
static inline Loc node_cursor_loc(NodeCursor *cursor, size_t offset, size_t len)
{
        const Loc *at = &cursor->at;

        if (!cursor->plain)
                return node_cursor_find(cursor, offset, len);
        return (Loc){ .source = at->source, .line = at->line, .col = at->col + offset, .len = len };
}
/* The same for a text whose lines begin at the segments, of which there is at least one. */
Loc segments_loc(const Segment *segments, size_t count, Str text, size_t offset, size_t len);

Node *node_new(Arena *arena, NodeKind kind, Loc at);
void node_add(Node *parent, Node *child);
/* Without text yet. path is kept, not copied. */
Source *source_new(Arena *arena, Str path, Format format);
