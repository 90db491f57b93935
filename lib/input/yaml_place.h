/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Places and complaints of libyaml. Its marks count characters and take more for line ends than a
 * source does; so places are found by walking over the text, mostly forwards. */

#include <yaml.h>

#include "base/run.h"

typedef struct YamlPoint {
        size_t index;  /* characters */
        size_t offset; /* bytes */
        unsigned line, col;
} YamlPoint;

typedef struct YamlCursor {
        const Source *source;
        YamlPoint now;
        YamlPoint last; /* where the last search began: an event is asked for more than once */
} YamlCursor;

YamlCursor yaml_cursor_start(const Source *source);

/* From one index to another; of several lines only the start is given. */
Loc yaml_cursor_loc(YamlCursor *cursor, size_t from, size_t to);
/* Of a scalar's text, without anchor, tag and quotes where it stands in the file as it is. */
Loc yaml_cursor_scalar(YamlCursor *cursor, const yaml_event_t *event, bool *ret_recoded);
/* What the parser stopped at. */
bool yaml_error_report(Run *run, YamlCursor *cursor, const yaml_parser_t *parser);
