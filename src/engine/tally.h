/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of a trial come down to. This is all that is kept of them, so that memory grows
 * with the trials and not with the samples.
 */
#ifndef PMDGAIN_ENGINE_TALLY_H
#define PMDGAIN_ENGINE_TALLY_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATUS_CODES (STATUS_SYSTEM + 1)

/* A row of samples.csv as far as it matters here. */
struct tally_row {
        uint32_t cell, block, trial;
        enum status_code status;
        double time; /* ns per op; NaN when not ok */
};

struct tally {
        uint32_t cell, block, trial;
        uint32_t rows[STATUS_CODES]; /* how many, by their status */
        double time;                 /* as in the summary; NaN unless all rows are ok */
};

/* The worst status of its rows. */
enum status_code tally_worst(const struct tally *tally);

/* The trial whose rows are coming, one after another. Begins zeroed. */
struct tally_maker {
        struct tally current;
        bool open;
        double *times;
        size_t count, room;
};

/* Is it of another trial than the rows that came? Then tally_end() comes before tally_add(). */
bool tally_begins(const struct tally_maker *maker, const struct tally_row *row);
struct status tally_add(struct tally_maker *maker, const struct tally_row *row);

/* No more rows of it; false when there were none. */
bool tally_end(struct tally_maker *maker, struct tally *ret_tally);
void tally_free(struct tally_maker *maker);

#endif
