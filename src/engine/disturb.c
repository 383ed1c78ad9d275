/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/disturb.h"

#include <stdio.h>
#include <string.h>

static void range_extend(uint64_t *least, uint64_t *most, struct count value)
{
        if (!value.known || !value.value)
                return;
        if (!*least || value.value < *least)
                *least = value.value;
        if (value.value > *most)
                *most = value.value;
}

void disturb_look(struct disturb *disturb, const struct conditions *conditions, struct count spin)
{
        struct count available = conditions->available_bytes;

        if (!disturb->looked) {
                disturb->first = *conditions;
                disturb->available_min = UINT64_MAX;
        }
        disturb->looked = true;
        disturb->last = *conditions;
        range_extend(&disturb->mhz_min, &disturb->mhz_max, conditions->mhz);
        range_extend(&disturb->spin_min, &disturb->spin_max, spin);
        if (available.known && available.value < disturb->available_min)
                disturb->available_min = available.value;
        if (strcmp(conditions->thp, disturb->first.thp) != 0)
                memcpy(disturb->thp_other, conditions->thp, sizeof(disturb->thp_other));
}

void disturb_watch(struct disturb *disturb, const struct engine_request *request, bool now)
{
        const struct placement *placement = request->placement;
        const struct plan *plan = request->plan;
        uint64_t now_ns = clock_now(request->clock);
        struct conditions conditions;
        struct count spin = { 0 };
        unsigned threads = 1;

        if (!now && now_ns - disturb->looked_ns < DISTURB_EVERY_NS)
                return;
        disturb->looked_ns = now_ns;
        for (size_t i = 0; i < plan->cell_count; i++)
                threads = plan->cells[i].threads > threads ? plan->cells[i].threads : threads;
        conditions = conditions_read(request->root, placement->cpus,
                                     threads < placement->count ? threads : placement->count);
        if (!conditions.mhz.known && placement->count)
                spin = conditions_spin(placement->cpus[0]);
        disturb_look(disturb, &conditions, spin);
}

void disturb_sample(struct disturb *disturb, const struct sample *sample)
{
        bool multiplexed = false;

        if (sample->status != STATUS_OK)
                return;
        disturb->samples++;
        disturb->switched += sample->switches.known && sample->switches.value;
        disturb->migrations += sample->migrations.value;
        if (sample->waited_ns.known) {
                disturb->waits_known = true;
                disturb->waited_ns += sample->waited_ns.value;
                disturb->time_ns += sample->time_ns.value;
        }
        for (size_t i = 0; i < COUNTER_SETS_MAX; i++)
                multiplexed |= counter_reading_multiplexed(&sample->counters[i]);
        disturb->multiplexed += multiplexed;
}

static double share(uint64_t part, uint64_t whole)
{
        return whole ? (double)part / (double)whole : 0;
}

static void judge_frequency(const struct disturb *disturb, struct warnings *warnings)
{
        double mhz = share(disturb->mhz_max, disturb->mhz_min) - 1;
        double spin = share(disturb->spin_max, disturb->spin_min) - 1;

        if (mhz > DISTURB_DRIFT)
                warnings_add(warnings, WARNING_FREQUENCY,
                             "the CPU frequency was between %llu and %llu MHz: times of different "
                             "blocks differ by it; set the governor to performance",
                             (unsigned long long)disturb->mhz_min,
                             (unsigned long long)disturb->mhz_max);
        else if (spin > DISTURB_DRIFT)
                warnings_add(warnings, WARNING_FREQUENCY,
                             "a fixed loop took up to %.0f %% longer at one time than at another: "
                             "the CPU's speed changed, and times of different blocks by it",
                             100 * spin);
}

static void judge_sharing(const struct disturb *disturb, struct warnings *warnings)
{
        double waited = share(disturb->waited_ns, disturb->time_ns);
        double switched = share(disturb->switched, disturb->samples);

        if (waited > DISTURB_WAIT)
                warnings_add(warnings, WARNING_CORE_SHARED,
                             "other processes had the measuring threads' CPUs for %.1f %% of the "
                             "time of the samples: end them, or name other --cpus",
                             100 * waited);
        else if (!disturb->waits_known && switched > DISTURB_SWITCHED)
                warnings_add(warnings, WARNING_CORE_SHARED,
                             "%.0f %% of the samples were interrupted by other processes on the "
                             "same CPU: end them, or name other --cpus",
                             100 * switched);
        if (disturb->migrations)
                warnings_add(warnings, WARNING_MIGRATED,
                             "threads were moved to another CPU %llu times: something changed "
                             "their affinity, or took the CPU offline",
                             (unsigned long long)disturb->migrations);
}

static void judge_steal(const struct disturb *disturb, struct warnings *warnings)
{
        const struct conditions *first = &disturb->first, *last = &disturb->last;
        double stolen;

        if (!first->ticks.known || !last->ticks.known || last->ticks.value <= first->ticks.value)
                return;
        stolen = share(last->steal_ticks.value - first->steal_ticks.value,
                       last->ticks.value - first->ticks.value);
        if (last->steal_ticks.value > first->steal_ticks.value && stolen > DISTURB_STEAL)
                warnings_add(warnings, WARNING_STEAL,
                             "the hypervisor took %.1f %% of the time of the CPUs measured on for "
                             "other guests",
                             100 * stolen);
}

static void judge_memory(const struct disturb *disturb, struct warnings *warnings)
{
        const struct conditions *first = &disturb->first, *last = &disturb->last;
        double left = share(disturb->available_min, first->total_bytes.value);
        char size[UNITS_TEXT_MAX];

        if (first->swapped_pages.known && last->swapped_pages.value > first->swapped_pages.value)
                warnings_add(warnings, WARNING_SWAPPED,
                             "%llu pages were swapped in or out meanwhile: use smaller --bytes, or "
                             "turn swap off",
                             (unsigned long long)(last->swapped_pages.value -
                                                  first->swapped_pages.value));
        if (disturb->available_min != UINT64_MAX && first->total_bytes.known &&
            left < DISTURB_MEMORY)
                warnings_add(warnings, WARNING_LOW_MEMORY,
                             "only %s of memory were left at times: use smaller --bytes, or end "
                             "what uses the memory",
                             size_format_human(disturb->available_min, size, sizeof(size)));
        if (*disturb->thp_other)
                warnings_add(warnings, WARNING_THP_CHANGED,
                             "THP settings changed while it ran, from '%s' to '%s': begin anew",
                             first->thp, disturb->thp_other);
}

void disturb_judge(const struct disturb *disturb, struct warnings *warnings)
{
        if (disturb->looked) {
                judge_frequency(disturb, warnings);
                judge_steal(disturb, warnings);
                judge_memory(disturb, warnings);
        }
        judge_sharing(disturb, warnings);
        if (disturb->multiplexed)
                warnings_add(warnings, WARNING_MULTIPLEXED,
                             "in %zu of %zu samples a counter had the PMU for a part of the time "
                             "only: its values are scaled; choose fewer --counters",
                             disturb->multiplexed, disturb->samples);
}
