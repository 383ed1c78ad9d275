/* SPDX-License-Identifier: Apache-2.0 */
/* Draws chunks as rows of signs, 64 a row, as they come; rows like the one above are left out. */
#ifndef PMDGAIN_CLI_EXPLAIN_MAP_H
#define PMDGAIN_CLI_EXPLAIN_MAP_H

#include "explain/explain.h"

#include <stdio.h>

#define EXPLAIN_MAP_COLUMNS 64

struct explain_map {
        FILE *out;
        uint64_t pmd_bytes;
        uint64_t row_start; /* offset in the file */
        unsigned used;
        char row[EXPLAIN_MAP_COLUMNS + 1], above[EXPLAIN_MAP_COLUMNS + 1];
        bool skipping;
};

/* '#' for a PMD, '0' for one of the zero page, else the sign of the cause. */
char explain_map_sign(enum explain_cause cause, enum explain_outcome outcome);

void explain_map_begin(struct explain_map *map, uint64_t offset, uint64_t pmd_bytes, FILE *out);
void explain_map_add(struct explain_map *map, const struct explain_run *run);
void explain_map_end(struct explain_map *map);

#endif
