/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-volume: makes a volume be there before its containers: one of an engine, or a directory
 * of the host. What is there is left alone, whatever it was made of, for it holds data. */

#include "helpers/directory.h"
#include "helpers/object.h"
#include "helpers/say.h"

#include <limits.h>
#include <stdlib.h>

typedef struct Options {
        ObjectOptions object;
        DirectoryOptions directory;
} Options;

static const Arg args[] = {
        OBJECT_ARGS(Options, "volume"),
        { "directory", "PATH", "the volume is this directory of the host", ARG_TEXT,
          offsetof(Options, directory.path) },
        { "owner", "USER[:GROUP]", "its owner, names or numbers (root)", ARG_TEXT,
          offsetof(Options, directory.owner) },
        { "mode", "MODE", "its permissions, octal (0755)", ARG_TEXT,
          offsetof(Options, directory.mode) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] --name=NAME --config=HASH -- COMMAND [ARG...]\n"
                    "       bayplan-volume [OPTION...] --name=NAME --external\n"
                    "       bayplan-volume --directory=PATH [--owner=USER[:GROUP]] [--mode=MODE]",
        .about = "Makes volume NAME be there before containers: runs COMMAND, such as\n"
                 "'podman volume create ... NAME', where it is not there. One that was made of\n"
                 "another definition, as its label " OBJECT_LABEL " tells, is left as it\n"
                 "is, for it holds data. Or makes the directory PATH, and its parents, where it\n"
                 "is not there.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 it is there; 1 it is not; 125 this program failed; 126, 127 the\n"
                 "engine cannot be executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .max_words = UINT_MAX,
};

static int keep(Object *object)
{
        const char *name = object->options->name;

        say(SAY_WARNING,
            "volume '%s' was defined otherwise before, and is left as it is, for it holds data: "
            "'%s volume rm %s' has it made anew, empty",
            name, object_engine(object), name);
        return EXIT_SUCCESS;
}

static bool check_options(const Options *options, const Words *command)
{
        const ObjectOptions *object = &options->object;
        const DirectoryOptions *directory = &options->directory;

        if (!directory->path && (directory->owner || directory->mode))
                say(SAY_ERROR, "--owner= and --mode= are for --directory=");
        else if (directory->path &&
                 (object->name || object->config || object->external || command->count))
                say(SAY_ERROR,
                    "--directory= excludes --name=, --config=, --external and a COMMAND");
        else
                return directory->path || object_check_options(object, command);
        return false;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Object object = {
                .kind = OBJECT_VOLUME, .options = &options.object, .replace = keep, .arena = &arena
        };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !check_options(&options, &words))
                status = SAY_EXIT_OWN;
        if (status < 0) {
                object.command = &words;
                status = options.directory.path ? directory_provide(&arena, &options.directory)
                                                : object_run(&object);
        }
        arena_free(&arena);
        if (object.signal)
                process_end_by(object.signal);
        return status;
}
