/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-image: makes the image be there before a container starts. It loads it from a file or
 * from what a program prints, or pulls it by policy, after logging in where that is asked for. A
 * pull or login that fails is no failure as long as the image is there from before: a machine boots
 * without its registry. The engine's login is kept in a directory of our own and removed again, so
 * nothing of it reaches the user's configuration; what runs later needs none, and units say
 * --pull=never. */

#include "base/fs.h"
#include "helpers/args.h"
#include "helpers/process.h"
#include "helpers/progress.h"
#include "helpers/say.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

typedef enum Policy {
        POLICY_MISSING,
        POLICY_ALWAYS,
        POLICY_NEWER, /* as always: neither engine fetches again what has the same digest */
        POLICY_NEVER,
        POLICY_COUNT,
} Policy;

static const char *const policies[POLICY_COUNT + 1] = {
        [POLICY_MISSING] = "missing",
        [POLICY_ALWAYS] = "always",
        [POLICY_NEWER] = "newer",
        [POLICY_NEVER] = "never",
};

typedef enum EngineKind {
        ENGINE_PODMAN,
        ENGINE_DOCKER,
        ENGINE_COUNT,
} EngineKind;

static const char *const engine_names[ENGINE_COUNT + 1] = {
        [ENGINE_PODMAN] = "podman",
        [ENGINE_DOCKER] = "docker",
};

/* Where the engines differ. */
typedef struct Engine {
        const char *path;
        const char *config_option;   /* before the verb: the directory of logins */
        const char *authfile_option; /* after it: the file of logins */
        const char *exists[5];       /* words of a command that fails when the image is not there */
} Engine;

static const Engine engines[ENGINE_COUNT] = {
        [ENGINE_PODMAN] = {
                .path = BAYPLAN_PODMAN,
                .authfile_option = "--authfile",
                .exists = { "image", "exists" },
        },
        [ENGINE_DOCKER] = {
                .path = BAYPLAN_DOCKER,
                .config_option = "--config",
                .exists = { "image", "inspect", "--format", "{{.Id}}" },
        },
};

typedef struct Options {
        unsigned engine; /* EngineKind */
        const char *engine_path;
        Words engine_args;
        unsigned pull; /* Policy */
        Words pull_args;
        const char *login_registry;
        const char *login_user;
        const char *login_password_file;
        const char *login_credential;
        Words login_args;
        const char *load_file;
        const char *load_stream;
        unsigned retries;
        uint64_t retry_delay;
        uint64_t stall_timeout;
} Options;

static const Arg args[] = {
        { "engine", "podman|docker", "whose image it is (podman)", ARG_CHOICE,
          offsetof(Options, engine), engine_names },
        { "engine-path", "PATH", "the engine's program", ARG_TEXT, offsetof(Options, engine_path) },
        { "engine-arg", "ARG", "an argument of the engine, before its verb (*)", ARG_LIST,
          offsetof(Options, engine_args) },
        { "pull", "missing|always|newer|never", "when to pull (missing)", ARG_CHOICE,
          offsetof(Options, pull), policies },
        { "pull-arg", "ARG", "an argument of pull (*)", ARG_LIST, offsetof(Options, pull_args) },
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
          "give up a program that makes no progress for so\nlong (2min); 0 never does",
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

enum {
        MAX_DELAY_USEC = 30 * 1000 * 1000,
        LOGIN_DIR_MAX = 256,
};

typedef enum Outcome {
        OUTCOME_OK,
        OUTCOME_PASSING, /* failed, and may succeed later */
        OUTCOME_LASTING, /* failed, and will again */
        OUTCOME_ENDED,   /* this program cannot go on, or was told to end: image->status or ->signal
                            is set */
} Outcome;

typedef struct Image {
        const Options *options;
        const Engine *engine;
        const char *name;
        Arena *arena;
        sd_event *event;
        Progress progress;
        Process call;          /* of the engine; one at a time */
        Process stream;        /* --load-stream= */
        int signal;            /* what told us to end */
        int status;            /* what to end with before its time */
        const char *login_dir; /* where the engine keeps our login; NULL: nowhere yet */
        bool logged_in;
        const char *failed; /* what has failed, in words */
} Image;

/* Calling the engine */

static void add_word(Image *image, Words *argv, const char *word)
{
        VEC_ADD(image->arena, argv, word);
}

static void add_words(Image *image, Words *argv, const Words *more)
{
        for (size_t i = 0; i < more->count; i++)
                add_word(image, argv, more->items[i]);
}

static Words engine_call(Image *image)
{
        Words argv = { 0 };

        add_word(image, &argv,
                 image->options->engine_path ? image->options->engine_path : image->engine->path);
        add_words(image, &argv, &image->options->engine_args);
        return argv;
}

/* Login and pull, with the login kept in our directory where there is one. */
static Words registry_call(Image *image, const char *verb, const Words *more)
{
        Words argv = engine_call(image);
        const char *dir = image->login_dir;

        if (dir && image->engine->config_option)
                add_word(image, &argv,
                         arena_fmt(image->arena, "%s=%s", image->engine->config_option, dir).data);
        add_word(image, &argv, verb);
        if (dir && image->engine->authfile_option)
                add_word(image, &argv,
                         arena_fmt(image->arena, "%s=%s/auth.json", image->engine->authfile_option,
                                   dir)
                                 .data);
        add_words(image, &argv, more);
        return argv;
}

static bool start(Image *image, ProcessSpec spec, Words argv, Process *process)
{
        add_word(image, &argv, NULL);
        argv.count--;
        spec.argv = &argv;

        const int r = process_start(image->event, &spec, process);

        if (r < 0) {
                say(SAY_ERROR, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(r)));
                image->status = process_exec_status(r);
        }
        return r == 0;
}

static int finish(Image *image, Process *process)
{
        const int status = process_wait(image->event, process);

        if (status < 0) {
                say(SAY_ERROR, "cannot wait for '%s': %.*s", process->program,
                    STR_ARG(fs_error(status)));
                image->status = SAY_EXIT_OWN;
        }
        return status;
}

/* Text that says that another try will end the same way. Whatever is not listed may pass: no name
 * service yet, no route, a registry that is being restarted. */
static const char *const lasting[] = {
        "unauthorized",
        "authentication required",
        "no basic auth credentials",
        "username or password",
        "username/password",
        "access denied",
        "permission denied",
        "manifest unknown",
        "name unknown",
        "no matching manifest",
        "no image found in",
        "invalid reference",
        "short-name",
        "signed by unknown authority",
        "no space left on device",
};

static bool is_lasting(Image *image)
{
        const Str text = arena_str(image->arena, process_output(&image->call));

        for (size_t i = 0; i < ELEMENTS(lasting); i++) {
                if (strcasestr(text.data, lasting[i]))
                        return true;
        }
        return false;
}

/* Runs a command that talks to a registry. */
static Outcome run(Image *image, ProcessSpec spec, Words argv)
{
        spec.keep = PROCESS_KEEP_BOTH;
        if (!start(image, spec, argv, &image->call))
                return OUTCOME_ENDED;
        progress_watch(&image->progress, (Process *const[]){ &image->call }, 1);

        const int status = finish(image, &image->call);
        const bool stalled = image->progress.stalled;

        progress_watch(&image->progress, NULL, 0);
        if (image->status || image->signal)
                return OUTCOME_ENDED;
        if (status == 0)
                return OUTCOME_OK;
        if (stalled)
                say(SAY_WARNING, "'%s' has made no progress for too long and was stopped",
                    argv.items[0]);
        return !stalled && is_lasting(image) ? OUTCOME_LASTING : OUTCOME_PASSING;
}

static void report_status(const char *verb, const char *what)
{
        sd_notifyf(false, "STATUS=%s %s", verb, what);
}

/* Is it there */

static bool is_there(Image *image)
{
        Words argv = engine_call(image);

        for (const char *const *word = image->engine->exists; *word; word++)
                add_word(image, &argv, *word);
        add_word(image, &argv, image->name);
        if (!start(image, (ProcessSpec){ .keep = PROCESS_KEEP_BOTH }, argv, &image->call))
                return false;

        const int status = finish(image, &image->call);

        /* Neither engine's exit status tells "not there" from every error. */
        const Str text = arena_str(image->arena, process_text(&image->call));

        if (status > 0 && text.len && !strcasestr(text.data, "no such image"))
                say_text(SAY_WARNING, text);
        return status == 0;
}

/* Login */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st, (void)type, (void)ftw;
        return remove(path) < 0 ? -1 : 0;
}

static void remove_login(Image *image)
{
        if (image->login_dir && nftw(image->login_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0)
                say(SAY_WARNING, "cannot remove '%s': %.*s", image->login_dir,
                    STR_ARG(fs_error(-errno)));
        image->login_dir = NULL;
}

/* A directory for us alone, in memory where possible: the unit's, the user's, the system's. */
static bool make_login_dir(Image *image)
{
        Str runtime = str_c(getenv("RUNTIME_DIRECTORY")), first = { 0 };
        Str parents[4];

        str_next(&runtime, ':', &first);
        parents[0] = first;
        parents[1] = str_c(getenv("XDG_RUNTIME_DIR"));
        parents[2] = S("/run");
        parents[3] = S("/tmp");
        for (size_t i = 0; i < ELEMENTS(parents); i++) {
                char template[LOGIN_DIR_MAX];
                const int n = snprintf(template, sizeof(template), "%.*s/bayplan-login.XXXXXX",
                                       STR_ARG(parents[i]));

                if (str_empty(parents[i]) || n >= (int)sizeof(template) || !mkdtemp(template))
                        continue;
                image->login_dir = arena_fmt(image->arena, "%s", template).data;
                return true;
        }
        say(SAY_ERROR, "cannot make a directory for the login: %.*s", STR_ARG(fs_error(-errno)));
        return false;
}

/* The file with the password; -errno. Not a FIFO, which could block. */
static int open_password(Image *image, const char **ret_path)
{
        const char *path = image->options->login_password_file,
                   *dir = getenv("CREDENTIALS_DIRECTORY");
        struct stat st;

        if (!path)
                path = arena_fmt(image->arena, "%s/%s", dir ? dir : "",
                                 image->options->login_credential)
                               .data;
        *ret_path = path;

        CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        return S_ISREG(st.st_mode) ? TAKE_FD(fd) : -EMEDIUMTYPE;
}

static Outcome log_in(Image *image)
{
        const Options *options = image->options;
        const char *path;

        if (!options->login_registry || image->logged_in)
                return OUTCOME_OK;
        image->failed =
                arena_fmt(image->arena, "the login at '%s' failed", options->login_registry).data;

        CLEANUP(close_fd) int password = open_password(image, &path);

        if (password < 0) {
                say(SAY_ERROR, "cannot read the password from '%s': %.*s", path,
                    STR_ARG(fs_error(password)));
                return OUTCOME_LASTING;
        }
        if (!image->login_dir && !make_login_dir(image))
                return OUTCOME_LASTING;

        Words argv = registry_call(image, "login", &options->login_args);

        add_word(image, &argv, arena_fmt(image->arena, "--username=%s", options->login_user).data);
        add_word(image, &argv, "--password-stdin");
        add_word(image, &argv, options->login_registry);
        report_status("Logging in at", options->login_registry);

        /* What a login that works says is of no use; docker warns of the file that we remove. */
        const Outcome outcome = run(image, (ProcessSpec){ .in = password }, argv);

        if (outcome == OUTCOME_PASSING || outcome == OUTCOME_LASTING)
                say_text(SAY_WARNING, process_text(&image->call));
        image->logged_in = outcome == OUTCOME_OK;
        return outcome;
}

/* Pull */

static Outcome log_in_and_pull(Image *image)
{
        const Outcome outcome = log_in(image);

        if (outcome != OUTCOME_OK)
                return outcome;
        image->failed = "the pull failed";

        Words argv = registry_call(image, "pull", &image->options->pull_args);

        add_word(image, &argv, image->name);
        report_status("Pulling", image->name);
        return run(image, (ProcessSpec){ .echo = true }, argv);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec;
        *(bool *)userdata = true;
        return 0;
}

static bool wait_a_while(Image *image, uint64_t usec)
{
        bool over = false;
        sd_event_source *timer = NULL;
        int r = sd_event_add_time_relative(image->event, &timer, CLOCK_MONOTONIC, usec, 0, on_time,
                                           &over);

        while (r >= 0 && !over && !image->signal)
                r = sd_event_run(image->event, UINT64_MAX);
        sd_event_source_disable_unref(timer);
        return over;
}

/* Waiting for a registry is for machines that have nothing else. */
static Outcome pull_patiently(Image *image, bool have_local)
{
        const unsigned retries = have_local ? 0 : image->options->retries;
        uint64_t delay = image->options->retry_delay;

        for (unsigned retry = 1;; retry++) {
                const Outcome outcome = log_in_and_pull(image);

                if (outcome != OUTCOME_PASSING || retry > retries)
                        return outcome;
                delay = delay < MAX_DELAY_USEC ? delay : MAX_DELAY_USEC;
                say(SAY_WARNING, "%s; trying again in %" PRIu64 " ms (%u of %u)", image->failed,
                    delay / 1000, retry, retries);
                report_status("Waiting to pull", image->name);
                if (!wait_a_while(image, delay))
                        return OUTCOME_ENDED;
                delay *= 2;
        }
}

static int pull(Image *image)
{
        const Outcome outcome =
                pull_patiently(image, image->options->pull != POLICY_MISSING && is_there(image));

        if (outcome == OUTCOME_OK)
                return 0;
        if (outcome == OUTCOME_ENDED)
                return image->status;
        /* Asked again: another unit, or a person, may have brought it meanwhile. */
        if (is_there(image)) {
                say(SAY_WARNING, "%s; starting with the local image '%s'", image->failed,
                    image->name);
                return 0;
        }
        say(SAY_ERROR, "image '%s' does not exist locally and %s", image->name, image->failed);
        return EXIT_FAILURE;
}

/* Load */

static int loaded(Image *image, const char *from)
{
        if (is_there(image))
                return 0;
        if (!image->status)
                say(SAY_ERROR, "'%s' holds no image '%s'", from, image->name);
        return EXIT_FAILURE;
}

static int load_file(Image *image)
{
        const char *file = image->options->load_file;
        Words argv = engine_call(image);

        add_word(image, &argv, "load");
        add_word(image, &argv, "-i");
        add_word(image, &argv, file);
        report_status("Loading", file);

        const Outcome outcome = run(image, (ProcessSpec){ .echo = true }, argv);

        if (outcome == OUTCOME_OK)
                return loaded(image, file);
        if (outcome != OUTCOME_ENDED)
                say(SAY_ERROR, "cannot load image '%s' from '%s'", image->name, file);
        return EXIT_FAILURE;
}

static int on_rest(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        char buffer[16384];

        (void)events, (void)userdata;
        return read(fd, buffer, sizeof(buffer)) > 0
                       ? 0
                       : sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

/* An archive may go on after its end mark, which an engine need not read: so that the program is
 * not ended by SIGPIPE for that, its rest is read here. */
static int finish_stream(Image *image, int pipe_fd, bool engine_ok)
{
        sd_event_source *rest = NULL;

        if (engine_ok)
                sd_event_add_io(image->event, &rest, pipe_fd, EPOLLIN, on_rest, NULL);
        else
                process_stop(&image->stream, SIGTERM);

        const int status = finish(image, &image->stream);

        sd_event_source_disable_unref(rest);
        return status;
}

static bool start_stream(Image *image, const char *file, int *ret_pipe)
{
        Words program_argv = { 0 }, argv = engine_call(image);
        int fds[2];

        add_word(image, &program_argv, file);
        add_word(image, &argv, "load");
        if (pipe2(fds, O_CLOEXEC) < 0) {
                say(SAY_ERROR, "cannot make a pipe: %.*s", STR_ARG(fs_error(-errno)));
                image->status = SAY_EXIT_OWN;
                return false;
        }

        CLEANUP(close_fd) int reader = fds[0];
        CLEANUP(close_fd) int writer = fds[1];
        const ProcessSpec engine = { .in = reader, .keep = PROCESS_KEEP_BOTH, .echo = true };

        if (!start(image, (ProcessSpec){ .out = writer }, program_argv, &image->stream))
                return false;
        if (!start(image, engine, argv, &image->call)) {
                finish_stream(image, reader, false);
                return false;
        }
        *ret_pipe = TAKE_FD(reader);
        return true;
}

static int load_stream(Image *image)
{
        const char *file = image->options->load_stream;
        CLEANUP(close_fd) int reader = -1;

        report_status("Loading from", file);
        if (!start_stream(image, file, &reader))
                return EXIT_FAILURE;
        progress_watch(&image->progress, (Process *const[]){ &image->call, &image->stream }, 2);

        const int status = finish(image, &image->call);
        const int stream_status = finish_stream(image, reader, status == 0);

        progress_watch(&image->progress, NULL, 0);
        if (image->status || image->signal)
                return EXIT_FAILURE;
        if (status == 0 && stream_status == 0)
                return loaded(image, file);
        if (status == 0)
                say(SAY_ERROR, "cannot load image '%s': '%s' ended with status %d", image->name,
                    file, stream_status);
        else
                say(SAY_ERROR, "cannot load image '%s' from what '%s' prints", image->name, file);
        return EXIT_FAILURE;
}

/* The program */

static int provide(Image *image)
{
        const Options *options = image->options;

        if (options->load_file)
                return load_file(image);
        if (options->load_stream)
                return load_stream(image);
        if (options->pull == POLICY_MISSING || options->pull == POLICY_NEVER) {
                if (is_there(image))
                        return 0;
                if (options->pull == POLICY_NEVER && !image->status)
                        say(SAY_ERROR, "image '%s' does not exist locally and is never pulled",
                            image->name);
                if (options->pull == POLICY_NEVER || image->status || image->signal)
                        return EXIT_FAILURE;
        }
        return pull(image);
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
        return r < 0 ? r
                     : progress_start(&image->progress, image->event,
                                      image->options->stall_timeout);
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
        remove_login(image);
        sd_notify(false, "STATUS=");
        sd_event_unref(image->event);
        return image->status ? image->status : status;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .retries = 3,
                            .retry_delay = 1000 * 1000,
                            .stall_timeout = 120 * 1000 * 1000 };
        Image image = { .options = &options, .arena = &arena };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0 && !check_options(&options))
                status = SAY_EXIT_OWN;
        if (status < 0) {
                image.engine = &engines[options.engine];
                image.name = words.items[0];
                status = run_program(&image);
        }
        arena_free(&arena);
        if (image.signal)
                process_end_by(image.signal);
        return status;
}
