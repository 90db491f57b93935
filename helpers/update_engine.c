/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/update.h"

#include "base/fs.h"
#include "helpers/say.h"

static const char *const paths[] = { BAYPLAN_PODMAN, BAYPLAN_DOCKER };

const char *const update_engines[] = { "podman", "docker", NULL };

/* Runs ENGINE with the words. Its exit status, or -1 when that was said; *ret is what it has printed. */
static int call(Update *u, const char *const *words, size_t count, Str *ret)
{
        const Options *options = u->options;
        Words argv = { 0 };
        int r;

        VEC_ADD(u->arena, &argv, options->engine_path ? options->engine_path : paths[options->engine]);
        for (size_t i = 0; i < options->engine_args.count; i++)
                VEC_ADD(u->arena, &argv, options->engine_args.items[i]);
        for (size_t i = 0; i < count; i++)
                VEC_ADD(u->arena, &argv, words[i]);
        VEC_ADD(u->arena, &argv, NULL);
        argv.count--;

        r = process_start(u->event, &(ProcessSpec){ .argv = &argv, .keep = PROCESS_KEEP_BOTH }, &u->call);
        if (r == 0)
                r = process_wait(u->event, &u->call);
        if (r < 0) {
                say(SAY_ERROR, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(r)));
                return -1;
        }
        *ret = arena_str(u->arena, process_text(&u->call));
        return r;
}

static bool inspect_image(Update *u, const char *type, const char *format, const char *name, Str *ret)
{
        const char *const words[] = { type, "inspect", "--format", format, name };
        Str text;

        if (call(u, words, ELEMENTS(words), &text) != 0)
                return false;
        *ret = str_starts(text, S("sha256:")) ? str_skip(text, 7) : text;
        return ret->len > 0;
}

bool update_container_image(Update *u, Str *ret)
{
        return inspect_image(u, "container", "{{.Image}}", u->container, ret);
}

bool update_image(Update *u, Str *ret)
{
        return inspect_image(u, "image", "{{.Id}}", u->image, ret);
}

Str update_health(Update *u)
{
        const char *const words[] = { "container", "inspect", "--format",
                                      "{{if .State.Health}}{{.State.Health.Status}}{{end}}", u->container };
        Str text;

        return call(u, words, ELEMENTS(words), &text) == 0 ? text : (Str){ 0 };
}

bool update_tag(Update *u, Str id)
{
        const char *const words[] = { "tag", arena_c(u->arena, id), u->image };
        Str text;
        const int status = call(u, words, ELEMENTS(words), &text);

        if (status > 0)
                say(SAY_ERROR, "cannot give '%s' its old image back: %.*s", u->image, STR_ARG(text));
        return status == 0;
}
