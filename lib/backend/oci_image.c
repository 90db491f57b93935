/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Images: that of a container, made to be there before it starts, and those that are definitions of their own, pulled or
 * built by oneshot units. These do not remain active: each start of what needs the image asks for it anew, as a
 * container does for its own, so that one which somebody has removed is there again (OCI-42 … OCI-45, T-08). */

#include "backend/oci.h"
#include "model/check.h"

/* ---- pulls ---- */

/* The keys that say how an image comes, of the kinds that have one. */
typedef struct Coming {
        OptionId image, pull, retries, delay, registry, username, password_file, credential, file, stream;
} Coming;

static const Coming *coming(const Brew *brew)
{
#define COMING(kind_, pull_)                                                                                      \
        [KIND_##kind_] = { OPT_##kind_##_Image,         OPT_##kind_##_##pull_,                                    \
                           OPT_##kind_##_Retry,         OPT_##kind_##_RetryDelay,                                 \
                           OPT_##kind_##_LoginRegistry, OPT_##kind_##_LoginUsername,                              \
                           OPT_##kind_##_LoginPasswordFile, OPT_##kind_##_LoginCredential,                        \
                           OPT_##kind_##_ImageFile,     OPT_##kind_##_ImageStream }
        static const Coming rows[KIND_COUNT] = {
                COMING(CONTAINER, Pull),
                COMING(IMAGE, Policy),
        };
#undef COMING

        return &rows[brew->def->kind];
}

static Str pull_policy(const Brew *brew)
{
        const Str policy = def_text(brew->def, coming(brew)->pull).str;

        return policy.len ? policy : S("missing");
}

static bool loads_image(const Brew *brew)
{
        return def_get(brew->def, coming(brew)->file) || def_get(brew->def, coming(brew)->stream);
}

bool oci_may_pull(const Brew *brew)
{
        const Value *image = def_get(brew->def, coming(brew)->image);

        return image && !object_linked(brew->object, image) && !loads_image(brew) && !str_is(pull_policy(brew), "never");
}

void oci_needs_pull(Brew *brew)
{
        if (brew->run->scope == SCOPE_SYSTEM && oci_may_pull(brew))
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
}

static void helper_option(Brew *brew, const char *name, OptionId id)
{
        if (def_get(brew->def, id))
                oci_add(brew, text_join(brew->arena, str_c(name), def_text(brew->def, id)));
}

/* bayplan-image, up to the name of the image. Without a policy the image is loaded, not pulled. */
static void image_command(Brew *brew, Phase phase, Str policy)
{
        const Coming *keys = coming(brew);
        const Value *credential = def_get(brew->def, keys->credential);

        brew->words = recipe_command(brew->arena, brew->recipe, phase, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-image")));
        oci_helper_engine(brew);
        if (policy.len)
                oci_add(brew, text_join(brew->arena, S("--pull="), LITERAL(policy)));
        helper_option(brew, "--login-registry=", keys->registry);
        helper_option(brew, "--login-user=", keys->username);
        helper_option(brew, "--login-password-file=", keys->password_file);
        if (credential) {
                oci_load_credential(brew, credential->credential, credential->text.door);
                oci_add(brew, text_join(brew->arena, S("--login-credential="), LITERAL(credential->credential->name)));
        }
        helper_option(brew, "--load-file=", keys->file);
        helper_option(brew, "--load-stream=", keys->stream);
        helper_option(brew, "--retries=", keys->retries);
        helper_option(brew, "--retry-delay=", keys->delay);
}

Text oci_image(const Brew *brew, const Value *value)
{
        const Object *object = object_linked(brew->object, value);

        return object ? object_image(object) : value->text;
}

void oci_prepare_image(Brew *brew)
{
        const Value *image = def_get(brew->def, OPT_CONTAINER_Image);

        if (loads_image(brew))
                image_command(brew, PHASE_START_PRE, (Str){ 0 });
        else if (oci_may_pull(brew))
                image_command(brew, PHASE_START_PRE, pull_policy(brew));
        else
                return;
        oci_add(brew, image->text);
}

void oci_prepare_volume_image(Brew *brew)
{
        const Value *image = def_get(brew->def, OPT_VOLUME_Image);

        if (!image || object_linked(brew->object, image))
                return;
        if (brew->run->scope == SCOPE_SYSTEM)
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START_PRE, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-image")));
        oci_helper_engine(brew);
        oci_add(brew, T("--pull=missing"));
        oci_add(brew, image->text);
}

/* ---- units of images ---- */

static void service(Brew *brew, const char *timeout)
{
        /* Each start of each container that needs it is one: it is they who give up. */
        brew->recipe->unlimited = true;
        recipe_property(brew->arena, brew->recipe, S("Type"), T("oneshot"));
        recipe_property(brew->arena, brew->recipe, S("TimeoutStartSec"), LITERAL(str_c(timeout)));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        oci_needs_engine(brew);
}

/* A login speaks to the same registry as the pull. */
static void login_args(Brew *brew)
{
        const Value *certificates = def_get(brew->def, OPT_IMAGE_CertDir), *verify = def_get(brew->def, OPT_IMAGE_TLSVerify);

        if (!def_get(brew->def, OPT_IMAGE_LoginRegistry))
                return;
        if (certificates)
                oci_add(brew, text_join(brew->arena, S("--login-arg=--cert-dir="), certificates->text));
        if (verify)
                oci_add(brew, verify->flag ? T("--login-arg=--tls-verify") : T("--login-arg=--tls-verify=false"));
}

/* What a definition says of its pull. */
static void pull_command(Brew *brew, Phase phase, Str policy)
{
        const Text tag = def_text(brew->def, OPT_IMAGE_ImageTag);
        Words pull = { 0 };

        brew->words = &pull;
        backend_options(brew);
        image_command(brew, phase, policy);
        VEC_EACH(const Text, word, &pull)
                oci_add(brew, text_join(brew->arena, S("--pull-arg="), *word));
        login_args(brew);
        if (tag.str.len)
                oci_add(brew, text_join(brew->arena, S("--name="), tag));
        oci_add(brew, def_text(brew->def, OPT_IMAGE_Image));
}

void oci_image_unit(Brew *brew)
{
        /* Which of the tags are missing nobody knows. */
        const bool all = def_flag(brew->def, OPT_IMAGE_AllTags, false) && !def_get(brew->def, OPT_IMAGE_Policy);

        /* Extended by the helper while there is progress. */
        service(brew, "90");
        recipe_property(brew->arena, brew->recipe, S("NotifyAccess"), T("main"));
        /* What needs it comes back when it is there after all. */
        recipe_property(brew->arena, brew->recipe, S("Restart"), T("on-failure"));
        recipe_property(brew->arena, brew->recipe, S("RestartSec"), T("60"));
        oci_needs_pull(brew);
        backend_needs_file(brew, def_text(brew->def, OPT_IMAGE_ImageFile));
        backend_needs_file(brew, def_text(brew->def, OPT_IMAGE_ImageStream));
        backend_needs_file(brew, def_text(brew->def, OPT_IMAGE_LoginPasswordFile));
        backend_needs_file(brew, def_text(brew->def, OPT_IMAGE_AuthFile));
        pull_command(brew, PHASE_START, loads_image(brew) ? (Str){ 0 } : all ? S("always") : pull_policy(brew));
}

/* ---- builds ---- */

void oci_build_tag(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        if (!first)
                oci_flag(brew, "--tag", object_image(brew->object));
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--tag", value->text);
}

static Text directory_of(Text path)
{
        const size_t slash = str_rfind(path.str, '/');

        return (Text){ str_first(path.str, slash ? slash : 1), path.door };
}

typedef struct Place {
        Text context; /* directory or URL */
        Text file;    /* empty: what the engine looks for */
} Place;

/* A File= that is still relative counts from the context: of a URL the engine looks for it there. */
static Place build_place(Brew *brew)
{
        const Text file = def_text(brew->def, OPT_BUILD_File), set = def_text(brew->def, OPT_BUILD_SetWorkingDirectory);
        const bool late = file.door == DOOR_SYSTEMD && str_starts(file.str, S("%")) && !str_starts(file.str, S("%%"));
        Place place = { .context = set, .file = file };

        if (!set.str.len || str_is(set.str, "file"))
                place.context = directory_of(file);
        else if (file.str.len && !str_starts(file.str, S("/")) && !late && !check_is_url(file.str) && !check_is_url(set.str))
                place.file = text_concat(brew->arena, (const Text[]){ set, T("/"), file }, 3);
        return place;
}

void oci_build_unit(Brew *brew)
{
        const Place place = build_place(brew);

        /* Nothing tells how far a build is. */
        service(brew, "3600");
        if (brew->run->scope == SCOPE_SYSTEM && !str_is(def_text(brew->def, OPT_BUILD_Pull).str, "never"))
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
        backend_needs_mount(brew, place.context);
        backend_needs_file(brew, place.file);
        backend_needs_file(brew, def_text(brew->def, OPT_BUILD_AuthFile));
        backend_needs_file(brew, def_text(brew->def, OPT_BUILD_IgnoreFile));
        oci_prepare_volumes(brew);

        oci_begin(brew, PHASE_START, false);
        oci_add(brew, T("build"));
        if (place.file.str.len)
                oci_flag(brew, "--file", place.file);
        backend_options(brew);
        oci_add(brew, place.context);
}

/* ---- updates ---- */

/* Only for what runs, and not for what somebody has stopped. */
static void update_condition(Brew *brew)
{
        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_CONDITION, false);
        oci_add(brew, T("systemctl"));
        if (brew->run->scope == SCOPE_USER)
                oci_add(brew, T("--user"));
        oci_add(brew, T("--quiet"));
        oci_add(brew, T("is-active"));
        oci_add(brew, LITERAL(brew->object->unit));
}

static void update_command(Brew *brew, Text image)
{
        enum { USUAL = 300 }; /* of bayplan-update */
        const uint64_t healthy = oci_healthy_seconds(brew);

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-update")));
        oci_helper_engine(brew);
        if (brew->run->scope == SCOPE_USER)
                oci_add(brew, T("--manager=user"));
        if (healthy > USUAL)
                oci_add(brew, LITERAL(arena_fmt(brew->arena, "--healthy-timeout=%llus", (unsigned long long)healthy)));
        oci_add(brew, LITERAL(brew->object->unit));
        oci_add(brew, LITERAL(brew->object->name));
        oci_add(brew, image);
}

void oci_update(Brew *brew)
{
        const bool pulls = str_is(def_text(brew->def, OPT_CONTAINER_AutoUpdate).str, "registry");
        const Object *object = object_linked(brew->object, def_get(brew->def, OPT_CONTAINER_Image));
        const Text image = oci_image(brew, def_get(brew->def, OPT_CONTAINER_Image));
        Brew of_image = *brew;

        if (pulls && brew->run->scope == SCOPE_SYSTEM)
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
        words_add(brew->arena, &brew->recipe->after, LITERAL(brew->object->unit));
        backend_needs_file(brew, def_text(brew->def, OPT_CONTAINER_LoginPasswordFile));
        update_condition(brew);
        if (pulls && object && !object->def->profile->quadlet) {
                of_image.object = object;
                of_image.def = object->def;
                pull_command(&of_image, PHASE_START, S("newer"));
        } else if (pulls) {
                image_command(brew, PHASE_START, S("newer"));
                oci_add(brew, image);
        }
        update_command(brew, image);
}
