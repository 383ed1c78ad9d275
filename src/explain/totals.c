/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/explain.h"

void explain_totals_add(void *context, const struct explain_run *run)
{
        struct explain_totals *totals = context;
        struct explain_line *line = &totals->lines[run->cause][run->outcome];

        if (!line->chunks)
                line->past = run->past;
        else if (line->past != run->past)
                line->past_varies = true;
        line->chunks += run->chunks;
        line->bytes += run->bytes;
        totals->chunks += run->chunks;
}

uint64_t explain_totals_of(const struct explain_totals *totals, enum explain_outcome outcome)
{
        uint64_t chunks = 0;

        for (size_t cause = 0; cause < CAUSE_COUNT; cause++)
                chunks += totals->lines[cause][outcome].chunks;
        return chunks;
}
