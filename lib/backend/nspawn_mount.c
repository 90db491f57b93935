/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is mounted into containers of systemd-nspawn: directories and devices of the host, memory, secrets. */

#include "backend/nspawn.h"

#include "backend/oci.h"
#include "base/fs.h"
#include "model/refer.h"

#include <fcntl.h>

/* ---- options ---- */

/* "ro" of Volume=, or "readonly", "ro=true" of Mount=. */
static bool is_read_only(Str option, bool *ret)
{
        static const Str yes[] = { STR_INIT("ro"), STR_INIT("readonly"), STR_INIT("ro=true"), STR_INIT("readonly=true") };
        static const Str no[] = { STR_INIT("rw"), STR_INIT("ro=false"), STR_INIT("readonly=false") };

        *ret = str_index(option, yes, ELEMENTS(yes)) < ELEMENTS(yes);
        return *ret || str_index(option, no, ELEMENTS(no)) < ELEMENTS(no);
}

bool nspawn_mount_options(Arena *arena, Str fields, bool *ret_read_only, Str *ret_rest, Str *ret_bad)
{
        /* nspawn's own; podman's word for the first of them, and what is of no account: nspawn's containers have no
         * SELinux label of their own, and nothing is copied into a directory of the host. */
        static const Str known[] = { STR_INIT("rbind"),     STR_INIT("norbind"), STR_INIT("idmap"),
                                     STR_INIT("rootidmap"), STR_INIT("noidmap"), STR_INIT("owneridmap") };
        static const Str nothing[] = { STR_INIT("z"), STR_INIT("Z"), STR_INIT("nocopy") };
        Buf buf = BUF(arena);
        Str option;

        *ret_read_only = false;
        while (fields.len && str_next(&fields, ',', &option)) {
                const bool idmap = str_is(option, "idmap=true");

                if (!option.len || is_read_only(option, ret_read_only))
                        continue;
                if (idmap || str_index(option, known, ELEMENTS(known)) < ELEMENTS(known)) {
                        buf_fmt(&buf, "%s%.*s", buf.len ? "," : "", STR_ARG(idmap ? S("idmap") : option));
                        continue;
                }
                for (size_t i = 0; i < ELEMENTS(nothing) && option.len; i++)
                        if (str_eq(option, nothing[i]))
                                option.len = 0;
                *ret_bad = option;
                if (option.len)
                        return false;
        }
        *ret_rest = buf_str(&buf);
        return true;
}

/* --bind=SOURCE:DESTINATION[:OPTIONS], or --bind-ro=. The options were checked. */
static void bind_words(Brew *brew, Text source, Text destination, Str fields)
{
        bool read_only;
        Str rest, bad;

        nspawn_mount_options(brew->arena, fields, &read_only, &rest, &bad);

        const Text parts[] = { source,
                               { S(":"), destination.door },
                               destination,
                               { rest.len ? arena_fmt(brew->arena, ":%.*s", STR_ARG(rest)) : S(""), destination.door } };

        nspawn_add(brew, read_only ? "--bind-ro=" : "--bind=", text_concat(brew->arena, parts, ELEMENTS(parts)));
}

/* ---- Volume= and Mount= ---- */

/* Without a source nspawn makes a directory that lives as long as the container. */
void nspawn_volume(Brew *brew, OptionId id, const Value *first)
{
        for (const Value *value = first; value; value = value->next) {
                const Door door = value->text.door;
                Str destination = value->text.str, source = { 0 }, fields = { 0 };
                bool directory;
                Text from = oci_volume_source(brew, id, value, &directory);

                if (str_cut(value->text.str, ':', &source, &destination))
                        str_cut(destination, ':', &destination, &fields);
                if (!from.str.len)
                        from = (Text){ source, door };
                backend_needs_mount(brew, from);
                bind_words(brew, from, (Text){ destination, door }, fields);
        }
}

NspawnMount nspawn_mount_fields(Arena *arena, Str text)
{
        NspawnMount mount = { .type = S("volume") };
        Buf fields = BUF(arena);
        Str field;

        while (text.len && str_next(&text, ',', &field)) {
                Str key = field, value = { 0 };

                str_cut(field, '=', &key, &value);
                if (str_is(key, "type"))
                        mount.type = value;
                else if (str_is(key, "source") || str_is(key, "src"))
                        mount.source = value;
                else if (str_is(key, "destination") || str_is(key, "dst") || str_is(key, "target"))
                        mount.destination = value;
                else
                        buf_fmt(&fields, "%s%.*s", fields.len ? "," : "", STR_ARG(field));
        }
        mount.options = buf_str(&fields);
        return mount;
}

static void add_tmpfs(Brew *brew, Str destination, Str fields, Door door)
{
        /* What podman begins with; a later word wins. */
        nspawn_add(brew, "--tmpfs=",
                   (Text){ arena_join(brew->arena, destination, S(":nosuid,nodev,mode=1777"), fields.len ? S(",") : S(""),
                                      fields),
                           door });
}

/* The options of a memory file system in Mount=: podman's tmpfs-size=64m is the kernel's size=64m. */
static Str tmpfs_options(Brew *brew, Str fields)
{
        Buf buf = BUF(brew->arena);
        Str option;

        while (fields.len && str_next(&fields, ',', &option)) {
                const bool prefixed = str_starts(option, S("tmpfs-"));

                buf_fmt(&buf, "%s%.*s", buf.len ? "," : "", STR_ARG(str_skip(option, prefixed ? 6 : 0)));
        }
        return buf_str(&buf);
}

void nspawn_mount(Brew *brew, OptionId id, const Value *first)
{
        for (const Value *value = first; value; value = value->next) {
                const NspawnMount mount = nspawn_mount_fields(brew->arena, value->text.str);
                const Door door = value->text.door;
                bool directory;
                Text from = oci_volume_source(brew, id, value, &directory);

                if (str_is(mount.type, "tmpfs")) {
                        add_tmpfs(brew, mount.destination, tmpfs_options(brew, mount.options), door);
                        continue;
                }
                if (!from.str.len)
                        from = (Text){ mount.source, door };
                backend_needs_mount(brew, from);
                bind_words(brew, from, (Text){ mount.destination, door }, mount.options);
        }
}

void nspawn_tmpfs(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str destination = value->text.str, fields = { 0 };

                str_cut(value->text.str, ':', &destination, &fields);
                add_tmpfs(brew, destination, fields, value->text.door);
        }
}

/* ---- AddDevice= ---- */

/* HOST[:CONTAINER][:PERMISSIONS]. The node is bound in, and the control group lets it be used. */
void nspawn_device(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const bool optional = str_starts(value->text.str, S("-"));
                const Door door = value->text.door;
                Str rest = str_skip(value->text.str, optional), host, inside, permissions = S("rwm"), part;
                struct stat st;

                str_next(&rest, ':', &host);
                inside = host;
                while (rest.len && str_next(&rest, ':', &part)) {
                        if (str_starts(part, S("/")))
                                inside = part;
                        else
                                permissions = part;
                }
                if (optional && fs_stat(AT_FDCWD, arena_c(brew->arena, host), &st) < 0)
                        continue;
                nspawn_add(brew, "--bind=",
                           (Text){ arena_fmt(brew->arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(inside)), door });
                recipe_listed(brew->arena, brew->recipe, S("DeviceAllow"),
                              (Text){ arena_fmt(brew->arena, "%.*s %.*s", STR_ARG(host), STR_ARG(permissions)), door });
        }
}

/* ---- Secret= ---- */

void nspawn_secret(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                if (!value->secret || !value->secret->is_credential)
                        continue;

                const Text parts[] = { { oci_secret_source(brew, value->secret), DOOR_SYSTEMD },
                                       { S(":"), DOOR_SYSTEMD },
                                       oci_secret_target(brew, value),
                                       { S(":idmap"), DOOR_SYSTEMD } };

                nspawn_add(brew, "--bind-ro=",
                           text_concat(brew->arena, parts, ELEMENTS(parts) - !nspawn_has_users(brew->object)));
        }
}
