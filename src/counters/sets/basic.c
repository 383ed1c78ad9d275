/* SPDX-License-Identifier: Apache-2.0 */
/* The two events every PMU has, on fixed counters where there are some. The kernel's generic
 * names mean the same on every CPU. */
#include "counters/sets/rows.h"

static const struct counter_column columns[] = {
        { "cycles", "core clock cycles while not halted", CANDIDATES(GENERIC("CYCLES")) },
        { "instructions", "instructions retired", CANDIDATES(GENERIC("INSTRUCTIONS")) },
        { 0 },
};

const struct counter_set counter_set_basic = {
        .name = "basic",
        .summary = "cycles and instructions",
        .columns = columns,
};
