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
        const struct source_class *arm_source; /* where this arm's bytes are; NULL: as the source */
        const char *arm_target;       /* "" when none; owned by the plan */
        uint64_t shift;               /* of the extents of a file made for this arm, bytes; or 0 */
        enum map_mode map;
        enum file_state state;
        const struct workload *workload;
        const struct workload_op *op;
        uint64_t bytes;               /* the working set the operations range over */
        uint32_t threads;
        union option_value options[CELL_OPTIONS_MAX]; /* in the order of workload->options */
};

/* Where its bytes are: its arm's own place, or its source. */
static inline const struct source_class *cell_place(const struct cell *cell)
{
        return cell->arm_source ? cell->arm_source : cell->source;
}

static inline const char *cell_place_target(const struct cell *cell)
{
        return cell->arm_source ? cell->arm_target : cell->target;
}

/* As in the CSV: "" where the source has no such thing and none was asked for. */
const char *cell_map_word(const struct cell *cell);
const char *cell_state_word(const struct cell *cell);

/* The length of the mapping a working set needs: rounded up to the PMD size. */
static inline uint64_t cell_map_bytes(const struct cell *cell, size_t pmd_bytes)
{
        return (cell->bytes + pmd_bytes - 1) / pmd_bytes * pmd_bytes;
}

#endif
