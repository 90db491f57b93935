/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/read.h"

#include "fuzz.h"

static Node *read(Run *run, const Source *source)
{
        return read_ini(run, run->arena, source);
}

/* Whatever the bytes, there is a tree, and its places lie in the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return fuzz_reader(read, FORMAT_INI, data, size, true);
}
