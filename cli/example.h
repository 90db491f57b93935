/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The example of a key as lines of a definition. The table has it as INI writes it; YAML is made of
 * it by the rules of containers.d(5). */

#include "model/option.h"

/* "[Container]" and "PublishPort=8080:80". */
void example_ini(Buf *buf, const Option *option, int indent);
/* "containers:", "web:", "publish_port:", "- \"8080:80\"". */
void example_yaml(Buf *buf, const Option *option, int indent);
/* The key as YAML is mostly written: "publish_port". */
Str example_yaml_key(Arena *arena, Str key);
