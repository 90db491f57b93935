/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-address ADDRESS…: waits until the machine has these addresses. A port that is published on one that DHCP or
 * a tunnel has yet to bring cannot be listened on: the engine would fail, and so often that systemd gives up. What is
 * asked for is what the engine does, bind(2), so an IPv6 address that is still being checked for duplicates counts as
 * absent, and any is there where net.ipv4.ip_nonlocal_bind says so. */

#include "helpers/args.h"
#include "helpers/say.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"

enum {
        WORDS_MAX = 4096,
        MSEC_PER_LOOK = 1000, /* should the kernel's messages not come */
};

typedef struct Options {
        uint64_t timeout; /* microseconds */
} Options;

static const Arg args[] = {
        { "timeout", "TIME", "how long to wait for all of them (60s)", ARG_DURATION, offsetof(Options, timeout) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] ADDRESS...",
        .about = "Waits until the machine has each ADDRESS, so that one can listen on its ports.",
        .notes = "Exit status: 0 they are there; 1 the time is over; 125 this program failed.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 1,
        .max_words = WORDS_MAX,
};

static uint64_t now_usec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Told of each address that comes. Without it one looks every second. */
static int open_messages(void)
{
        const struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
        CLEANUP(close_fd) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

        if (fd < 0 || bind(fd, (const struct sockaddr *)&groups, sizeof(groups)) < 0)
                return -errno;
        return TAKE_FD(fd);
}

/* 1: it is there; 0: it is not; -errno, or -EINVAL where the text is no address. */
static int is_there(const char *address)
{
        const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
        struct addrinfo *info;
        const int error = getaddrinfo(address, NULL, &hints, &info);

        if (error != 0) {
                const char *zone = strchr(address, '%');

                /* An interface that is yet to come has no number. */
                return zone && (error == EAI_NONAME || error == EAI_NODATA) ? 0 : -EINVAL;
        }

        CLEANUP(close_fd) int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int r = fd < 0 || bind(fd, info->ai_addr, info->ai_addrlen) < 0 ? -errno : 1;

        freeaddrinfo(info);
        return r == -EADDRNOTAVAIL || r == -ENODEV ? 0 : r;
}

/* Until something has changed, or it is time to look again. */
static void wait_for_change(int messages, uint64_t usec)
{
        struct pollfd poll_fd = { .fd = messages, .events = POLLIN };
        const uint64_t msec = usec / 1000 + 1;
        char buffer[8192];

        poll(&poll_fd, messages >= 0, msec < MSEC_PER_LOOK ? (int)msec : MSEC_PER_LOOK);
        while (messages >= 0 && recv(messages, buffer, sizeof(buffer), 0) > 0)
                ;
}

/* Exit status. */
static int wait_for(const char *address, int messages, uint64_t start, uint64_t timeout)
{
        bool told = false;

        for (;;) {
                const int r = is_there(address);
                const uint64_t waited = now_usec() - start;

                if (r > 0) {
                        if (told)
                                say(SAY_INFO, "address %s is there", address);
                        return EXIT_SUCCESS;
                }
                if (r < 0) {
                        say(SAY_ERROR, "cannot use the address '%s': %.*s", address, STR_ARG(fs_error(r)));
                        return SAY_EXIT_OWN;
                }
                if (waited >= timeout) {
                        say(SAY_ERROR, "this machine has no address %s, even after %g s: no port of it can be published", address,
                            (double)timeout / 1000000);
                        return EXIT_FAILURE;
                }
                if (!told) {
                        say(SAY_INFO, "this machine has no address %s yet: waiting for it, %g s at most", address,
                            (double)timeout / 1000000);
                        sd_notifyf(false, "STATUS=Waiting for address %s", address);
                }
                told = true;
                wait_for_change(messages, timeout - waited);
        }
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .timeout = UINT64_C(60) * 1000 * 1000 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0) {
                const uint64_t start = now_usec();
                /* Before the first look: what comes between the two is told. */
                CLEANUP(close_fd) int messages = open_messages();

                status = EXIT_SUCCESS;
                for (size_t i = 0; i < words.count && status == EXIT_SUCCESS; i++)
                        status = wait_for(words.items[i], messages, start, options.timeout);
                sd_notify(false, "STATUS=");
        }
        arena_free(&arena);
        return status;
}
