/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* In network namespaces of its own, and as root in a user namespace where it is not root already.
 */

#include "base/fs.h"
#include "helpers/link.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

static Arena arena;

#define OK(call)                                                                                   \
        do {                                                                                       \
                const int status_ = (call);                                                        \
                                                                                                   \
                CHECK(status_ == 0, "%s", strerror(-status_));                                     \
        } while (0)

static int here(void)
{
        return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static int new_space(void)
{
        CLEANUP(close_fd) int own = here();
        int made = -1;

        if (unshare(CLONE_NEWNET) == 0)
                made = here();
        if (setns(own, CLONE_NEWNET) < 0)
                abort();
        return made;
}

typedef struct Pair {
        int fd[2];
        LinkSpace space[2];
} Pair;

static Pair pair_open(void)
{
        Pair pair;

        for (size_t i = 0; i < 2; i++) {
                pair.fd[i] = new_space();
                OK(link_open(pair.fd[i], &pair.space[i]));
        }
        return pair;
}

static void pair_close(Pair *pair)
{
        for (size_t i = 0; i < 2; i++) {
                link_close(&pair->space[i]);
                close(pair->fd[i]);
        }
}

static Address address(const char *text)
{
        Address result = { 0 };

        CHECK(address_parse(str_c(text), &result), "%s", text);
        return result;
}

static const LinkInfo *look(LinkSpace *space, const char *name)
{
        LinkInfos infos = { 0 };

        OK(link_list(space, &arena, &infos));
        VEC_EACH (const LinkInfo, info, &infos)
                if (str_is(str_c(info->name), name))
                        return info;
        return NULL;
}

static int udp_socket(int space, int family)
{
        CLEANUP(close_fd) int own = here();
        int made = -1;

        if (setns(space, CLONE_NEWNET) == 0)
                made = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (setns(own, CLONE_NEWNET) < 0)
                abort();
        return made;
}

/* A datagram goes from the first namespace to an address in the second. */
static bool reaches(const Pair *pair, const char *to)
{
        const int family = strchr(to, ':') ? AF_INET6 : AF_INET;
        CLEANUP(close_fd) int from = udp_socket(pair->fd[0], family);
        CLEANUP(close_fd) int at = udp_socket(pair->fd[1], family);
        struct sockaddr_in six_or_four = { .sin_family = AF_INET, .sin_port = htons(7) };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
        const bool old = family == AF_INET;
        const struct sockaddr *where = old ? (const void *)&six_or_four : (const void *)&six;
        const socklen_t size = old ? sizeof(six_or_four) : sizeof(six);
        const struct timeval patience = { .tv_sec = 10 };
        char got[8];

        inet_pton(family, to, old ? (void *)&six_or_four.sin_addr : (void *)&six.sin6_addr);
        setsockopt(at, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        return bind(at, where, size) == 0 && sendto(from, "hello", 5, 0, where, size) == 5 &&
               recv(at, got, sizeof(got), 0) == 5;
}

/* Made in one namespace, with a name that both ends want; the peer gets it where it arrives. */
static void veth(void)
{
        Pair pair = pair_open();
        LinkMac mac;
        const Address a = address("10.1.2.1"), b = address("10.1.2.2"), a6 = address("fd00::1"),
                      b6 = address("fd00::2");

        CHECK(link_parse_mac(S("02:00:00:00:00:2A"), &mac));
        OK(link_add_veth(&pair.space[0],
                         &(LinkEnd){ .name = "eth0", .space = LINK_HERE, .mac = mac, .mtu = 1400 },
                         &(LinkEnd){ .name = "moving", .space = LINK_HERE }));
        OK(link_change(
                &pair.space[0], "moving",
                &(LinkChange){
                        .alias = "of a test", .move = true, .space = pair.fd[1], .name = "eth0" }));
        CHECK(link_find(&pair.space[0], "moving") == -ENODEV);
        OK(link_find(&pair.space[1], "eth0"));

        const LinkInfo *info = look(&pair.space[1], "eth0");

        CHECK(info && info->alias && str_is(str_c(info->alias), "of a test"));
        CHECK(info && info->kind && str_is(str_c(info->kind), "veth") && !info->loopback);
        for (size_t i = 0; i < 2; i++) {
                OK(link_add_address(&pair.space[i], "eth0", i ? &b : &a, 24, false));
                OK(link_add_address(&pair.space[i], "eth0", i ? &b6 : &a6, 64, false));
                OK(link_change(&pair.space[i], "eth0", &(LinkChange){ .up = true }));
        }
        CHECK(reaches(&pair, "10.1.2.2"));
        CHECK(reaches(&pair, "fd00::2"));
        CHECK(link_add_address(&pair.space[0], "eth0", &a, 24, false) == -EEXIST);
        OK(link_delete(&pair.space[0], "eth0"));
        CHECK(link_find(&pair.space[1], "eth0") == -ENODEV);
        pair_close(&pair);
}

/* An address beyond the link, by a route; and one by a route without gateway. */
static void routes(void)
{
        Pair pair = pair_open();
        const Address a = address("10.1.2.1"), b = address("10.1.2.2"), far = address("10.9.9.9"),
                      near = address("10.8.8.8");
        const LinkRoute back = { .to.first = a, .bits = 32, .device = "b" };
        LinkRoute route = { .bits = 0, .gateway = b };

        OK(link_add_veth(&pair.space[0], &(LinkEnd){ .name = "a", .space = LINK_HERE },
                         &(LinkEnd){ .name = "b", .space = pair.fd[1] }));
        OK(link_add_address(&pair.space[0], "a", &a, 24, false));
        OK(link_add_address(&pair.space[1], "b", &b, 32, false));
        OK(link_add_address(&pair.space[1], "b", &far, 32, false));
        OK(link_add_address(&pair.space[1], "b", &near, 32, false));
        for (size_t i = 0; i < 2; i++)
                OK(link_change(&pair.space[i], i ? "b" : "a", &(LinkChange){ .up = true }));
        OK(link_add_route(&pair.space[1], &back));
        route.to.first = address("0.0.0.0");
        OK(link_add_route(&pair.space[0], &route));
        OK(link_add_route(
                &pair.space[0],
                &(LinkRoute){ .to.first = near, .bits = 32, .device = "a", .metric = 7 }));
        CHECK(reaches(&pair, "10.9.9.9"));
        CHECK(reaches(&pair, "10.8.8.8"));

        route.to.first = address("10.5.0.0");
        route.bits = 16;
        route.gateway = address("10.77.0.1");
        route.device = "a";
        CHECK(link_add_route(&pair.space[0], &route) == -ENETUNREACH);
        CHECK_STR(link_error(&pair.space[0], -ENETUNREACH), S("Nexthop has invalid gateway"));
        route.device = "none";
        CHECK(link_add_route(&pair.space[0], &route) == -ENODEV);
        pair_close(&pair);
}

static void bridge(void)
{
        Pair pair = pair_open();
        const Address a = address("10.1.2.1"), b = address("10.1.2.2");

        OK(link_add(&pair.space[1], "bridge", &(LinkEnd){ .name = "br0", .space = LINK_HERE }));
        CHECK(link_add(&pair.space[1], "bridge", &(LinkEnd){ .name = "br0", .space = LINK_HERE }) ==
              -EEXIST);
        OK(link_add_veth(&pair.space[0], &(LinkEnd){ .name = "eth0", .space = LINK_HERE },
                         &(LinkEnd){ .name = "port", .space = pair.fd[1] }));
        OK(link_change(&pair.space[1], "port", &(LinkChange){ .master = "br0", .up = true }));
        CHECK(link_change(&pair.space[1], "port", &(LinkChange){ .master = "none" }) == -ENODEV);
        OK(link_add_address(&pair.space[0], "eth0", &a, 24, false));
        OK(link_add_address(&pair.space[1], "br0", &b, 24, false));
        OK(link_change(&pair.space[0], "eth0", &(LinkChange){ .up = true }));
        OK(link_change(&pair.space[1], "br0", &(LinkChange){ .up = true }));
        CHECK(reaches(&pair, "10.1.2.2"));
        pair_close(&pair);
}

/* On a device of one namespace, made in the other; two of a parent see each other. */
static void macvlan(void)
{
        Pair pair = pair_open();
        LinkEnd end = { .name = "lan0", .space = pair.fd[1] };
        const Address a = address("10.1.2.1"), b = address("10.1.2.2");

        OK(link_add_veth(&pair.space[0], &(LinkEnd){ .name = "parent", .space = LINK_HERE },
                         &(LinkEnd){ .name = "wire", .space = LINK_HERE }));
        OK(link_change(&pair.space[0], "parent", &(LinkChange){ .up = true }));
        OK(link_change(&pair.space[0], "wire", &(LinkChange){ .up = true }));
        OK(link_add_macvlan(&pair.space[0], "parent", "bridge", &end));
        CHECK(link_add_macvlan(&pair.space[0], "none", "bridge", &end) == -ENODEV);
        CHECK(link_add_macvlan(&pair.space[0], "parent", "none", &end) == -EINVAL);
        end.space = LINK_HERE;
        OK(link_add_macvlan(&pair.space[0], "parent", "bridge", &end));
        for (size_t i = 0; i < 2; i++) {
                OK(link_add_address(&pair.space[i], "lan0", i ? &b : &a, 24, false));
                OK(link_change(&pair.space[i], "lan0", &(LinkChange){ .up = true }));
        }
        CHECK(reaches(&pair, "10.1.2.2"));
        pair_close(&pair);
}

static void failures(void)
{
        Pair pair = pair_open();
        const LinkInfo *lo = look(&pair.space[0], "lo");

        CHECK(lo && lo->loopback && !lo->kind && !lo->alias);
        CHECK(link_delete(&pair.space[0], "lo") < 0);
        CHECK(link_delete(&pair.space[0], "none") == -ENODEV);
        CHECK(link_delete(&pair.space[0], "of-sixteen-bytes") == -ENODEV);
        CHECK(link_add(&pair.space[0], "no-such-kind",
                       &(LinkEnd){ .name = "x", .space = LINK_HERE }) == -EOPNOTSUPP);
        CHECK(link_add(&pair.space[0], "bridge", &(LinkEnd){ .name = "a/b", .space = LINK_HERE }) ==
              -EINVAL);
        pair_close(&pair);
}

static void macs(void)
{
        static const struct {
                const char *text;
                bool ok;
        } rows[] = {
                { "02:00:00:00:00:01", true },     { "fe:FF:0a:A0:9f:f9", true },
                { "01:00:00:00:00:01", false },    { "02:00:00:00:00", false },
                { "02:00:00:00:00:01:02", false }, { "02:00:00:00:00:1", false },
                { "02:00:00:00:00:0g", false },    { "02:00:00:00:00:-1", false },
                { "02:00:00:00:00: 1", false },    { "", false },
        };
        LinkMac mac;

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                CHECK(link_parse_mac(str_c(rows[i].text), &mac) == rows[i].ok, "'%s'",
                      rows[i].text);
}

/* The first of them: the others need what it does. */
static void own_namespace(void)
{
        CHECK(unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, "%s",
              strerror(errno));
}

TEST_MAIN(TEST(own_namespace), TEST(macs), TEST(veth), TEST(routes), TEST(bridge), TEST(macvlan),
          TEST(failures))
