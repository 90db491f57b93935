/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/link.h"

#include "base/fs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/macvlan.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void link_put_p(struct rtnl_link **link)
{
        if (*link)
                rtnl_link_put(*link);
}

static void addr_put_p(struct rtnl_addr **addr)
{
        if (*addr)
                rtnl_addr_put(*addr);
}

static void route_put_p(struct rtnl_route **route)
{
        if (*route)
                rtnl_route_put(*route);
}

static void nl_addr_put_p(struct nl_addr **addr)
{
        if (*addr)
                nl_addr_put(*addr);
}

/* ---- the socket ---- */

/* The text that the kernel adds to an error (NETLINK_EXT_ACK, since Linux 4.12): libnl passes over
 * it. */
static void keep_words(LinkSpace *space, const struct nlmsgerr *error)
{
        const struct nlmsghdr *answer =
                (const struct nlmsghdr *)(const void *)((const char *)error - NLMSG_HDRLEN);
        size_t at = sizeof(*error);

        if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
                return;
        if (!(answer->nlmsg_flags & NLM_F_CAPPED))
                at += error->msg.nlmsg_len - NLMSG_HDRLEN;
        at = NLMSG_ALIGN(at);
        if (answer->nlmsg_len <= NLMSG_HDRLEN + at)
                return;

        const struct nlattr *attr =
                nla_find((const struct nlattr *)(const void *)((const char *)error + at),
                         (int)(answer->nlmsg_len - NLMSG_HDRLEN - at), NLMSGERR_ATTR_MSG);

        if (attr)
                nla_strlcpy(space->why, attr, sizeof(space->why));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *userdata)
{
        LinkSpace *space = userdata;

        (void)from;
        space->error = error->error;
        keep_words(space, error);
        return NL_STOP;
}

/* libnl's errors say less than those of the kernel, which on_error() has kept, but of look-ups. */
static int outcome(LinkSpace *space, int status)
{
        if (status >= 0)
                return 0;
        if (space->error)
                return space->error;
        switch (-status) {
        case NLE_NOMEM:
                return -ENOMEM;
        case NLE_OPNOTSUPP:
                return -EOPNOTSUPP;
        case NLE_NODEV:
        case NLE_OBJ_NOTFOUND:
                return -ENODEV;
        case NLE_PERM:
                return -EPERM;
        default:
                return -EIO;
        }
}

static void begin(LinkSpace *space)
{
        space->error = 0;
        space->why[0] = 0;
        nl_socket_modify_err_cb(space->socket, NL_CB_CUSTOM, on_error, space);
}

/* Sends what has been built, and waits for the kernel's answer. */
static int ask(LinkSpace *space, int built, struct nl_msg **msg)
{
        int status = built;

        begin(space);
        if (built < 0)
                return outcome(space, built);
        status = nl_send_auto(space->socket, *msg);
        nlmsg_free(*msg);
        return outcome(space, status < 0 ? status : nl_wait_for_ack(space->socket));
}

static int open_socket(LinkSpace *ret)
{
        const int on = 1;
        struct nl_sock *socket = nl_socket_alloc();

        if (!socket)
                return -ENOMEM;
        if (nl_connect(socket, NETLINK_ROUTE) < 0) {
                const int error = errno;

                nl_socket_free(socket);
                return error ? -error : -EIO;
        }
        if (setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0)
                errno = 0; /* only its words are missed */
        *ret = (LinkSpace){ .socket = socket };
        return 0;
}

/* A socket belongs for ever to the namespace that it was made in. */
int link_open(int space, LinkSpace *ret)
{
        CLEANUP(close_fd) int own = -1;
        int status;

        if (space != LINK_HERE) {
                own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
                if (own < 0 || setns(space, CLONE_NEWNET) < 0)
                        return -errno;
        }
        status = open_socket(ret);
        /* Going on in another namespace than the caller believes would do harm. */
        if (own >= 0 && setns(own, CLONE_NEWNET) < 0)
                abort();
        return status;
}

void link_close(LinkSpace *space)
{
        if (space->socket)
                nl_socket_free(space->socket);
        *space = (LinkSpace){ 0 };
}

Str link_error(const LinkSpace *space, int negative_errno)
{
        return space->why[0] ? str_c(space->why) : fs_error(negative_errno);
}

/* ---- devices ---- */

bool link_parse_mac(Str text, LinkMac *ret)
{
        LinkMac mac = { .set = true };
        Str byte;

        for (size_t i = 0; i < LINK_MAC; i++) {
                char *end, digits[3] = { 0 };

                if (!str_next(&text, ':', &byte) || byte.len != 2)
                        return false;
                memcpy(digits, byte.data, 2);
                mac.at[i] = (uint8_t)strtoul(digits, &end, 16);
                if (*end || digits[0] == '-' || digits[0] == '+' || char_is_space(digits[0]))
                        return false;
        }
        if (text.data || mac.at[0] & 1)
                return false;
        *ret = mac;
        return true;
}

static int set_mac(struct rtnl_link *link, const LinkMac *mac)
{
        CLEANUP(nl_addr_put) struct nl_addr *addr = NULL;

        if (!mac->set)
                return 0;
        addr = nl_addr_build(AF_LLC, mac->at, LINK_MAC);
        if (!addr)
                return -NLE_NOMEM;
        rtnl_link_set_addr(link, addr);
        return 0;
}

static int set_end(struct rtnl_link *link, const LinkEnd *end)
{
        rtnl_link_set_name(link, end->name);
        if (end->mtu)
                rtnl_link_set_mtu(link, end->mtu);
        if (end->space != LINK_HERE)
                rtnl_link_set_ns_fd(link, end->space);
        return set_mac(link, &end->mac);
}

static int add(LinkSpace *space, struct rtnl_link *link, const LinkEnd *end)
{
        struct nl_msg *msg = NULL;
        int status = link ? set_end(link, end) : -NLE_NOMEM;

        if (status >= 0)
                status = rtnl_link_build_add_request(link, NLM_F_CREATE | NLM_F_EXCL, &msg);
        return ask(space, status, &msg);
}

int link_add_veth(LinkSpace *space, const LinkEnd *end, const LinkEnd *peer)
{
        struct rtnl_link *link = rtnl_link_veth_alloc();
        struct rtnl_link *other = link ? rtnl_link_veth_get_peer(link) : NULL;
        int status = -ENOMEM;

        if (other && set_end(other, peer) >= 0)
                status = add(space, link, end);
        if (other)
                rtnl_link_put(other);
        if (link)
                rtnl_link_veth_release(link);
        return status;
}

int link_add(LinkSpace *space, const char *kind, const LinkEnd *end)
{
        CLEANUP(link_put) struct rtnl_link *link = rtnl_link_alloc();

        if (!link || rtnl_link_set_type(link, kind) < 0)
                return link ? -EOPNOTSUPP : -ENOMEM;
        return add(space, link, end);
}

static int get(LinkSpace *space, const char *name, struct rtnl_link **ret)
{
        begin(space);
        if (!*name || strlen(name) >= IFNAMSIZ)
                return -ENODEV;
        return outcome(space, rtnl_link_get_kernel(space->socket, 0, name, ret));
}

static int index_of(LinkSpace *space, const char *name, int *ret)
{
        CLEANUP(link_put) struct rtnl_link *link = NULL;
        const int status = get(space, name, &link);

        if (status == 0)
                *ret = rtnl_link_get_ifindex(link);
        return status;
}

int link_find(LinkSpace *space, const char *name)
{
        int index = 0;

        return index_of(space, name, &index);
}

int link_add_macvlan(LinkSpace *space, const char *parent, const char *mode, const LinkEnd *end)
{
        CLEANUP(link_put) struct rtnl_link *link = rtnl_link_macvlan_alloc();
        const int which = rtnl_link_macvlan_str2mode(mode);
        int index = 0, status;

        if (!link)
                return -ENOMEM;
        if (which < 0)
                return -EINVAL;
        status = index_of(space, parent, &index);
        if (status < 0)
                return status;
        rtnl_link_set_link(link, index);
        rtnl_link_macvlan_set_mode(link, (uint32_t)which);
        return add(space, link, end);
}

/* ---- changes ---- */

/* The flags of the link are those that the kernel has, so that the others stay. */
static int change(LinkSpace *space, struct rtnl_link *link, struct rtnl_link *changes)
{
        struct nl_msg *msg = NULL;

        return ask(space, rtnl_link_build_change_request(link, changes, 0, &msg), &msg);
}

static int set_plain(LinkSpace *space, struct rtnl_link *link, const LinkChange *wanted)
{
        CLEANUP(link_put) struct rtnl_link *changes = rtnl_link_alloc();

        if (!changes || (wanted->mac && set_mac(changes, wanted->mac) < 0))
                return -ENOMEM;
        if (wanted->alias)
                rtnl_link_set_ifalias(changes, wanted->alias);
        if (wanted->mtu)
                rtnl_link_set_mtu(changes, wanted->mtu);
        if (wanted->master) {
                int master = 0, status = index_of(space, wanted->master, &master);

                if (status < 0)
                        return status;
                rtnl_link_set_master(changes, master);
        }
        return change(space, link, changes);
}

/* The kernel gives it the new name as it arrives there, where the old one may be taken. */
static int set_place(LinkSpace *space, struct rtnl_link *link, const LinkChange *wanted)
{
        CLEANUP(link_put) struct rtnl_link *changes = rtnl_link_alloc();

        if (!changes)
                return -ENOMEM;
        if (wanted->move)
                rtnl_link_set_ns_fd(changes, wanted->space);
        if (wanted->name)
                rtnl_link_set_name(changes, wanted->name);
        return change(space, link, changes);
}

static int raise_link(LinkSpace *space, struct rtnl_link *link)
{
        CLEANUP(link_put) struct rtnl_link *changes = rtnl_link_alloc();

        if (!changes)
                return -ENOMEM;
        rtnl_link_set_flags(changes, IFF_UP);
        return change(space, link, changes);
}

int link_change(LinkSpace *space, const char *name, const LinkChange *wanted)
{
        CLEANUP(link_put) struct rtnl_link *link = NULL;
        int status = get(space, name, &link);

        assert(!wanted->move || !wanted->up);
        if (status >= 0 && (wanted->alias || wanted->mac || wanted->mtu || wanted->master))
                status = set_plain(space, link, wanted);
        if (status >= 0 && (wanted->move || wanted->name))
                status = set_place(space, link, wanted);
        if (status >= 0 && wanted->up)
                status = raise_link(space, link);
        return status;
}

int link_delete(LinkSpace *space, const char *name)
{
        CLEANUP(link_put) struct rtnl_link *link = NULL;
        struct nl_msg *msg = NULL;
        const int status = get(space, name, &link);

        return status < 0 ? status : ask(space, rtnl_link_build_delete_request(link, &msg), &msg);
}

static const char *keep(Arena *arena, const char *text)
{
        return text ? arena_c(arena, str_c(text)) : NULL;
}

int link_list(LinkSpace *space, Arena *arena, LinkInfos *ret)
{
        struct nl_cache *cache = NULL;
        LinkInfos infos = { 0 };
        int status;

        begin(space);
        status = rtnl_link_alloc_cache(space->socket, AF_UNSPEC, &cache);
        if (status < 0)
                return outcome(space, status);
        for (struct nl_object *o = nl_cache_get_first(cache); o; o = nl_cache_get_next(o)) {
                struct rtnl_link *link = (struct rtnl_link *)o;

                VEC_ADD(arena, &infos,
                        (LinkInfo){ .name = keep(arena, rtnl_link_get_name(link)),
                                    .alias = keep(arena, rtnl_link_get_ifalias(link)),
                                    .kind = keep(arena, rtnl_link_get_type(link)),
                                    .loopback = rtnl_link_get_flags(link) & IFF_LOOPBACK });
        }
        nl_cache_free(cache);
        *ret = infos;
        return 0;
}

/* ---- addresses and routes ---- */

static struct nl_addr *build_addr(const Address *address, unsigned bits)
{
        struct nl_addr *addr = nl_addr_build(address->bytes == 4 ? AF_INET : AF_INET6, address->at,
                                             address->bytes);

        if (addr)
                nl_addr_set_prefixlen(addr, (int)bits);
        return addr;
}

int link_add_address(LinkSpace *space, const char *name, const Address *address, unsigned bits,
                     bool with_dad)
{
        CLEANUP(addr_put) struct rtnl_addr *addr = rtnl_addr_alloc();
        CLEANUP(nl_addr_put) struct nl_addr *local = build_addr(address, bits);
        struct nl_msg *msg = NULL;
        int index = 0, status = index_of(space, name, &index);

        if (status < 0)
                return status;
        if (!addr || !local || rtnl_addr_set_local(addr, local) < 0)
                return -ENOMEM;
        rtnl_addr_set_ifindex(addr, index);
        if (address->bytes == 16 && !with_dad)
                rtnl_addr_set_flags(addr, IFA_F_NODAD);
        return ask(space, rtnl_addr_build_add_request(addr, NLM_F_EXCL, &msg), &msg);
}

static int set_hop(struct rtnl_route *route, const LinkRoute *wanted, int index)
{
        CLEANUP(nl_addr_put) struct nl_addr *gateway = NULL;
        struct rtnl_nexthop *hop = rtnl_route_nh_alloc();

        if (!hop)
                return -ENOMEM;
        rtnl_route_add_nexthop(route, hop);
        if (index)
                rtnl_route_nh_set_ifindex(hop, index);
        if (!wanted->gateway.bytes)
                return 0;
        gateway = build_addr(&wanted->gateway, wanted->gateway.bytes * 8);
        if (!gateway)
                return -ENOMEM;
        rtnl_route_nh_set_gateway(hop, gateway);
        return 0;
}

int link_add_route(LinkSpace *space, const LinkRoute *wanted)
{
        CLEANUP(route_put) struct rtnl_route *route = rtnl_route_alloc();
        CLEANUP(nl_addr_put) struct nl_addr *to = build_addr(&wanted->to.first, wanted->bits);
        CLEANUP(nl_addr_put) struct nl_addr *source = NULL;
        struct nl_msg *msg = NULL;
        int index = 0, status = wanted->device ? index_of(space, wanted->device, &index) : 0;

        if (status < 0)
                return status;
        if (!route || !to || rtnl_route_set_dst(route, to) < 0)
                return -ENOMEM;
        rtnl_route_set_table(route, wanted->table ? wanted->table : RT_TABLE_MAIN);
        rtnl_route_set_protocol(route, RTPROT_STATIC);
        rtnl_route_set_scope(route, wanted->gateway.bytes || wanted->to.first.bytes == 16
                                            ? RT_SCOPE_UNIVERSE
                                            : RT_SCOPE_LINK);
        if (wanted->metric)
                rtnl_route_set_priority(route, wanted->metric);
        if (wanted->source.bytes) {
                source = build_addr(&wanted->source, wanted->source.bytes * 8);
                if (!source || rtnl_route_set_pref_src(route, source) < 0)
                        return -ENOMEM;
        }
        status = set_hop(route, wanted, index);
        if (status < 0)
                return status;
        return ask(space, rtnl_route_build_add_request(route, NLM_F_EXCL, &msg), &msg);
}
