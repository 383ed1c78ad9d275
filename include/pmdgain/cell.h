/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cell is what one row of a plan comes down to: source x arm x workload x parameters. Cells of
 * one group differ by their arm only: they are what is compared.
 */
#ifndef PMDGAIN_CELL_H
#define PMDGAIN_CELL_H

#include <pmdgain/mapping.h>
#include <pmdgain/option.h>
#include <stdint.h>

#define CELL_OPTIONS_MAX 8

struct source_class;
struct workload;
struct workload_op;

struct cell {
        uint32_t index;               /* in the plan, from 0 */
        uint32_t group;               /* equal for cells that differ by arm only */
        const struct source_class *source;
        const char *target;           /* "" when none; owned by the plan */
        struct arm arm;
        enum map_mode map;
        enum file_state state;
        const struct workload *workload;
        const struct workload_op *op;
        uint64_t bytes;               /* the working set the operations range over */
        uint32_t threads;
        union option_value options[CELL_OPTIONS_MAX]; /* in the order of workload->options */
};

/* As in the CSV: "" where the source has no such thing and none was asked for. */
const char *cell_map_word(const struct cell *cell);
const char *cell_state_word(const struct cell *cell);

/* The length of the mapping a working set needs: rounded up to the PMD size. */
static inline uint64_t cell_map_bytes(const struct cell *cell, size_t pmd_bytes)
{
        return (cell->bytes + pmd_bytes - 1) / pmd_bytes * pmd_bytes;
}

#endif
