/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run knows of its cells while it goes on: which trials there are, which cells were given
 * up, and which comparisons are known well enough to be left out of later blocks. It is fed with
 * every row, of this process or of the one that is continued, and a function of them alone. It
 * keeps 16 bytes a trial, and nothing where the plan wants no precision.
 */
#ifndef PMDGAIN_ENGINE_LEDGER_H
#define PMDGAIN_ENGINE_LEDGER_H

#include "engine/tally.h"
#include "plan/plan.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

/* The plan must outlive it; its cells of one group must be neighbours. */
struct status ledger_make(const struct plan *plan, struct ledger **ret_ledger);
void ledger_free(struct ledger *ledger); /* NULL does nothing */

/* Rows of one trial come one after another, and a cell's blocks in ascending order. */
struct status ledger_add(struct ledger *ledger, const struct tally_row *row);
struct status ledger_add_trial(struct ledger *ledger, const struct tally *trial); /* all its rows */

/* A cell that is not tried again: its comparisons can come to nothing. */
void ledger_drop(struct ledger *ledger, uint32_t cell);
bool ledger_dropped(const struct ledger *ledger, uint32_t cell);

/* After a whole block: looks at what may be known well enough by now (stats/looks.h). Arms of a
 * group are left out together, once all its comparisons are settled. */
struct status ledger_judge(struct ledger *ledger);

/* Is the cell measured in further blocks? */
bool ledger_wants(const struct ledger *ledger, uint32_t cell);
size_t ledger_wanted(const struct ledger *ledger); /* how many cells are */

struct ledger_count {
        size_t comparisons, settled, impossible; /* impossible: an arm was dropped */
};

struct ledger_count ledger_count(const struct ledger *ledger);

#endif
