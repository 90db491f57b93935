/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet_writer.h"

#include "base/utf8.h"
#include "model/check.h"
#include "model/refer.h"

bool writer_refuse(QuadletWriter *c, Loc at, Str key, Str why)
{
        return dump_fault(c->arena, c->faults, c->object->def, at, key, why);
}

static bool refuse_value(QuadletWriter *c, OptionId id, const Value *value, Str why)
{
        return writer_refuse(c, value->at, option_info(id)->key, why);
}

/* ---- lines: Reading in model/option.h ---- */

bool writer_add_line(QuadletWriter *c, Loc at, Str key, Str text)
{
        if (!dump_fits_line(text))
                return writer_refuse(c, at, key, S("the rest of a line cannot be this text"));
        buf_fmt(c->buf, "%.*s=%.*s\n", STR_ARG(key), STR_ARG(text));
        return true;
}

/* A pair of double quotes around it is removed, whatever it holds. */
static Str quote_whole(Arena *arena, Str s)
{
        const bool quoted = s.len >= 2 && str_starts(s, S("\"")) && str_ends(s, S("\""));

        return !quoted && s.len && dump_fits_line(s) ? s : arena_fmt(arena, "\"%.*s\"", STR_ARG(s));
}

static bool is_plain(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (char_is_space(s.data[i]) || memchr("\\\"'", s.data[i], 3))
                        return false;
        return s.len;
}

/* Without escapes: one kind of quotes holds the other. */
static void quote_plain(Buf *buf, Str s)
{
        Str rest = s, part;

        if (is_plain(s)) {
                buf_add(buf, s);
                return;
        }
        if (!str_contains(s, '"')) {
                buf_fmt(buf, "\"%.*s\"", STR_ARG(s));
                return;
        }
        for (bool first = true; str_next(&rest, '"', &part); first = false)
                buf_fmt(buf, "%s\"%.*s\"", first ? "" : "'\"'", STR_ARG(part));
}

/* With escapes, of which \xHH is a character. False when the text is not UTF-8. */
static bool quote_escaped(Buf *buf, Str s)
{
        size_t length;

        if (is_plain(s) && utf8_is_plain(s)) {
                buf_add(buf, s);
                return true;
        }
        buf_char(buf, '"');
        for (size_t at = 0; at < s.len; at += length) {
                unsigned code = 0;

                length = utf8_decode(str_skip(s, at), &code);
                if (!length)
                        return false;
                if (code == '"' || code == '\\')
                        buf_fmt(buf, "\\%c", (int)code);
                else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
                        buf_fmt(buf, "\\x%02x", code);
                else if (utf8_is_noncharacter(code))
                        buf_fmt(buf, "\\U%08x", code);
                else
                        buf_add(buf, str_first(str_skip(s, at), length));
        }
        buf_char(buf, '"');
        return true;
}

static bool add_words(QuadletWriter *c, Loc at, Str key, const Str *words, size_t count)
{
        Buf line = BUF(c->arena);

        for (size_t i = 0; i < count; i++) {
                buf_add(&line, i ? S(" ") : S(""));
                if (!quote_escaped(&line, words[i]))
                        return writer_refuse(c, at, key, S("Quadlet files are UTF-8"));
        }
        return writer_add_line(c, at, key, buf_str(&line));
}

/* One value of a key, as Quadlet reads it. */
bool writer_add_text(QuadletWriter *c, OptionId id, const Value *value, Str text)
{
        const Option *option = option_info(id);
        Buf line = BUF(c->arena);

        switch (option->quadlet) {
        case READ_B:
                return writer_add_line(c, value->at, option->key, value->flag ? S("yes") : S("no"));
        case READ_S:
                if (!text.len)
                        return refuse_value(c, id, value, S("an empty value takes the key back"));
                return writer_add_line(c, value->at, option->key, quote_whole(c->arena, text));
        case READ_N:
        case READ_L:
                if (!text.len)
                        return refuse_value(c, id, value, S("an empty value takes the key back"));
                return writer_add_line(c, value->at, option->key, text);
        case READ_W:
                quote_plain(&line, text);
                return writer_add_line(c, value->at, option->key, buf_str(&line));
        case READ_A:
        case READ_A1:
        case READ_KV:
                return add_words(c, value->at, option->key, &text, 1);
        case READ_NOT:
        case READ_COUNT:
                break;
        }
        return refuse_value(c, id, value, S("Quadlet has no such key"));
}

static Str text_of(QuadletWriter *c, const Value *value)
{
        return text_systemd(c->arena, value->text);
}

/* ---- values that Quadlet has in another form ---- */

typedef bool (*ConvertOption)(QuadletWriter *c, OptionId id, const Value *first);

/* It says nothing for Quadlet, or is said elsewhere. */
static bool convert_nothing(QuadletWriter *c, OptionId id, const Value *first)
{
        (void)c;
        (void)id;
        (void)first;
        return true;
}

static bool convert_values(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        for (const Value *value = first; value; value = value->next)
                ok &= writer_add_text(c, id, value, text_of(c, value));
        return ok;
}

/* The file of a definition, "front.network", or the name of an object that nobody makes. */
static Str file_of(QuadletWriter *c, const Object *other)
{
        const OptionId external = other->def->kind == KIND_NETWORK ? OPT_NETWORK_External : OPT_VOLUME_External;

        if (!other->def->profile->quadlet && def_flag(other->def, external, false))
                return other->name;
        return arena_fmt(c->arena, "%.*s%.*s", STR_ARG(other->def->name), STR_ARG(kind_info(other->def->kind)->file));
}

/* A reference stands once in a text, at its beginning or behind "source=". */
static Str refer(QuadletWriter *c, OptionId id, const Value *value)
{
        const Object *other = object_linked(c->object, value);
        const Str text = text_of(c, value), name = refer_name(id, value);

        if (!other || !name.len)
                return text;
        if (id != OPT_CONTAINER_Mount)
                return arena_fmt(c->arena, "%.*s%.*s", STR_ARG(file_of(c, other)), STR_ARG(str_skip(text, name.len)));

        Buf buf = BUF(c->arena);
        Str rest = text, field, key, source;

        while (rest.len && str_next(&rest, ',', &field)) {
                const bool is_source = str_cut(field, '=', &key, &source) && (str_is(key, "source") || str_is(key, "src"));

                buf_fmt(&buf, "%s%.*s", buf.len ? "," : "", STR_ARG(is_source ? S("source=") : field));
                if (is_source)
                        buf_add(&buf, file_of(c, other));
        }
        return buf_str(&buf);
}

static bool convert_references(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        for (const Value *value = first; value; value = value->next)
                ok &= writer_add_text(c, id, value, refer(c, id, value));
        return ok;
}

/* The container whose network is joined: namespace_resolve() has put the engine's name of it. */
static const Object *joined(const Object *guest, Str name)
{
        VEC_EACH(const Dependency, dependency, &guest->depends)
                if (dependency->tie == TIE_BINDS && dependency->object->def->kind == KIND_CONTAINER &&
                    str_eq(dependency->object->name, name))
                        return dependency->object;
        return NULL;
}

static bool convert_network(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        for (const Value *value = first; value; value = value->next) {
                const Object *owner = str_starts(value->text.str, S("container:"))
                                              ? joined(c->object, str_skip(value->text.str, strlen("container:")))
                                              : NULL;

                ok &= writer_add_text(c, id, value, owner ? file_of(c, owner) : refer(c, id, value));
        }
        return ok;
}

/* Bayplan looks for a relative one in the context, podman in its working directory first. */
static bool convert_build_file(QuadletWriter *c, OptionId id, const Value *value)
{
        const Value *context = def_get(c->object->def, OPT_BUILD_SetWorkingDirectory);
        const PassLine *directory = def_pass(c->object->def, PASS_SERVICE, S("WorkingDirectory"));
        const Str text = text_of(c, value), place = context ? text_of(c, context) : S("");

        if (!str_starts(place, S("/")) || str_starts(text, S("/")) || str_starts(text, S("%")) || check_is_url(text) ||
            (directory && str_eq(directory->value, place)))
                return writer_add_text(c, id, value, text);
        return writer_add_text(c, id, value, check_join(c->arena, place, text));
}

static bool convert_pod(QuadletWriter *c, OptionId id, const Value *value)
{
        if (!c->object->pod)
                return refuse_value(c, id, value, S("no definition is that pod, and Quadlet knows no other"));
        return writer_add_text(c, id, value, file_of(c, c->object->pod));
}

/* Bayplan publishes on 127.0.0.1 what names no address, podman on all. */
static Str port_text(QuadletWriter *c, const Value *value)
{
        const Value *usual = c->fleet->defaults ? def_get(c->fleet->defaults, OPT_DEFAULTS_PublishAddress) : NULL;
        const Str text = text_of(c, value), address = usual ? text_systemd(c->arena, usual->text) : S("127.0.0.1");
        Str host, rest;
        const bool has_host = str_cut(text, ':', &host, &rest), ip6 = str_contains(address, ':');

        if (str_starts(text, S("*:")))
                return str_skip(text, str_starts(text, S("*::")) ? 3 : 2);
        if (str_starts(text, S("[")) || (has_host && str_contains(rest, ':')))
                return text;
        return arena_fmt(c->arena, "%s%.*s%s%s%.*s", ip6 ? "[" : "", STR_ARG(address), ip6 ? "]" : "",
                         has_host ? ":" : "::", STR_ARG(text));
}

bool writer_add_ports(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        for (const Value *value = first; value; value = value->next)
                ok &= writer_add_text(c, id, value, port_text(c, value));
        return ok;
}

/* Those of members are the pod's. */
static bool convert_ports(QuadletWriter *c, OptionId id, const Value *first)
{
        return c->object->pod || writer_add_ports(c, id, first);
}

static bool convert_timeout(QuadletWriter *c, OptionId id, const Value *value)
{
        const uint64_t second = 1000000, n = value->late ? 0 : (value->usec + second - 1) / second;

        return writer_add_text(c, id, value, value->late ? text_of(c, value) : arena_fmt(c->arena, "%llu", (unsigned long long)n));
}

static Str json_words(QuadletWriter *c, const Value *first)
{
        Buf buf = BUF(c->arena);

        for (const Value *value = first; value; value = value->next) {
                const Str text = text_of(c, value);

                buf_add(&buf, value == first ? S("[\"") : S(",\""));
                for (size_t i = 0; i < text.len; i++) {
                        if (text.data[i] == '"' || text.data[i] == '\\')
                                buf_char(&buf, '\\');
                        buf_char(&buf, text.data[i]);
                }
                buf_char(&buf, '"');
        }
        buf_char(&buf, ']');
        return buf_str(&buf);
}

/* One word is the whole line; podman reads a list in brackets. */
static bool convert_entrypoint(QuadletWriter *c, OptionId id, const Value *first)
{
        const Str text = text_of(c, first);

        if (!first->next && !text.len)
                return writer_add_line(c, first->at, option_info(id)->key, S("\"\""));
        if (!first->next && !str_starts(text, S("[")))
                return writer_add_text(c, id, first, text);
        return writer_add_text(c, id, first, json_words(c, first));
}

static bool convert_shell(QuadletWriter *c, OptionId id, const Value *first)
{
        return writer_add_text(c, id, first, first->argv ? json_words(c, first) : text_of(c, first));
}

bool writer_add_command(QuadletWriter *c, OptionId id, const Value *first)
{
        VEC(Str) words = { 0 };

        for (const Value *value = first; value; value = value->next)
                VEC_ADD(c->arena, &words, text_of(c, value));
        return add_words(c, first->at, option_info(id)->key, words.items, words.count);
}

static bool convert_secret(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        for (const Value *value = first; value; value = value->next)
                if (value->secret && value->secret->is_credential)
                        ok = refuse_value(c, id, value, S("Quadlet has no credentials of systemd as secrets"));
                else
                        ok &= writer_add_text(c, id, value, text_of(c, value));
        return ok;
}

/* CAPABILITY=yes, CAPABILITY=no */
static bool convert_capabilities(QuadletWriter *c, OptionId id, const Value *first)
{
        bool ok = true;

        (void)id;
        for (const Value *value = first; value; value = value->next)
                ok &= writer_add_line(c, value->at, value->flag ? S("AddCapability") : S("DropCapability"), value->name);
        return ok;
}

static bool convert_flag_on(QuadletWriter *c, OptionId id, const Value *value)
{
        return value->flag || refuse_value(c, id, value, S("Quadlet always does"));
}

static bool convert_follow(QuadletWriter *c, OptionId id, const Value *value)
{
        return str_is(value->text.str, "restart") || refuse_value(c, id, value, S("Quadlet has no such key"));
}

static bool convert_external(QuadletWriter *c, OptionId id, const Value *value)
{
        return !value->flag || refuse_value(c, id, value, S("Quadlet has no such key"));
}

static bool convert_exit_policy(QuadletWriter *c, OptionId id, const Value *value)
{
        return str_eq_nocase(value->text.str, S("stop")) || writer_add_text(c, id, value, text_of(c, value));
}

static bool convert_delete(QuadletWriter *c, OptionId id, const Value *value)
{
        return !value->flag || writer_add_text(c, id, value, (Str){ 0 });
}

/* podman pulls what it is asked for. */
static bool convert_policy(QuadletWriter *c, OptionId id, const Value *value)
{
        return str_is(value->text.str, "always") || writer_add_text(c, id, value, text_of(c, value));
}

/* A key that Quadlet has no name for, as the flag of podman that it is. */
static bool convert_flag(QuadletWriter *c, OptionId id, const Value *first)
{
        const Spell *spell = option_spell(id, ENGINE_PODMAN);
        const Str flag = spell_flag(spell);
        bool ok = true;

        if (spell->kind == SPELL_SWITCH_ON && first->flag)
                return add_words(c, first->at, S("PodmanArgs"), &flag, 1);
        if (spell->kind != SPELL_FLAG && spell->kind != SPELL_FLAGLESS && spell->kind != SPELL_SWITCH_ON)
                return refuse_value(c, id, first, S("Quadlet has no such key"));
        for (const Value *value = first; value && spell->kind != SPELL_SWITCH_ON; value = value->next) {
                const Str words[] = { flag, text_of(c, value) };
                const size_t skipped = spell->kind == SPELL_FLAGLESS;

                ok &= add_words(c, value->at, S("PodmanArgs"), words + skipped, ELEMENTS(words) - skipped);
        }
        return ok;
}

static const ConvertOption special[OPTION_COUNT] = {
        [OPT_CONTAINER_Exec] = writer_add_command,
        [OPT_CONTAINER_Backend] = convert_nothing,
        [OPT_CONTAINER_ContainerName] = convert_nothing,
        [OPT_CONTAINER_ServiceName] = convert_nothing,
        [OPT_CONTAINER_AutoStart] = convert_nothing,
        [OPT_CONTAINER_DependsOn] = convert_nothing,
        [OPT_CONTAINER_OnDependencyStop] = convert_follow,
        [OPT_CONTAINER_AutoRemoveOnStop] = convert_flag_on,
        [OPT_CONTAINER_Entrypoint] = convert_entrypoint,
        [OPT_CONTAINER_Notify] = convert_nothing,
        [OPT_CONTAINER_StopTimeout] = convert_timeout,
        [OPT_CONTAINER_Secret] = convert_secret,
        [OPT_CONTAINER_PublishPort] = convert_ports,
        [OPT_CONTAINER_Volume] = convert_references,
        [OPT_CONTAINER_Mount] = convert_references,
        [OPT_CONTAINER_Capabilities] = convert_capabilities,
        [OPT_CONTAINER_Network] = convert_network,
        [OPT_CONTAINER_Pod] = convert_pod,
        [OPT_CONTAINER_HealthCmd] = convert_shell,
        [OPT_CONTAINER_HealthStartupCmd] = convert_shell,
        [OPT_CONTAINER_ReloadCmd] = writer_add_command,
        [OPT_CONTAINER_DockerArgs] = convert_nothing,
        [OPT_POD_PodName] = convert_nothing,
        [OPT_POD_Backend] = convert_nothing,
        [OPT_POD_ServiceName] = convert_nothing,
        [OPT_POD_StopTimeout] = convert_timeout,
        [OPT_POD_ExitPolicy] = convert_exit_policy,
        [OPT_POD_PublishPort] = writer_add_ports,
        [OPT_POD_Network] = convert_references,
        [OPT_POD_Volume] = convert_references,
        [OPT_POD_DockerArgs] = convert_nothing,
        [OPT_NETWORK_NetworkName] = convert_nothing,
        [OPT_NETWORK_Backend] = convert_nothing,
        [OPT_NETWORK_ServiceName] = convert_nothing,
        [OPT_NETWORK_External] = convert_external,
        [OPT_NETWORK_NetworkDeleteOnStop] = convert_delete,
        [OPT_NETWORK_DockerArgs] = convert_nothing,
        [OPT_VOLUME_VolumeName] = convert_nothing,
        [OPT_VOLUME_Backend] = convert_nothing,
        [OPT_VOLUME_ServiceName] = convert_nothing,
        [OPT_VOLUME_External] = convert_external,
        [OPT_VOLUME_DockerArgs] = convert_nothing,
        [OPT_IMAGE_Backend] = convert_nothing,
        [OPT_IMAGE_ServiceName] = convert_nothing,
        [OPT_IMAGE_Policy] = convert_policy,
        [OPT_IMAGE_DockerArgs] = convert_nothing,
        [OPT_BUILD_Backend] = convert_nothing,
        [OPT_BUILD_ServiceName] = convert_nothing,
        [OPT_BUILD_File] = convert_build_file,
        [OPT_BUILD_Network] = convert_references,
        [OPT_BUILD_Volume] = convert_references,
        [OPT_BUILD_DockerArgs] = convert_nothing,
};

bool writer_add_option(QuadletWriter *c, OptionId id, const Value *first)
{
        if (special[id])
                return special[id](c, id, first);
        return option_info(id)->quadlet == READ_NOT ? convert_flag(c, id, first) : convert_values(c, id, first);
}
