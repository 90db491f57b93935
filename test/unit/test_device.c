/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/device.h"
#include "test.h"

#define KEY "vQG5KWh9ScdXo+ehQkAGD9ncqyBGyZRi4gmfMUK4/Vg="

static void parses(void)
{
        static const struct {
                DeviceKind kind;
                const char *text;
                const char *bad; /* the part that is wrong; NULL: none is */
                const char *nearest;
        } rows[] = {
                { DEVICE_VETH, "eth0", NULL, NULL },
                { DEVICE_VETH, "eth0,address=10.0.0.1/24,address=fd00::1,mtu=1400,mac=02:00:00:aa:Bb:0c", NULL, NULL },
                { DEVICE_VETH, "eth0,Peer_Name=x,PEERADDRESS=10.0.0.1,peer-bridge=br0,masquerade=both", NULL, NULL },
                { DEVICE_VETH, "", "", NULL },
                { DEVICE_VETH, ",mtu=1", "", NULL },
                { DEVICE_VETH, "lo", "lo", NULL },
                { DEVICE_VETH, "eth0,", "", NULL },
                { DEVICE_VETH, "eth0,,mtu=1", "", NULL },
                { DEVICE_VETH, "eth0,mtu", "mtu", NULL },
                { DEVICE_VETH, "eth0,mtu=70000", "mtu=70000", NULL },
                { DEVICE_VETH, "eth0,adress=10.0.0.1", "adress=10.0.0.1", "address" },
                { DEVICE_VETH, "eth0,address=10.0.0.1/33", "address=10.0.0.1/33", NULL },
                { DEVICE_VETH, "eth0,address=fd00::1/129", "address=fd00::1/129", NULL },
                { DEVICE_VETH, "eth0,address=", "address=", NULL },
                { DEVICE_VETH, "eth0,mac=03:00:00:00:00:01", "mac=03:00:00:00:00:01", NULL },
                { DEVICE_VETH, "eth0,mac=02:00:00:00:00", "mac=02:00:00:00:00", NULL },
                { DEVICE_VETH, "eth0,parent=eth1", "parent=eth1", NULL },
                { DEVICE_VETH, "eth0,peer=a/b", "peer=a/b", NULL },
                { DEVICE_BRIDGE, "br0,bridge=br1", "bridge=br1", NULL },
                { DEVICE_MACVLAN, "m,parent=eth0,mode=vepa", NULL, NULL },
                { DEVICE_MACVLAN, "m,mode=ipvlan", "mode=ipvlan", NULL },
                { DEVICE_WIREGUARD, "wg0,private-key-file=/k,listen-port=51820,firewall-mark=4294967295", NULL, NULL },
                { DEVICE_WIREGUARD, "wg0,private-key-file=k", "private-key-file=k", NULL },
                { DEVICE_WIREGUARD, "wg0,private-key=" KEY, "private-key=" KEY, NULL },
                { DEVICE_PEER, KEY ",allowed-ips=10.0.0.0/8,endpoint=[fd00::1]:1,persistent-keepalive=25", NULL, NULL },
                { DEVICE_PEER, KEY ",endpoint=vpn.example.com:51820", NULL, NULL },
                { DEVICE_PEER, KEY ",endpoint=vpn.example.com", "endpoint=vpn.example.com", NULL },
                { DEVICE_PEER, KEY ",endpoint=a b:1", "endpoint=a b:1", NULL },
                { DEVICE_PEER, KEY ",endpoint=[fd00::1:1", "endpoint=[fd00::1:1", NULL },
                { DEVICE_PEER, KEY ",endpoint=x:0", "endpoint=x:0", NULL },
                { DEVICE_PEER, "short=", "short=", NULL },
                { DEVICE_ROUTE, "10.0.0.0/8,gateway=10.0.0.1,metric=4294967295,table=7", NULL, NULL },
                { DEVICE_ROUTE, "10.0.0.0/8,gateway=10.0.0.1/8", "gateway=10.0.0.1/8", NULL },
                { DEVICE_ROUTE, "default", "default", NULL },
        };
        Arena arena = { 0 };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Device device = { 0 };
                DeviceError error = { 0 };
                const bool ok = device_parse(&arena, rows[i].kind, str_c(rows[i].text), &device, &error);

                CHECK(ok == !rows[i].bad, "'%s'", rows[i].text);
                if (ok || !rows[i].bad)
                        continue;
                CHECK_STR(error.part, str_c(rows[i].bad));
                CHECK(error.wanted, "'%s'", rows[i].text);
                if (rows[i].nearest)
                        CHECK_STR(error.nearest, str_c(rows[i].nearest));
        }
        arena_free(&arena);
}

static void values(void)
{
        Arena arena = { 0 };
        Device device;
        DeviceError error;

        CHECK(device_parse(&arena, DEVICE_VETH, S("eth0,address=10.0.0.1,address=10.0.1.1/24,peer=green,masquerade=ipv6"),
                           &device, &error));
        CHECK_STR(device.name, S("eth0"));
        CHECK_STR(device.peer, S("green"));
        CHECK(device.addresses.count == 2 && device.addresses.items[0].bits == 32 && device.addresses.items[1].bits == 24);
        CHECK(device.masquerade == DEVICE_IP6);
        CHECK(device_parse(&arena, DEVICE_ROUTE, S("fd00::/64,device=wg0"), &device, &error));
        CHECK(device.to.bits == 64 && device.to.address.bytes == 16 && !device.gateway.text.len);
        arena_free(&arena);
}

static void names(void)
{
        static const struct {
                const char *name;
                bool ok;
        } rows[] = {
                { "eth0", true },  { "a", true },       { "fifteen-bytes-1", true }, { "sixteen-bytes-16", false },
                { "", false },     { ".", false },      { "..", false },             { "a/b", false },
                { "a:1", false },  { "a b", false },    { "12", false },             { "1a", true },
                { "all", false },  { "default", false }, { "a%d", false },           { "\xc3\xa4", false },
                { "a,b", false },  { "eth.5", true },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                CHECK(device_is_name(str_c(rows[i].name)) == rows[i].ok, "'%s'", rows[i].name);
}

/* T-05: the rule is one that units rely on: it never changes. */
static void short_names(void)
{
        static const struct {
                const char *text, *name;
        } rows[] = {
                { "blue-eth0", "blue-eth0" },
                { "fifteen-bytes-1", "fifteen-bytes-1" },
                { "a-long-name-eth0", "a-long-na-" },
                { "a-long-name-eth1", "a-long-na-" },
        };
        Arena arena = { 0 };
        Str made[ELEMENTS(rows)];

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                made[i] = device_name(&arena, str_c(rows[i].text));
                CHECK(str_starts(made[i], str_c(rows[i].name)) && device_is_name(made[i]), "%.*s", STR_ARG(made[i]));
                CHECK(made[i].len == 15 || str_is(made[i], rows[i].text), "%.*s", STR_ARG(made[i]));
        }
        CHECK(!str_eq(made[2], made[3]));
        CHECK_STR(made[2], S("a-long-na-li3xr"));
        arena_free(&arena);
}

TEST_MAIN(TEST(parses), TEST(values), TEST(names), TEST(short_names))
