/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-update: a container that runs is made of its image anew when the image's name stands for another one
 * by now, which bayplan-image has pulled before. It does so by a restart of the unit, so that what depends on it
 * comes along (podman#18926), and goes back to the old image when the new one does not run. */

#include "helpers/update.h"

#include <stdlib.h>

#include "base/fs.h"
#include "helpers/say.h"

static const char *const managers[] = { [MANAGER_SYSTEM] = "system", [MANAGER_USER] = "user", NULL };

static const Arg args[] = {
        { "engine", "podman|docker", "whose container it is (podman)", ARG_CHOICE, offsetof(Options, engine),
          update_engines },
        { "engine-path", "PATH", "the engine's program", ARG_TEXT, offsetof(Options, engine_path) },
        { "engine-arg", "ARG", "an argument of the engine, before its verb; may be\nrepeated", ARG_LIST,
          offsetof(Options, engine_args) },
        { "manager", "system|user", "whose unit it is (system)", ARG_CHOICE, offsetof(Options, manager), managers },
        { "settle", "TIME", "how long the container must run to be well (10s)", ARG_DURATION,
          offsetof(Options, settle) },
        { "healthy-timeout", "TIME", "how long it may take to become healthy, where it\nhas a check (5min)",
          ARG_DURATION, offsetof(Options, healthy_timeout) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] UNIT CONTAINER IMAGE",
        .about = "Restarts UNIT when its CONTAINER does not run what IMAGE stands for by now, and\n"
                 "goes back to the old image when the new one fails, ends or becomes unhealthy.\n"
                 "A unit that is not active stays so.",
        .notes = "Exit status: 0 it runs its image, or does not run; 1 the new one is not well,\n"
                 "or could not be tried; 125 this program failed.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 3,
        .max_words = 3,
};

/* Enough of an identifier for people. */
static Str brief(Str id)
{
        return str_first(id, 12);
}

static int go_back(Update *u, Str old)
{
        const char *why = "";
        Str now;

        if (!update_tag(u, old))
                return EXIT_FAILURE;
        switch (update_restart(u, true, &why)) {
        case VERDICT_GOOD:
                if (update_container_image(u, &now) && str_eq(now, old))
                        say(SAY_WARNING, "%s runs with the old image again", u->unit);
                else
                        say(SAY_ERROR, "%s runs, but not with the old image: it pulls at each start", u->unit);
                break;
        case VERDICT_BAD:
                say(SAY_ERROR, "%s %s with the old image, too", u->unit, why);
                break;
        case VERDICT_STOPPED:
                say(SAY_WARNING, "%s was stopped", u->unit);
                break;
        case VERDICT_NONE:
        case VERDICT_WAIT:
        case VERDICT_COUNT:
                break;
        }
        return EXIT_FAILURE;
}

static int update(Update *u, Str old, Str new)
{
        const char *why = "";

        say(SAY_INFO, "restarting %s: '%s' is %.*s now, and was %.*s", u->unit, u->image, STR_ARG(brief(new)),
            STR_ARG(brief(old)));
        switch (update_restart(u, false, &why)) {
        case VERDICT_GOOD:
                say(SAY_INFO, "%s runs with the new image", u->unit);
                return EXIT_SUCCESS;
        case VERDICT_STOPPED:
                say(SAY_INFO, "%s was stopped", u->unit);
                return EXIT_SUCCESS;
        case VERDICT_BAD:
                say(SAY_WARNING, "%s %s with the new image; going back to %.*s", u->unit, why, STR_ARG(brief(old)));
                return go_back(u, old);
        case VERDICT_NONE:
        case VERDICT_WAIT:
        case VERDICT_COUNT:
                break;
        }
        return EXIT_FAILURE;
}

static int run(Update *u)
{
        const char *state;
        Str old, new;

        if (update_prepare(u) < 0 || manager_unit_state(&u->manager, u->unit, &state) < 0)
                return EXIT_FAILURE;
        if (strcmp(state, "active") != 0 || !update_container_image(u, &old)) {
                say(SAY_INFO, "%s does not run: nothing to update", u->unit);
                return EXIT_SUCCESS;
        }
        if (!update_image(u, &new)) {
                say(SAY_ERROR, "image '%s' does not exist locally", u->image);
                return EXIT_FAILURE;
        }
        return str_eq(old, new) ? EXIT_SUCCESS : update(u, old, new);
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .settle = 10 * 1000 * 1000, .healthy_timeout = 300 * 1000 * 1000 };
        Update u = { .options = &options, .arena = &arena };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0) {
                u.unit = words.items[0];
                u.container = words.items[1];
                u.image = words.items[2];
                status = run(&u);
                manager_close(&u.manager);
                sd_event_unref(u.event);
        }
        arena_free(&arena);
        return status;
}
