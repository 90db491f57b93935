/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Internet addresses, and spans of them such as the subnet of a network, as bytes that can be compared. */

#include "base/str.h"

typedef struct Address {
        unsigned bytes; /* 4 or 16; 0: none */
        unsigned char at[16];
} Address;

typedef struct AddressSpan {
        Address first, last; /* both belong to it */
} AddressSpan;

/* An IPv4 or IPv6 address without zone and brackets. False when s is none. */
bool address_parse(Str s, Address *ret);
/* ADDRESS/BITS, FIRST-LAST, or one ADDRESS. False when s is none. */
bool address_parse_span(Str s, AddressSpan *ret);

/* All addresses whose first bits are those of the address. */
void address_span(const Address *address, unsigned bits, AddressSpan *ret);
/* IPv4 comes first. */
int address_compare(const Address *a, const Address *b);
/* Whether all of inner belongs to outer. */
bool address_within(const AddressSpan *inner, const AddressSpan *outer);
