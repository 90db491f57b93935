/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* INI through a lens. Distributions build inih with lines of 200 bytes, names of 50, comments after
 * a " ;", ':' beside '=', and without line numbers or a call for an empty section. So inih is given
 * lines that it cannot misread, and what it makes of them is put together again:
 *
 *   [Container web]      [Container]
 *                        G=GwebG                   a first, hidden entry: the rest of the header
 *   Exec=sh -c "a ;b"    Exec=Gsh -c "a SG         a long value in pieces,
 *                         GbG"G                    as inih's own continuation lines
 *
 * G guards white space at the ends of a piece; S and C stand for ';' and ':'. They are control
 * characters, which lines.c refuses in a file, so the mapping is exact. Only one line is under way
 * at a time: inih calls give_line() for the next one after add_text() has taken all of the last. */

#include "input/read.h"

#include <ini.h>

#include "input/lines.h"

enum {
        GUARD = '\x01',
        SEMICOLON = '\x02',
        COLON = '\x03',

        SECTION_MAX = 48, /* bytes of a section's first word: inih keeps 49 */
        KEY_MAX = 96,     /* bytes of a key: leaves half of inih's line for the value */
};

typedef enum Stage {
        STAGE_IDLE,   /* a new line is to be taken */
        STAGE_HEADER, /* section_name is to be given */
        STAGE_KEY,    /* the key and the first piece of the value */
        STAGE_MORE,   /* further pieces */
} Stage;

typedef struct Lens {
        Run *run;
        Lines lines;
        Node *root;
        Node *section; /* the current one; NULL before the first */
        bool lost;     /* the keys before the first section have been reported */

        /* The line under way: what inih is given of it, */
        Stage stage;
        Str section_name;
        Str key; /* the hidden entry's is empty */
        Str value;
        Str before;   /* what was skipped above it */
        size_t given; /* bytes of value */
        /* and what has come back. */
        Node *node; /* whose text the value becomes; NULL until inih has called */
        char *text;
        size_t filled;
} Lens;

static bool report(Lens *lens, DiagCode code, Loc at, Str what)
{
        if (diag_info(code)->level == DIAG_LEVEL_ERROR)
                (lens->section ? lens->section : lens->root)->broken = true;
        return diag(lens->run->diags, code, at, what);
}

/* ---- from lines to what inih is given ---- */

/* The place of a part of the current line. */
static Loc part_loc(const Lens *lens, Str part)
{
        return lines_loc(&lens->lines, (size_t)(part.data - lens->lines.text.data), part.len);
}

/* The node's text stands at this part of the current line, which may be of several pieces. */
static void set_place(const Lens *lens, Node *node, Str part)
{
        const size_t from = (size_t)(part.data - lens->lines.text.data), to = from + part.len;
        VEC(Segment) segments = { 0 };

        node->at = part_loc(lens, part);
        if (lens->lines.pieces.count == 1)
                return;
        VEC_ADD(lens->run->arena, &segments, (Segment){ 0, node->at });
        VEC_EACH(const Segment, piece, &lens->lines.pieces)
                if (piece->offset > from && piece->offset < to)
                        VEC_ADD(lens->run->arena, &segments,
                                (Segment){ piece->offset - from, piece->at });
        node->segments = segments.items;
        node->segment_count = segments.count;
}

static Node *add_section(Lens *lens, Str key, Loc at)
{
        Node *section = node_new(lens->run->arena, NODE_MAP, at);

        section->key = key;
        section->key_at = at;
        section->before = lens->before;
        node_add(lens->root, section);
        lens->section = section;
        return section;
}

static size_t word_length(Str s)
{
        size_t length = 0;

        while (length < s.len && !char_is_space(s.data[length]))
                length++;
        return length;
}

/* A header that is not understood still begins a section, so that the keys below it do not fall to
 * the one above. It is named as far as can be guessed, for the stub unit. */
static void bad_header(Lens *lens, Str line, bool readable)
{
        const Str inner = str_trim(str_first(str_skip(line, 1), str_find(str_skip(line, 1), ']')));
        const Str key = str_first(inner, word_length(inner));
        const Str text = str_trim(str_skip(inner, key.len));
        Node *section = add_section(lens, (Str){ 0 }, part_loc(lens, line));

        section->broken = true;
        if (!readable)
                return;
        section->key = arena_str(lens->run->arena, key);
        section->text = arena_str(lens->run->arena, text);
        if (text.len)
                set_place(lens, section, text);
}

/* [Container web]: inih is given the first word as the section, the rest as its hidden entry. */
static bool take_header(Lens *lens, Str line)
{
        const Str inner = str_trim(str_first(str_skip(line, 1), line.len - 2));
        const size_t word = word_length(inner);

        if (line.data[line.len - 1] != ']' || !word || word > SECTION_MAX ||
            str_contains(inner, '[') || str_contains(inner, ']')) {
                bad_header(lens, line, true);
                return report(lens, DIAG_INI_SECTION, part_loc(lens, line), S(""));
        }

        lens->stage = STAGE_HEADER;
        lens->section_name = str_first(inner, word);
        lens->key = (Str){ 0 };
        lens->value = str_trim(str_skip(inner, word));
        return true;
}

static bool take_key(Lens *lens, Str line)
{
        Str key, value;

        if (!str_cut(line, '=', &key, &value))
                return report(lens, DIAG_INI_LINE, part_loc(lens, line),
                              str_contains(line, ':') ? S("'=' stands between a key and its value")
                                                      : S(""));
        key = str_trim(key);
        if (!key.len || key.len > KEY_MAX)
                return report(lens, DIAG_INI_KEY, part_loc(lens, str_first(line, key.len + 1)),
                              S(""));
        if (!lens->section) {
                if (!lens->lost)
                        report(lens, DIAG_INI_NO_SECTION, part_loc(lens, key), S(""));
                lens->lost = true;
                return false;
        }
        lens->stage = STAGE_KEY;
        lens->key = key;
        lens->value = str_trim(value);
        return true;
}

/* systemd takes a backslash with a blank behind it for text; editors hardly show the difference. */
static void warn_of_backslash(Lens *lens, Str line)
{
        const char *end = lens->lines.text.data + lens->lines.text.len;
        const Str last = str_skip(line, line.len - 1);

        if (last.data[0] == '\\' && last.data + 1 < end && !(line.len > 1 && last.data[-1] == '\\'))
                report(lens, DIAG_INI_BACKSLASH, part_loc(lens, last), S(""));
}

/* Goes to the next line that is for inih. */
static bool next_line(Lens *lens)
{
        LineFault fault;

        while (lines_next(&lens->lines, &fault)) {
                lens->before = arena_str(lens->run->arena, buf_str(&lens->lines.skipped));

                const Str line = str_trim(lens->lines.text);
                const bool header = line.len && line.data[0] == '[';

                if (fault.code) {
                        if (header)
                                bad_header(lens, line, false);
                        report(lens, fault.code, fault.at, fault.what);
                } else if (line.len) {
                        warn_of_backslash(lens, line);
                        if (header ? take_header(lens, line) : take_key(lens, line))
                                return true;
                }
        }
        return false;
}

static char *put(char *to, Str s)
{
        for (size_t i = 0; i < s.len; i++)
                *to++ = s.data[i] == ';' ? SEMICOLON : s.data[i] == ':' ? COLON : s.data[i];
        return to;
}

/* inih's ini_reader, in the manner of fgets(). */
static char *give_line(char *line, int size, void *stream)
{
        Lens *lens = stream;
        char *to = line;

        if (lens->stage == STAGE_IDLE && !next_line(lens))
                return NULL;

        if (lens->stage == STAGE_HEADER) {
                *to++ = '[';
                to = put(to, lens->section_name);
                memcpy(to, "]\n", 3);
                lens->stage = STAGE_KEY;
                return line;
        }

        if (lens->stage == STAGE_KEY) {
                lens->node = NULL;
                lens->given = 0;
                if (!lens->key.len)
                        *to++ = GUARD;
                to = put(to, lens->key);
                *to++ = '=';
        } else {
                *to++ = ' ';
        }

        /* Two guards, the line's end, NUL, and one to spare: some versions take a full line for a
         * cut one. */
        const Str piece =
                str_first(str_skip(lens->value, lens->given), (size_t)(line + size - to) - 5);

        *to++ = GUARD;
        to = put(to, piece);
        *to++ = GUARD;
        memcpy(to, "\n", 2);
        lens->given += piece.len;
        lens->stage = lens->given < lens->value.len ? STAGE_MORE : STAGE_IDLE;
        return line;
}

/* ---- from what inih makes of it to nodes ---- */

static void take_back(char *to, const char *from, size_t len)
{
        for (size_t i = 0; i < len; i++)
                to[i] = from[i] == SEMICOLON ? ';' : from[i] == COLON ? ':' : from[i];
}

static Str name_of(Arena *arena, const char *from)
{
        const size_t len = strlen(from);
        char *name = arena_alloc(arena, len + 1);

        take_back(name, from, len);
        return (Str){ name, len };
}

/* The key has come back: the node is made, its text will follow. */
static void begin_node(Lens *lens, const char *section, const char *name)
{
        Arena *arena = lens->run->arena;
        Node *node;

        if (name[0] == GUARD) {
                node = add_section(lens, name_of(arena, section),
                                   part_loc(lens, lens->section_name));
        } else {
                node = node_new(arena, NODE_SCALAR, (Loc){ 0 });
                node->key = name_of(arena, name);
                node->key_at = part_loc(lens, lens->key);
                node->before = lens->before;
                node_add(lens->section, node);
        }
        if (lens->key.len || lens->value.len)
                set_place(lens, node, lens->value);

        lens->node = node;
        lens->text = arena_alloc(arena, lens->value.len + 1);
        lens->filled = 0;
        node->text = (Str){ lens->text, lens->value.len };
}

/* inih's ini_handler: the next piece of the line under way; 0 for what cannot have been given. */
static int add_text(void *user, const char *section, const char *name, const char *value)
{
        Lens *lens = user;
        const size_t len = strlen(value);

        if (len < 2 || value[0] != GUARD || value[len - 1] != GUARD)
                return 0;
        if (!lens->node)
                begin_node(lens, section, name);
        if (lens->filled + len - 2 != lens->given)
                return 0;
        take_back(lens->text + lens->filled, value + 1, len - 2);
        lens->filled = lens->given;
        return 1;
}

Node *read_ini(Run *run, const Source *source)
{
        const Loc start = { .source = source };
        Lens lens = {
                .run = run,
                .lines = lines_start(run->arena, source),
                .root = node_new(run->arena, NODE_MAP, start),
        };

        if (ini_parse_stream(give_line, &lens, add_text, &lens) != 0) {
                /* An inih built without multi-line entries, or with others that nobody uses. */
                diag(run->diags, DIAG_INI_LIBRARY, start, S(""));
                lens.root->child = lens.root->last = NULL;
        }
        lens.root->before = arena_str(run->arena, buf_str(&lens.lines.skipped));
        return lens.root;
}
