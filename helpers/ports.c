/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-ports: forwards ports of the host to a container that has an address of its own, by a table of nftables. It
 * works in the host's network namespace, whichever the unit has. Unlike --port= of systemd-nspawn it answers on the
 * host's loopback too (T-31). */

#include "base/address.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/num.h"
#include "helpers/args.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#define HOST "/proc/1/ns/net"

enum {
        LOOPBACK = 127, /* the first byte of its addresses */
        NAME_SIZE_MAX = 200,
};

typedef struct Options {
        const char *device;
        Words ports;
        bool remove;
} Options;

static const Arg args[] = {
        { "device", "NAME", "the host's device by which the container is\nreached", ARG_TEXT, offsetof(Options, device) },
        { "port", "PORT", "ADDRESS:FIRST-LAST:TARGET:FIRST-LAST/PROTOCOL:\nports on an address of the host, and where they\nlead (*)", ARG_LIST,
          offsetof(Options, ports) },
        { "remove", NULL, "end it", ARG_FLAG, offsetof(Options, remove) },
};

static const ArgsProgram program = {
        .synopsis = "--device=NAME --port=PORT... NAME\n"
                    "       bayplan-ports --remove NAME",
        .about = "Forwards ports of the host, in the place of those that are forwarded for NAME\n"
                 "already. 0.0.0.0 and [::] are all addresses of the host.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 done; 1 it cannot be done; 125 the command line is wrong.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 1,
        .max_words = 1,
};

/* One family's ports, FIRST-LAST on both sides. */
typedef struct Forward {
        Str address, target; /* as texts */
        bool six;
        bool all;      /* addresses of the host */
        bool loopback; /* of IPv4: what reaches the container comes from 127.0.0.1 */
        bool outside;  /* others than this machine can reach it */
        uint64_t first, last, target_first, target_last;
        Str protocol;
} Forward;

typedef VEC(Forward) Forwards;

/* ---- command line ---- */

/* Takes "ADDRESS:FIRST-LAST" from the beginning, and a colon when more follows. */
static bool take_side(Str *rest, char end, Str *ret_address, Address *ret, uint64_t *ret_first, uint64_t *ret_last)
{
        const bool bracket = str_starts(*rest, S("["));
        Str range = { 0 }, first, last, after;

        if (!str_cut(str_skip(*rest, bracket), bracket ? ']' : ':', ret_address, &after) || !address_parse(*ret_address, ret))
                return false;
        if (bracket && !str_starts(after, S(":")))
                return false;
        after = str_skip(after, bracket);
        return str_cut(after, end, &range, rest) && str_cut(range, '-', &first, &last) && num_unsigned(first, 65535, ret_first) &&
               num_unsigned(last, 65535, ret_last) && *ret_first && *ret_first <= *ret_last;
}

static bool parse_port(Str text, Forward *ret)
{
        static const Str protocols[] = { STR_INIT("tcp"), STR_INIT("udp"), STR_INIT("sctp") };
        static const Address zero = { 0 };
        Forward f = { 0 };
        Address address, target;

        if (!take_side(&text, ':', &f.address, &address, &f.first, &f.last) ||
            !take_side(&text, '/', &f.target, &target, &f.target_first, &f.target_last) || address.bytes != target.bytes ||
            f.last - f.first != f.target_last - f.target_first || str_index(text, protocols, ELEMENTS(protocols)) == ELEMENTS(protocols))
                return false;
        f.protocol = protocols[str_index(text, protocols, ELEMENTS(protocols))];
        f.six = address.bytes == 16;
        f.all = memcmp(address.at, zero.at, address.bytes) == 0;
        f.loopback = !f.six && (f.all || address.at[0] == LOOPBACK);
        f.outside = f.all || f.six || address.at[0] != LOOPBACK;
        *ret = f;
        return true;
}

static bool is_plain(Str name, size_t max)
{
        bool ok = name.len > 0 && name.len <= max;

        for (size_t i = 0; i < name.len && ok; i++)
                ok = char_is_alpha(name.data[i]) || char_is_digit(name.data[i]) || memchr("-_.", name.data[i], 3);
        return ok;
}

static bool read_ports(Arena *arena, const Options *options, const char *name, Forwards *forwards)
{
        if (!is_plain(str_c(name), NAME_SIZE_MAX)) {
                say(SAY_ERROR, "'%s' cannot be a name of forwarded ports", name);
                return false;
        }
        if (options->remove != !options->ports.count || !options->device == !options->remove) {
                say(SAY_ERROR, "it takes either --remove, or --device= and --port=; see --help");
                return false;
        }
        if (options->device && (!is_plain(str_c(options->device), 15) || str_starts(str_c(options->device), S(".")))) {
                say(SAY_ERROR, "--device= takes the name of a device, not '%s'", options->device);
                return false;
        }
        VEC_EACH(const char *const, word, &options->ports) {
                Forward forward;

                if (!parse_port(str_c(*word), &forward)) {
                        say(SAY_ERROR, "--port= takes ADDRESS:FIRST-LAST:TARGET:FIRST-LAST/PROTOCOL, not '%s'", *word);
                        return false;
                }
                VEC_ADD(arena, forwards, forward);
        }
        return true;
}

/* ---- rules ---- */

static void add_match(Buf *buf, const Forward *f)
{
        const char *family = f->six ? "ip6" : "ip";

        if (f->all)
                buf_fmt(buf, "meta nfproto %s fib daddr type local ", f->six ? "ipv6" : "ipv4");
        else
                buf_fmt(buf, "%s daddr %.*s ", family, STR_ARG(f->address));
}

/* Where both sides have the same numbers, one rule has them all. */
static void add_forward(Buf *buf, const Forward *f)
{
        const char *family = f->six ? "ip6" : "ip", *open = f->six ? "[" : "", *close = f->six ? "]" : "";

        if (f->first == f->target_first) {
                add_match(buf, f);
                buf_fmt(buf, "%.*s dport %u-%u dnat %s to %.*s\n", STR_ARG(f->protocol), (unsigned)f->first, (unsigned)f->last, family,
                        STR_ARG(f->target));
                return;
        }
        for (uint64_t port = f->first; port <= f->last; port++) {
                add_match(buf, f);
                buf_fmt(buf, "%.*s dport %u dnat %s to %s%.*s%s:%u\n", STR_ARG(f->protocol), (unsigned)port, family, open,
                        STR_ARG(f->target), close, (unsigned)(port - f->first + f->target_first));
        }
}

/* Answers come back only to an address that is not the loopback's, nor the container's own. */
static void add_source(Buf *buf, const Forward *f)
{
        const char *family = f->six ? "ip6" : "ip";

        if (f->loopback)
                buf_fmt(buf, "ip saddr 127.0.0.0/8 ip daddr %.*s masquerade\n", STR_ARG(f->target));
        buf_fmt(buf, "%s saddr %.*s %s daddr %.*s masquerade\n", family, STR_ARG(f->target), family, STR_ARG(f->target));
}

/* Made anew in one go. What reaches 127.0.0.1 by the device has to be an answer: route_localnet would let the
 * container at all that listens on the host's loopback. */
static const char *rules_of(Arena *arena, const char *name, const char *device, const Forwards *forwards)
{
        Buf buf = BUF(arena);

        buf_fmt(&buf, "add table inet bayplan-ports-%s\ndelete table inet bayplan-ports-%s\n", name, name);
        if (device) {
                buf_fmt(&buf,
                        "table inet bayplan-ports-%s {\nchain guard {\ntype filter hook prerouting priority -300;\n"
                        "iifname \"%s\" ip daddr 127.0.0.0/8 drop\n}\nchain prerouting {\n"
                        "type nat hook prerouting priority -100;\n",
                        name, device);
                VEC_EACH(const Forward, forward, forwards)
                        if (forward->outside)
                                add_forward(&buf, forward);
                buf_add(&buf, S("}\nchain output {\ntype nat hook output priority -100;\n"));
                VEC_EACH(const Forward, forward, forwards)
                        add_forward(&buf, forward);
                buf_add(&buf, S("}\nchain postrouting {\ntype nat hook postrouting priority 100;\n"));
                VEC_EACH(const Forward, forward, forwards)
                        add_source(&buf, forward);
                buf_add(&buf, S("}\n}\n"));
        }
        buf_char(&buf, '\0');
        return buf.data;
}

static bool run_rules(const char *rules)
{
        struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
        bool ok = nft;

        if (ok) {
                nft_ctx_buffer_output(nft);
                nft_ctx_buffer_error(nft);
                ok = nft_run_cmd_from_buffer(nft, rules) == 0;
        }
        if (!ok) {
                const Str error = str_c(nft ? nft_ctx_get_error_buffer(nft) : "no memory");

                say(SAY_ERROR, "nftables refuses the rules: %.*s", STR_ARG(str_first(error, str_find(error, '\n'))));
        }
        if (nft)
                nft_ctx_free(nft);
        return ok;
}

/* ---- the host ---- */

static bool enter_host(void)
{
        CLEANUP(close_fd) int fd = open(HOST, O_RDONLY | O_CLOEXEC);

        if (fd >= 0 && setns(fd, CLONE_NEWNET) == 0)
                return true;
        say(SAY_ERROR, "cannot enter the host's network namespace '" HOST "': %.*s", STR_ARG(fs_error(-errno)));
        return false;
}

static bool set(const char *path)
{
        CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
        const int r = fd < 0 ? -errno : fs_write_all(fd, S("1"));

        if (r < 0)
                say(SAY_ERROR, "cannot write '%s': %.*s", path, STR_ARG(fs_error(r)));
        return r == 0;
}

static bool set_sysctls(Arena *arena, const char *device, const Forwards *forwards)
{
        bool loopback = false, outside = false, outside6 = false;

        VEC_EACH(const Forward, forward, forwards) {
                loopback |= forward->loopback;
                outside |= forward->outside && !forward->six;
                outside6 |= forward->outside && forward->six;
        }
        return (!loopback || set(arena_fmt(arena, "/proc/sys/net/ipv4/conf/%s/route_localnet", device).data)) &&
               (!outside || set("/proc/sys/net/ipv4/ip_forward")) && (!outside6 || set("/proc/sys/net/ipv6/conf/all/forwarding"));
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Forwards forwards = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !read_ports(&arena, &options, words.items[0], &forwards))
                status = SAY_EXIT_OWN;
        /* The rules first: they guard what the settings open. */
        if (status < 0)
                status = enter_host() && run_rules(rules_of(&arena, words.items[0], options.device, &forwards)) &&
                                         set_sysctls(&arena, options.device, &forwards)
                                 ? EXIT_SUCCESS
                                 : EXIT_FAILURE;
        arena_free(&arena);
        return status;
}
