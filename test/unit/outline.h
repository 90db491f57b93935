/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A document on one line, so that a test is a row of input and outline:
 *
 *   Container(web){Image=a Exec='b c'} Pod{}!       maps, sections (broken ones with "!"), scalars
 *   ports=['80:80' ~]                               lists, null
 *
 * and the reports as "ini-line@3:1 utf8@4:2". With places each key and text is followed by
 * @LINE:COLUMN+LENGTH. */

#include "input/doc.h"

static inline void add_place_of(Buf *buf, Loc at, bool places)
{
        if (places)
                buf_fmt(buf, "@%u:%u+%u", at.line, at.col, at.len);
}

static inline void add_text_of(Buf *buf, Str text)
{
        bool plain = text.len > 0;

        for (size_t i = 0; i < text.len; i++)
                plain = plain && (char_is_alpha(text.data[i]) || char_is_digit(text.data[i]));
        if (plain)
                buf_add(buf, text);
        else
                buf_fmt(buf, "'%.*s'", STR_ARG(text));
}

static inline void outline_children(Buf *buf, const Node *parent, bool places);

static inline void outline_node(Buf *buf, const Node *node, bool places)
{
        switch (node->kind) {
        case NODE_SCALAR:
                if (node->null)
                        buf_char(buf, '~');
                else
                        add_text_of(buf, node->text);
                add_place_of(buf, node->at, places);
                break;
        case NODE_LIST:
                buf_char(buf, '[');
                outline_children(buf, node, places);
                buf_char(buf, ']');
                break;
        case NODE_MAP:
                if (node->text.len)
                        buf_fmt(buf, "(%.*s)", STR_ARG(node->text));
                if (node->text.len)
                        add_place_of(buf, node->at, places);
                buf_char(buf, '{');
                outline_children(buf, node, places);
                buf_char(buf, '}');
                break;
        case NODE_NONE:
        case NODE_COUNT:
                buf_char(buf, '?');
        }
        if (node->broken)
                buf_char(buf, '!');
}

static inline void outline_children(Buf *buf, const Node *parent, bool places)
{
        for (const Node *child = parent->child; child; child = child->next) {
                if (child != parent->child)
                        buf_char(buf, ' ');
                if (parent->kind == NODE_MAP) {
                        buf_add(buf, child->key);
                        add_place_of(buf, child->key_at, places);
                        buf_add(buf, child->kind == NODE_MAP ? S("") : S("="));
                }
                outline_node(buf, child, places);
        }
}

/* "-" for a root of NULL. */
static inline Str outline(Arena *arena, const Node *root, bool places)
{
        Buf buf = BUF(arena);

        if (root)
                outline_children(&buf, root, places);
        else
                buf_char(&buf, '-');
        return buf_str(&buf);
}

static inline Str outline_reports(Arena *arena, const Diags *diags)
{
        Buf buf = BUF(arena);

        VEC_EACH(const Diag, d, &diags->all) {
                if (buf.len)
                        buf_char(&buf, ' ');
                buf_fmt(&buf, "%.*s@%u:%u", STR_ARG(diag_info(d->code)->slug), d->at.line,
                        d->at.col);
        }
        return buf_str(&buf);
}
