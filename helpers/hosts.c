/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-hosts: keeps the addresses of containers that run in a block of /etc/hosts that is ours,
 * so that NAME.containers is found on the host. */

#include "helpers/hosts.h"

#include "base/address.h"
#include "base/fs.h"
#include "base/num.h"
#include "helpers/args.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum {
        NAME_MOST = 253, /* bytes; RFC 1123, 2.1 */
        LABEL_MOST = 63,
        MOST_TRIES = 20, /* while somebody else writes the file again and again */
        BOOT_MOST = 64,
};

typedef struct Options {
        const char *name;
        Words addresses;
        bool remove;
        const char *file;
        const char *lock;
        const char *domain;
} Options;

static const Arg args[] = {
        { "name", "NAME", "the container", ARG_TEXT, offsetof(Options, name) },
        { "address", "ADDRESS[/BITS]", "an IPv4 or IPv6 address of it (*)", ARG_LIST,
          offsetof(Options, addresses) },
        { "remove", NULL, "its lines go", ARG_FLAG, offsetof(Options, remove) },
        { "domain", "DOMAIN", "what follows NAME in the file (containers)", ARG_TEXT,
          offsetof(Options, domain) },
        { "file", "PATH", "another file than /etc/hosts", ARG_TEXT, offsetof(Options, file) },
        { "lock", "PATH", "the file that is locked meanwhile\n(/run/bayplan-hosts.lock)", ARG_TEXT,
          offsetof(Options, lock) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] --name=NAME --address=ADDRESS...\n"
                    "       bayplan-hosts [OPTION...] --name=NAME --remove",
        .about = "Keeps 'ADDRESS NAME.containers' in a marked block of /etc/hosts while a\n"
                 "container runs. What else stands in the file is never touched.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 it is as asked; 1 the file cannot be read or written;\n"
                 "125 this program failed.",
        .args = args,
        .count = ELEMENTS(args),
};

/* hosts(5): alphanumerics, minus and dots; underscores are common enough to be let through. */
static bool is_host_name(Str name)
{
        Str label;

        if (!name.len || name.len > NAME_MOST)
                return false;
        while (str_next(&name, '.', &label)) {
                if (!label.len || label.len > LABEL_MOST || label.data[0] == '-')
                        return false;
                for (size_t i = 0; i < label.len; i++) {
                        const char c = label.data[i];

                        if (!char_is_alpha(c) && !char_is_digit(c) && c != '-' && c != '_')
                                return false;
                }
        }
        return true;
}

/* A length of prefix says where the container's network ends, which is nothing to a name. */
static bool read_address(Str text, Str *ret)
{
        Str address = text, bits;
        Address parsed;
        uint64_t n;
        const bool with_bits = str_cut(text, '/', &address, &bits);

        if (!address_parse(address, &parsed) ||
            (with_bits && !num_unsigned(bits, parsed.bytes * 8, &n)))
                return false;
        *ret = address;
        return true;
}

static bool read_addresses(Arena *arena, const Options *options, HostsChange *change)
{
        VEC_EACH (const char *const, text, &options->addresses) {
                Str address;
                bool there = false;

                if (!read_address(str_c(*text), &address)) {
                        say(SAY_ERROR, "--address= takes an IPv4 or IPv6 address, not '%s'", *text);
                        return false;
                }
                VEC_EACH (const Str, other, &change->addresses)
                        there = there || str_eq(*other, address);
                if (!there)
                        VEC_ADD(arena, &change->addresses, address);
        }
        return true;
}

static bool check_options(Arena *arena, const Options *options, HostsChange *change)
{
        if (!options->name) {
                say(SAY_ERROR, "--name= is missing");
                return false;
        }
        if (options->remove == (options->addresses.count > 0)) {
                say(SAY_ERROR, options->remove ? "--address= and --remove exclude each other"
                                               : "--address= or --remove is needed");
                return false;
        }
        change->domain = str_c(options->domain);
        change->name = arena_fmt(arena, "%s.%s", options->name, options->domain);
        if (!is_host_name(change->name)) {
                say(SAY_ERROR, "'%.*s' is no name of a host: it takes letters, digits, '-' and '.'",
                    STR_ARG(change->name));
                return false;
        }
        return read_addresses(arena, options, change);
}

/* After a crash of the machine lines of containers stay that nobody has stopped. */
static Str boot_id(Arena *arena)
{
        Str id;

        return fs_read_file(arena, AT_FDCWD, "/proc/sys/kernel/random/boot_id", BOOT_MOST, &id,
                            NULL) < 0
                       ? (Str){ 0 }
                       : str_trim(id);
}

static int fail(const char *doing, const char *path, int error)
{
        say(SAY_ERROR, "cannot %s '%s': %.*s", doing, path, STR_ARG(fs_error(error)));
        return EXIT_FAILURE;
}

static void note_elsewhere(const Options *options, const HostsChange *change, unsigned line)
{
        if (line && change->addresses.count)
                say(SAY_WARNING, "line %u of '%s' names '%.*s' as well, and is left as it is", line,
                    options->file, STR_ARG(change->name));
}

static int update(Arena *arena, const Options *options, const HostsChange *change)
{
        HostsFile file;
        unsigned line;
        int r = -ESTALE;

        for (unsigned i = 0; i < MOST_TRIES && r == -ESTALE; i++) {
                r = hosts_read(arena, options->file, &file);
                if (r < 0)
                        return fail("read", options->file, r);

                const Str text = hosts_change(arena, file.content, change, &line);

                r = str_eq(text, file.content) ? 0 : hosts_write(arena, &file, text);
        }
        if (r < 0)
                return fail("write", options->file, r);
        note_elsewhere(options, change, line);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .file = "/etc/hosts",
                            .lock = "/run/bayplan-hosts.lock",
                            .domain = "containers" };
        HostsChange change = { 0 };
        Words words;
        CLEANUP(close_fd) int lock = -1;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !check_options(&arena, &options, &change))
                status = SAY_EXIT_OWN;
        if (status < 0) {
                const int r = hosts_lock(options.lock, &lock);

                change.boot = boot_id(&arena);
                status = r < 0 ? fail("lock", options.lock, r) : update(&arena, &options, &change);
        }
        arena_free(&arena);
        return status;
}
