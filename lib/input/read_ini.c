/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* INI through a lens. Distributions build inih with lines of 200 bytes, names of 50, comments after
 * a " ;", ':' beside '=', and without line numbers or a call for an empty section. So inih is given
 * lines that it cannot misread, and says what they are: a section, or an entry of one. Keys and
 * values go past it:
 *
 *   [Container web]      [Container]
 *                        =            a first, hidden entry: the rest of the header
 *   Exec=sh -c "a ;b"    =
 *
 * In a section's name, \1 and \2 stand for ';' and ':'. No file may hold them (lines.c), so the
 * mapping is exact. Only one line is under way at a time: inih calls give_line() for the next one
 * after add_entry() has taken the last. */

#include "input/read.h"

#include <assert.h>
#include <ini.h>

#include "input/lines.h"

enum {
        SEMICOLON = '\1',
        COLON = '\2',

        SECTION_MAX = 48, /* bytes of a section's first word: inih keeps 49 */
        KEY_MAX = 96,     /* bytes of a key */
};

typedef struct Lens {
        Run *run;
        Arena *nodes;
        Lines lines;
        Node *root;
        Node *section; /* the current one; NULL before the first */
        bool lost;     /* the keys before the first section have been reported */

        /* The line under way. */
        Node *node;                  /* what it says: a section or an entry; NULL: inih has taken it */
        bool hidden;                 /* inih has got the section and is to get its hidden entry */
        char given[SECTION_MAX + 1]; /* the section's name as inih got it last */
} Lens;

RARE static bool report(Lens *lens, DiagCode code, Loc at, Str what)
{
        if (diag_info(code)->level == DIAG_LEVEL_ERROR)
                (lens->section ? lens->section : lens->root)->broken = true;
        return diag(lens->run->diags, code, at, what);
}

/* ---- from lines to what inih is given ---- */

/* The current line is of several pieces, and goes when the next one is taken: the node gets texts of
 * its own, and learns where the pieces stand. */
RARE static void keep_pieces(const Lens *lens, Node *node)
{
        const size_t from = (size_t)(node->text.data - lens->lines.whole.data), to = from + node->text.len;
        Arena *arena = lens->run->arena;
        VEC(Segment) segments = { 0 };

        VEC_ADD(arena, &segments, (Segment){ 0, node->at });
        VEC_EACH(const Segment, piece, &lens->lines.pieces)
                if (piece->offset > from && piece->offset < to)
                        VEC_ADD(arena, &segments, (Segment){ piece->offset - from, piece->at });
        node->segments = segments.items;
        node->segment_count = segments.count;
        node->key = arena_str(arena, node->key);
        node->text = arena_str(arena, node->text);
}

/* A node that is named by a part of the current line, and has another one for its text. */
static Node *new_node(const Lens *lens, NodeKind kind, Str key, Str text)
{
        Node *node = ARENA_NEW(lens->nodes, Node);

        node->kind = kind;
        node->key = key;
        node->key_at = lines_loc(&lens->lines, key);
        node->text = text;
        node->at = lines_loc(&lens->lines, text);
        if (lens->lines.pieces.count)
                keep_pieces(lens, node);
        if (lens->lines.skipped.len)
                node->before = arena_str(lens->run->arena, buf_str(&lens->lines.skipped));
        return node;
}

static size_t word_length(Str s)
{
        size_t length = 0;

        while (length < s.len && !char_is_space(s.data[length]))
                length++;
        return length;
}

static void add_section(Lens *lens, Node *section)
{
        node_add(lens->root, section);
        lens->section = section;
}

/* A header that is not understood still begins a section, so that the keys below it do not fall to
 * the one above. It is named as far as can be guessed, for the stub unit. */
RARE static void bad_header(Lens *lens, bool readable)
{
        const Str line = lens->lines.text;
        const Str inner = str_trim(str_first(str_skip(line, 1), str_find(str_skip(line, 1), ']')));
        const Str key = readable ? str_first(inner, word_length(inner)) : str_first(line, 0);
        const Str text = readable ? str_trim(str_skip(inner, key.len)) : key;
        Node *section = new_node(lens, NODE_MAP, key, text);

        section->key_at = lines_loc(&lens->lines, line);
        if (!text.len)
                section->at = section->key_at;
        section->broken = true;
        add_section(lens, section);
}

/* [Container web]: inih is given the first word as the section, the rest as its hidden entry. */
static bool take_header(Lens *lens, Str line)
{
        const Str inner = str_trim(str_first(str_skip(line, 1), line.len - 2));
        const Str name = str_first(inner, word_length(inner)), text = str_trim(str_skip(inner, name.len));

        if (line.data[line.len - 1] != ']' || !name.len || name.len > SECTION_MAX ||
            str_contains(inner, '[') || str_contains(inner, ']')) {
                bad_header(lens, true);
                return report(lens, DIAG_INI_SECTION, lines_loc(&lens->lines, line), S(""));
        }

        lens->node = new_node(lens, NODE_MAP, name, text);
        if (!text.len)
                lens->node->at = lens->node->key_at;
        return true;
}

static bool take_key(Lens *lens, Str line)
{
        const size_t end = str_find(line, '=');
        const Str key = str_trim(str_first(line, end));

        if (end == line.len)
                return report(lens, DIAG_INI_LINE, lines_loc(&lens->lines, line),
                              str_contains(line, ':') ? S("'=' stands between a key and its value")
                                                      : S(""));
        if (!key.len || key.len > KEY_MAX)
                return report(lens, DIAG_INI_KEY, lines_loc(&lens->lines, str_first(line, key.len + 1)),
                              S(""));
        if (!lens->section) {
                if (!lens->lost)
                        report(lens, DIAG_INI_NO_SECTION, lines_loc(&lens->lines, key), S(""));
                lens->lost = true;
                return false;
        }
        lens->node = new_node(lens, NODE_SCALAR, key, str_trim(str_skip(line, end + 1)));
        return true;
}

/* systemd takes a backslash with a blank behind it for text; editors hardly show the difference. */
RARE static void warn_of_backslash(Lens *lens, Str last)
{
        const Str line = lens->lines.text, whole = lens->lines.whole;

        if (last.data + 1 < whole.data + whole.len && !(line.len > 1 && last.data[-1] == '\\'))
                report(lens, DIAG_INI_BACKSLASH, lines_loc(&lens->lines, last), S(""));
}

/* Goes to the next line that is for inih. */
static bool next_line(Lens *lens)
{
        const Lines *lines = &lens->lines;

        while (lines_next(&lens->lines)) {
                const Str line = lines->text;
                const bool header = line.len && line.data[0] == '[';

                if (lines->fault.code) {
                        if (header)
                                bad_header(lens, false);
                        report(lens, lines->fault.code, lines->fault.at, lines->fault.what);
                } else if (line.len) {
                        if (line.data[line.len - 1] == '\\')
                                warn_of_backslash(lens, str_skip(line, line.len - 1));
                        if (header ? take_header(lens, line) : take_key(lens, line))
                                return true;
                }
        }
        return false;
}

/* A name as inih gets it, of SECTION_MAX bytes at most. */
static void map_name(char *to, Str name)
{
        for (size_t i = 0; i < name.len; i++)
                *to++ = name.data[i] == ';' ? SEMICOLON : name.data[i] == ':' ? COLON : name.data[i];
        *to = '\0';
}

/* inih's ini_reader, in the manner of fgets(). It always has room: see SECTION_MAX. */
static char *give_line(char *line, int size, void *stream)
{
        /* In one store of more bytes than it has: inih's strlen() would wait for several. */
        static const char entry[32] = "=";
        Lens *lens = stream;

        assert(size > SECTION_MAX + 4);
        if (!lens->node && !next_line(lens))
                return NULL;

        if (lens->node->kind == NODE_MAP && !lens->hidden) {
                map_name(lens->given, lens->node->key);
                stpcpy(stpcpy(stpcpy(line, "["), lens->given), "]\n");
                lens->hidden = true;
                return line;
        }
        memcpy(line, entry, sizeof(entry));
        return line;
}

/* ---- from what inih makes of it to nodes ---- */

/* inih's ini_handler: the entry under way; 0 for what cannot have been given. */
static int add_entry(void *user, const char *section, const char *name, const char *value)
{
        Lens *lens = user;
        Node *node = lens->node;

        if (!node || !name || *name || !value || *value)
                return 0;
        if (node->kind == NODE_SCALAR)
                node_add(lens->section, node);
        else if (strcmp(section, lens->given) == 0)
                add_section(lens, node);
        else
                return 0;
        lens->node = NULL;
        lens->hidden = false;
        return 1;
}

Node *read_ini(Run *run, Arena *nodes, const Source *source)
{
        const Loc start = { .source = source };
        Lens lens = {
                .run = run,
                .nodes = nodes,
                .lines = lines_start(nodes, source),
                .root = node_new(nodes, NODE_MAP, start),
        };

        if (ini_parse_stream(give_line, &lens, add_entry, &lens) != 0) {
                /* An inih built with options that nobody uses. */
                diag(run->diags, DIAG_INI_LIBRARY, start, S(""));
                lens.root->child = lens.root->last = NULL;
        }
        if (lens.lines.skipped.len)
                lens.root->before = arena_str(run->arena, buf_str(&lens.lines.skipped));
        return lens.root;
}
