/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Numbers from text: the whole text or nothing. Nothing here skips white space, takes a sign that is not
 * asked for, or wraps around. */

#include <stdint.h>

#include "base/str.h"

/* Decimal digits, at most max. */
bool num_unsigned(Str s, uint64_t max, uint64_t *ret);
/* The same with an optional '-'. */
bool num_signed(Str s, int64_t min, int64_t max, int64_t *ret);
/* Octal digits, with or without a leading 0. */
bool num_octal(Str s, uint64_t max, uint64_t *ret);
/* 512, 512b, 64k, 64K, 64KiB, 1.5g: bytes, in powers of 1024 (podman-run(1) --memory, compose-spec: byte values). */
bool num_size(Str s, uint64_t *ret_bytes);
/* 90, 90s, 1min 30s, 1m30s, 500ms, 1.5h: microseconds. Takes both systemd.time(7)'s words and the form of Go
 * (s, m, h, ms, us), where "m" is minutes in both. A bare number is seconds. */
bool num_duration(Str s, uint64_t *ret_usec);
