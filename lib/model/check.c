/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/check.h"

#include <assert.h>

#include "base/nearest.h"

typedef bool (*CheckFn)(const Check *check, Value *value);

static const CheckFn checks[TYPE_COUNT] = {
#define TYPE(name, shape, check, sentence, schema) [TYPE_##name] = check_##check,
#include "model/types.def"
#undef TYPE
};

/* What units are made of must be known when they are made. */
static bool needs_text_now(const Option *option)
{
        static const TypeId types[] = { TYPE_BOOL,    TYPE_ENGINE,   TYPE_ONDEPENDENCYSTOP, TYPE_CONTAINER, TYPE_UNITNAME,
                                        TYPE_NAME,    TYPE_PULL,     TYPE_NOTIFY,           TYPE_VERSION,   TYPE_CALENDAR,
                                        TYPE_UPDATE,  TYPE_CAPMAP,   TYPE_DURATION,         TYPE_SIGNAL,           TYPE_NETNS };

        static const TypeId of_devices[] = { TYPE_IP4PREFIX, TYPE_IP6PREFIX, TYPE_MACADDRESS, TYPE_DEVICENAME,
                                             TYPE_VETH,      TYPE_MACVLAN,   TYPE_INTERFACE };

        /* bayplan-netns gets texts, and what clashes must be seen before. */
        if (option->kind == KIND_NETNS)
                return true;
        for (size_t i = 0; i < ELEMENTS(of_devices); i++)
                if (option->type == of_devices[i])
                        return true;
        for (size_t i = 0; i < ELEMENTS(types); i++)
                if (option->type == types[i])
                        return true;
        return false;
}

/* Of most files all that has to be known is that there is nothing of the kind in them. */
static bool is_late(const Value *value)
{
        const Source *source = value->at.source;

        return !(source && source->fixed && source_holds(source, value->text.str)) && text_is_late(value->text);
}

bool check_value(const Check *check, Value *value)
{
        assert(check->option->type > TYPE_NONE && check->option->type < TYPE_COUNT);
        /* A path of it may hold specifiers; what the unit looks like is known all the same. */
        if (check->option->type == TYPE_SECRET || check->option->type == TYPE_CREDENTIAL)
                return checks[check->option->type](check, value);
        if (is_late(value)) {
                if (needs_text_now(check->option))
                        return diag(check->run->diags, DIAG_VALUE_LATE, value->at, check->option->key,
                                    value->text.str);
                value->late = true;
                /* What is sorted by name must have one. */
                if (type_info(check->option->type)->shape == SHAPE_PAIR)
                        check_split_pair(value);
                return true;
        }
        return checks[check->option->type](check, value);
}

bool check_refuse(const Check *check, const Value *value, size_t offset, size_t len, Str what, Str hint)
{
        const Str text = value->text.str;

        return diag(check->run->diags, DIAG_VALUE, loc_inside(value->at, text, offset, len), check->option->key,
                    what, str_empty(text) ? S("nothing") : arena_fmt(check->run->arena, "'%.*s'", STR_ARG(text)),
                    hint);
}

Str check_did_you_mean(const Check *check, Str wanted, const char *prefix, const Str *names, size_t count)
{
        const Str best = nearest_of(wanted, names, count);

        return best.len ? arena_fmt(check->run->arena, "did you mean '%s%.*s'?", prefix, STR_ARG(best)) : (Str){ 0 };
}

bool check_choice(const Check *check, Value *value, const Str *choices, size_t count)
{
        const size_t found = str_index(value->text.str, choices, count);
        Buf what = BUF(check->run->arena);

        if (found < count) {
                value->text.str = choices[found];
                return true;
        }
        for (size_t i = 0; i < count; i++) {
                if (i)
                        buf_add(&what, i + 1 == count ? S(" or ") : S(", "));
                buf_add(&what, choices[i]);
        }
        return check_refuse(check, value, 0, value->text.str.len, buf_str(&what),
                            check_did_you_mean(check, value->text.str, "", choices, count));
}

bool check_is_name(Str s)
{
        static const CharSet characters = { CHARS_ALNUM, ['_'] = true, ['-'] = true, ['.'] = true };

        return s.len > 0 && s.len <= 200 && (char_is_alpha(s.data[0]) || char_is_digit(s.data[0])) && str_all(s, characters);
}

/* No "//", no part that begins with a dot, no slash at the end. */
static bool is_clean(Str path)
{
        if (!path.len || path.data[0] != '/' || path.data[path.len - 1] == '/')
                return false;
        for (size_t i = 1; i < path.len; i++)
                if (path.data[i - 1] == '/' && (path.data[i] == '/' || path.data[i] == '.'))
                        return false;
        return true;
}

Str check_join(Arena *arena, Str directory, Str path)
{
        Buf buf = BUF(arena);
        Str rest = path, part;

        if (is_clean(path))
                return path;
        if (!str_starts(path, S("/"))) {
                rest = arena_join(arena, directory, S("/"), path);
                if (!str_starts(rest, S("/")))
                        return rest;
        }
        while (rest.len && str_next(&rest, '/', &part)) {
                if (!part.len || str_eq(part, S(".")))
                        continue;
                if (str_eq(part, S(".."))) {
                        buf.len = buf.len ? str_rfind(buf_str(&buf), '/') : 0;
                } else {
                        buf_char(&buf, '/');
                        buf_add(&buf, part);
                }
        }
        if (!buf.len)
                buf_char(&buf, '/');
        return buf_str(&buf);
}
