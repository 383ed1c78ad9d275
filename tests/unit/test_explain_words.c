/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and fixes in words, and the map of chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/explain_map.h"
#include "explain/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct explain_place place_of(enum explain_kind kind)
{
        return (struct explain_place) {
                .kind = kind,
                .dax = 1,
                .memmap = MEMMAP_RAM,
                .bytes = 5 * MIB,
                .page_bytes = 4 * KIB,
                .pmd_bytes = 2 * MIB,
                .base = { true, 0x100200000 },
                .partition_start = 2064 * 512,
                .align = 4 * KIB,
        };
}

static const struct explain_about ext4 = {
        .fs = "ext4",
        .device = "pmem0p1",
        .disk = "pmem0",
        .namespace_name = "namespace0.0",
        .mode = "fsdax",
        .can_dax = true,
};

static void names_are_unique_and_every_cause_has_a_fix(void **state)
{
        struct explain_place place = place_of(EXPLAIN_FILE);
        char text[EXPLAIN_TEXT_MAX];

        for (enum explain_cause cause = 0; cause < CAUSE_COUNT; cause++) {
                struct explain_line line = { .chunks = 1, .past = 4096 };

                assert_true(*explain_cause_name(cause) != '\0');
                assert_true(*explain_cause_words(&place, cause, &line, text, sizeof(text)));
                explain_fix(&place, &ext4, cause, text, sizeof(text));
                assert_int_equal(*text == '\0', cause == CAUSE_NONE);
                assert_true(strlen(text) < sizeof(text) - 1);
                for (enum explain_cause other = 0; other < cause; other++) {
                        assert_string_not_equal(explain_cause_name(cause),
                                                explain_cause_name(other));
                        assert_int_not_equal(explain_cause_sign(cause), explain_cause_sign(other));
                }
                assert_int_not_equal(explain_cause_sign(cause), '0');
        }
        for (enum explain_outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
                for (enum explain_outcome other = 0; other < outcome; other++)
                        assert_string_not_equal(explain_outcome_name(outcome),
                                                explain_outcome_name(other));
}

static void distances_are_told(void **state)
{
        struct explain_place place = place_of(EXPLAIN_FILE);
        struct explain_line line = { .chunks = 3, .past = 8 * KIB };
        char text[EXPLAIN_TEXT_MAX];

        explain_cause_words(&place, CAUSE_PARTITION, &line, text, sizeof(text));
        assert_string_equal(text, "partition start, 8 KiB past a 2 MiB boundary");
        line.past = 2044 * KIB; /* not rounded to 2 MiB */
        explain_cause_words(&place, CAUSE_EXTENT, &line, text, sizeof(text));
        assert_string_equal(text, "extent's physical offset, 2044 KiB past a 2 MiB boundary");
        line.past_varies = true;
        explain_cause_words(&place, CAUSE_EXTENT, &line, text, sizeof(text));
        assert_string_equal(text,
                            "extent's physical offset, off 2 MiB boundaries by varying distances");
        explain_cause_words(&place, CAUSE_HOLE, &line, text, sizeof(text));
        assert_string_equal(text, "hole: never allocated");
        line = (struct explain_line) { .chunks = 3 };
        explain_cause_words(&place, CAUSE_OFFSET, &line, text, sizeof(text));
        assert_string_equal(text, "file offset does not fit the virtual address");
        place = place_of(EXPLAIN_DEVDAX);
        explain_cause_words(&place, CAUSE_NAMESPACE, &line, text, sizeof(text));
        assert_string_equal(text, "the device's alignment is 4 KiB");
        place = place_of(EXPLAIN_FILE);
        place.memmap = MEMMAP_NONE;
        explain_cause_words(&place, CAUSE_DAX_OFF, &line, text, sizeof(text));
        assert_non_null(strstr(text, "raw"));
}

static void expect_fix(const struct explain_place *place, const struct explain_about *about,
                       enum explain_cause cause, const char *part)
{
        char text[EXPLAIN_TEXT_MAX];

        explain_fix(place, about, cause, text, sizeof(text));
        if (!strstr(text, part))
                fail_msg("'%s' is not in '%s'", part, text);
}

static void fixes_fit_the_place(void **state)
{
        struct explain_place place = place_of(EXPLAIN_FILE);
        struct explain_about about = ext4;

        expect_fix(&place, &about, CAUSE_EXTENT, "mkfs.ext4 -E stride=512,stripe_width=512;");
        expect_fix(&place, &about, CAUSE_END_OF_FILE, "fallocate -l 6291456 ");
        /* 0x100200000 is on a boundary; 2064 sectors are 1 MiB and 8 KiB. */
        expect_fix(&place, &about, CAUSE_PARTITION, "start=4096)");
        place.base.value += MIB;
        expect_fix(&place, &about, CAUSE_PARTITION, "start=6144)");
        expect_fix(&place, &about, CAUSE_NAMESPACE,
                   "ndctl create-namespace -f -e namespace0.0 --mode=fsdax --map=dev --align=2m ");
        expect_fix(&place, &about, CAUSE_DAX_OFF, "mount with -o dax=always");
        place.base.known = false;
        expect_fix(&place, &about, CAUSE_UNPLACED, "root");
        about.stacked = true;
        expect_fix(&place, &about, CAUSE_UNPLACED, "put together");
        snprintf(about.fs, sizeof(about.fs), "xfs");
        expect_fix(&place, &about, CAUSE_SHORT_EXTENT, "mkfs.xfs -d su=2m,sw=1;");
        snprintf(about.fs, sizeof(about.fs), "btrfs");
        expect_fix(&place, &about, CAUSE_DAX_OFF, "use ext4 or XFS");
        about.can_dax = false;
        expect_fix(&place, &about, CAUSE_DAX_OFF, "pmem0p1 is no persistent memory");
        place.memmap = MEMMAP_NONE;
        expect_fix(&place, &about, CAUSE_DAX_OFF, "--mode=fsdax");
        place = place_of(EXPLAIN_DEVDAX);
        expect_fix(&place, &about, CAUSE_NAMESPACE, "--mode=devdax");
        place.pmd_bytes = 32 * MIB; /* pages of 16 KiB, as on some arm64 machines */
        place.page_bytes = 16 * KIB;
        expect_fix(&place, &ext4, CAUSE_EXTENT,
                   "mkfs.ext4 -b 16384 -g 63488 -E stride=2048,stripe_width=2048;");
        snprintf(about.fs, sizeof(about.fs), "xfs");
        expect_fix(&place, &about, CAUSE_EXTENT, "mkfs.xfs -b size=16384 -d su=32m,sw=1;");
}

/* Draws runs of (sign's cause, chunks) and compares. */
static char *drawn(const struct explain_run *runs, size_t count, uint64_t offset)
{
        struct explain_map map;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        explain_map_begin(&map, offset, 2 * MIB, out);
        for (size_t i = 0; i < count; i++)
                explain_map_add(&map, &runs[i]);
        explain_map_end(&map);
        fclose(out);
        return text;
}

static void a_map_draws_each_chunk(void **state)
{
        const struct explain_run runs[] = {
                { .chunks = 2 },
                { .chunks = 1, .cause = CAUSE_EXTENT, .outcome = OUTCOME_PTE },
                { .chunks = 1, .cause = CAUSE_HOLE, .outcome = OUTCOME_ZERO_PMD },
                { .chunks = 1, .cause = CAUSE_HOLE, .outcome = OUTCOME_PTE },
        };
        char *text = drawn(runs, sizeof(runs) / sizeof(runs[0]), 6 * MIB);

        assert_string_equal(text, "     6 MiB  ##e0.\n");
        free(text);
}

static void rows_that_repeat_are_left_out(void **state)
{
        const struct explain_run runs[] = {
                { .chunks = 1, .cause = CAUSE_OFFSET, .outcome = OUTCOME_PTE },
                { .chunks = 63 + 64 * UINT64_C(1000000) },
                { .chunks = 1, .cause = CAUSE_END_OF_FILE, .outcome = OUTCOME_PTE },
        };
        char *text = drawn(runs, sizeof(runs) / sizeof(runs[0]), 0);
        char expected[400], first[65], full[65];

        memset(first, '#', 64);
        first[64] = '\0';
        memcpy(full, first, sizeof(full));
        first[0] = 'o';
        snprintf(expected, sizeof(expected), "%10s  %s\n%10s  %s\n%10s  *\n%10s  $\n", "0", first,
                 "128 MiB", full, "", "122.1 TiB");
        assert_string_equal(text, expected);
        free(text);
}

static void rows_of_many_runs_repeat_too(void **state)
{
        struct explain_run runs[4 * EXPLAIN_MAP_COLUMNS + 1];
        size_t count = sizeof(runs) / sizeof(runs[0]), lines = 0;
        char *text;

        for (size_t i = 0; i < count; i++)
                runs[i] = (struct explain_run) { .chunks = 1,
                                                 .cause = i % 2 ? CAUSE_EXTENT : CAUSE_NONE };
        text = drawn(runs, count, 0);
        for (const char *at = text; *at; at++)
                lines += *at == '\n';
        assert_int_equal(lines, 3);
        assert_non_null(strstr(text, "            *\n   512 MiB  #\n"));
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_are_unique_and_every_cause_has_a_fix),
                cmocka_unit_test(distances_are_told),
                cmocka_unit_test(fixes_fit_the_place),
                cmocka_unit_test(a_map_draws_each_chunk),
                cmocka_unit_test(rows_that_repeat_are_left_out),
                cmocka_unit_test(rows_of_many_runs_repeat_too),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
