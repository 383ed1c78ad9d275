/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a run that is continued, by block and cell. */
#ifndef PMDGAIN_ENGINE_PAST_H
#define PMDGAIN_ENGINE_PAST_H

#include "engine/ledger.h"

struct past {
        struct ledger_row *rows; /* by block, cell and trial; then as they were written */
        size_t count;
        uint32_t blocks;         /* that were begun */
};

/* Copies the rows. Free with past_free(). */
struct status past_make(const struct ledger_row *rows, size_t count, struct past *ret_past);
void past_free(struct past *past);

/* The rows of a cell in a block; returns how many. */
size_t past_find(const struct past *past, uint32_t cell, uint32_t block,
                 const struct ledger_row **ret_first);

#endif
