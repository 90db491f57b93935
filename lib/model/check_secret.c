/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Secrets: the engine's own, and systemd's credentials (systemd.exec(5)). */

#include "base/nearest.h"
#include "base/num.h"
#include "model/check.h"

static bool refuse(const Check *check, const Value *value, Str part, Str what, Str hint)
{
        return check_refuse(check, value, (size_t)(part.data - value->text.str.data), part.len, what, hint);
}

static bool is_path(Str s)
{
        return str_starts(s, S("/")) || str_starts(s, S("%"));
}

bool check_credential(const Check *check, Value *value)
{
        Credential credential = { 0 };
        Str rest = value->text.str, option;

        if (str_cut(rest, ',', &rest, &option)) {
                if (!str_is(option, "encrypted"))
                        return refuse(check, value, option, S("'encrypted' after the comma"), S(""));
                credential.encrypted = true;
        }
        credential.name = rest;
        if (str_cut(rest, ':', &credential.name, &credential.path) && !is_path(credential.path))
                return refuse(check, value, credential.path, S("an absolute path after the colon"), S(""));
        if (!check_is_name(credential.name))
                return refuse(check, value, credential.name, S("the name of a credential"), S(""));

        Credential *kept = ARENA_NEW(check->run->arena, Credential);

        *kept = credential;
        value->credential = kept;
        return true;
}

typedef struct SecretOption {
        Str key;
        bool of_credential; /* means nothing for a secret of the engine */
} SecretOption;

static const SecretOption secret_options[] = {
        { STR_INIT("type"), false }, { STR_INIT("target"), false }, { STR_INIT("uid"), false }, { STR_INIT("gid"), false },
        { STR_INIT("mode"), false }, { STR_INIT("path"), true },    { STR_INIT("encrypted"), true },
};

static bool unknown_option(const Check *check, const Value *value, Str field, Str key)
{
        Nearest nearest = nearest_start(key);

        for (size_t i = 0; i < ELEMENTS(secret_options); i++)
                nearest_offer(&nearest, secret_options[i].key);
        return refuse(check, value, field, S("NAME[,OPTION=VALUE,…]"),
                      nearest.best.len ? arena_fmt(check->run->arena, "did you mean '%.*s='?", STR_ARG(nearest.best)) : S(""));
}

static bool set_type(const Check *check, const Value *value, Str type, Secret *secret)
{
        secret->is_credential = str_is(type, "credential");
        return secret->is_credential || str_is(type, "mount") || str_is(type, "env") ||
               refuse(check, value, type, S("type=mount, type=env or type=credential"), S(""));
}

static bool set_flag(const Check *check, const Value *value, Str text, bool *ret)
{
        Value parsed = *value;

        parsed.text = LITERAL(text);
        if (!check_bool(check, &parsed))
                return false;
        *ret = parsed.flag;
        return true;
}

static bool set_option(const Check *check, const Value *value, Str field, Secret *secret)
{
        Str key = field, text = S("yes");
        uint64_t n;

        str_cut(field, '=', &key, &text);
        if (str_is(key, "type"))
                return set_type(check, value, text, secret);
        if (str_is(key, "encrypted"))
                return set_flag(check, value, text, &secret->credential.encrypted);
        if (str_is(key, "target")) {
                secret->target = text;
                return true;
        }
        if (str_is(key, "path")) {
                secret->credential.path = text;
                return is_path(text) || refuse(check, value, text, S("an absolute path=PATH"), S(""));
        }
        if (str_is(key, "uid") || str_is(key, "gid")) {
                *(str_is(key, "uid") ? &secret->uid : &secret->gid) = text;
                return num_unsigned(text, UINT32_MAX - 1, &n) || refuse(check, value, text, S("a number for uid= and gid="), S(""));
        }
        if (str_is(key, "mode")) {
                secret->mode = text;
                return num_octal(text, 0777, &n) || refuse(check, value, text, S("an octal mode=MODE such as 0440"), S(""));
        }
        return unknown_option(check, value, field, key);
}

bool check_secret(const Check *check, Value *value)
{
        Secret secret = { 0 };
        Str rest = value->text.str, field;

        if (!rest.len || !str_next(&rest, ',', &secret.credential.name) || !check_is_name(secret.credential.name))
                return refuse(check, value, str_first(value->text.str, str_find(value->text.str, ',')), S("the name of a secret"), S(""));
        while (rest.len && str_next(&rest, ',', &field))
                if (!set_option(check, value, field, &secret))
                        return false;
        if (!secret.is_credential && (secret.credential.path.len || secret.credential.encrypted))
                return refuse(check, value, value->text.str, S("path= and encrypted= with type=credential only"), S(""));

        Secret *kept = ARENA_NEW(check->run->arena, Secret);

        *kept = secret;
        value->secret = kept;
        return true;
}
