/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any text as a plan, and what follows its first NUL as options on the command line,
 * KEY=VALUE each, split at NULs. It is refused in one line, or its text in force reads back,
 * without the options, to the same settings and the same cells.
 */
#include "plan/plan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OVERRIDES_MAX 4

static void require(bool holds)
{
        if (!holds)
                abort();
}

static bool same_text(const char *a, const char *b)
{
        return strcmp(a, b) == 0;
}

static void require_same_settings(const struct plan_settings *a, const struct plan_settings *b)
{
        require(a->budget_ns == b->budget_ns && a->min_blocks == b->min_blocks);
        require(a->max_blocks == b->max_blocks && a->samples == b->samples);
        require(!(a->precision < b->precision) && !(a->precision > b->precision));
        require(a->sample_ns == b->sample_ns && a->trial_limit_ns == b->trial_limit_ns);
        require(a->seed == b->seed && a->overwrite == b->overwrite);
        require(a->neighbour == b->neighbour && a->keep == b->keep);
        require(same_text(a->cpus, b->cpus) && same_text(a->mem_node, b->mem_node));
        require(same_text(a->counters, b->counters) && same_text(a->scratch, b->scratch));
}

static void require_same_cells(const struct plan *a, const struct plan *b)
{
        require(a->cell_count == b->cell_count && a->group_count == b->group_count);
        for (size_t i = 0; i < a->cell_count; i++) {
                const struct cell *one = &a->cells[i], *other = &b->cells[i];

                require(one->workload == other->workload && one->op == other->op);
                require(one->bytes == other->bytes && one->threads == other->threads);
                require(one->source == other->source && same_text(one->target, other->target));
                require(one->arm_source == other->arm_source && one->shift == other->shift);
                require(same_text(one->arm_target, other->arm_target));
                require(one->arm.grain == other->arm.grain && one->arm.lever == other->arm.lever);
                require(one->map == other->map && one->state == other->state);
        }
}

/* The options behind the plan's text, which they are cut out of in place. */
static size_t read_overrides(char *text, const char *end, struct plan_override *overrides)
{
        size_t count = 0;

        for (char *at = text + strlen(text) + 1; at < end && count < OVERRIDES_MAX;) {
                char *next = at + strlen(at) + 1, *equals = strchr(at, '=');

                if (equals) {
                        *equals = '\0';
                        overrides[count++] = (struct plan_override) { at, equals + 1, "--option" };
                }
                at = next;
        }
        return count;
}

static void require_reads_back(const struct plan *plan)
{
        struct plan_request request = { .name = "fuzz", .text = plan->text, .origin = "again.ini" };
        struct plan *again = NULL;
        struct status status = plan_make(&request, &again);

        require(!status_failed(&status));
        require_same_settings(&again->settings, &plan->settings);
        require_same_cells(again, plan);
        plan_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct plan_override overrides[OVERRIDES_MAX];
        struct plan_request request = { .name = "fuzz", .origin = "fuzz.ini" };
        char *text = malloc(size + 1);
        struct plan *plan = NULL;
        struct status status;

        require(text != NULL);
        if (size)
                memcpy(text, data, size);
        text[size] = '\0';
        request.text = text;
        request.override_count = read_overrides(text, text + size, overrides);
        request.overrides = overrides;
        status = plan_make(&request, &plan);
        require(status_failed(&status) == !plan);
        if (plan)
                require_reads_back(plan);
        else
                require(*status.what && !strchr(status.what, '\n'));
        plan_free(plan);
        free(text);
        return 0;
}
