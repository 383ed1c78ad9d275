/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/budget.h"
#include "engine/order.h"

#include <stdbool.h>
#include <string.h>

#define GROUPS 20
#define ARMS 3
#define CELLS (GROUPS * ARMS)

static void cells_make(struct cell *cells)
{
        memset(cells, 0, CELLS * sizeof(*cells));
        for (uint32_t i = 0; i < CELLS; i++) {
                cells[i].index = i;
                cells[i].group = i / ARMS;
        }
}

static void every_cell_comes_once_and_groups_stay_together(void **state)
{
        struct cell cells[CELLS];
        uint32_t order[CELLS];

        cells_make(cells);
        for (uint32_t block = 0; block < 50; block++) {
                bool seen[CELLS] = { false };

                order_block(cells, CELLS, 7, block, order);
                for (size_t i = 0; i < CELLS; i++) {
                        assert_false(seen[order[i]]);
                        seen[order[i]] = true;
                        assert_int_equal(cells[order[i]].group,
                                         cells[order[i / ARMS * ARMS]].group);
                }
        }
}

/* Over 600 blocks each arm of a group leads about a third of the time, each group comes first
 * about one time in twenty; bounds are six standard deviations. */
static void orders_are_balanced(void **state)
{
        struct cell cells[CELLS];
        uint32_t order[CELLS];
        unsigned leads[ARMS] = { 0 }, firsts[GROUPS] = { 0 };

        cells_make(cells);
        for (uint32_t block = 0; block < 600; block++) {
                order_block(cells, CELLS, 7, block, order);
                leads[order[0] % ARMS]++;
                firsts[order[0] / ARMS]++;
        }
        for (size_t i = 0; i < ARMS; i++)
                assert_in_range(leads[i], 200 - 70, 200 + 70);
        for (size_t i = 0; i < GROUPS; i++)
                assert_in_range(firsts[i], 1, 30 + 33);
}

static void the_seed_decides(void **state)
{
        struct cell cells[CELLS];
        uint32_t one[CELLS], same[CELLS], other[CELLS];

        cells_make(cells);
        order_block(cells, CELLS, 7, 3, one);
        order_block(cells, CELLS, 7, 3, same);
        order_block(cells, CELLS, 8, 3, other);
        assert_memory_equal(one, same, sizeof(one));
        assert_memory_not_equal(one, other, sizeof(one));
}

static uint64_t fake_now(void *context)
{
        return *(uint64_t *)context;
}

static void a_block_that_does_not_fit_is_not_begun(void **state)
{
        uint64_t now = 1000;
        struct clock clock = { .now_ns = fake_now, .context = &now };
        struct plan_settings settings = { .budget_ns = 100, .max_blocks = 9, .min_blocks = 2 };
        struct budget budget = budget_begin(&settings, &clock, 0, 0);

        for (int i = 0; i < 3; i++) {
                assert_true(budget_allows_block(&budget));
                budget_block_begin(&budget);
                now += 30;
                budget_block_end(&budget);
        }
        assert_false(budget_allows_block(&budget));
        assert_false(budget_spent(&budget));
        now += 11;
        assert_true(budget_spent(&budget));
        settings.budget_ns = 0;
        assert_true(budget_allows_block(&budget));
        assert_false(budget_spent(&budget));
        settings.max_blocks = 3;
        assert_false(budget_allows_block(&budget));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_cell_comes_once_and_groups_stay_together),
                cmocka_unit_test(orders_are_balanced),
                cmocka_unit_test(the_seed_decides),
                cmocka_unit_test(a_block_that_does_not_fit_is_not_begun),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
