/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pmdgain/mapping.h>
#include <string.h>

static void every_arm_reads_back_as_it_is_written(void **state)
{
        static const struct {
                const char *text;
                enum grain grain;
                enum lever lever;
        } rows[] = {
                { "pmd", GRAIN_PMD, LEVER_ALIGNED },
                { "pte:nohuge", GRAIN_PTE, LEVER_NOHUGE },
                { "pte:va", GRAIN_PTE, LEVER_VA },
                { "pte:offset", GRAIN_PTE, LEVER_OFFSET },
                { "pte:extent", GRAIN_PTE, LEVER_EXTENT },
                { "pte:partition", GRAIN_PTE, LEVER_PARTITION },
                { "pte:namespace", GRAIN_PTE, LEVER_NAMESPACE },
                { "auto", GRAIN_AUTO, LEVER_ALIGNED },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char text[ARM_TEXT_MAX];
                struct arm arm = { 0 };

                assert_int_equal(arm_parse(rows[i].text, &arm).code, STATUS_OK);
                assert_int_equal(arm.grain, rows[i].grain);
                assert_int_equal(arm.lever, rows[i].lever);
                assert_string_equal(arm_format(arm, text, sizeof(text)), rows[i].text);
        }
}

static void what_is_no_arm_is_refused_and_the_arms_are_listed(void **state)
{
        static const char *const texts[] = { "",        "pte",   "pte:",        "PMD",
                                             "pmd:va",  "pud",   "pte:aligned", "pte:nohuge ",
                                             "pte: va", "mixed", "pte:VA",      "pmd:aligned", "auto:va" };
        const struct arm before = { GRAIN_PUD, LEVER_EXTENT };

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                struct arm arm = before;
                struct status status = arm_parse(texts[i], &arm);

                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.todo, "pte:offset"));
                assert_memory_equal(&arm, &before, sizeof(arm));
        }
}

static void unknown_has_no_name(void **state)
{
        assert_string_equal(grain_name(GRAIN_UNKNOWN), "");
        assert_string_equal(grain_name(GRAIN_MIXED), "mixed");
        assert_string_equal(memmap_name(MEMMAP_UNKNOWN), "");
        assert_string_equal(memmap_name(MEMMAP_PMEM), "pmem");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_arm_reads_back_as_it_is_written),
                cmocka_unit_test(what_is_no_arm_is_refused_and_the_arms_are_listed),
                cmocka_unit_test(unknown_has_no_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
