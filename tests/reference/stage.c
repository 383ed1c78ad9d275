/* SPDX-License-Identifier: Apache-2.0 */
#include "stage.h"

#include "contest.h"
#include "mapping/proof.h"
#include "sys/root.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct source_class source_class_shmem;

void stage_must(struct status status)
{
        if (!status_failed(&status))
                return;
        printf("%s%s%s\n", status.what, *status.todo ? "; " : "", status.todo);
        exit(status.code == STATUS_SKIP ? STAGE_SKIPPED : 1);
}

void stage_open(struct stage *stage, uint64_t bytes)
{
        struct sys_root root = sys_root_real();
        struct source_request request = { .root = &root, .target = "", .bytes = bytes, .seed = 1 };

        *stage = (struct stage) { .clock = clock_monotonic(), .bytes = bytes };
        stage_must(source_open(&source_class_shmem, &request, &stage->source));
        printf("shmem: %s\n", stage->source.how);
}

void stage_close(struct stage *stage)
{
        source_close(&stage->source);
}

void stage_lay_out(struct stage *stage, const char *arm)
{
        struct cell cell = { .bytes = stage->bytes };

        struct layout_request request = {
                .bytes = cell_map_bytes(&cell, stage->source.pmd_bytes),
        };

        stage_must(arm_parse(arm, &stage->arm));
        request.arm = stage->arm;
        stage_must(stage->source.class->lay_out(&stage->source, &request, &stage->mapping));
}

void stage_attach(struct stage *stage)
{
        stage_must(mapping_attach(&stage->mapping));
}

void stage_fault_in(struct stage *stage)
{
        stage_must(proof_fault_in(&stage->mapping, stage->source.traits));
}

void stage_detach(struct stage *stage)
{
        stage_must(mapping_detach(&stage->mapping));
}

static struct status cell_make(struct stage *stage, const struct workload *workload, const char *op,
                               const char *const *options)
{
        stage->cell = (struct cell) {
                .source = stage->source.class,
                .target = "",
                .arm = stage->arm,
                .workload = workload,
                .op = workload->ops,
                .bytes = stage->bytes,
                .threads = 1,
        };
        while (strcmp(stage->cell.op->name, op) != 0)
                stage->cell.op++;
        for (size_t i = 0; workload->options && workload->options[i].name; i++) {
                const struct option_row *row = &workload->options[i];

                TRY(option_parse(row, options && options[i] ? options[i] : row->preset,
                                 &stage->cell.options[i]));
        }
        return workload->accept ? workload->accept(&stage->cell) : status_ok();
}

bool stage_prepare(struct stage *stage, const struct workload *workload, const char *op,
                   const char *const *options)
{
        struct status status = cell_make(stage, workload, op, options);

        stage->worker = (struct worker) { 0 };
        stage->trial = (struct trial) {
                .cell = &stage->cell,
                .mapping = &stage->mapping,
                .source = &stage->source,
                .clock = &stage->clock,
                .seed = 1,
                .own_seed = contest_wall_ns(),
                .threads = 1,
                .workers = &stage->worker,
        };
        if (!status_failed(&status) && workload->prepare) {
                status = workload->prepare(&stage->trial);
                if (status_failed(&status) && workload->finish)
                        workload->finish(&stage->trial);
        }
        if (status_failed(&status))
                printf("%s %s: %s\n", workload->name, op, status.what);
        return !status_failed(&status);
}

uint64_t stage_run(struct stage *stage, uint64_t ops)
{
        uint64_t start;

        stage->worker.ops = ops;
        start = contest_cpu_ns();
        stage->cell.workload->run(&stage->trial, &stage->worker);
        start = contest_cpu_ns() - start;
        stage_must(stage->worker.status);
        return start;
}
