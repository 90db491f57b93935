/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-network: makes a network of an engine be there before its containers. One that was made
 * of the same definition is left alone; one that was made of another is made anew where nothing is
 * attached to it, and where something is, that is said. */

#include "base/buf.h"
#include "helpers/object.h"
#include "helpers/say.h"

#include <limits.h>
#include <stdlib.h>

enum {
        MOST_NAMES = 8, /* in one message */
};

typedef struct Options {
        ObjectOptions object;
} Options;

static const Arg args[] = {
        OBJECT_ARGS(Options, "network"),
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] --name=NAME --config=HASH -- COMMAND [ARG...]\n"
                    "       bayplan-network [OPTION...] --name=NAME --external",
        .about = "Makes network NAME be there before containers: runs COMMAND, such as\n"
                 "'podman network create ... NAME', where it is not there. Where it is, and its\n"
                 "label " OBJECT_LABEL " is not HASH, it is removed and made anew, unless\n"
                 "something is attached to it.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 it is there; 1 it is not, or it has changed and is in use;\n"
                 "125 this program failed; 126, 127 the engine cannot be executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .max_words = UINT_MAX,
};

/* A line "INFRA POD NAME STATE" for each container, whether it runs or not: without running, it
 * holds a network of podman (network rm refuses) and the ID of one of docker (it could not start
 * again). */
static const char *const formats[OBJECT_ENGINE_COUNT] = {
        [OBJECT_PODMAN] = "{{.IsInfra}} {{.PodName}} {{.Names}} {{.State}}",
        [OBJECT_DOCKER] = "false  {{.Names}} {{.State}}",
};

/* What is attached. */
typedef struct Attached {
        Buf names;
        size_t count;
        bool runs;   /* one of them */
        bool stands; /* one does not */
} Attached;

/* Before podman 4.4 the state is "Up 3 minutes ago". */
static bool is_running(Str state)
{
        static const Str states[] = { STR_INIT("running"), STR_INIT("paused"),
                                      STR_INIT("restarting"), STR_INIT("stopping"),
                                      STR_INIT("up") };
        const Str word = str_first(state, str_find(state, ' '));

        return str_index(word, states, ELEMENTS(states)) < ELEMENTS(states);
}

static void add_line(Attached *attached, Str line)
{
        Str infra, pod, names, state;

        if (!str_cut(line, ' ', &infra, &line) || !str_cut(line, ' ', &pod, &line) ||
            !str_cut(line, ' ', &names, &state))
                return;

        /* docker: by how other containers call it as well, "web,app/db". */
        const Str name = str_first(names, str_find(names, ','));
        const bool whole_pod = str_is(infra, "true") && pod.len;

        if (attached->count++ < MOST_NAMES)
                buf_fmt(&attached->names, "%s%s'%.*s'", attached->names.len ? ", " : "",
                        whole_pod ? "pod " : "", STR_ARG(whole_pod ? pod : name));
        if (is_running(state))
                attached->runs = true;
        else
                attached->stands = true;
}

/* False where the engine does not say. */
static bool look_attached(Object *object, Attached *ret)
{
        const unsigned engine = object->options->engine;
        const char *filter = arena_fmt(object->arena, "network=%s", object->options->name).data;
        const char *const words[] = { "ps",
                                      "--all",
                                      "--filter",
                                      filter,
                                      "--format",
                                      formats[engine],
                                      engine == OBJECT_PODMAN ? "--pod" : NULL,
                                      NULL };
        Attached attached = { .names = BUF(object->arena) };
        Str rest, line;

        if (object_call(object, words) != 0) {
                object_keep_failure(object, "look for what is attached to");
                return false;
        }
        rest = process_output(&object->call);
        while (str_next(&rest, '\n', &line))
                add_line(&attached, line);
        *ret = attached;
        return true;
}

static void say_attached(const Object *object, const Attached *attached)
{
        const bool one = attached->count == 1;
        const char *remedy = !attached->stands ? "stop"
                             : !attached->runs ? "remove"
                                               : "stop and remove";
        const size_t more = attached->count > MOST_NAMES ? attached->count - MOST_NAMES : 0;
        Buf rest = BUF(object->arena);

        if (more)
                buf_fmt(&rest, " and %zu more", more);
        say(SAY_ERROR,
            "network '%s' was defined otherwise before, and %.*s%.*s %s attached: %s %s first",
            object->options->name, STR_ARG(buf_str(&attached->names)), STR_ARG(buf_str(&rest)),
            one ? "is" : "are", remedy, one ? "it" : "them");
}

/* What fails here may have been somebody else's doing: the network is looked for again. */
static int replace(Object *object)
{
        Attached attached;

        if (!look_attached(object, &attached))
                return -1;
        if (attached.count) {
                say_attached(object, &attached);
                return EXIT_FAILURE;
        }

        const char *name = object->options->name;

        if (object_call(object, (const char *const[]){ "network", "rm", name, NULL }) == 0)
                say(SAY_INFO, "network '%s' was defined otherwise before, and is made anew", name);
        else
                object_keep_failure(object, "remove");
        return -1;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Object object = { .kind = OBJECT_NETWORK,
                          .options = &options.object,
                          .replace = replace,
                          .arena = &arena };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !object_check_options(&options.object, &words))
                status = SAY_EXIT_OWN;
        if (status < 0) {
                object.command = &words;
                status = object_run(&object);
        }
        arena_free(&arena);
        if (object.signal)
                process_end_by(object.signal);
        return status;
}
