/* SPDX-License-Identifier: Apache-2.0 */
/* The fit of the reach curve over synthetic sweeps with known TLBs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/reach.h"
#include "stats_noise.h"

#include <string.h>

#define BLOCKS_MAX 12
#define POINTS_MAX 32

struct truth {
        size_t levels;
        double pages[2], miss[2];
        enum reach_replacement replacement;
        double parameter;
        double walk_from, walk_ns; /* walks get dearer past that many pages; 0: they do not */
        double cache_ns;           /* what the data itself gets dearer by there */
        double noise;              /* of each time, as a share */
        size_t blocks;
};

struct sweep {
        double pages[POINTS_MAX], pte[POINTS_MAX * BLOCKS_MAX], pmd[POINTS_MAX * BLOCKS_MAX];
        size_t points;
};

/* A time with noise: normal, and 3 in 100 up to four times as long. */
static double noisy(double time, double noise, struct random *random)
{
        double z = 1 + noise * noise_normal(random);

        return time * z * (random_unit(random) < 0.03 ? 1 + 3 * random_unit(random) : 1);
}

static double extra_of(const struct truth *truth, double pages)
{
        double extra = 0;

        for (size_t i = 0; i < truth->levels; i++)
                extra += truth->miss[i] * reach_miss_share(pages / truth->pages[i],
                                                           truth->replacement, truth->parameter);
        if (truth->walk_ns > 0 && pages > truth->walk_from)
                extra += truth->walk_ns * (1 - truth->walk_from / pages);
        return extra;
}

static void make_sweep(const struct truth *truth, uint64_t seed, struct sweep *sweep)
{
        struct random random = random_seeded(seed);

        sweep->points = 0;
        for (double pages = 16; pages < 140000; pages *= sqrt(2)) {
                size_t at = sweep->points++ * truth->blocks;
                /* Data caches, which cost both alike. */
                double both = 1.2 + (pages > 700 ? 2.5 : 0);

                if (truth->walk_from > 0 && pages > truth->walk_from)
                        both += truth->cache_ns * (1 - truth->walk_from / pages);

                sweep->pages[sweep->points - 1] = round(pages);
                for (size_t i = 0; i < truth->blocks; i++) {
                        sweep->pmd[at + i] = noisy(both, truth->noise, &random);
                        sweep->pte[at + i] =
                                noisy(both + extra_of(truth, round(pages)), truth->noise, &random);
                }
        }
}

static struct reach_fit fit(const struct sweep *sweep, size_t blocks, double tlb_entries)
{
        struct reach_fit result;

        assert_int_equal(reach_fit_make(&(struct reach_sweep){ .pages = sweep->pages,
                                                                .points = sweep->points,
                                                                .blocks = blocks,
                                                                .pte = sweep->pte,
                                                                .pmd = sweep->pmd,
                                                                .tlb_entries = tlb_entries },
                                        1, &result)
                                 .code,
                         STATUS_OK);
        return result;
}

static bool holds(double lo, double value, double hi)
{
        return lo <= value && value <= hi;
}

/* The share of misses by each way of replacement, against values worked out by hand. */
static void misses_begin_at_the_capacity(void **state)
{
        assert_true(reach_miss_share(1, REACH_LRU, INFINITY) == 0);
        assert_true(reach_miss_share(1.001, REACH_LRU, INFINITY) == 1);
        /* 4 ways, a tenth of the sets one page too full: they miss, the others hit. */
        assert_true(fabs(reach_miss_share(1.025, REACH_LRU, 4) - 0.1 * 5 / 4.1) < 1e-12);
        assert_true(reach_miss_share(1.25, REACH_LRU, 4) > 0.999);
        assert_true(reach_miss_share(1, REACH_RANDOM, 1) == 0);
        for (double over = 1.05; over < 8; over *= 1.3) {
                double share = reach_miss_share(over, REACH_RANDOM, 1);

                assert_true(fabs(share - (1 - exp(-share * over))) < 1e-8);
                assert_true(share > 0.05);
        }
        assert_true(fabs(reach_miss_share(2, REACH_RANDOM, 1) - 0.796812) < 1e-6);
}

/* What a random cycle over a small TLB that replaces at random really misses. */
static void random_replacement_misses_as_the_formula_says(void **state)
{
        enum { CAPACITY = 512, PAGES = 819, ROUNDS = 200 };
        static int slot_of[PAGES], page_in[CAPACITY];
        struct random random = random_seeded(2);
        size_t misses = 0, counted = 0;

        memset(slot_of, -1, sizeof(slot_of));
        memset(page_in, -1, sizeof(page_in));
        for (int round = 0; round < ROUNDS; round++) {
                for (int page = 0; page < PAGES; page++) {
                        bool miss = slot_of[page] < 0;

                        if (miss) {
                                size_t slot = random_below(&random, CAPACITY);

                                if (page_in[slot] >= 0)
                                        slot_of[page_in[slot]] = -1;
                                page_in[slot] = page;
                                slot_of[page] = (int)slot;
                        }
                        misses += round >= ROUNDS / 2 && miss;
                        counted += round >= ROUNDS / 2;
                }
        }
        assert_true(fabs((double)misses / (double)counted -
                         reach_miss_share((double)PAGES / CAPACITY, REACH_RANDOM, 1)) < 0.02);
}

static void two_levels_are_found_with_their_costs(void **state)
{
        static const struct truth truths[] = {
                { 2, { 64, 1536 }, { 2.5, 22 }, REACH_LRU, INFINITY, 0, 0, 0, 0.01, 8 },
                { 2, { 72, 2048 }, { 2, 30 }, REACH_RANDOM, 1, 30000, 60, 90, 0.01, 8 },
                { 2, { 96, 3072 }, { 3, 18 }, REACH_LRU, 4, 40000, 100, 90, 0.02, 12 },
        };

        for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
                struct sweep sweep;
                struct reach_fit result;

                make_sweep(&truths[i], 40 + i, &sweep);
                result = fit(&sweep, truths[i].blocks, NAN);
                assert_int_equal(result.count, 2);
                for (size_t k = 0; k < 2; k++) {
                        const struct reach_level *level = &result.levels[k];

                        if (!holds(level->pages_lo, truths[i].pages[k], level->pages_hi) ||
                            !holds(level->miss_lo, truths[i].miss[k], level->miss_hi))
                                fail_msg("truth %zu: %g pages [%g, %g], %g ns [%g, %g]", i,
                                         level->pages, level->pages_lo, level->pages_hi,
                                         level->miss, level->miss_lo, level->miss_hi);
                        /* An interval that holds everything would be no answer. */
                        assert_true(level->pages_hi < 2.5 * level->pages_lo);
                        assert_true(level->miss_hi < 2 * level->miss_lo);
                        assert_true(holds(level->pages_lo, level->pages, level->pages_hi));
                        assert_true(holds(level->miss_lo, level->miss, level->miss_hi));
                }
        }
}

/* PTE and PMD alike at all sizes: nothing may be claimed, in however many sweeps. */
static void without_a_difference_there_is_no_level(void **state)
{
        for (uint64_t seed = 0; seed < 8; seed++) {
                struct truth truth = { .noise = seed % 2 ? 0.01 : 0.1,
                                       .blocks = seed % 3 ? 6 : 12 };
                struct sweep sweep;

                make_sweep(&truth, 900 + seed, &sweep);
                assert_int_equal(fit(&sweep, truth.blocks, NAN).count, 0);
        }
}

/* A rise far past the CPU's TLB is the page walk getting dearer. */
static void a_rise_past_the_tlb_is_no_level(void **state)
{
        struct truth truth = { 1, { 20000 }, { 100 }, REACH_RANDOM, 1, 0, 0, 0, 0.01, 8 };
        struct sweep sweep;

        make_sweep(&truth, 3, &sweep);
        assert_int_equal(fit(&sweep, 8, 1536).count, 0);
        assert_int_equal(fit(&sweep, 8, NAN).count, 0);
        assert_int_equal(fit(&sweep, 8, 16384).count, 1); /* a CPU with so large a TLB */
}

/* Past the TLB but not far: coalesced entries, unless PMD rises too, which says caches. */
static void a_rise_of_both_past_the_tlb_is_the_caches(void **state)
{
        struct truth coalesced = { 1, { 4500 }, { 30 }, REACH_RANDOM, 1, 0, 0, 0, 0.01, 8 };
        struct truth caches = {
                .walk_from = 4500, .walk_ns = 30, .cache_ns = 60, .noise = 0.01, .blocks = 8
        };
        struct sweep sweep;

        make_sweep(&coalesced, 3, &sweep);
        assert_int_equal(fit(&sweep, 8, 1536).count, 1);
        make_sweep(&caches, 3, &sweep);
        assert_int_equal(fit(&sweep, 8, 1536).count, 0);
        assert_int_equal(fit(&sweep, 8, 4096).count, 1); /* where the TLB itself ends */
}

static void too_few_blocks_or_points_give_no_level(void **state)
{
        struct truth truth = { 1, { 1536 }, { 22 }, REACH_LRU, INFINITY, 0, 0, 0, 0.001, 8 };
        struct sweep sweep;

        make_sweep(&truth, 3, &sweep);
        assert_int_equal(fit(&sweep, 8, NAN).count, 1);
        truth.blocks = 4;
        make_sweep(&truth, 3, &sweep);
        assert_int_equal(fit(&sweep, 4, NAN).count, 0);
        truth.blocks = 8;
        make_sweep(&truth, 3, &sweep);
        sweep.points = 5;
        assert_int_equal(fit(&sweep, 8, NAN).count, 0);
        sweep.points = 0;
        assert_int_equal(fit(&sweep, 8, NAN).count, 0);
}

static void missing_trials_are_left_out(void **state)
{
        struct truth truth = { 1, { 1536 }, { 22 }, REACH_LRU, 8, 0, 0, 0, 0.01, 8 };
        struct sweep sweep;
        struct reach_fit result;

        make_sweep(&truth, 5, &sweep);
        for (size_t i = 0; i < sweep.points * 8; i += 5)
                sweep.pte[i] = NAN;
        for (size_t i = 0; i < 8; i++)
                sweep.pmd[3 * 8 + i] = NAN; /* a whole size */
        result = fit(&sweep, 8, NAN);
        assert_int_equal(result.count, 1);
        assert_true(holds(result.levels[0].pages_lo, 1536, result.levels[0].pages_hi));
        assert_true(holds(result.levels[0].miss_lo, 22, result.levels[0].miss_hi));
}

static void equal_sweeps_give_equal_fits(void **state)
{
        struct truth truth = { 1, { 1000 }, { 10 }, REACH_RANDOM, 1, 0, 0, 0, 0.02, 6 };
        struct sweep sweep;
        struct reach_fit first, again;

        memset(&first, 0, sizeof(first));
        memset(&again, 0, sizeof(again));
        make_sweep(&truth, 8, &sweep);
        first = fit(&sweep, 6, NAN);
        again = fit(&sweep, 6, NAN);
        assert_int_equal(first.count, 1);
        assert_memory_equal(&first.levels[0], &again.levels[0], sizeof(first.levels[0]));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(misses_begin_at_the_capacity),
                cmocka_unit_test(random_replacement_misses_as_the_formula_says),
                cmocka_unit_test(two_levels_are_found_with_their_costs),
                cmocka_unit_test(without_a_difference_there_is_no_level),
                cmocka_unit_test(a_rise_past_the_tlb_is_no_level),
                cmocka_unit_test(a_rise_of_both_past_the_tlb_is_the_caches),
                cmocka_unit_test(too_few_blocks_or_points_give_no_level),
                cmocka_unit_test(missing_trials_are_left_out),
                cmocka_unit_test(equal_sweeps_give_equal_fits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
