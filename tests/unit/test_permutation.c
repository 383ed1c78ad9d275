/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../bench/permutation.h"

#include <math.h>
#include <pmdgain/random.h>
#include <stdlib.h>
#include <string.h>

static void every_small_count_is_permuted_and_back(void **state)
{
        enum { LARGEST = 5000 };
        static uint32_t seen[LARGEST];

        for (uint32_t count = 1; count <= LARGEST; count++) {
                struct permutation order = permutation_make(count, count * 7);

                for (uint32_t index = 0; index < count; index++) {
                        uint64_t element = permutation_apply(&order, index);

                        assert_true(element < count);
                        assert_int_not_equal(seen[element], count);
                        seen[element] = count;
                        assert_int_equal(permutation_invert(&order, element), index);
                }
        }
}

static void large_counts_invert(void **state)
{
        static const uint64_t counts[] = { UINT64_C(1) << 20,       (UINT64_C(1) << 20) + 1,
                                           UINT64_C(1) << 26,       (UINT64_C(1) << 32) - 1,
                                           (UINT64_C(1) << 32) + 7, UINT64_C(3) << 33,
                                           (UINT64_C(1) << 38) - 1, UINT64_C(1) << 62 };

        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
                struct permutation order = permutation_make(counts[i], i);
                struct random random = random_seeded(i);

                for (int j = 0; j < 20000; j++) {
                        uint64_t index = random_below(&random, counts[i]);
                        uint64_t element = permutation_apply(&order, index);

                        assert_true(element < counts[i]);
                        assert_int_equal(permutation_invert(&order, element), index);
                        assert_int_equal(
                                permutation_apply(&order, permutation_invert(&order, index)),
                                index);
                }
        }
}

static void next_is_one_cycle_through_all(void **state)
{
        for (uint64_t count = 1; count <= 40000; count = count < 300 ? count + 1 : count * 3 + 1) {
                struct permutation order = permutation_make(count, 3);
                uint64_t element = 0;

                for (uint64_t step = 1; step <= count; step++) {
                        element = permutation_next(&order, element);
                        assert_true((element == 0) == (step == count));
                }
        }
}

static void lanes_are_like_single_ones(void **state)
{
        for (uint64_t count = PERMUTATION_LANES; count < 3000; count++) {
                struct permutation order = permutation_make(count, count);
                uint64_t first = count * 5 % (count - PERMUTATION_LANES + 1);
                uint64_t nexts[PERMUTATION_LANES];

                permutation_next_lanes(&order, first, nexts);
                for (unsigned i = 0; i < PERMUTATION_LANES; i++)
                        assert_int_equal(nexts[i], permutation_next(&order, first + i));
        }
}

static void the_seed_decides(void **state)
{
        struct permutation one = permutation_make(1 << 16, 1), again = permutation_make(1 << 16, 1);
        struct permutation other = permutation_make(1 << 16, 2);
        int equal = 0;

        for (uint64_t i = 0; i < 1 << 16; i++) {
                assert_int_equal(permutation_apply(&one, i), permutation_apply(&again, i));
                equal += permutation_apply(&one, i) == permutation_apply(&other, i);
        }
        assert_in_range(equal, 0, 12); /* 1 is expected */
}

static double chi_square(const uint32_t *seen, size_t cells, uint64_t total)
{
        double expected = (double)total / (double)cells, sum = 0;

        for (size_t i = 0; i < cells; i++)
                sum += (seen[i] - expected) * (seen[i] - expected) / expected;
        return sum;
}

/* At most six standard deviations above the mean of the chi-square distribution. */
static void assert_uniform(const uint32_t *seen, size_t cells, uint64_t total)
{
        double freedom = (double)cells - 1;

        assert_true(chi_square(seen, cells, total) < freedom + 6 * sqrt(2 * freedom));
}

static int compare_words(const void *one, const void *other)
{
        uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

        return a < b ? -1 : a > b;
}

/* How often the most frequent of `count` distances occurs; sorts them. */
static unsigned most_frequent(uint64_t *distances, uint64_t count)
{
        unsigned run = 1, most = 1;

        qsort(distances, count, sizeof(*distances), compare_words);
        for (uint64_t i = 1; i < count; i++) {
                run = distances[i] == distances[i - 1] ? run + 1 : 1;
                most = run > most ? run : most;
        }
        return most;
}

/* `lag` steps apart on the cycle: nothing that a stride or a neighbour prefetcher could use. */
static void assert_no_order(const uint64_t *elements, uint64_t count, uint64_t lag)
{
        enum { CELLS = 32 };
        uint32_t distance[CELLS] = { 0 }, high[CELLS * CELLS] = { 0 }, low[CELLS * CELLS] = { 0 };
        uint64_t *distances = test_malloc(count * sizeof(*distances));
        uint64_t same_page = 0, same_stride = 0, last = count;

        for (uint64_t i = 0; i < count; i++) {
                uint64_t from = elements[i], to = elements[(i + lag) % count];

                distances[i] = (to + count - from) % count;
                distance[distances[i] * CELLS / count]++;
                high[from * CELLS / count * CELLS + to * CELLS / count]++;
                low[from % CELLS * CELLS + to % CELLS]++;
                same_page += from / 64 == to / 64;
                same_stride += distances[i] == last;
                last = distances[i];
        }
        assert_uniform(distance, CELLS, count);
        assert_uniform(high, CELLS * CELLS, count);
        assert_uniform(low, CELLS * CELLS, count);
        assert_in_range(same_page, 63 - 6 * 8, 63 + 6 * 8);      /* Poisson: 63 are expected */
        assert_in_range(same_stride, 0, 9);                      /* 1 is expected */
        assert_in_range(most_frequent(distances, count), 2, 14); /* about 8 are expected */
        test_free(distances);
}

static void the_order_cannot_be_learnt(void **state)
{
        static const uint64_t counts[] = { 1 << 15, (1 << 15) + 1, 100000, 1 << 18 };

        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
                for (uint64_t seed = 0; seed < 3; seed++) {
                        struct permutation order = permutation_make(counts[i], seed);
                        uint64_t *elements = test_malloc(counts[i] * sizeof(*elements));

                        for (uint64_t j = 0; j < counts[i]; j++)
                                elements[j] = permutation_apply(&order, j);
                        assert_no_order(elements, counts[i], 1);
                        assert_no_order(elements, counts[i], 2);
                        assert_no_order(elements, counts[i], 16);
                        assert_no_order(elements, counts[i], order.low_mask + 1);
                        assert_no_order(elements, counts[i], 2 * (order.low_mask + 1));
                        test_free(elements);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_small_count_is_permuted_and_back),
                cmocka_unit_test(large_counts_invert),
                cmocka_unit_test(next_is_one_cycle_through_all),
                cmocka_unit_test(lanes_are_like_single_ones),
                cmocka_unit_test(the_seed_decides),
                cmocka_unit_test(the_order_cannot_be_learnt),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
