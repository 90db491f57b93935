/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is mounted into a container. */

#include "model/check.h"

static bool is_absolute(Str path)
{
        return str_starts(path, S("/"));
}

/* "." and "./x", but not ".hidden", which is a name no engine takes: said by the name check. */
static bool is_relative_path(Str path)
{
        return str_eq(path, S(".")) || str_eq(path, S("..")) || str_starts(path, S("./")) || str_starts(path, S("../"));
}

static bool check_destination(const Check *check, const Value *value, Str destination)
{
        const size_t at = (size_t)(destination.data - value->text.str.data);

        return is_absolute(destination) ||
               check_refuse(check, value, at, destination.len, S("an absolute path in the container"), S(""));
}

bool check_volume(const Check *check, Value *value)
{
        const Str text = value->text.str;
        Str parts[3] = { 0 }, rest = text;
        size_t count = 0;
        Volume volume = { 0 };

        while (rest.len && count < 3 && str_next(&rest, ':', &parts[count]))
                count++;
        if (rest.len)
                return check_refuse(check, value, text.len - rest.len - 1, rest.len + 1, S("[SOURCE:]DESTINATION[:OPTIONS]"), S(""));
        if (!count)
                return check_refuse(check, value, 0, 0, S("[SOURCE:]DESTINATION[:OPTIONS]"), S(""));

        volume.destination = parts[count > 1];
        if (!check_destination(check, value, volume.destination))
                return false;
        if (count > 1)
                volume.source = parts[0];
        if (count > 2)
                volume.options = parts[2];

        if (str_starts(volume.source, S("~")))
                return check_refuse(check, value, 0, volume.source.len, S("a host path or a volume's name"),
                                    S("for the home directory write '%h' (INI)"));
        if (count > 1 && is_relative_path(volume.source)) {
                volume.source = check_join(check->run->arena, def_directory(check->doc), volume.source);
                value->text.str = arena_fmt(check->run->arena, "%.*s:%.*s%s%.*s", STR_ARG(volume.source),
                                            STR_ARG(volume.destination), count > 2 ? ":" : "", STR_ARG(volume.options));
        } else if (count > 1 && !is_absolute(volume.source) && !check_is_name(volume.source)) {
                return check_refuse(check, value, 0, volume.source.len, S("a host path or a volume's name"),
                                    str_contains(volume.source, '/') ? S("a relative path begins with './'") : S(""));
        }

        Volume *kept = ARENA_NEW(check->run->arena, Volume);

        *kept = volume;
        value->volume = kept;
        return true;
}

bool check_tmpfs(const Check *check, Value *value)
{
        Str destination = value->text.str, rest;

        str_cut(value->text.str, ':', &destination, &rest);
        return check_destination(check, value, destination);
}

bool check_mount(const Check *check, Value *value)
{
        static const Str types[] = { STR_INIT("artifact"), STR_INIT("bind"),  STR_INIT("devpts"), STR_INIT("glob"),
                                     STR_INIT("image"),    STR_INIT("ramfs"), STR_INIT("tmpfs"),  STR_INIT("volume") };
        const Str text = value->text.str;
        Str rest = text, field;

        while (rest.len && str_next(&rest, ',', &field)) {
                Str key, type;

                if (!str_cut(field, '=', &key, &type) || !str_is(key, "type"))
                        continue;
                for (size_t i = 0; i < ELEMENTS(types); i++)
                        if (str_eq(type, types[i]))
                                return true;
                return check_refuse(check, value, (size_t)(type.data - text.data), type.len,
                                    S("a type of mount: bind, volume, tmpfs, image, glob, devpts, ramfs or artifact"), S(""));
        }
        return text.len > 0 || check_refuse(check, value, 0, 0, S("type=TYPE,KEY=VALUE,…"), S(""));
}

bool check_device(const Check *check, Value *value)
{
        const bool optional = str_starts(value->text.str, S("-"));
        Str rest = str_skip(value->text.str, optional), host = rest, part;

        /* CDI: VENDOR/CLASS=NAME */
        if (!is_absolute(rest) && str_contains(rest, '/') && str_contains(rest, '='))
                return true;
        str_cut(rest, ':', &host, &part);
        if (!is_absolute(host))
                return check_refuse(check, value, optional, host.len, S("a device's path, or a CDI name"), S(""));

        for (unsigned n = 0; rest.len && str_next(&rest, ':', &part); n++) {
                const size_t at = (size_t)(part.data - value->text.str.data);
                bool permissions = part.len > 0;

                for (size_t i = 0; i < part.len; i++)
                        permissions &= memchr("rwm", part.data[i], 3) != NULL;
                if (n > 2 || (!is_absolute(part) && !(n && permissions)))
                        return check_refuse(check, value, at, part.len, S("HOST[:CONTAINER][:PERMISSIONS], permissions out of 'rwm'"), S(""));
        }
        return true;
}
