/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* WireGuard: made where its encrypted packets are to leave, on the host, and moved into the namespace, for which it
 * remembers that place. wg(8) sets keys and peers, for the kernel's tunnels and those of a program alike; it gets them by
 * standard input, so that no key is an argument or a file of ours. */

#include "helpers/netns.h"

#include "base/buf.h"
#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        KEY_FILE_MAX = 4096,
        KEY_LENGTH = 44,
};

typedef struct Tunnel {
        Netns *n;
        const Device *device;
        const char *name; /* while it is on the host */
} Tunnel;

/* ---- programs ---- */

/* On the host's side; in: its standard input, or -1. Gives its exit status, as of a shell. */
static int run_program(const Netns *n, int in, const char *const *words)
{
        const pid_t pid = fork();
        int status;

        if (pid < 0)
                return SAY_EXIT_OWN;
        if (pid == 0) {
                if (setns(n->host.fd, CLONE_NEWNET) < 0 || (in >= 0 && dup2(in, STDIN_FILENO) < 0))
                        _exit(SAY_EXIT_OWN);
                execvp(words[0], (char *const *)(uintptr_t)words);
                _exit(errno == ENOENT ? SAY_EXIT_NOT_FOUND : SAY_EXIT_CANNOT_EXEC);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return SAY_EXIT_OWN;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool fail_program(const Tunnel *t, const char *program, int status)
{
        if (status == SAY_EXIT_NOT_FOUND)
                say(SAY_ERROR, "network namespace '%.*s': WireGuard device '%.*s' needs program '%s', which is not there",
                    STR_ARG(t->n->name), STR_ARG(t->device->name), program);
        else
                say(SAY_ERROR, "network namespace '%.*s': '%s' for WireGuard device '%.*s' has failed with status %d",
                    STR_ARG(t->n->name), program, STR_ARG(t->device->name), status);
        return false;
}

/* ---- the device ---- */

static bool add_by_program(const Tunnel *t)
{
        const char *program = getenv("WG_QUICK_USERSPACE_IMPLEMENTATION");
        int status;

        program = program && *program ? program : "wireguard-go";
        status = run_program(t->n, -1, (const char *const[]){ program, t->name, NULL });
        if (status == SAY_EXIT_NOT_FOUND)
                say(SAY_ERROR, "this kernel has no WireGuard");
        return status == 0 || fail_program(t, program, status);
}

/* As wg-quick(8): the kernel's, or where it has none, one of a program, which wireguard-go is. */
static bool add_device(const Tunnel *t)
{
        Netns *n = t->n;
        const LinkEnd end = { .name = t->name, .space = LINK_HERE };
        int status;

        status = link_add(&n->host.links, "wireguard", &end);
        if (status == -EOPNOTSUPP)
                return add_by_program(t);
        return status >= 0 || netns_fail(n, &n->host, status, "make WireGuard device '%s' on the host", t->name);
}

/* ---- keys ---- */

static bool is_key(Str key)
{
        Device peer;
        DeviceError error;
        Arena none = { 0 };

        return key.len == KEY_LENGTH && device_parse(&none, DEVICE_PEER, key, &peer, &error);
}

/* "KEY = …" of a file or credential, neither of which is ever shown. */
static bool add_key(const Netns *n, const Device *device, const char *word, Buf *text)
{
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        const char *path = arena_c(n->arena, device->key_file);
        Str key;
        int status;

        if (device->key_credential.len && !directory)
                return netns_fail(n, NULL, -ENOENT, "read credential '%.*s': the unit gets none", STR_ARG(device->key_credential));
        if (device->key_credential.len)
                path = arena_fmt(n->arena, "%s/%.*s", directory, STR_ARG(device->key_credential)).data;
        status = fs_read_file(n->arena, AT_FDCWD, path, KEY_FILE_MAX, &key, NULL);
        if (status < 0)
                return netns_fail(n, NULL, status, "read key '%s'", path);
        key = str_trim(key);
        if (!is_key(key)) {
                say(SAY_ERROR, "network namespace '%.*s': '%s' holds no key of WireGuard", STR_ARG(n->name), path);
                return false;
        }
        buf_fmt(text, "%s = %.*s\n", word, STR_ARG(key));
        return true;
}

static bool add_peer(const Netns *n, const Device *peer, Buf *text)
{
        buf_fmt(text, "[Peer]\nPublicKey = %.*s\n", STR_ARG(peer->name));
        if ((peer->key_file.len || peer->key_credential.len) && !add_key(n, peer, "PresharedKey", text))
                return false;
        VEC_EACH(const DevicePrefix, prefix, &peer->addresses)
                buf_fmt(text, "AllowedIPs = %.*s\n", STR_ARG(prefix->text));
        if (peer->endpoint.len)
                buf_fmt(text, "Endpoint = %.*s\n", STR_ARG(peer->endpoint));
        if (peer->keepalive)
                buf_fmt(text, "PersistentKeepalive = %u\n", peer->keepalive);
        return true;
}

static bool add_settings(const Tunnel *t, Buf *text)
{
        const Device *device = t->device;

        buf_add(text, S("[Interface]\n"));
        if (!add_key(t->n, device, "PrivateKey", text))
                return false;
        if (device->listen_port)
                buf_fmt(text, "ListenPort = %u\n", device->listen_port);
        if (device->mark)
                buf_fmt(text, "FwMark = %u\n", device->mark);
        VEC_EACH(const Device, peer, &t->n->peers)
                if ((!peer->device.len || str_eq(peer->device, device->name)) && !add_peer(t->n, peer, text))
                        return false;
        return true;
}

static bool configure(const Tunnel *t)
{
        CLEANUP(close_fd) int in = memfd_create("wireguard", MFD_CLOEXEC);
        Buf text = BUF(t->n->arena);
        int status;

        if (in < 0)
                return netns_fail(t->n, NULL, -errno, "hold settings in memory");
        if (!add_settings(t, &text))
                return false;
        status = fs_write_all(in, buf_str(&text));
        explicit_bzero(text.data, text.len);
        if (status < 0 || lseek(in, 0, SEEK_SET) < 0)
                return netns_fail(t->n, NULL, status < 0 ? status : -errno, "hold settings in memory");
        status = run_program(t->n, in, (const char *const[]){ "wg", "setconf", t->name, "/dev/stdin", NULL });
        return status == 0 || fail_program(t, "wg", status);
}

/* A program sets an MTU itself when it begins, and has begun when it has taken its settings. */
static bool move(const Tunnel *t)
{
        const char *name = arena_c(t->n->arena, t->device->name);
        const LinkChange change = { .mtu = t->device->mtu, .move = true, .space = t->n->own.fd, .name = name };
        const int status = link_change(&t->n->host.links, t->name, &change);

        return status >= 0 || netns_fail(t->n, &t->n->host, status, "move WireGuard device '%s' there", name);
}

static void end_tunnel(Netns *n, Str name)
{
        link_delete(&n->host.links, arena_c(n->arena, name));
}

void netns_end_tunnels(Netns *n)
{
        netns_state_each(n, "tunnel", end_tunnel);
}

bool netns_add_wireguard(Netns *n, const Device *device)
{
        const Str name = device_peer_name(n->arena, n->name, device);
        const Tunnel tunnel = { n, device, arena_c(n->arena, name) };

        if (link_find(&n->host.links, tunnel.name) == 0)
                return netns_fail(n, NULL, -EEXIST, "make WireGuard device '%s' on the host", tunnel.name);
        return netns_state_add(n, "tunnel", name) && add_device(&tunnel) && configure(&tunnel) && move(&tunnel);
}
