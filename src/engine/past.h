/* SPDX-License-Identifier: Apache-2.0 */
/* The trials of a run that is continued, by block and cell. */
#ifndef PMDGAIN_ENGINE_PAST_H
#define PMDGAIN_ENGINE_PAST_H

#include "engine/tally.h"

/* Begins zeroed: a run without a past. */
struct past {
        struct tally *trials; /* after past_close(): by block, cell and trial */
        size_t count, room;
        size_t rows;          /* that they are made of */
        uint32_t blocks;      /* that were begun; after past_close() */
        struct tally_maker maker;
};

/* Takes the rows as they were written: those of a trial one after another. */
struct status past_add(struct past *past, const struct tally_row *row);

/* After the last of them. STATUS_USAGE when rows of one trial stood apart, as no run writes them. */
struct status past_close(struct past *past);
void past_free(struct past *past);

/* The trials of a cell in a block, in their order; returns how many. */
size_t past_find(const struct past *past, uint32_t cell, uint32_t block,
                 const struct tally **ret_first);

#endif
