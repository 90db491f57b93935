/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/read.h"

#include "fuzz.h"

/* Whatever the bytes, there is a tree within the limits, or a report. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return fuzz_reader(read_yaml, FORMAT_YAML, data, size, false);
}
