/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a run ends: after max_blocks, or when the next block would not fit into the budget. The
 * time and the blocks of the run that is continued, if any, count too.
 */
#ifndef PMDGAIN_ENGINE_BUDGET_H
#define PMDGAIN_ENGINE_BUDGET_H

#include "plan/plan.h"

#include <pmdgain/clock.h>
#include <stdbool.h>
#include <stdint.h>

struct budget {
        const struct plan_settings *settings;
        const struct clock *clock;
        uint64_t start_ns;       /* of the run; its earlier parts stand before, without gaps */
        uint64_t block_start_ns; /* of the current block */
        uint64_t longest_ns;     /* block so far */
        uint32_t blocks;         /* complete ones */
};

/* `spent_ns` and `past_blocks`: what the earlier parts took and began. */
struct budget budget_begin(const struct plan_settings *settings, const struct clock *clock,
                           uint64_t spent_ns, uint32_t past_blocks);

void budget_block_begin(struct budget *budget);
void budget_block_end(struct budget *budget);

/* Later blocks have `now` cells in place of `before`. */
void budget_shrink(struct budget *budget, size_t before, size_t now);

/* Is there time for one more block? The first one is always tried. */
bool budget_allows_block(const struct budget *budget);

/* Is all time gone, in the middle of a block? */
bool budget_spent(const struct budget *budget);

/* How many blocks there will be in all, as far as can be told; at least 1. */
uint32_t budget_blocks_expected(const struct budget *budget);

uint64_t budget_elapsed(const struct budget *budget);

#endif
