/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* From bytes to nodes: INI through inih, YAML through libyaml. Syntax errors are reported with
 * their place; the readers go on where they can. */

#include "input/doc.h"

/* The INI grammar of systemd.syntax(7): [Section] or [Section name], Key=Value, comments with # or
 * ; at the start of a line, a trailing backslash continues a line (joined by one blank; comment
 * lines in between are skipped); a Quadlet file by Podman's rules, see lines.h. Returns the root,
 * never NULL. A bad line is reported and marks its section as broken. The nodes live in an arena of
 * their own, and may go before the run ends; their texts and segments stay as long as it lasts. */
Node *read_ini(Run *run, Arena *nodes, const Source *source);

enum {
        YAML_DEPTH = 32,
        YAML_NODES = 100000, /* after aliases have been followed */
        YAML_TEXT = 256, /* bytes of text that count as a node */
};

/* One YAML document whose root is a map. NULL when it does not parse or breaks a limit; that is
 * reported. An empty document gives an empty map. Anchors, aliases and merge keys (<<) are
 * followed. */
Node *read_yaml(Run *run, const Source *source);
