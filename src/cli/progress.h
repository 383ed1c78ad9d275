/* SPDX-License-Identifier: Apache-2.0 */
/* The progress of a run: one line that is written over on a terminal, plain lines otherwise. */
#ifndef PMDGAIN_CLI_PROGRESS_H
#define PMDGAIN_CLI_PROGRESS_H

#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
        FILE *out;
        bool terminal;
        unsigned columns;     /* of the terminal */
        uint64_t last_ns;     /* elapsed when last shown */
        bool shown;
};

struct progress progress_begin(FILE *out);
void progress_show(struct progress *progress, const struct engine_progress *state);
void progress_end(struct progress *progress); /* leaves the cursor on an empty line */

#endif
