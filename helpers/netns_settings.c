/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/netns.h"

#include "base/buf.h"
#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <nftables/libnftables.h>
#include <unistd.h>

#define RESOLV_FIRST "# Made by bayplan-netns"
#define RESOLV_DIRECTORY "/etc/netns"

enum {
        RESOLV_MAX = 64 * 1024,
};

/* ---- kernel parameters ---- */

static const char *const forward_names[] = { "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding" };

typedef struct Setting {
        const char *path;
        Str value;
} Setting;

/* /proc/sys/net is that of whoever looks. */
static int write_setting(void *userdata)
{
        const Setting *setting = userdata;
        CLEANUP(close_fd) int fd = open(setting->path, O_WRONLY | O_CLOEXEC);

        return fd < 0 ? -errno : fs_write_all(fd, setting->value);
}

/* As sysctl(8): whichever of "." and "/" comes first parts the names. */
static const char *path_of(Arena *arena, Str name)
{
        const size_t dot = str_find(name, '.'), slash = str_find(name, '/');
        Buf buf = BUF(arena);

        buf_add(&buf, S("/proc/sys/"));
        for (size_t i = 0; i < name.len; i++) {
                const char c = name.data[i];

                buf_char(&buf, dot < slash && c == '.' ? '/' : dot < slash && c == '/' ? '.' : c);
        }
        buf_char(&buf, '\0');
        return buf.data;
}

static bool set(Netns *n, const NetnsPlace *place, Str name, Str value)
{
        Setting setting = { path_of(n->arena, name), value };
        const bool inside = str_starts(str_c(setting.path), S("/proc/sys/net/")) && !strstr(setting.path, "..");
        const int status = inside ? netns_within(place, write_setting, &setting) : -EINVAL;

        return status >= 0 || netns_fail(n, NULL, status, "set '%.*s' to '%.*s'", STR_ARG(name), STR_ARG(value));
}

bool netns_set_sysctls(Netns *n)
{
        VEC_EACH(const char *const, word, &n->options->forward)
                if (!set(n, &n->own, str_c(forward_names[str_is(str_c(*word), "ipv6")]), S("1")))
                        return false;
        VEC_EACH(const char *const, word, &n->options->sysctls) {
                Str name = str_c(*word), value = { 0 };

                str_cut(name, '=', &name, &value);
                if (!set(n, &n->own, name, value))
                        return false;
        }
        return true;
}

/* ---- masquerading ---- */

typedef struct Rules {
        const char *text;
        char *error;
        Arena *arena;
} Rules;

static int run_rules(void *userdata)
{
        Rules *rules = userdata;
        struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
        int status;

        if (!nft)
                return -ENOMEM;
        nft_ctx_buffer_output(nft);
        nft_ctx_buffer_error(nft);
        status = nft_run_cmd_from_buffer(nft, rules->text);
        if (status != 0) {
                const Str error = str_c(nft_ctx_get_error_buffer(nft));

                rules->error = (char *)(uintptr_t)arena_str(rules->arena, str_first(error, str_find(error, '\n'))).data;
        }
        nft_ctx_free(nft);
        return status == 0 ? 0 : -EIO;
}

/* A table of our own, made anew in one go. */
static void add_head(const Netns *n, Buf *text)
{
        buf_fmt(text, "add table inet netns-%.*s\ndelete table inet netns-%.*s\n", STR_ARG(n->name), STR_ARG(n->name));
}

static void add_rule(Buf *text, const char *peer, unsigned families)
{
        const char *only = families == DEVICE_IP4   ? "meta nfproto ipv4 "
                           : families == DEVICE_IP6 ? "meta nfproto ipv6 "
                                                    : "";

        buf_fmt(text, "iifname \"%s\" oifname != \"%s\" %smasquerade\n", peer, peer, only);
}

static unsigned add_rules(Netns *n, Str place, Buf *text)
{
        unsigned families = 0;

        add_head(n, text);
        buf_fmt(text, "table inet netns-%.*s {\nchain postrouting {\ntype nat hook postrouting priority 100;\n",
                STR_ARG(n->name));
        VEC_EACH(const Device, device, &n->devices) {
                if (!device->masquerade || !str_eq(device->peer, place))
                        continue;
                families |= device->masquerade;
                /* What comes in by a port has come in by its bridge. */
                add_rule(text,
                         arena_c(n->arena, device->peer_bridge.len ? device->peer_bridge
                                           : device->peer_name.len ? device->peer_name
                                                                   : device_peer_name(n->arena, n->name, device)),
                         device->masquerade);
        }
        buf_add(text, S("}\n}\n"));
        buf_char(text, '\0');
        return families;
}

static bool masquerade(Netns *n, Str name)
{
        NetnsPlace *place = netns_place(n, name);
        Rules rules = { .arena = n->arena };
        Buf text = BUF(n->arena);
        const unsigned families = add_rules(n, name, &text);
        int status;

        if (!place || !netns_state_add(n, "masquerade", name))
                return false;
        for (unsigned i = 0; i < ELEMENTS(forward_names); i++)
                if (families & 1u << i && !set(n, place, str_c(forward_names[i]), S("1")))
                        return false;
        rules.text = text.data;
        status = netns_within(place, run_rules, &rules);
        if (status >= 0)
                return true;
        say(SAY_ERROR, "network namespace '%.*s': cannot masquerade on its other side: %s", STR_ARG(n->name),
            rules.error ? rules.error : "nftables cannot be used");
        return false;
}

bool netns_masquerade(Netns *n)
{
        for (size_t i = 0; i < n->devices.count; i++) {
                const Device *device = &n->devices.items[i];
                bool first = device->masquerade;

                for (size_t k = 0; k < i && first; k++)
                        first = !n->devices.items[k].masquerade || !str_eq(n->devices.items[k].peer, device->peer);
                if (first && !masquerade(n, device->peer))
                        return false;
        }
        return true;
}

/* The other namespace may be gone, and its rules with it. */
static void end_masquerade(Netns *n, Str name)
{
        const bool host = !name.len;
        Rules rules = { .arena = n->arena };
        Buf text = BUF(n->arena);
        NetnsPlace *place;

        if (!host && access(arena_fmt(n->arena, "/run/netns/%.*s", STR_ARG(name)).data, F_OK) < 0)
                return;
        place = netns_place(n, name);
        add_head(n, &text);
        buf_char(&text, '\0');
        rules.text = text.data;
        if (place && netns_within(place, run_rules, &rules) < 0)
                say(SAY_WARNING, "network namespace '%.*s': cannot end the masquerading: %s", STR_ARG(n->name),
                    rules.error ? rules.error : "nftables cannot be used");
}

void netns_end_masquerade(Netns *n)
{
        netns_state_each(n, "masquerade", end_masquerade);
}

/* ---- resolv.conf ---- */

static Str resolv_text(const Netns *n)
{
        Buf text = BUF(n->arena);

        buf_fmt(&text, RESOLV_FIRST "(8) for network namespace %.*s\n", STR_ARG(n->name));
        VEC_EACH(const char *const, address, &n->options->dns)
                buf_fmt(&text, "nameserver %s\n", *address);
        VEC_EACH(const char *const, domain, &n->options->dns_search)
                buf_fmt(&text, "%s%s", domain == n->options->dns_search.items ? "search " : " ", *domain);
        if (n->options->dns_search.count)
                buf_char(&text, '\n');
        VEC_EACH(const char *const, option, &n->options->dns_options)
                buf_fmt(&text, "options %s\n", *option);
        return buf_str(&text);
}

/* 0, -ENOENT, or -EPERM when somebody else has written it. */
static int look_at_dns(const Netns *n, const char *path)
{
        Str text;
        const int status = fs_read_file(n->arena, AT_FDCWD, path, RESOLV_MAX, &text, NULL);

        if (status < 0)
                return status;
        return str_starts(text, S(RESOLV_FIRST)) ? 0 : -EPERM;
}

bool netns_write_dns(Netns *n)
{
        const Str text = resolv_text(n);
        const char *directory = arena_fmt(n->arena, RESOLV_DIRECTORY "/%.*s", STR_ARG(n->name)).data;
        const char *path = arena_fmt(n->arena, "%s/resolv.conf", directory).data;
        CLEANUP(close_fd) int fd = -1;
        int status;

        if (!n->options->dns.count && !n->options->dns_search.count && !n->options->dns_options.count)
                return true;
        if (look_at_dns(n, path) == -EPERM) {
                say(SAY_WARNING, "'%s' is somebody else's, and stays as it is", path);
                return true;
        }
        if (!netns_state_add(n, "dns", n->name))
                return false;
        status = fs_make_dir(AT_FDCWD, RESOLV_DIRECTORY);
        if (status >= 0)
                status = fs_make_dir(AT_FDCWD, directory);
        if (status >= 0)
                status = fs_open_dir(AT_FDCWD, directory, &fd);
        if (status >= 0)
                status = fs_write_file(fd, "resolv.conf", text, 0644);
        return status >= 0 || netns_fail(n, NULL, status, "write '%s'", path);
}

static void remove_dns(Netns *n, Str name)
{
        const char *directory = arena_fmt(n->arena, RESOLV_DIRECTORY "/%.*s", STR_ARG(name)).data;
        const char *path = arena_fmt(n->arena, "%s/resolv.conf", directory).data;

        if (look_at_dns(n, path) == 0 && unlink(path) < 0)
                say(SAY_WARNING, "cannot remove '%s': %s", path, strerror(errno));
        rmdir(directory); /* unless something of somebody else is in it */
}

void netns_remove_dns(Netns *n)
{
        netns_state_each(n, "dns", remove_dns);
}
