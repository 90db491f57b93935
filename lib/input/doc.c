/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/doc.h"

#include "base/utf8.h"

Loc segments_loc(const Segment *segments, size_t count, Str text, size_t offset, size_t len)
{
        size_t low = 0, high = count;

        /* The last segment that begins at offset or before; the first one begins at 0. */
        while (high - low > 1) {
                const size_t middle = low + (high - low) / 2;

                if (segments[middle].offset <= offset)
                        low = middle;
                else
                        high = middle;
        }

        const Segment *segment = &segments[low];
        const size_t end = low + 1 < count ? segments[low + 1].offset : text.len;
        const Str line = str_first(str_skip(text, segment->offset), end - segment->offset);

        return loc_inside(segment->at, line, offset - segment->offset, len);
}

Loc node_loc(const Node *node, size_t offset, size_t len)
{
        if (node->recoded)
                return node->at;
        if (node->segment_count)
                return segments_loc(node->segments, node->segment_count, node->text, offset, len);
        return loc_inside(node->at, node->text, offset, len);
}

NodeCursor node_cursor_start(const Node *node)
{
        const bool pieces = node->segment_count, found = node->at.source && node->at.col && !node->recoded;

        return (NodeCursor){ .node = node,
                             .plain = found && !pieces && node->at.source->plain,
                             .at = pieces ? node->segments[0].at : node->at };
}

Loc node_cursor_find(NodeCursor *cursor, size_t offset, size_t len)
{
        const Node *node = cursor->node;
        const Str text = node->text;
        size_t end = text.len;

        if (node->recoded || !cursor->at.col)
                return node->at;
        while (cursor->segment + 1 < node->segment_count && node->segments[cursor->segment + 1].offset <= offset) {
                cursor->segment++;
                cursor->offset = node->segments[cursor->segment].offset;
                cursor->at = node->segments[cursor->segment].at;
        }
        if (cursor->segment + 1 < node->segment_count)
                end = node->segments[cursor->segment + 1].offset;

        cursor->at.col += loc_columns(node->at.source, str_first(str_skip(text, cursor->offset), offset - cursor->offset));
        cursor->offset = offset;

        Loc at = cursor->at;

        at.len = loc_columns(node->at.source, str_first(str_skip(text, offset), len < end - offset ? len : end - offset));
        return at;
}

Node *node_new(Arena *arena, NodeKind kind, Loc at)
{
        Node *node = ARENA_NEW(arena, Node);

        node->kind = kind;
        node->at = at;
        return node;
}

void node_add(Node *parent, Node *child)
{
        if (parent->last)
                parent->last->next = child;
        else
                parent->child = child;
        parent->last = child;
}

Source *source_new(Arena *arena, Str path, Format format)
{
        Source *source = ARENA_NEW(arena, Source);

        source->path = path;
        source->format = format;
        return source;
}
