/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Programs that a helper starts and watches, on an sd_event loop. Each is the leader of a process
 * group of its own, with default signals, /dev/null as standard input and no $NOTIFY_SOCKET, which
 * is the helper's business. The caller owns the Process, which must stay where it is until it has
 * ended. */

#include <signal.h>
#include <systemd/sd-event.h>
#include <sys/types.h>

#include "helpers/args.h"

enum {
        PROCESS_TAIL = 8192,
};

typedef struct Process Process;
typedef void (*ProcessCall)(Process *process, void *userdata);

typedef enum ProcessKeep {
        PROCESS_KEEP_STDOUT = 1 << 0,
        PROCESS_KEEP_STDERR = 1 << 1,
        PROCESS_KEEP_BOTH = PROCESS_KEEP_STDOUT | PROCESS_KEEP_STDERR,
} ProcessKeep;

typedef struct ProcessSpec {
        const Words *argv; /* the program's path first */
        int in;            /* its standard input; 0: /dev/null */
        int out;           /* its standard output; 0: what is kept, else our standard error */
        unsigned keep;     /* ProcessKeep: what of its output is kept */
        bool echo;         /* what is kept goes to our standard error as well */
        ProcessCall on_output;
        ProcessCall on_end;
        void *userdata; /* of the two calls */
} ProcessSpec;

struct Process {
        const char *program;
        pid_t pid; /* 0: never started */
        bool ended;
        int status;     /* once ended: as of a shell, 128 + N when signal N killed it */
        uint64_t bytes; /* of output kept, in all */
        char tail[PROCESS_TAIL];
        size_t tail_len;
        bool echo;
        int fd;
        sd_event_source *child;
        sd_event_source *output;
        sd_event_source *killer;
        ProcessCall on_output;
        ProcessCall on_end;
        void *userdata;
};

/* Blocks the signals, for sd_event_add_signal(), and SIGCHLD, which the children's end needs.
 * -errno. */
int process_block(const int *signals, size_t count);
/* -errno; what exec says among it. ret is zeroed and used on success only. */
int process_start(sd_event *event, const ProcessSpec *spec, Process *ret);
/* Runs the loop until it has ended. Returns its status, or -errno when the loop breaks. */
int process_wait(sd_event *event, Process *process);
/* Signals its group, and kills it when it is still there five seconds later. Harmless when it has
 * ended. */
void process_stop(Process *process, int signo);
/* Stops it, where it runs still, and waits for its end. */
void process_dismiss(sd_event *event, Process *process);
/* The end of what it has printed, 8 KiB at most. */
Str process_output(const Process *process);
/* The same without white space at both ends. */
Str process_text(const Process *process);
/* Bytes that it and its descendants have read and written, files, pipes and sockets alike, as far
 * as they live. */
uint64_t process_io(const Process *process);
/* Exit status of a helper that could not start a program: 126 or 127, as of env(1). */
int process_exec_status(int negative_errno);
/* Ends this program by the signal, so that whoever waits for it sees that. */
_Noreturn void process_end_by(int signo);
