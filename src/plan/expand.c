/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/expand.h"

#include "plan/job.h"

#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 100000

struct status plan_keep(struct plan *plan, const char *text, const char **ret_text)
{
        char **grown = realloc(plan->strings, (plan->string_count + 1) * sizeof(*grown));
        char *copy = strdup(text);

        if (grown)
                plan->strings = grown;
        if (!grown || !copy) {
                free(copy);
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        }
        plan->strings[plan->string_count++] = copy;
        *ret_text = copy;
        return status_ok();
}

/* The cell's index and group are the plan's next. */
static struct status cell_add(struct plan *plan, const struct job *job, struct cell cell)
{
        if (plan->cell_count == CELLS_MAX)
                return status_make(STATUS_USAGE, "split the plan",
                                   "%s: the plan has more than %d cells", job->section->origin,
                                   CELLS_MAX);
        /* Grown by doubling: a power of two is where the room ends. */
        if ((plan->cell_count & (plan->cell_count - 1)) == 0) {
                size_t room = plan->cell_count ? 2 * plan->cell_count : 1;
                struct cell *grown = realloc(plan->cells, room * sizeof(*grown));

                if (!grown)
                        return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
                plan->cells = grown;
        }
        cell.group = plan->group_count;
        cell.index = (uint32_t)plan->cell_count;
        plan->cells[plan->cell_count++] = cell;
        return status_ok();
}

/* One cell an arm. Extents off by each of the shifts, where the source can make such a file. */
static struct status group_add(struct plan *plan, const struct job *job, struct cell cell)
{
        for (size_t i = 0; i < job->arm_count; i++) {
                const struct plan_arm *arm = &job->arms[i];
                bool elsewhere = arm->source && (arm->source != cell.source ||
                                                 strcmp(arm->target, cell.target) != 0);
                bool shifted = arm->arm.lever == LEVER_EXTENT && !arm->source &&
                               cell.source->traits & SOURCE_TWINS;

                cell.arm = arm->arm;
                cell.arm_source = elsewhere ? arm->source : NULL;
                cell.arm_target = elsewhere ? arm->target : "";
                for (size_t k = 0; k < (shifted ? job->shift_count : 1); k++) {
                        cell.shift = shifted ? job->shifts[k] : 0;
                        TRY(cell_add(plan, job, cell));
                }
        }
        plan->group_count++;
        return status_ok();
}

/* Counts through all combinations of the options, the last one fastest. */
static struct status options_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        size_t at_value[CELL_OPTIONS_MAX] = { 0 };

        for (;;) {
                size_t row = job->option_rows;

                for (size_t i = 0; i < job->option_rows; i++)
                        cell.options[i] = job->options[i][at_value[i]];
                TRY(group_add(plan, job, cell));
                while (row > 0 && ++at_value[row - 1] == job->option_counts[row - 1])
                        at_value[--row] = 0;
                if (row == 0)
                        return status_ok();
        }
}

static struct status sizes_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        cell.workload = job->workload;
        for (size_t op = 0; op < job->op_count; op++) {
                for (size_t size = 0; size < job->bytes_count; size++) {
                        for (size_t n = 0; n < job->threads_count; n++) {
                                cell.op = job->ops[op];
                                cell.bytes = job->bytes[size];
                                cell.threads = (uint32_t)job->threads[n];
                                TRY(options_expand(plan, job, cell));
                        }
                }
        }
        return status_ok();
}

static struct status modes_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        for (size_t map = 0; map < job->map_count; map++) {
                for (size_t state = 0; state < job->state_count; state++) {
                        cell.map = (enum map_mode)job->maps[map];
                        cell.state = (enum file_state)job->states[state];
                        TRY(sizes_expand(plan, job, cell));
                }
        }
        return status_ok();
}

/* What a job that names no source ranges over: shmem, and null for ops that need no memory. */
static struct status embedded_expand(struct plan *plan, const struct job *job)
{
        bool no_memory = job->ops[0]->traits & OP_NO_MEMORY;
        struct cell cell = { .target = "" };

        cell.source = source_class_find(no_memory ? "null" : "shmem");
        if (!no_memory)
                plan->embedded = true;
        return modes_expand(plan, job, cell);
}

static struct status sources_expand(struct plan *plan, const struct job *job)
{
        for (size_t i = 0; i < job->source_count; i++) {
                struct cell cell = {
                        .source = job->sources[i].class,
                        .target = job->sources[i].target,
                };

                TRY(modes_expand(plan, job, cell));
        }
        return job->source_count ? status_ok() : embedded_expand(plan, job);
}

struct status job_expand(const struct ini_section *section, const struct ini_section *global,
                         struct plan *plan)
{
        struct job job;

        TRY(job_read(section, global, plan, &job));
        return sources_expand(plan, &job);
}
