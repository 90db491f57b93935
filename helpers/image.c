/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-image: makes the image be there before a container starts. It loads it from a file or
 * from what a program prints, or pulls it by policy, after logging in where that is asked for. A
 * pull or login that fails is no failure as long as the image is there from before: a machine boots
 * without its registry. The engine's login is kept in a directory of our own and removed again, so
 * nothing of it reaches the user's configuration; what runs later needs none, and units say
 * --pull=never. */

#include "helpers/image.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <stdlib.h>
#include <systemd/sd-daemon.h>

static const char *const policies[POLICY_COUNT + 1] = {
        [POLICY_MISSING] = "missing",
        [POLICY_ALWAYS] = "always",
        [POLICY_NEWER] = "newer",
        [POLICY_NEVER] = "never",
};

static const char *const engine_names[ENGINE_COUNT + 1] = {
        [ENGINE_PODMAN] = "podman",
        [ENGINE_DOCKER] = "docker",
};

static const Arg args[] = {
        { "engine", "podman|docker", "whose image it is (podman)", ARG_CHOICE,
          offsetof(Options, engine), engine_names },
        { "engine-path", "PATH", "the engine's program", ARG_TEXT, offsetof(Options, engine_path) },
        { "engine-arg", "ARG", "an argument of the engine, before its verb (*)", ARG_LIST,
          offsetof(Options, engine_args) },
        { "pull", "missing|always|newer|never", "when to pull (missing)", ARG_CHOICE,
          offsetof(Options, pull), policies },
        { "pull-arg", "ARG", "an argument of pull (*)", ARG_LIST, offsetof(Options, pull_args) },
        { "name", "NAME", "the name of the image once it is there (IMAGE)", ARG_TEXT,
          offsetof(Options, name) },
        { "login-registry", "REGISTRY", "log in there before a pull", ARG_TEXT,
          offsetof(Options, login_registry) },
        { "login-user", "USER", "as this user", ARG_TEXT, offsetof(Options, login_user) },
        { "login-password-file", "FILE", "with the password in this file", ARG_TEXT,
          offsetof(Options, login_password_file) },
        { "login-credential", "NAME",
          "with the password in this credential of the\nunit, from LoadCredential=", ARG_TEXT,
          offsetof(Options, login_credential) },
        { "login-arg", "ARG", "an argument of login (*)", ARG_LIST, offsetof(Options, login_args) },
        { "load-file", "FILE", "load the image from this archive; do not pull", ARG_TEXT,
          offsetof(Options, load_file) },
        { "load-stream", "PROGRAM", "load it from what this program prints", ARG_TEXT,
          offsetof(Options, load_stream) },
        { "retries", "N",
          "how often to repeat a pull that fails for a\nreason that may pass (3); none of it where "
          "the\nimage is there from before",
          ARG_UNSIGNED, offsetof(Options, retries) },
        { "retry-delay", "TIME",
          "how long to wait before the first one, and twice\nas long before each next, 30s at most "
          "(1s)",
          ARG_DURATION, offsetof(Options, retry_delay) },
        { "stall-timeout", "TIME",
          "give up a program that makes no progress for so\nlong (2min for a pull, 30s where the "
          "image is\nthere from before, 15min for a load); 0 never does",
          ARG_DURATION, offsetof(Options, stall_timeout) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] IMAGE",
        .about = "Makes IMAGE be there before a container starts: loads it or pulls it. When a\n"
                 "login or pull fails and the image is there from before, says so and succeeds.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "While a pull or load makes progress the start time-out of the unit is extended.\n"
                 "Exit status: 0 it is there; 1 it is not; 125 this program failed; 126, 127 the\n"
                 "engine cannot be executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 1,
        .max_words = 1,
};

static int provide(Image *image)
{
        const Options *options = image->options;

        if (options->load_file)
                return image_load_file(image);
        if (options->load_stream)
                return image_load_stream(image);
        if (options->pull == POLICY_MISSING || options->pull == POLICY_NEVER) {
                if (image_is_there(image))
                        return 0;
                if (image_has_ended(image))
                        return EXIT_FAILURE;
                if (options->pull == POLICY_NEVER) {
                        say(SAY_ERROR, "image '%s' does not exist locally and is never pulled",
                            image->name);
                        return EXIT_FAILURE;
                }
        }
        return image_pull(image);
}

static bool check_options(const Options *options)
{
        const bool any = options->login_registry || options->login_user ||
                         options->login_password_file || options->login_credential;
        const bool password = !options->login_password_file != !options->login_credential;

        if (any && !(options->login_registry && options->login_user && password)) {
                say(SAY_ERROR, "a login needs --login-registry=, --login-user= and one of "
                               "--login-password-file= and --login-credential=");
                return false;
        }
        if (options->load_file && options->load_stream) {
                say(SAY_ERROR, "--load-file= and --load-stream= exclude each other");
                return false;
        }
        return true;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        Image *image = userdata;

        (void)source;
        image->signal = (int)si->ssi_signo;
        process_stop(&image->call, SIGTERM);
        process_stop(&image->stream, SIGTERM);
        return 0;
}

static int prepare(Image *image)
{
        static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
        int r = process_block(signals, ELEMENTS(signals));

        if (r >= 0)
                r = sd_event_new(&image->event);
        for (size_t i = 0; i < ELEMENTS(signals) && r >= 0; i++)
                r = sd_event_add_signal(image->event, NULL, signals[i], on_signal, image);
        return r < 0 ? r : image_start_progress(image);
}

static int run_program(Image *image)
{
        const int r = prepare(image);
        int status = SAY_EXIT_OWN;

        if (r < 0)
                say(SAY_ERROR, "cannot prepare to wait: %.*s", STR_ARG(fs_error(r)));
        else
                status = provide(image);
        progress_stop(&image->progress);
        image_forget_login(image);
        sd_notify(false, "STATUS=");
        sd_event_unref(image->event);
        return image->status ? image->status : status;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .retries = 3,
                            .retry_delay = 1000 * 1000,
                            .stall_timeout = STALL_USUAL };
        Image image = { .options = &options, .arena = &arena };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !check_options(&options))
                status = SAY_EXIT_OWN;
        if (status < 0) {
                image.name = words.items[0];
                status = run_program(&image);
        }
        arena_free(&arena);
        if (image.signal)
                process_end_by(image.signal);
        return status;
}
