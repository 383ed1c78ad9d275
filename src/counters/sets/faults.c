/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page faults as the kernel counts them: software events, on every machine. They are the faults
 * of the thread's own loads and stores. Pages that the kernel walks in by itself (MAP_POPULATE,
 * MADV_POPULATE_*, mlock, O_DIRECT) take no fault exception and count nothing here, but do count
 * in the minflt columns, which come from getrusage() (mm/memory.c, mm_account_fault()).
 */
#include "counters/sets/rows.h"

static const struct counter_column columns[] = {
        { "page_faults", "page faults of loads and stores, not of populate or mlock",
          CANDIDATES(GENERIC("PAGE-FAULTS")) },
        { "minor_faults", "of these, without reading from a disk",
          CANDIDATES(GENERIC("MINOR-FAULTS")) },
        { "major_faults", "of these, with reading from a disk",
          CANDIDATES(GENERIC("MAJOR-FAULTS")) },
        { 0 },
};

const struct counter_set counter_set_faults = {
        .name = "faults",
        .summary = "page faults by the kernel's own count; needs no PMU",
        .columns = columns,
};
