/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* INI through a lens. Distributions build inih with lines of 200 bytes, names of 50, comments after
 * a " ;", ':' beside '=', and without line numbers or a call for an empty section. So inih is given
 * lines that it cannot misread, and says what they are; the text of a value goes past it:
 *
 *   [Container web]      [Container]
 *                        M=M                       a first, hidden entry: the rest of the header
 *   Exec=sh -c "a ;b"    Exec=M                    M stands for the value
 *
 * S and C stand for ';' and ':' in names. All are control characters, which lines.c refuses in a
 * file, so the mapping is exact. Only one line is under way at a time: inih calls give_line() for
 * the next one after add_entry() has taken the last. */

#include "input/read.h"

#include <assert.h>
#include <ini.h>

#include "input/lines.h"

enum {
        SEMICOLON = '\x02',
        COLON = '\x03',

        SECTION_MAX = 48, /* bytes of a section's first word: inih keeps 49 */
        KEY_MAX = 96,     /* bytes of a key: half of inih's line */
};

static const Str mark = STR_INIT("\x01");

typedef enum Stage {
        STAGE_IDLE,   /* a new line is to be taken */
        STAGE_HEADER, /* section_name is to be given */
        STAGE_ENTRY,  /* the key and the mark */
} Stage;

typedef struct Lens {
        Run *run;
        Lines lines;
        Node *root;
        Node *section; /* the current one; NULL before the first */
        bool lost;     /* the keys before the first section have been reported */

        /* The line under way. */
        Stage stage;
        Str section_name;
        Str key; /* the hidden entry's is empty */
        Str value;
        Str before; /* what was skipped above it */
        Str given_section, given_key; /* the names as inih got them */
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
        lens->stage = STAGE_ENTRY;
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
                const Str skipped = buf_str(&lens->lines.skipped);

                lens->before = skipped.len ? arena_str(lens->run->arena, skipped) : (Str){ 0 };

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

/* A name as inih gets it. */
static Str mapped(Arena *arena, Str name)
{
        Buf buf = BUF(arena);

        if (!str_contains(name, ';') && !str_contains(name, ':'))
                return name;
        for (size_t i = 0; i < name.len; i++)
                buf_char(&buf, name.data[i] == ';' ? SEMICOLON : name.data[i] == ':' ? COLON : name.data[i]);
        return buf_str(&buf);
}

/* inih's ini_reader, in the manner of fgets(). It always has room: see SECTION_MAX and KEY_MAX. */
static char *give_line(char *line, int size, void *stream)
{
        Lens *lens = stream;
        char *to = line;

        assert(size > KEY_MAX + 4);
        if (lens->stage == STAGE_IDLE && !next_line(lens))
                return NULL;

        if (lens->stage == STAGE_HEADER) {
                lens->given_section = mapped(lens->run->arena, lens->section_name);
                *to++ = '[';
                to = mempcpy(to, lens->given_section.data, lens->given_section.len);
                memcpy(to, "]\n", 3);
                lens->stage = STAGE_ENTRY;
                return line;
        }

        lens->given_key = lens->key.len ? mapped(lens->run->arena, lens->key) : mark;
        to = mempcpy(to, lens->given_key.data, lens->given_key.len);
        memcpy(to, "=\x01\n", 4);
        lens->stage = STAGE_IDLE;
        return line;
}

/* ---- from what inih makes of it to nodes ---- */

/* What stays when the next line is taken. */
static Str keep(const Lens *lens, Str part)
{
        return lens->lines.pieces.count == 1 ? part : arena_str(lens->run->arena, part);
}

/* inih's ini_handler: the entry under way; 0 for what cannot have been given. */
static int add_entry(void *user, const char *section, const char *name, const char *value)
{
        Lens *lens = user;
        const bool hidden = !lens->key.len;
        Node *node;

        if (!str_is(mark, value) || !str_is(lens->given_key, name) || (hidden && !str_is(lens->given_section, section)))
                return 0;
        if (hidden) {
                node = add_section(lens, keep(lens, lens->section_name), part_loc(lens, lens->section_name));
        } else {
                node = node_new(lens->run->arena, NODE_SCALAR, (Loc){ 0 });
                node->key = keep(lens, lens->key);
                node->key_at = part_loc(lens, lens->key);
                node->before = lens->before;
                node_add(lens->section, node);
        }
        if (!hidden || lens->value.len)
                set_place(lens, node, lens->value);
        node->text = keep(lens, lens->value);
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

        if (ini_parse_stream(give_line, &lens, add_entry, &lens) != 0) {
                /* An inih built with options that nobody uses. */
                diag(run->diags, DIAG_INI_LIBRARY, start, S(""));
                lens.root->child = lens.root->last = NULL;
        }
        lens.root->before = arena_str(run->arena, buf_str(&lens.lines.skipped));
        return lens.root;
}
