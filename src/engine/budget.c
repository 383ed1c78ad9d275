/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/budget.h"

struct budget budget_begin(const struct plan_settings *settings, const struct clock *clock,
                           uint64_t spent_ns, uint32_t past_blocks)
{
        return (struct budget){ .settings = settings,
                                .clock = clock,
                                .start_ns = clock_now(clock) - spent_ns,
                                .longest_ns = past_blocks ? spent_ns / past_blocks : 0 };
}

uint64_t budget_elapsed(const struct budget *budget)
{
        return clock_now(budget->clock) - budget->start_ns;
}

void budget_block_begin(struct budget *budget)
{
        budget->block_start_ns = clock_now(budget->clock);
}

void budget_block_end(struct budget *budget)
{
        uint64_t took = clock_now(budget->clock) - budget->block_start_ns;

        if (took > budget->longest_ns)
                budget->longest_ns = took;
        budget->blocks++;
}

void budget_shrink(struct budget *budget, size_t before, size_t now)
{
        if (before)
                budget->longest_ns = (uint64_t)((double)budget->longest_ns * (double)now /
                                                (double)before);
}

bool budget_allows_block(const struct budget *budget)
{
        if (budget->blocks >= budget->settings->max_blocks)
                return false;
        if (budget->blocks == 0 || budget->settings->budget_ns == 0)
                return true;
        return budget_elapsed(budget) + budget->longest_ns <= budget->settings->budget_ns;
}

bool budget_spent(const struct budget *budget)
{
        return budget->settings->budget_ns && budget_elapsed(budget) > budget->settings->budget_ns;
}

uint32_t budget_blocks_expected(const struct budget *budget)
{
        const struct plan_settings *settings = budget->settings;
        uint64_t at_block = budget->block_start_ns - budget->start_ns, blocks = budget->blocks;

        if (!settings->budget_ns)
                return (uint32_t)settings->max_blocks;
        if (!blocks)
                blocks = settings->min_blocks;
        else if (at_block < settings->budget_ns && budget->longest_ns)
                blocks += (settings->budget_ns - at_block) / budget->longest_ns;
        return (uint32_t)(blocks < settings->max_blocks ? blocks : settings->max_blocks);
}
