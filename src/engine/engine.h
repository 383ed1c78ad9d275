/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine runs the cells of a plan: blocks in random order, until each comparison is known well
 * enough or the budget ends, each trial in a child process of its own. A child that is killed (SIGBUS on a truncated file, out of memory), hangs or fails is
 * a row with a reason and ends no run.
 */
#ifndef PMDGAIN_ENGINE_ENGINE_H
#define PMDGAIN_ENGINE_ENGINE_H

#include "engine/past.h"
#include "engine/warning.h"
#include "plan/plan.h"
#include "sys/placement.h"
#include "sys/root.h"

#include <pmdgain/clock.h>
#include <pmdgain/counters.h>
#include <pmdgain/sample.h>
#include <pmdgain/source.h>
#include <pmdgain/status.h>

/* What a run opened; `source` is meaningful when `status` is ok. */
struct engine_source {
        const struct source_class *class;
        const char *target;
        struct source source;
        struct status status;
        uint64_t bytes_max;      /* the largest working set that it could be opened for */
        struct status too_large; /* why larger ones could not; ok when none were asked for */
};

struct engine_progress {
        const struct cell *cell; /* the current one */
        size_t done, planned;    /* visits to cells; `planned` is an estimate while a budget decides */
        uint32_t block;
        uint64_t elapsed_ns, left_ns; /* left: as estimated */
};

/* Who wants to know. `sample` and `block` may fail (disk full): the run ends with that status. */
struct engine_observer {
        void *context;
        struct status (*sources)(void *context, const struct engine_source *sources, size_t count);
        struct status (*sample)(void *context, const struct cell *cell,
                                const struct source *source, const struct sample *sample);
        struct status (*block)(void *context); /* one has ended; may be NULL */
        void (*progress)(void *context, const struct engine_progress *progress);
};

struct engine_request {
        struct plan *plan; /* cells' sources may be replaced by what stands in for shmem */
        const struct sys_root *root;
        const struct clock *clock;          /* for samples; the budget too */
        const struct placement *placement;
        const struct counter_selection *selection;
        int interrupt_fd; /* readable when the user wants the run to end; -1 for none */
        const struct engine_observer *observer;
        /* The run that is continued; NULL for a new one. Its rows count in the result, and what is
         * missing of its blocks is measured. */
        const struct past *past;
        uint64_t spent_ns; /* of the budget, by its earlier parts */
        const char *run_id; /* what files made by the run are known by; may be NULL */
};

struct engine_result {
        uint32_t blocks;    /* complete ones */
        uint64_t elapsed_ns;
        size_t rows_ok, rows_skip, rows_invalid, rows_failed;
        bool interrupted;
        bool out_of_time;   /* the budget ended the run inside a block */
        struct warnings warnings;
};

/*
 * Runs. A failed status means that the run as a whole could not go on (a source that the user
 * named wrongly, a full disk); cells that fail are rows.
 */
struct status engine_run(const struct engine_request *request, struct engine_result *ret_result);

#endif
