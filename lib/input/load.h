/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads one file that was found: opens it safely, refuses what cannot be trusted, and hands it to
 * its reader. */

#include "input/walk.h"

/* "a/b"; either may be empty. Ends in NUL. */
Str load_join(Arena *arena, Str directory, Str name);
/* "b" of "a/b". */
Str load_base(Str path);
/* A source without text, for a place to report at. */
Source *load_source(Run *run, const Root *root, Str relative, Format format);
/* Reports a negative errno of opening or reading the source. */
bool load_report(Run *run, const Source *source, int error);

/* By the suffix of the name; FORMAT_NONE: not a definition. */
Format format_by_name(Str name);
/* "container", whose drop-in directory container.d is for all Quadlet files of that type. */
bool format_is_type(Str name);
/* ".ini, .yaml, .yml" */
Str format_suffixes(Arena *arena);

/* The file's text; NULL when it is empty or /dev/null: it masks its name. What cannot be read is reported. */
Doc *load_text(Run *run, const Found *found);
/* The text as a tree that stays. */
void load_tree(Run *run, Doc *doc);
/* The tree of a readable document; one that it does not have yet is made in `nodes`, where it may be forgotten. */
const Node *load_nodes(Run *run, Arena *nodes, const Doc *doc);
/* The file as a tree. NULL when it is empty or /dev/null: it masks its name. With a NULL root when
 * it cannot be read or does not parse, which has been reported. */
Doc *load_doc(Run *run, const Found *found);
