/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What must hold for each input of a fuzz target; a broken rule aborts. */

#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "input/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
        do {                                                                                       \
                if (!(condition))                                                                  \
                        abort();                                                                   \
        } while (0)

/* A column is that of a character of its line or, for what is missing, behind the last. */
static inline void fuzz_check_loc(const Source *source, Loc at)
{
        FUZZ_CHECK(at.source == source);
        if (at.line && at.col)
                FUZZ_CHECK(at.col <= utf8_count(loc_line(source, at.line)) + 1);
}

/* Where the last character begins. */
static inline size_t fuzz_last(Str text)
{
        size_t at = text.len - 1;

        while (at && ((unsigned char)text.data[at] & 0xc0) == 0x80)
                at--;
        return at;
}

static inline void fuzz_check_node(const Source *source, const Node *node, size_t *left)
{
        for (; node && *left; node = node->next, --*left) {
                fuzz_check_loc(source, node->at);
                FUZZ_CHECK(node->kind > NODE_NONE && node->kind < NODE_COUNT);
                FUZZ_CHECK(!str_contains(node->text, '\0') && !str_contains(node->key, '\0'));
                FUZZ_CHECK(node->kind != NODE_SCALAR || !node->child);
                if (node->key.len)
                        fuzz_check_loc(source, node->key_at);
                if (node->text.len)
                        fuzz_check_loc(source, node_loc(node, fuzz_last(node->text), 1));
                fuzz_check_node(source, node->child, left);
        }
}

/* A reader that always gives a tree, or else one that gives NULL exactly after an error. */
static inline int fuzz_reader(Node *(*read)(Run *run, const Source *source), Format format,
                              const uint8_t *data, size_t size, bool always)
{
        enum { CHECKED = 2000, REPORTS = 20 }; /* loc_line() walks from the top each time */
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags };
        const Source source = { .path = S("input"),
                                .text = { (const char *)data, size },
                                .format = format };
        const Node *root = read(&run, &source);
        size_t left = CHECKED;

        FUZZ_CHECK(always ? root != NULL : !root == (diags.errors > 0));
        if (root)
                fuzz_check_node(&source, root->child, &left);
        for (size_t i = 0; i < diags.all.count && i < REPORTS; i++) {
                Buf buf = BUF(&arena);

                fuzz_check_loc(&source, diags.all.items[i].at);
                diag_format_block(&buf, &diags.all.items[i], false);
                diag_format_json(&buf, &diags.all.items[i]);
                FUZZ_CHECK(utf8_find_invalid(buf_str(&buf)) == buf.len);
        }
        arena_free(&arena);
        return 0;
}
