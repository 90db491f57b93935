/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/address.h"

#include "base/num.h"

#include <arpa/inet.h>

bool address_parse(Str s, Address *ret)
{
        char text[INET6_ADDRSTRLEN];
        Address address = { .bytes = str_contains(s, ':') ? 16 : 4 };

        if (!s.len || s.len >= sizeof(text) || memchr(s.data, 0, s.len))
                return false;
        memcpy(text, s.data, s.len);
        text[s.len] = 0;
        if (inet_pton(address.bytes == 4 ? AF_INET : AF_INET6, text, address.at) != 1)
                return false;
        *ret = address;
        return true;
}

void address_span(const Address *address, unsigned bits, AddressSpan *ret)
{
        AddressSpan span = { *address, *address };

        for (unsigned bit = bits; bit < address->bytes * 8; bit++) {
                const unsigned char mask = (unsigned char)(0x80 >> bit % 8);

                span.first.at[bit / 8] &= (unsigned char)~mask;
                span.last.at[bit / 8] |= mask;
        }
        *ret = span;
}

bool address_parse_span(Str s, AddressSpan *ret)
{
        AddressSpan span;
        Str before = s, after;
        uint64_t bits;

        if (str_cut(s, '/', &before, &after)) {
                if (!address_parse(before, &span.first) || !num_unsigned(after, span.first.bytes * 8, &bits))
                        return false;
                address_span(&span.first, (unsigned)bits, ret);
                return true;
        }
        after = s;
        str_cut(s, '-', &before, &after);
        if (!address_parse(before, &span.first) || !address_parse(after, &span.last) ||
            span.first.bytes != span.last.bytes || address_compare(&span.first, &span.last) > 0)
                return false;
        *ret = span;
        return true;
}

int address_compare(const Address *a, const Address *b)
{
        if (a->bytes != b->bytes)
                return a->bytes < b->bytes ? -1 : 1;
        return memcmp(a->at, b->at, a->bytes);
}

bool address_within(const AddressSpan *inner, const AddressSpan *outer)
{
        return inner->first.bytes == outer->first.bytes && address_compare(&inner->first, &outer->first) >= 0 &&
               address_compare(&inner->last, &outer->last) <= 0;
}
