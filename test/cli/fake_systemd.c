/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A bus with a systemd on it that knows two units: podman-web.service is active, podman-db.service masked.
 *
 *   fake_systemd SOCKET
 *
 * Prints a line when it listens, serves one connection, and ends with it. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

static int check(int r, const char *what)
{
        if (r >= 0)
                return r;
        fprintf(stderr, "fake_systemd: %s: %s\n", what, strerror(-r));
        exit(EXIT_FAILURE);
}

static int add_unit(sd_bus_message *reply, const char *name)
{
        const bool web = strcmp(name, "podman-web.service") == 0, db = strcmp(name, "podman-db.service") == 0;

        return sd_bus_message_append(reply, "(ssssssouso)", name, "", web ? "loaded" : db ? "masked" : "not-found",
                                     web ? "active" : "inactive", web ? "running" : "dead", "", "/", 0U, "", "/");
}

static int list_units(sd_bus_message *call)
{
        sd_bus_message *reply;
        char **names = NULL;

        check(sd_bus_message_new_method_return(call, &reply), "reply");
        check(sd_bus_message_read_strv(call, &names), "names");
        check(sd_bus_message_open_container(reply, 'a', "(ssssssouso)"), "open");
        for (char **name = names; name && *name; name++) {
                check(add_unit(reply, *name), "unit");
                free(*name);
        }
        free(names);
        check(sd_bus_message_close_container(reply), "close");
        check(sd_bus_send(NULL, reply, NULL), "send");
        sd_bus_message_unref(reply);
        return 1;
}

static int answer(sd_bus_message *m, void *data, sd_bus_error *error)
{
        (void)data;
        (void)error;
        if (sd_bus_message_is_method_call(m, "org.freedesktop.DBus", "Hello"))
                return sd_bus_reply_method_return(m, "s", ":1.1");
        if (sd_bus_message_is_method_call(m, "org.freedesktop.systemd1.Manager", "ListUnitsByNames"))
                return list_units(m);
        return 0;
}

static sd_bus *serve(int fd)
{
        sd_id128_t id;
        sd_bus *bus;

        check(sd_id128_randomize(&id), "id");
        check(sd_bus_new(&bus), "bus");
        check(sd_bus_set_fd(bus, fd, fd), "fd");
        check(sd_bus_set_server(bus, true, id), "server");
        check(sd_bus_add_filter(bus, NULL, answer, NULL), "filter");
        check(sd_bus_start(bus), "start");
        return bus;
}

int main(int argc, char **argv)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path) || fd < 0)
                return EXIT_FAILURE;
        strcpy(address.sun_path, argv[1]);
        if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1) < 0)
                return EXIT_FAILURE;
        puts("listening");
        fflush(stdout);

        sd_bus *bus = serve(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
        int r;

        while ((r = sd_bus_process(bus, NULL)) >= 0)
                if (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0)
                        break;
        sd_bus_unref(bus);
        close(fd);
        return EXIT_SUCCESS;
}
