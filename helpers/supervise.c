/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-supervise: the main process of a unit whose container has another parent, a daemon. It
 * runs the command that starts the container detached, tells systemd when the container runs or is
 * healthy, forwards signals, and ends with the container's exit status, or with 0 when it was told
 * to stop and the container has. It never attaches, so what the container prints is in the journal
 * once, from the engine's log driver. */

#include "helpers/supervise.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

static const char *const engine_names[ENGINE_COUNT + 1] = {
        [ENGINE_DOCKER] = "docker",
        [ENGINE_PODMAN] = "podman",
};

static const char *const ready_names[READY_COUNT + 1] = {
        [READY_STARTED] = "started",
        [READY_HEALTHY] = "healthy",
};

static const Arg args[] = {
        { "engine", "docker|podman", "whose container it is (docker)", ARG_CHOICE,
          offsetof(Options, engine), engine_names },
        { "engine-path", "PATH", "the engine's program (that of COMMAND)", ARG_TEXT,
          offsetof(Options, engine_path) },
        { "engine-arg", "ARG", "an argument of the engine, before its verb (*)", ARG_LIST,
          offsetof(Options, engine_args) },
        { "name", "NAME", "what messages call the container (its ID)", ARG_TEXT,
          offsetof(Options, name) },
        { "ready", "started|healthy", "when the unit is active (started)", ARG_CHOICE,
          offsetof(Options, ready), ready_names },
        { "stop-timeout", "TIME",
          "how long it may take to end before it is killed\n(the container's own)", ARG_DURATION,
          offsetof(Options, stop_timeout) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] -- COMMAND [ARG...]",
        .about = "Runs COMMAND, such as 'docker run -d ...', which starts a container and\n"
                 "prints its ID, and stays as long as the container runs.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "SIGTERM stops the container; SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 and\n"
                 "SIGWINCH are sent to it.\n"
                 "Exit status: that of the container, or 0 when SIGTERM has ended it; that of\n"
                 "COMMAND when that fails; 1 it did not become healthy; 125 this program failed;\n"
                 "126, 127 COMMAND cannot be executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 1,
        .max_words = UINT_MAX,
};

static const struct {
        int number;
        const char *name;
} forwarded[] = {
        { SIGHUP, "HUP" },   { SIGINT, "INT" },   { SIGQUIT, "QUIT" },
        { SIGUSR1, "USR1" }, { SIGUSR2, "USR2" }, { SIGWINCH, "WINCH" },
};

/* Signals */

static void forward_next(Supervise *s);

static void on_kill_end(Process *process, void *userdata)
{
        Supervise *s = userdata;

        if (process->status != 0 && !s->ended)
                say(SAY_WARNING, "cannot signal container '%s': %.*s", s->name,
                    STR_ARG(process_text(process)));
        forward_next(s);
}

/* One at a time; like the kernel, the same signal twice may be sent once. */
static void forward_next(Supervise *s)
{
        static const ProcessSpec spec = { .keep = PROCESS_KEEP_BOTH, .on_end = on_kill_end };

        if (!s->id || (s->kill.pid && !s->kill.ended))
                return;
        for (size_t i = 0; i < ELEMENTS(forwarded); i++) {
                const uint64_t bit = UINT64_C(1) << forwarded[i].number;

                if (!(s->pending & bit))
                        continue;
                s->pending &= ~bit;

                Words argv = supervise_call(s);

                supervise_add_word(s, &argv, "kill");
                supervise_add_word(s, &argv,
                                   arena_fmt(s->arena, "--signal=%s", forwarded[i].name).data);
                supervise_add_word(s, &argv, s->id);
                supervise_start(s, spec, argv, &s->kill);
                return;
        }
}

static int on_forward(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        Supervise *s = userdata;

        (void)source;
        s->pending |= UINT64_C(1) << si->ssi_signo;
        forward_next(s);
        return 0;
}

/* A start that is under way is not broken off: half a start would leave a container that nobody
 * stops. */
static int on_term(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        Supervise *s = userdata;

        (void)source, (void)si;
        s->stopping = true;
        sd_notify(false, "STOPPING=1\nSTATUS=Stopping");
        if (s->id)
                supervise_stop(s);
        return 0;
}

/* Start */

/* The ID is the last line: hexadecimal, 64 digits. */
static bool read_id(Supervise *s)
{
        const Str text = process_text(&s->call);
        const size_t line = str_rfind(text, '\n');
        const Str id = line < text.len ? str_skip(text, line + 1) : text;

        for (size_t i = 0; i < id.len; i++) {
                if (!char_is_digit(id.data[i]) && !(id.data[i] >= 'a' && id.data[i] <= 'f'))
                        return false;
        }
        if (id.len != 64)
                return false;
        s->id = arena_str(s->arena, id).data;
        if (!s->name)
                s->name = arena_str(s->arena, str_first(id, 12)).data;
        return true;
}

/* 0, or the exit status. */
static int start_container(Supervise *s)
{
        const char *file = s->command->items[0];
        const ProcessSpec spec = { .argv = s->command, .keep = PROCESS_KEEP_STDOUT };

        s->began = (uint64_t)time(NULL);
        sd_notify(false, "STATUS=Starting");

        const int r = process_start(s->event, &spec, &s->call);

        if (r < 0) {
                say(SAY_ERROR, "cannot execute '%s': %.*s", file, STR_ARG(fs_error(r)));
                return process_exec_status(r);
        }

        const int status = process_wait(s->event, &s->call);

        if (status < 0) {
                say(SAY_ERROR, "cannot wait for '%s': %.*s", file, STR_ARG(fs_error(status)));
                return SAY_EXIT_OWN;
        }
        if (status > 0)
                return status;
        if (!read_id(s)) {
                say(SAY_ERROR,
                    "'%s' has printed no container ID: it must start the container detached", file);
                return SAY_EXIT_OWN;
        }
        return 0;
}

/* Running */

static void report_ready(Supervise *s)
{
        s->ready = true;
        sd_notifyf(false, "READY=1\nSTATUS=Container %.12s is %s", s->id,
                   ready_names[s->options->ready]);
        supervise_forget_health(s);
}

static void give_up(Supervise *s)
{
        s->failed = true;
        supervise_forget_health(s);
        supervise_stop(s);
}

static void act_on_health(Supervise *s)
{
        Str probe;

        if (s->ready || s->failed || s->stopping)
                return;
        switch (s->health) {
        case HEALTH_UNKNOWN:
        case HEALTH_FORGOTTEN:
                break;
        case HEALTH_HEALTHY:
                report_ready(s);
                break;
        case HEALTH_NO_CHECK:
                say(SAY_ERROR, "container '%s' has no health check, so it never becomes healthy",
                    s->name);
                give_up(s);
                break;
        case HEALTH_UNHEALTHY:
                probe = supervise_last_probe(s);
                say(SAY_ERROR, "container '%s' is unhealthy%s%.*s", s->name,
                    str_empty(probe) ? "" : ": ", STR_ARG(probe));
                give_up(s);
                break;
        }
}

static int stay(Supervise *s)
{
        while (!s->ended) {
                const int r = sd_event_run(s->event, UINT64_MAX);

                if (r < 0)
                        return r;
                if (!s->ended)
                        act_on_health(s);
        }
        return 0;
}

/* End */

static void say_end(Supervise *s)
{
        Str text = { 0 }, oom = { 0 }, error = { 0 };

        if (s->code == 0)
                return;
        if (supervise_ask(s, "{{.State.OOMKilled}} {{.State.Error}}", &text) &&
            !str_cut(text, ' ', &oom, &error))
                oom = text;
        say(SAY_WARNING, "container '%s' has ended with exit status %d%s%s%.*s", s->name, s->code,
            str_is(oom, "true") ? ", out of memory" : "", str_empty(error) ? "" : ": ",
            STR_ARG(error));
}

static int conclude(Supervise *s)
{
        if (s->failed)
                return EXIT_FAILURE;
        /* Ended by a signal, which it was sent by our order: a clean stop. */
        if (s->stopping)
                return s->code == CODE_UNKNOWN || s->code > 128 ? 0 : s->code;
        if (s->code == CODE_UNKNOWN)
                return SAY_EXIT_OWN;
        say_end(s);
        if (s->ready)
                return s->code;
        say(SAY_ERROR, "container '%s' has ended before it was healthy", s->name);
        return s->code ? s->code : EXIT_FAILURE;
}

static int supervise(Supervise *s)
{
        int r = start_container(s);

        if (r)
                return r;
        supervise_watch_end(s);
        forward_next(s);
        if (s->stopping)
                supervise_stop(s);
        else if (s->options->ready == READY_STARTED)
                report_ready(s);
        else
                supervise_watch_health(s);
        act_on_health(s);

        r = stay(s);
        if (r < 0) {
                say(SAY_ERROR, "cannot wait for container '%s': %.*s", s->name,
                    STR_ARG(fs_error(r)));
                return SAY_EXIT_OWN;
        }
        return conclude(s);
}

static int prepare(Supervise *s)
{
        int signals[ELEMENTS(forwarded) + 1] = { SIGTERM }, r;

        for (size_t i = 0; i < ELEMENTS(forwarded); i++)
                signals[i + 1] = forwarded[i].number;
        r = process_block(signals, ELEMENTS(signals));
        if (r >= 0)
                r = sd_event_new(&s->event);
        if (r >= 0)
                r = sd_event_add_signal(s->event, NULL, SIGTERM, on_term, s);
        for (size_t i = 0; i < ELEMENTS(forwarded) && r >= 0; i++)
                r = sd_event_add_signal(s->event, NULL, forwarded[i].number, on_forward, s);
        return r;
}

static int run_program(Supervise *s)
{
        const int r = prepare(s);
        int status = SAY_EXIT_OWN;

        if (r < 0)
                say(SAY_ERROR, "cannot prepare to wait: %.*s", STR_ARG(fs_error(r)));
        else
                status = supervise(s);
        supervise_forget_health(s);
        supervise_forget_end(s);
        process_dismiss(s->event, &s->kill);
        process_dismiss(s->event, &s->stop);
        sd_event_unref(s->event);
        return status;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { .stop_timeout = STOP_TIMEOUT_OF_CONTAINER };
        Supervise s = { .options = &options, .arena = &arena, .pid_fd = -1 };
        Words command;
        int status = args_read(&arena, &program, argc, argv, &options, &command);

        if (status < 0) {
                s.command = &command;
                s.name = options.name;
                status = run_program(&s);
        }
        arena_free(&arena);
        return status;
}
