/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/image.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int loaded(Image *image, const char *from)
{
        if (image_is_there(image))
                return 0;
        if (!image_has_ended(image))
                say(SAY_ERROR, "'%s' holds no image '%s'", from, image->name);
        return EXIT_FAILURE;
}

int image_load_file(Image *image)
{
        const char *file = image->options->load_file;
        Words argv = image_call(image);

        image_add_word(image, &argv, "load");
        image_add_word(image, &argv, "-i");
        image_add_word(image, &argv, file);
        image_report("Loading", file);

        const Outcome outcome =
                image_run(image, (ProcessSpec){ .echo = true }, argv, STALL_LOAD_USEC);

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

        const int status = image_finish(image, &image->stream);

        sd_event_source_disable_unref(rest);
        return status;
}

static bool start_stream(Image *image, const char *file, int *ret_pipe)
{
        Words program_argv = { 0 }, argv = image_call(image);
        int fds[2];

        image_add_word(image, &program_argv, file);
        image_add_word(image, &argv, "load");
        if (pipe2(fds, O_CLOEXEC) < 0) {
                say(SAY_ERROR, "cannot make a pipe: %.*s", STR_ARG(fs_error(-errno)));
                image->status = SAY_EXIT_OWN;
                return false;
        }

        CLEANUP(close_fd) int reader = fds[0];
        CLEANUP(close_fd) int writer = fds[1];
        const ProcessSpec engine = { .in = reader, .keep = PROCESS_KEEP_BOTH, .echo = true };

        if (!image_start(image, (ProcessSpec){ .out = writer }, program_argv, &image->stream))
                return false;
        if (!image_start(image, engine, argv, &image->call)) {
                finish_stream(image, reader, false);
                return false;
        }
        *ret_pipe = TAKE_FD(reader);
        return true;
}

int image_load_stream(Image *image)
{
        const char *file = image->options->load_stream;
        CLEANUP(close_fd) int reader = -1;

        image_report("Loading from", file);
        if (!start_stream(image, file, &reader))
                return EXIT_FAILURE;
        progress_watch(&image->progress, (Process *const[]){ &image->call, &image->stream }, 2,
                       image_stall_time(image, STALL_LOAD_USEC));

        const int status = image_finish(image, &image->call);
        const int stream_status = finish_stream(image, reader, status == 0);

        const bool stalled = image_end_progress(image);

        if (image_has_ended(image))
                return EXIT_FAILURE;
        if (status == 0 && stream_status == 0 && !stalled)
                return loaded(image, file);
        if (status == 0 && !stalled)
                say(SAY_ERROR, "cannot load image '%s': '%s' ended with status %d", image->name,
                    file, stream_status);
        else
                say(SAY_ERROR, "cannot load image '%s' from what '%s' prints", image->name, file);
        return EXIT_FAILURE;
}
