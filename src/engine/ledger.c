/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ledger.h"

#include "stats/gain.h"
#include "stats/looks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define NO_CELL UINT32_MAX

struct account {
        struct trial_time *times; /* of trials that are ok, by block */
        size_t time_count, time_room;
        size_t blocks; /* that have one: a bound on the pairs */
        bool dropped;
};

/* An arm against the base of its group; an arm alone against nothing. */
struct comparison {
        uint32_t cell, other; /* other: NO_CELL when alone */
        struct looks looks;
};

struct ledger {
        const struct plan *plan;
        struct account *accounts; /* by cell */
        struct comparison *comparisons; /* by group, then by cell */
        size_t comparison_count;
        struct tally_maker maker; /* the trial whose rows are coming */
};

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot keep track of the cells");
}

/* What the others of a group are compared with: the PMD arm, else what the kernel gives by itself,
 * else nothing. */
static uint32_t base_of(const struct plan *plan, size_t first)
{
        uint32_t base = NO_CELL;

        for (size_t i = first;
             i < plan->cell_count && plan->cells[i].group == plan->cells[first].group; i++) {
                if (plan->cells[i].arm.grain == GRAIN_PMD)
                        return plan->cells[i].index;
                if (plan->cells[i].arm.grain == GRAIN_AUTO)
                        base = plan->cells[i].index;
        }
        return base;
}

/* One for each arm that has something to be compared with; one for an arm that is alone. */
static void comparisons_find(struct ledger *ledger)
{
        const struct plan *plan = ledger->plan;
        uint32_t base = NO_CELL;

        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];
                bool first = !i || plan->cells[i - 1].group != cell->group;
                bool last = i + 1 == plan->cell_count || plan->cells[i + 1].group != cell->group;

                if (first)
                        base = base_of(plan, i);
                if (cell->index == base && !(first && last))
                        continue;
                ledger->comparisons[ledger->comparison_count++] = (struct comparison){
                        .cell = cell->index,
                        .other = cell->index == base ? NO_CELL : base,
                };
        }
}

struct status ledger_make(const struct plan *plan, struct ledger **ret_ledger)
{
        struct ledger *ledger = calloc(1, sizeof(*ledger));

        if (!ledger)
                return no_memory();
        ledger->plan = plan;
        ledger->accounts = calloc(plan->cell_count + 1, sizeof(*ledger->accounts));
        ledger->comparisons = calloc(plan->cell_count + 1, sizeof(*ledger->comparisons));
        if (!ledger->accounts || !ledger->comparisons) {
                ledger_free(ledger);
                return no_memory();
        }
        comparisons_find(ledger);
        *ret_ledger = ledger;
        return status_ok();
}

void ledger_free(struct ledger *ledger)
{
        if (!ledger)
                return;
        for (size_t i = 0; ledger->accounts && i < ledger->plan->cell_count; i++)
                free(ledger->accounts[i].times);
        free(ledger->accounts);
        free(ledger->comparisons);
        tally_free(&ledger->maker);
        free(ledger);
}

static struct status keep_time(struct ledger *ledger, const struct tally *trial)
{
        struct account *account = &ledger->accounts[trial->cell];
        struct trial_time *grown;

        if (isnan(trial->time) || !(ledger->plan->settings.precision > 0))
                return status_ok();
        if (account->time_count == account->time_room) {
                account->time_room += account->time_room / 2 + 8;
                grown = reallocarray(account->times, account->time_room, sizeof(*grown));
                if (!grown)
                        return no_memory();
                account->times = grown;
        }
        account->blocks += !account->time_count ||
                           account->times[account->time_count - 1].block != trial->block;
        account->times[account->time_count++] = (struct trial_time){
                .block = trial->block,
                .time = trial->time,
        };
        return status_ok();
}

/* The trial whose rows have come becomes a time. */
static struct status trial_close(struct ledger *ledger)
{
        struct tally tally;

        return tally_end(&ledger->maker, &tally) ? keep_time(ledger, &tally) : status_ok();
}

struct status ledger_add(struct ledger *ledger, const struct tally_row *row)
{
        if (tally_begins(&ledger->maker, row))
                TRY(trial_close(ledger));
        return tally_add(&ledger->maker, row);
}

struct status ledger_add_trial(struct ledger *ledger, const struct tally *trial)
{
        TRY(trial_close(ledger));
        return keep_time(ledger, trial);
}

void ledger_drop(struct ledger *ledger, uint32_t cell)
{
        ledger->accounts[cell].dropped = true;
}

bool ledger_dropped(const struct ledger *ledger, uint32_t cell)
{
        return ledger->accounts[cell].dropped;
}

static bool is_impossible(const struct ledger *ledger, const struct comparison *comparison)
{
        return ledger->accounts[comparison->cell].dropped ||
               (comparison->other != NO_CELL && ledger->accounts[comparison->other].dropped);
}

/* An arm alone is held against 1 ns in each of its blocks: how well is its time known? */
static struct status gain_of(const struct ledger *ledger, const struct comparison *comparison,
                             struct gain *ret_gain)
{
        struct account *above = &ledger->accounts[comparison->cell], *below = NULL;
        uint64_t seed = comparison->cell;
        struct trial_time *ones;
        struct status status;

        if (comparison->other != NO_CELL) {
                below = &ledger->accounts[comparison->other];
                return gain_make(above->times, above->time_count, below->times, below->time_count,
                                 seed, ret_gain);
        }
        ones = calloc(above->time_count + 1, sizeof(*ones));
        if (!ones)
                return no_memory();
        for (size_t i = 0; i < above->time_count; i++)
                ones[i] = (struct trial_time){ .block = above->times[i].block, .time = 1 };
        status = gain_make(above->times, above->time_count, ones, above->time_count, seed,
                           ret_gain);
        free(ones);
        return status;
}

struct status ledger_judge(struct ledger *ledger)
{
        const struct plan_settings *settings = &ledger->plan->settings;
        struct gain gain;

        TRY(trial_close(ledger));
        for (size_t i = 0; i < ledger->comparison_count && settings->precision > 0; i++) {
                struct comparison *comparison = &ledger->comparisons[i];
                size_t pairs = ledger->accounts[comparison->cell].blocks;

                if (!looks_due(&comparison->looks, pairs, settings->min_blocks) ||
                    is_impossible(ledger, comparison))
                        continue;
                TRY(gain_of(ledger, comparison, &gain));
                if (looks_due(&comparison->looks, gain.pairs, settings->min_blocks))
                        looks_take(&comparison->looks, &gain, settings->precision);
        }
        return status_ok();
}

/* Comparisons are in the order of the groups: are all of this one's at rest? */
static bool group_settled(const struct ledger *ledger, uint32_t group)
{
        const struct cell *cells = ledger->plan->cells;
        size_t low = 0, high = ledger->comparison_count;
        bool any = false;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (cells[ledger->comparisons[middle].cell].group < group)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < ledger->comparison_count; low++) {
                const struct comparison *comparison = &ledger->comparisons[low];

                if (cells[comparison->cell].group != group)
                        break;
                if (is_impossible(ledger, comparison))
                        continue;
                if (!comparison->looks.settled)
                        return false;
                any = true;
        }
        return any;
}

bool ledger_wants(const struct ledger *ledger, uint32_t cell)
{
        return !ledger->accounts[cell].dropped &&
               !group_settled(ledger, ledger->plan->cells[cell].group);
}

size_t ledger_wanted(const struct ledger *ledger)
{
        size_t wanted = 0;

        for (size_t i = 0; i < ledger->plan->cell_count; i++)
                wanted += ledger_wants(ledger, ledger->plan->cells[i].index);
        return wanted;
}

struct ledger_count ledger_count(const struct ledger *ledger)
{
        struct ledger_count count = { .comparisons = ledger->comparison_count };

        for (size_t i = 0; i < ledger->comparison_count; i++) {
                count.settled += ledger->comparisons[i].looks.settled;
                count.impossible += is_impossible(ledger, &ledger->comparisons[i]);
        }
        return count;
}
