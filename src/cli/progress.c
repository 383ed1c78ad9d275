/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <pmdgain/units.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TERMINAL_EVERY_NS UINT64_C(100000000)
#define PLAIN_EVERY_NS UINT64_C(10000000000)

struct progress progress_begin(FILE *out)
{
        struct progress progress = { .out = out, .columns = 80 };
        struct winsize size;

        progress.terminal = isatty(fileno(out));
        if (progress.terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
                progress.columns = size.ws_col;
        return progress;
}

static void line_make(const struct engine_progress *state, char *line, size_t line_size)
{
        char cell[160], left[UNITS_TEXT_MAX];

        snprintf(line, line_size, "%zu of ~%zu trials, block %u, %s left: %s", state->done,
                 state->planned, state->block + 1,
                 state->left_ns ? time_format_human(state->left_ns, left, sizeof(left)) : "?",
                 cell_describe(state->cell, cell, sizeof(cell)));
}

void progress_show(struct progress *progress, const struct engine_progress *state)
{
        uint64_t every = progress->terminal ? TERMINAL_EVERY_NS : PLAIN_EVERY_NS;
        char line[320];

        if (progress->shown && state->elapsed_ns - progress->last_ns < every)
                return;
        line_make(state, line, sizeof(line));
        if (progress->terminal)
                fprintf(progress->out, "\r%-*.*s", (int)progress->columns - 1,
                        (int)progress->columns - 1, line);
        else
                fprintf(progress->out, "%s\n", line);
        fflush(progress->out);
        progress->last_ns = state->elapsed_ns;
        progress->shown = true;
}

void progress_end(struct progress *progress)
{
        if (progress->terminal && progress->shown)
                fprintf(progress->out, "\r%*s\r", (int)progress->columns - 1, "");
        fflush(progress->out);
}
