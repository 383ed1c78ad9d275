/* SPDX-License-Identifier: Apache-2.0 */
/* One test for one change of mean in a part of a series; stats/change.h says how. */
#ifndef PMDGAIN_STATS_CHANGE_SCAN_H
#define PMDGAIN_STATS_CHANGE_SCAN_H

#include "stats/change.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>

/* A run of the part, as it is shuffled; or the sums over several. */
struct change_item {
        double weight, weighted; /* the latter: weight times the value, centred and clipped */
};

/* Room for the tests of one series; zeroed before change_scan_begin(). */
struct change_scan {
        struct change_item *items, *sums;
        double *room;
};

struct status change_scan_begin(struct change_scan *scan, size_t count);
void change_scan_end(struct change_scan *scan);

/* Is there a change in the runs first..end - 1? If so, `ret_at` is the first run after it. */
bool change_scan_test(struct change_scan *scan, const struct change_input *input, size_t first,
                      size_t end, size_t *ret_at, double *ret_p);

#endif
