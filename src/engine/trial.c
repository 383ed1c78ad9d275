/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial.h"

#include "engine/crew.h"
#include "mapping/proof.h"

#include <math.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calibration stops growing here: an operation that costs nothing is a broken workload. */
#define OPS_MAX (UINT64_C(1) << 50)

/* What one visit needs while it lasts. */
struct visit {
        const struct trial_setup *setup;
        const struct trial_sink *sink;
        struct crew *crew;
        struct mapping mapping;
        struct proof after;
        struct trial trial;
};

uint32_t trials_of(const struct cell *cell, const struct plan_settings *settings)
{
        return cell_phase(cell) == PHASE_ACCESS ? 1 : (uint32_t)settings->samples;
}

struct sample sample_failed(const struct cell *cell, uint32_t block, const struct status *status)
{
        struct sample sample = {
                .cell = cell->index,
                .block = block,
                .status = status->code,
        };

        sample.proof = proof_none();
        if (*status->todo)
                snprintf(sample.reason, sizeof(sample.reason), "%.300s; %.170s",
                         status->what, status->todo);
        else
                snprintf(sample.reason, sizeof(sample.reason), "%s", status->what);
        return sample;
}

static bool sample_give(struct visit *visit, uint32_t number, const struct crew_timing *timing)
{
        struct sample sample = {
                .cell = visit->setup->cell->index,
                .block = visit->setup->block,
                .trial = visit->setup->trial,
                .sample = number,
                .ops = count_of(timing->ops),
                .time_ns = count_of(timing->time_ns),
                .run_minflt = count_of(timing->minflt),
                .switches = timing->switches,
                .waited_ns = timing->waited_ns,
                .migrations = timing->migrations,
                .proof = visit->mapping.proof,
                .after = visit->after,
                .status = STATUS_OK,
        };

        memcpy(sample.counters, timing->counters, sizeof(sample.counters));
        crew_uncounted(visit->crew, sample.reason, sizeof(sample.reason));
        return visit->sink->take(visit->sink->context, &sample);
}

static void failure_give(struct visit *visit, const struct status *status)
{
        struct sample sample = sample_failed(visit->setup->cell, visit->setup->block, status);

        sample.trial = visit->setup->trial;
        sample.proof = visit->mapping.proof;
        visit->sink->take(visit->sink->context, &sample);
}

static uint64_t quantum_of(const struct trial *trial)
{
        uint64_t quantum = 0;

        if (trial->cell->workload->quantum)
                quantum = trial->cell->workload->quantum(trial);
        return quantum ? quantum : 1;
}

static struct status workload_prepare(struct visit *visit)
{
        const struct workload *workload = visit->trial.cell->workload;

        return workload->prepare ? workload->prepare(&visit->trial) : status_ok();
}

static struct status workload_lay_out(struct visit *visit)
{
        const struct workload *workload = visit->trial.cell->workload;

        return workload->lay_out ? workload->lay_out(&visit->trial) : status_ok();
}

static struct status workload_complete(struct visit *visit)
{
        const struct workload *workload = visit->trial.cell->workload;

        return workload->complete ? workload->complete(&visit->trial) : status_ok();
}

static struct status workload_check(struct visit *visit)
{
        const struct workload *workload = visit->trial.cell->workload;

        return workload->check ? workload->check(&visit->trial) : status_ok();
}

static void workload_finish(struct visit *visit)
{
        const struct workload *workload = visit->trial.cell->workload;

        if (workload->finish)
                workload->finish(&visit->trial);
}

/* Grows the operations, which warms up too, until a run takes a sample's time; then one whole
 * sample for nothing, so that caches hold what they will hold. */
static struct status calibrate(struct visit *visit, uint64_t *ret_ops)
{
        uint64_t quantum = quantum_of(&visit->trial), ops = quantum;
        uint64_t target = visit->setup->settings->sample_ns;
        struct crew_timing timing;

        for (;;) {
                double factor;

                TRY(crew_run(visit->crew, &visit->trial, ops, &timing));
                if (timing.time_ns >= target || ops >= OPS_MAX)
                        break;
                factor = timing.time_ns ? 1.05 * (double)target / (double)timing.time_ns : 1e3;
                /* A short run says little: grow at most tenfold on its word. */
                factor = fmin(fmax(factor, 1.05), 10.0);
                ops = (uint64_t)ceil((double)ops * factor / (double)quantum) * quantum;
        }
        *ret_ops = ops;
        return crew_run(visit->crew, &visit->trial, ops, &timing);
}

static struct status samples_take(struct visit *visit, struct crew_timing *timings)
{
        uint64_t ops;

        TRY(workload_prepare(visit));
        TRY(calibrate(visit, &ops));
        for (uint64_t i = 0; i < visit->setup->settings->samples; i++)
                TRY(crew_run(visit->crew, &visit->trial, ops, &timings[i]));
        return workload_check(visit);
}

static bool has_memory(const struct visit *visit)
{
        return !(visit->setup->source->traits & SOURCE_NO_MEMORY);
}

static struct status map_and_prove(struct visit *visit)
{
        return mapping_make(&visit->mapping, visit->setup->source->traits);
}

/* The samples of a trial are given only once its check and its second proof have passed. */
static struct status visit_access(struct visit *visit)
{
        uint64_t count = visit->setup->settings->samples;
        struct crew_timing *timings = calloc(count, sizeof(*timings));
        struct status status = status_ok();

        if (!timings)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for samples");
        if (has_memory(visit))
                status = map_and_prove(visit);
        if (!status_failed(&status))
                status = samples_take(visit, timings);
        if (!status_failed(&status) && has_memory(visit))
                status = proof_again(&visit->mapping, visit->setup->source->traits);
        for (uint64_t i = 0; i < count && !status_failed(&status); i++)
                if (!sample_give(visit, (uint32_t)i, &timings[i]))
                        break;
        free(timings);
        return status;
}

/* run() on a mapping of its own. */
static struct status run_once(struct visit *visit, struct crew_timing *timing)
{
        clock_settle(visit->trial.clock);
        return crew_run(visit->crew, &visit->trial, quantum_of(&visit->trial), timing);
}

/* run() makes the mapping present. */
static struct status sample_fault(struct visit *visit, struct crew_timing *timing)
{
        bool attached = !(visit->trial.cell->op->traits & OP_UNATTACHED);
        unsigned traits = visit->setup->source->traits;
        struct proof_meter meter;
        struct status status;

        TRY(mapping_faults_alone(&visit->mapping));
        if (attached)
                TRY(mapping_attach(&visit->mapping));
        TRY(workload_prepare(visit));
        proof_begin_timed(&meter, traits);
        status = run_once(visit, timing);
        if (status_failed(&status)) {
                proof_drop(&meter, traits);
                return status;
        }
        visit->mapping.mapped = true;
        TRY(proof_end(&meter, &visit->mapping, traits));
        return workload_check(visit);
}

/* run() takes the mapping away. */
static struct status sample_unmap(struct visit *visit, struct crew_timing *timing)
{
        TRY(map_and_prove(visit));
        TRY(workload_prepare(visit));
        TRY(run_once(visit, timing));
        return workload_check(visit);
}

/* run() changes what was proven. */
static struct status sample_change(struct visit *visit, struct crew_timing *timing)
{
        bool dirty = cell_phase(visit->trial.cell) == PHASE_DIRTY;
        unsigned traits = visit->setup->source->traits;
        struct mapping *mapping = &visit->mapping;
        struct proof_meter meter;
        struct status status;

        TRY(mapping_attach(mapping));
        proof_begin(&meter, traits);
        status = dirty ? mapping_fault_in_read(mapping) : mapping_fault_in(mapping);
        if (status_failed(&status)) {
                proof_drop(&meter, traits);
                return status;
        }
        TRY(proof_end(&meter, mapping, traits));
        TRY(workload_prepare(visit));
        TRY(run_once(visit, timing));
        proof_look(&meter, mapping, traits, &visit->after);
        return workload_check(visit);
}

/* run() is a step of what the workload does with a mapping that it makes itself. */
static struct status sample_own(struct visit *visit, struct crew_timing *timing)
{
        bool unmaps = visit->trial.cell->op->traits & OP_UNMAPS;
        unsigned traits = visit->setup->source->traits;
        struct proof_meter meter;
        struct status status;

        TRY(mapping_faults_alone(&visit->mapping));
        proof_begin_timed(&meter, traits);
        status = workload_prepare(visit);
        if (!status_failed(&status) && !unmaps)
                status = run_once(visit, timing);
        if (!status_failed(&status) && !unmaps)
                status = workload_complete(visit);
        if (status_failed(&status)) {
                proof_drop(&meter, traits);
                return status;
        }
        TRY(proof_end(&meter, &visit->mapping, traits));
        if (unmaps)
                TRY(run_once(visit, timing));
        return workload_check(visit);
}

static struct status visit_fresh(struct visit *visit,
                                 struct status (*one)(struct visit *, struct crew_timing *))
{
        struct crew_timing timing;
        struct status status = one(visit, &timing);

        if (!status_failed(&status))
                sample_give(visit, 0, &timing);
        return status;
}

static struct status visit_lay_out(struct visit *visit)
{
        const struct source *source = visit->setup->source;
        const struct cell *cell = visit->setup->cell;
        const struct layout_request request = {
                .arm = cell->arm,
                .bytes = cell_map_bytes(cell, source->pmd_bytes),
                .map = cell->map,
                .state = cell->state,
                .shift = cell->shift,
                .writes = cell->op->traits & OP_WRITES,
        };

        if (has_memory(visit)) {
                TRY(source->class->lay_out(source, &request, &visit->mapping));
                return status_ok();
        }
        visit->mapping.proof.proven = cell->arm.grain;
        snprintf(visit->mapping.proof.methods, sizeof(visit->mapping.proof.methods), "none");
        return status_ok();
}

static struct status visit_begin(struct visit *visit)
{
        const struct trial_setup *setup = visit->setup;
        const struct cell *cell = setup->cell;
        struct trial *trial = &visit->trial;

        visit->mapping.proof = proof_none();
        visit->mapping.asked = cell->arm;
        TRY(visit_lay_out(visit));
        *trial = (struct trial){
                .cell = cell,
                .mapping = &visit->mapping,
                .source = setup->source,
                .clock = setup->clock,
                .seed = random_mix(setup->settings->seed),
                .scratch = setup->settings->scratch,
                .threads = cell->threads,
        };
        trial->own_seed = random_mix(trial->seed ^ random_mix(((uint64_t)setup->block << 32) |
                                                              cell->index)) +
                          setup->trial;
        trial->workers = aligned_alloc(_Alignof(struct worker),
                                       cell->threads * sizeof(*trial->workers));
        if (!trial->workers)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for %u threads",
                                   cell->threads);
        memset(trial->workers, 0, cell->threads * sizeof(*trial->workers));
        for (unsigned i = 0; i < cell->threads; i++)
                trial->workers[i].index = i;
        if (cell->op->traits & OP_WRITES && has_memory(visit))
                *setup->source->content = 0;
        TRY(workload_lay_out(visit));
        clock_settle(setup->clock); /* what that runs is present from here on */
        return crew_start(cell->threads, setup->placement, setup->selection, &visit->crew);
}

static struct status visit_phase(struct visit *visit)
{
        switch (cell_phase(visit->setup->cell)) {
        case PHASE_FAULT:
                return visit_fresh(visit, sample_fault);
        case PHASE_UNMAP:
                return visit_fresh(visit, sample_unmap);
        case PHASE_CHANGE:
        case PHASE_DIRTY:
                return visit_fresh(visit, sample_change);
        case PHASE_OWN:
                return visit_fresh(visit, sample_own);
        case PHASE_ACCESS:
                break;
        }
        return visit_access(visit);
}

void trial_perform(const struct trial_setup *setup, const struct trial_sink *sink)
{
        struct visit visit = { .setup = setup, .sink = sink };
        struct status status = visit_begin(&visit);

        if (!status_failed(&status))
                status = visit_phase(&visit);
        if (visit.trial.cell)
                workload_finish(&visit);
        if (status_failed(&status))
                failure_give(&visit, &status);
        if (visit.mapping.mapped)
                mapping_detach(&visit.mapping);
        crew_stop(visit.crew);
        free(visit.trial.workers);
}
