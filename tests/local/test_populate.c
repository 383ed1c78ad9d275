/* SPDX-License-Identifier: Apache-2.0 */
/* Each way to make a mapping present, by each arm, on the sources this machine has: the grain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "mapping/proof.h"
#include "sys/root.h"

#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define BYTES (64 * MIB)
/* A thread of a sanitizer's has shadow memory, whose page tables would spoil the proof by VmPTE. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define THREADS 1
#else
#define THREADS 2
#endif

extern const struct workload workload_populate;
extern const struct source_class source_class_shmem, source_class_anon, source_class_hugetlb;

static const struct source_class *const classes[] = { &source_class_shmem, &source_class_anon,
                                                      &source_class_hugetlb };

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

static struct source sources[CLASSES]; /* those that opened, class set */

struct visit {
        struct cell cell;
        struct mapping mapping;
        struct clock clock;
        struct worker workers[THREADS];
        struct trial trial;
};

static void visit_make(struct visit *visit, const struct source *source, struct arm arm,
                       const struct workload_op *op)
{
        *visit = (struct visit){
                .cell = { .source = source->class, .target = "", .arm = arm,
                          .workload = &workload_populate, .op = op, .bytes = BYTES,
                          .threads = op->traits & OP_ONE_THREAD ? 1 : THREADS },
                .clock = clock_monotonic(),
        };
        visit->trial = (struct trial){
                .cell = &visit->cell, .mapping = &visit->mapping, .source = source,
                .clock = &visit->clock, .threads = visit->cell.threads, .workers = visit->workers,
        };
        for (unsigned i = 0; i < THREADS; i++)
                visit->workers[i].index = i;
}

struct job {
        struct trial *trial;
        struct worker *worker;
};

static void *job_run(void *argument)
{
        struct job *job = argument;

        job->worker->ops = workload_populate.quantum(job->trial);
        workload_populate.run(job->trial, job->worker);
        return NULL;
}

/* All threads at once; the first failure, and the operations done. */
static struct status run_all(struct visit *visit, uint64_t *ret_ops)
{
        unsigned threads = visit->trial.threads;
        struct job jobs[THREADS];
        pthread_t ids[THREADS];
        uint64_t ops = 0;

        for (unsigned i = 0; i < threads; i++) {
                jobs[i] = (struct job){ &visit->trial, &visit->workers[i] };
                if (threads == 1)
                        job_run(&jobs[i]);
                else
                        assert_int_equal(pthread_create(&ids[i], NULL, job_run, &jobs[i]), 0);
        }
        for (unsigned i = 0; i < threads; i++) {
                if (threads > 1)
                        pthread_join(ids[i], NULL);
                TRY(visit->workers[i].status);
                ops += visit->workers[i].ops;
        }
        *ret_ops = ops;
        return status_ok();
}

static struct status fault_phase(struct visit *visit)
{
        unsigned traits = visit->trial.source->traits;
        struct proof_meter meter;
        uint64_t ops;

        if (!(visit->cell.op->traits & OP_UNATTACHED))
                TRY(mapping_attach(&visit->mapping));
        TRY(workload_populate.prepare(&visit->trial));
        proof_begin_timed(&meter, traits);
        TRY(run_all(visit, &ops));
        TRY(proof_end(&meter, &visit->mapping, traits));
        assert_int_equal(visit->mapping.proof.proven, visit->cell.arm.grain);
        assert_int_equal(ops, BYTES);
        return workload_populate.check(&visit->trial);
}

static struct status unmap_phase(struct visit *visit)
{
        uint64_t ops;

        TRY(mapping_attach(&visit->mapping));
        TRY(mapping_fault_in(&visit->mapping));
        TRY(workload_populate.prepare(&visit->trial));
        TRY(run_all(visit, &ops));
        assert_int_equal(ops, BYTES);
        return workload_populate.check(&visit->trial);
}

/* A skip must say why; anything else but success fails. Returns whether it ran. */
static bool method_gives_the_grain(const struct source *source, struct arm arm,
                                   const struct workload_op *op)
{
        struct visit visit;
        struct status status;
        char text[ARM_TEXT_MAX];

        visit_make(&visit, source, arm, op);
        status = source->class->lay_out(
                source, &(struct layout_request){ .arm = arm, .bytes = BYTES }, &visit.mapping);
        if (!status_failed(&status)) {
                status = op->phase == PHASE_UNMAP ? unmap_phase(&visit) : fault_phase(&visit);
                workload_populate.finish(&visit.trial);
                assert_int_equal(mapping_detach(&visit.mapping).code, STATUS_OK);
        }
        if (status_failed(&status))
                print_message("%s %s %s: %s\n", source->class->name,
                              arm_format(arm, text, sizeof(text)), op->name, status.what);
        if (status.code != STATUS_SKIP)
                assert_int_equal(status.code, STATUS_OK);
        return !status_failed(&status);
}

static void every_method_gives_the_grain_asked_for(void **state)
{
        static const struct arm arms[] = { { GRAIN_PMD, LEVER_ALIGNED },
                                           { GRAIN_PTE, LEVER_NOHUGE },
                                           { GRAIN_PTE, LEVER_VA },
                                           { GRAIN_PTE, LEVER_OFFSET } };
        unsigned ran = 0;

        for (size_t s = 0; s < CLASSES; s++) {
                if (!sources[s].class)
                        continue;
                for (size_t a = 0; a < sizeof(arms) / sizeof(arms[0]); a++)
                        for (size_t op = 0; workload_populate.ops[op].name; op++)
                                ran += method_gives_the_grain(&sources[s], arms[a],
                                                              &workload_populate.ops[op]);
        }
        assert_true(ran > 0);
}

/* What this machine has; returns how many. */
static unsigned sources_open(void)
{
        struct sys_root root = sys_root_real();
        struct source_request request = { .root = &root, .target = "", .bytes = BYTES, .seed = 1 };
        unsigned opened = 0;

        for (size_t i = 0; i < CLASSES; i++) {
                struct status status = source_open(classes[i], &request, &sources[i]);

                if (status_failed(&status))
                        print_message("%s: %s\n", classes[i]->name, status.what);
                else
                        opened++;
        }
        return opened;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_method_gives_the_grain_asked_for),
        };
        int failed;

        if (!sources_open()) {
                print_message("no source of huge pages can be opened here\n");
                return 77;
        }
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        for (size_t i = 0; i < CLASSES; i++)
                if (sources[i].class)
                        source_close(&sources[i]);
        return failed;
}
