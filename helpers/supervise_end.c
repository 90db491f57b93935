/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/supervise.h"

#include "base/fs.h"
#include "base/num.h"
#include "helpers/say.h"

#include <fcntl.h>
#include <sys/pidfd.h>

enum {
        USEC_PER_SEC = 1000 * 1000,
        AGAIN_USEC = USEC_PER_SEC,
        STOP_TIMEOUT_USEC =
                10 * USEC_PER_SEC, /* of docker and podman where the container has none */
        PATIENCE_USEC =
                60 *
                USEC_PER_SEC, /* with an engine that does not answer, such as one being restarted */
};

static void wait_for_code(Supervise *s);

static void end(Supervise *s, int code)
{
        s->code = code;
        s->ended = true;
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec;
        wait_for_code(userdata);
        return 0;
}

/* The engine may be on its way back, and the container running all the while (docker's
 * live-restore). */
static void try_again(Supervise *s, Str text)
{
        uint64_t now;

        /* That it has ended is all that is asked of a stop. */
        if (s->stopping && s->pid_fd >= 0) {
                end(s, CODE_UNKNOWN);
                return;
        }
        sd_event_now(s->event, CLOCK_MONOTONIC, &now);
        if (!s->silent_since) {
                s->silent_since = now;
                say(SAY_WARNING,
                    "%s does not say how container '%s' has ended: %.*s; asking for a "
                    "minute",
                    supervise_engine_name(s), s->name, STR_ARG(text));
        }
        if (now - s->silent_since >= PATIENCE_USEC) {
                say(SAY_ERROR, "%s has not answered for a minute; container '%s' is left to itself",
                    supervise_engine_name(s), s->name);
                end(s, CODE_UNKNOWN);
                return;
        }
        s->wait_again = sd_event_source_disable_unref(s->wait_again);
        if (sd_event_add_time_relative(s->event, &s->wait_again, CLOCK_MONOTONIC, AGAIN_USEC, 0,
                                       on_again, s) < 0)
                end(s, CODE_UNKNOWN);
}

static bool is_gone(Str text)
{
        static const char *const texts[] = { "no such container", "no container with" };
        char copy[PROCESS_TAIL + 1];

        memcpy(copy, text.data, text.len);
        copy[text.len] = '\0';
        for (size_t i = 0; i < ELEMENTS(texts); i++) {
                if (strcasestr(copy, texts[i]))
                        return true;
        }
        return false;
}

static void on_wait_end(Process *process, void *userdata)
{
        Supervise *s = userdata;
        const Str text = process_text(process);
        uint64_t code;

        if (process->status == 0 && num_unsigned(text, 255, &code)) {
                end(s, (int)code);
        } else if (is_gone(text)) {
                if (!s->stopping)
                        say(SAY_ERROR,
                            "container '%s' has been removed; its exit status is not known",
                            s->name);
                end(s, CODE_UNKNOWN);
        } else {
                try_again(s, text);
        }
}

/* ENGINE wait: at once when the container has ended. */
static void wait_for_code(Supervise *s)
{
        static const ProcessSpec spec = { .keep = PROCESS_KEEP_BOTH, .on_end = on_wait_end };
        Words argv = supervise_call(s);

        supervise_add_word(s, &argv, "wait");
        supervise_add_word(s, &argv, s->id);
        if (!supervise_start(s, spec, argv, &s->wait))
                end(s, CODE_UNKNOWN);
}

static int on_pid_end(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Supervise *s = userdata;

        (void)source, (void)fd, (void)events;
        s->pid_source = sd_event_source_disable_unref(s->pid_source);
        wait_for_code(s);
        return 0;
}

/* The container's first process, as far as we can see it and it is the one: its control group is
 * named after the container. Elsewhere the engine's daemon may have process numbers of its own, or
 * another machine. */
static int open_process(Supervise *s, pid_t pid)
{
        CLEANUP(close_fd) int fd = pidfd_open(pid, 0);
        Str groups;

        if (fd < 0 ||
            fs_read_file(s->arena, AT_FDCWD, arena_fmt(s->arena, "/proc/%d/cgroup", (int)pid).data,
                         65536, &groups, NULL) < 0)
                return -1;
        return strstr(arena_str(s->arena, groups).data, s->id) ? TAKE_FD(fd) : -1;
}

/* The kernel tells of the end, and only then the engine is asked for the status: an `ENGINE wait`
 * that runs as long as the container takes 8 to 10 MB of memory each (docker), or wakes up four
 * times a second (podman). */
void supervise_watch_end(Supervise *s)
{
        Str text;
        uint64_t pid = 0;

        if (supervise_ask(s, "{{.State.Pid}}", &text) && num_unsigned(text, INT32_MAX, &pid) && pid)
                s->pid_fd = open_process(s, (pid_t)pid);
        if (s->pid_fd < 0 ||
            sd_event_add_io(s->event, &s->pid_source, s->pid_fd, EPOLLIN, on_pid_end, s) < 0)
                wait_for_code(s);
}

static int on_kill_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        const Supervise *s = userdata;

        (void)source, (void)usec;
        pidfd_send_signal(s->pid_fd, SIGKILL, NULL, 0);
        return 0;
}

void supervise_end_process(Supervise *s)
{
        const uint64_t asked = s->options->stop_timeout;
        const uint64_t usec = asked == STOP_TIMEOUT_OF_CONTAINER ? STOP_TIMEOUT_USEC : asked;

        if (!s->pid_source || s->pid_killer)
                return;
        if (pidfd_send_signal(s->pid_fd, SIGTERM, NULL, 0) < 0)
                return;
        sd_event_add_time_relative(s->event, &s->pid_killer, CLOCK_MONOTONIC, usec, 0, on_kill_time,
                                   s);
}

void supervise_forget_end(Supervise *s)
{
        process_dismiss(s->event, &s->wait);
        s->wait_again = sd_event_source_disable_unref(s->wait_again);
        s->pid_source = sd_event_source_disable_unref(s->pid_source);
        s->pid_killer = sd_event_source_disable_unref(s->pid_killer);
        close_fd_p(&s->pid_fd);
}
