/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is particular to containers: images, environment, users, capabilities, signals. */

#include "base/num.h"
#include "model/check.h"

/* ---- image references ---- */

static bool is_hex(Str s)
{
        static const CharSet hex = { CHARS_DIGIT, ['a' ... 'f'] = true, ['A' ... 'F'] = true };

        return s.len > 0 && str_all(s, hex);
}

static bool refuse_image(const Check *check, const Value *value, Str part, Str what, Str hint)
{
        return check_refuse(check, value, (size_t)(part.data - value->text.str.data), part.len, what, hint);
}

/* A part of the path of a name. */
static bool check_image_part(const Check *check, const Value *value, Str path, Str part)
{
        static const CharSet characters = { ['a' ... 'z'] = true, CHARS_DIGIT, ['_'] = true, ['.'] = true, ['-'] = true };
        static const CharSet letters = { ['a' ... 'z'] = true, CHARS_DIGIT };
        static const CharSet any_case = { CHARS_ALNUM, ['_'] = true, ['.'] = true, ['-'] = true };
        static const CharSet any_letters = { CHARS_ALNUM };
        const unsigned char first = part.len ? (unsigned char)part.data[0] : 0;
        const unsigned char last = part.len ? (unsigned char)part.data[part.len - 1] : 0;

        if (letters[first] && letters[last] && str_all(part, characters))
                return true;
        return refuse_image(check, value, part.len ? part : path, S("an image reference"),
                            any_letters[first] && any_letters[last] && str_all(part, any_case)
                                    ? S("names of images are lower case")
                                    : S(""));
}

static bool has_transport(Str text)
{
        static const Str transports[] = { STR_INIT("docker://"),    STR_INIT("docker-archive:"), STR_INIT("oci-archive:"),
                                          STR_INIT("oci:"),         STR_INIT("dir:"),            STR_INIT("containers-storage:"),
                                          STR_INIT("docker-daemon:") };

        for (size_t i = 0; i < ELEMENTS(transports); i++)
                if (text.len > transports[i].len && text.data[0] == transports[i].data[0] && str_starts(text, transports[i]))
                        return true;
        return false;
}

/* [REGISTRY/]NAME[:TAG][@DIGEST] (distribution's reference grammar); transports such as "oci-archive:" pass. */
bool check_image(const Check *check, Value *value)
{
        static const CharSet of_tags = { CHARS_ALNUM, ['_'] = true, ['.'] = true, ['-'] = true };
        static const CharSet of_hosts = { CHARS_ALNUM, ['.'] = true, ['-'] = true, [':'] = true, ['_'] = true,
                                          ['['] = true, [']'] = true };
        Str rest = value->text.str, digest = { 0 }, tag = { 0 }, algorithm, sum;

        if (has_transport(rest))
                return true;
        if (str_starts(rest, S("sha256:")))
                rest = str_skip(rest, 7);
        if (rest.len == 64 && is_hex(rest))
                return true;

        if (str_starts(rest, S("\"")) || str_starts(rest, S("'")))
                return refuse_image(check, value, str_first(rest, 1), S("an image reference"), S("write it without quotes"));
        if (str_cut(rest, '@', &rest, &digest) &&
            (!str_cut(digest, ':', &algorithm, &sum) || !is_hex(sum) || sum.len < 32))
                return refuse_image(check, value, digest, S("a digest such as sha256:… after the '@'"), S(""));

        const size_t colon = str_rfind(rest, ':'), slash = str_rfind(rest, '/');

        if (colon < rest.len && (slash == rest.len || colon > slash)) {
                tag = str_skip(rest, colon + 1);
                rest = str_first(rest, colon);
                if (!tag.len || tag.len > 128 || !str_all(tag, of_tags) || tag.data[0] == '.' || tag.data[0] == '-')
                        return refuse_image(check, value, tag, S("a tag after the ':'"), S(""));
        }

        Str host = { 0 }, path = rest, first, after;

        if (str_cut(rest, '/', &first, &after) &&
            (str_contains(first, '.') || str_contains(first, ':') || str_is(first, "localhost"))) {
                host = first;
                path = after;
        }
        if (!str_all(host, of_hosts))
                return refuse_image(check, value, host, S("a registry's host name before the '/'"), S(""));
        if (!path.len)
                return refuse_image(check, value, value->text.str, S("an image reference"), S(""));

        Str left = path, part;

        while (str_next(&left, '/', &part))
                if (!check_image_part(check, value, path, part))
                        return false;
        return true;
}

/* ---- pairs ---- */

void check_split_pair(Value *value)
{
        Str after;

        if (value->name.len) /* it came from a map */
                return;
        value->bare = !str_cut(value->text.str, '=', &value->name, &after);
        if (value->bare)
                value->name = value->text.str;
}

bool check_env(const Check *check, Value *value)
{
        check_split_pair(value);

        /* Programs use dots and dashes too; blanks and quotes are always a mistake. */
        static const CharSet characters = { [0x21] = true, [0x23 ... 0x26] = true, [0x28 ... 0x5b] = true,
                                            [0x5d ... 0x7e] = true, [0x80 ... 0xff] = true };
        const Str name = value->name;

        return (name.len > 0 && !char_is_digit(name.data[0]) && str_all(name, characters)) || check_refuse(check, value, 0, name.len, S("NAME=VALUE"), S(""));
}

bool check_label(const Check *check, Value *value)
{
        check_split_pair(value);
        return value->name.len > 0 || check_refuse(check, value, 0, value->text.str.len, S("NAME=VALUE"), S(""));
}

bool check_sysctl(const Check *check, Value *value)
{
        static const CharSet characters = { CHARS_ALNUM, ['.'] = true, ['_'] = true, ['-'] = true, ['/'] = true };

        check_split_pair(value);
        return (value->name.len > 0 && !value->bare && str_all(value->name, characters)) ||
               check_refuse(check, value, 0, value->text.str.len, S("NAME=VALUE such as net.core.somaxconn=1024"), S(""));
}

bool check_ulimit(const Check *check, Value *value)
{
        static const Str names[] = {
                STR_INIT("as"),     STR_INIT("core"),  STR_INIT("cpu"),        STR_INIT("data"),   STR_INIT("fsize"),
                STR_INIT("locks"),  STR_INIT("memlock"), STR_INIT("msgqueue"), STR_INIT("nice"),   STR_INIT("nofile"),
                STR_INIT("nproc"),  STR_INIT("rss"),   STR_INIT("rtprio"),     STR_INIT("rttime"), STR_INIT("sigpending"),
                STR_INIT("stack"),
        };
        Str limits, soft, hard;
        int64_t n;

        if (str_eq(value->text.str, S("host")))
                return true;
        check_split_pair(value);
        if (str_index(value->name, names, ELEMENTS(names)) == ELEMENTS(names))
                return check_refuse(check, value, 0, value->name.len, S("the name of a limit, such as nofile=1024:4096"),
                                    check_did_you_mean(check, value->name, "", names, ELEMENTS(names)));
        if (value->bare || !str_cut(value->text.str, '=', &soft, &limits))
                return check_refuse(check, value, 0, value->text.str.len, S("NAME=SOFT[:HARD]"), S(""));
        soft = hard = limits;
        str_cut(limits, ':', &soft, &hard);
        if (num_signed(soft, -1, INT64_MAX, &n) && num_signed(hard, -1, INT64_MAX, &n))
                return true;
        return check_refuse(check, value, (size_t)(limits.data - value->text.str.data), limits.len,
                            S("numbers SOFT[:HARD]"), S(""));
}

/* ---- users ---- */

static bool is_account(Str s)
{
        static const CharSet characters = { CHARS_ALNUM, ['_'] = true, ['.'] = true, ['-'] = true,
                                            ['$'] = true, ['@'] = true, ['\\'] = true };

        return s.len > 0 && s.len < 256 && s.data[0] != '-' && str_all(s, characters);
}

bool check_user(const Check *check, Value *value)
{
        Str user = value->text.str, group = S("0");

        str_cut(value->text.str, ':', &user, &group);
        return (is_account(user) && is_account(group)) ||
               check_refuse(check, value, 0, value->text.str.len, S("USER[:GROUP], names or numbers"), S(""));
}

bool check_group(const Check *check, Value *value)
{
        return is_account(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("a group's name or number"), S(""));
}

bool check_idmap(const Check *check, Value *value)
{
        Str rest = value->text.str, part;
        unsigned count = 0;
        bool ok = rest.len > 0;

        /* podman's extensions: "+" adds to the map, "u" and "g" pick one, "@" takes a host id. */
        while (rest.len && str_next(&rest, ':', &part)) {
                while (part.len && strchr("+ug@", part.data[0]))
                        part = str_skip(part, 1);

                uint64_t n;

                ok &= num_unsigned(part, UINT32_MAX, &n);
                count++;
        }
        return (ok && count >= 1 && count <= 3) ||
               check_refuse(check, value, 0, value->text.str.len, S("CONTAINER:HOST:COUNT"), S(""));
}

/* ---- capabilities(7) ---- */

const Str check_capabilities[] = {
        STR_INIT("ALL"),           STR_INIT("AUDIT_CONTROL"), STR_INIT("AUDIT_READ"),      STR_INIT("AUDIT_WRITE"),
        STR_INIT("BLOCK_SUSPEND"), STR_INIT("BPF"),           STR_INIT("CHECKPOINT_RESTORE"), STR_INIT("CHOWN"),
        STR_INIT("DAC_OVERRIDE"),  STR_INIT("DAC_READ_SEARCH"), STR_INIT("FOWNER"),        STR_INIT("FSETID"),
        STR_INIT("IPC_LOCK"),      STR_INIT("IPC_OWNER"),     STR_INIT("KILL"),            STR_INIT("LEASE"),
        STR_INIT("LINUX_IMMUTABLE"), STR_INIT("MAC_ADMIN"),   STR_INIT("MAC_OVERRIDE"),    STR_INIT("MKNOD"),
        STR_INIT("NET_ADMIN"),     STR_INIT("NET_BIND_SERVICE"), STR_INIT("NET_BROADCAST"), STR_INIT("NET_RAW"),
        STR_INIT("PERFMON"),       STR_INIT("SETFCAP"),       STR_INIT("SETGID"),          STR_INIT("SETPCAP"),
        STR_INIT("SETUID"),        STR_INIT("SYSLOG"),        STR_INIT("SYS_ADMIN"),       STR_INIT("SYS_BOOT"),
        STR_INIT("SYS_CHROOT"),    STR_INIT("SYS_MODULE"),    STR_INIT("SYS_NICE"),        STR_INIT("SYS_PACCT"),
        STR_INIT("SYS_PTRACE"),    STR_INIT("SYS_RAWIO"),     STR_INIT("SYS_RESOURCE"),    STR_INIT("SYS_TIME"),
        STR_INIT("SYS_TTY_CONFIG"), STR_INIT("WAKE_ALARM"),
};
const size_t check_capability_count = ELEMENTS(check_capabilities);

/* With "CAP_" or not, in any letter case. */
static bool capability(const Check *check, Value *value, Str name, Str *ret)
{
        const Str bare = str_skip(name, str_eq_nocase(str_first(name, 4), S("CAP_")) ? 4 : 0);
        const size_t found = str_index(bare, check_capabilities, ELEMENTS(check_capabilities));

        if (found == ELEMENTS(check_capabilities))
                return check_refuse(check, value, 0, name.len, S("a capability such as NET_ADMIN"),
                                    check_did_you_mean(check, bare, "", check_capabilities, ELEMENTS(check_capabilities)));
        *ret = check_capabilities[found];
        return true;
}

bool check_cap(const Check *check, Value *value)
{
        return capability(check, value, value->text.str, &value->text.str);
}

bool check_capmap(const Check *check, Value *value)
{
        Str name, flag;
        Value parsed = *value;

        check_split_pair(value);
        if (value->bare || !str_cut(value->text.str, '=', &name, &flag))
                return check_refuse(check, value, 0, value->text.str.len, S("CAPABILITY=yes or CAPABILITY=no"), S(""));
        parsed.text.str = flag;
        parsed.at = loc_inside(value->at, value->text.str, name.len + 1, flag.len);
        if (!check_bool(check, &parsed))
                return false;
        value->flag = parsed.flag;
        return capability(check, value, name, &value->name);
}

/* ---- signal(7) ---- */

bool check_signal(const Check *check, Value *value)
{
        static const Str names[] = {
                STR_INIT("ABRT"), STR_INIT("ALRM"), STR_INIT("BUS"),  STR_INIT("CHLD"),   STR_INIT("CONT"), STR_INIT("FPE"),
                STR_INIT("HUP"),  STR_INIT("ILL"),  STR_INIT("INT"),  STR_INIT("IO"),     STR_INIT("KILL"), STR_INIT("PIPE"),
                STR_INIT("PROF"), STR_INIT("PWR"),  STR_INIT("QUIT"), STR_INIT("SEGV"),   STR_INIT("STOP"), STR_INIT("SYS"),
                STR_INIT("TERM"), STR_INIT("TRAP"), STR_INIT("TSTP"), STR_INIT("TTIN"),   STR_INIT("TTOU"), STR_INIT("URG"),
                STR_INIT("USR1"), STR_INIT("USR2"), STR_INIT("VTALRM"), STR_INIT("WINCH"), STR_INIT("XCPU"), STR_INIT("XFSZ"),
        };
        const Str text = value->text.str;
        Str name = text;
        uint64_t n;

        if (num_unsigned(text, 64, &n) && n)
                return true;
        if (str_eq_nocase(str_first(name, 3), S("SIG")))
                name = str_skip(name, 3);
        if (str_eq_nocase(str_first(name, 6), S("RTMIN+")) || str_eq_nocase(str_first(name, 6), S("RTMAX-")))
                return num_unsigned(str_skip(name, 6), 30, &n) ||
                       check_refuse(check, value, 0, text.len, S("a signal"), S(""));
        if (str_eq_nocase(name, S("RTMIN")) || str_eq_nocase(name, S("RTMAX")))
                return true;

        const size_t found = str_index(name, names, ELEMENTS(names));

        if (found == ELEMENTS(names))
                return check_refuse(check, value, 0, text.len, S("a signal such as SIGTERM or SIGRTMIN+3"),
                                    check_did_you_mean(check, name, "SIG", names, ELEMENTS(names)));
        value->text.str = arena_fmt(check->run->arena, "SIG%.*s", STR_ARG(names[found]));
        return true;
}
