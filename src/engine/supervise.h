/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a function in a child process and takes the samples it sends back. */
#ifndef PMDGAIN_ENGINE_SUPERVISE_H
#define PMDGAIN_ENGINE_SUPERVISE_H

#include "engine/trial.h"

#include <pmdgain/sample.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>

struct supervise_request {
        void (*perform)(void *context, const struct trial_sink *sink); /* in the child */
        void *context;
        uint64_t limit_ns;  /* the child is killed when it takes longer */
        uint64_t grace_ns;  /* a killed child that has not ended by then is left to itself */
        int interrupt_fd;   /* the child is killed when this becomes readable; -1 for none */
        /* In the parent, for each sample. A failed status kills the child and is returned. */
        struct status (*take)(void *context, const struct sample *sample);
        void *take_context;
};

enum supervise_end {
        SUPERVISE_DONE,        /* the child ended by itself and well */
        SUPERVISE_DIED,        /* `ret_cause` says of what */
        SUPERVISE_INTERRUPTED, /* the user wants the run to end */
};

/* `ret_cause` is set with SUPERVISE_DIED: STATUS_SYSTEM or STATUS_INVALID and what killed it. */
struct status supervise(const struct supervise_request *request, enum supervise_end *ret_end,
                        struct status *ret_cause);

#endif
