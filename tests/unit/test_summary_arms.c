/* SPDX-License-Identifier: Apache-2.0 */
/* How arms stand in the summary: by what tells them apart, and `auto` by what was proven. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/view.h"
#include "summary_dir.h"

#include <math.h>

#define BLOCKS 6

static char text[32768];

static void begin(void)
{
        strcpy(text, "block,trial,sample,workload,op,unit,bytes,threads,source,target,fs,memmap,"
                     "dax,map,file_state,lever,asked,arm_target,shift_bytes,proven,pmd_fraction,"
                     "zero_fraction,proof,ops,time_ns,minflt,page_table_bytes,status,reason\n");
}

/* One sample in each block; `arm` is lever,asked,arm_target,shift_bytes,proven,pmd_fraction. */
static void add(const char *modes, const char *arm, double time)
{
        for (int block = 0; block < BLOCKS; block++)
                snprintf(text + strlen(text), sizeof(text) - strlen(text),
                         "%d,0,0,random,read,ns/op,4096,1,file,/mnt/a,xfs,ram,yes,%s,%s,0.5,p,"
                         "1000,%.0f,9,0,ok,\n",
                         block, modes, arm, 1000 * time + block);
}

static struct summary *made(void)
{
        write_text("samples.csv", text, strlen(text));
        return make();
}

static const struct summary_row *row_of(const struct summary *summary, const char *pte,
                                        const char *pmd)
{
        for (size_t i = 0; i < summary->row_count; i++)
                if (strcmp(summary->rows[i].pte.name, pte) == 0 &&
                    strcmp(summary->rows[i].pmd.name, pmd) == 0)
                        return &summary->rows[i];
        fail_msg("no row of '%s' and '%s'", pte, pmd);
        return NULL;
}

static void each_place_and_shift_is_an_arm_of_its_own(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        add("shared,written", "extent,pte,,4096,pte,0", 20);
        add("shared,written", "extent,pte,,1048576,pte,0", 30);
        add("shared,written", "partition,pte,file:/mnt/b,,pte,0", 40);
        summary = made();
        assert_int_equal(summary->row_count, 3);
        assert_true(fabs(row_of(summary, "extent 4k", "aligned")->gain - 2) < 0.01);
        assert_true(fabs(row_of(summary, "extent 1m", "aligned")->gain - 3) < 0.01);
        assert_true(fabs(row_of(summary, "partition@file:/mnt/b", "aligned")->gain - 4) < 0.01);
        assert_string_equal(row_of(summary, "extent 4k", "aligned")->pte.lever, "extent");
        assert_string_equal(row_of(summary, "extent 1m", "aligned")->pte.shift, "1048576");
        assert_true(row_of(summary, "extent 1m", "aligned")->pte.zero_fraction == 0.5);
        summary_free(summary);
}

static void modes_and_states_are_not_compared(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        add("private,written", "nohuge,pte,,,pte,0", 20);
        add("shared,sparse", "nohuge,pte,,,pte,0", 20);
        summary = made();
        assert_int_equal(summary->row_count, 3);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(summary->rows[i].verdict, VERDICT_UNPAIRED);
        assert_string_equal(summary->rows[1].map, "private");
        assert_string_equal(summary->rows[2].state, "sparse");
        summary_free(summary);
}

static void auto_stands_where_it_was_proven(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,auto,,,pte,0", 20);
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        summary = made();
        assert_int_equal(summary->row_count, 1);
        assert_true(fabs(row_of(summary, "auto", "aligned")->gain - 2) < 0.01);
        assert_string_equal(summary->rows[0].pte.lever, "aligned");
        assert_string_equal(summary->rows[0].pte.asked, "auto");
        summary_free(summary);
        begin();
        add("shared,written", "aligned,auto,,,pmd,1", 10);
        add("shared,written", "nohuge,pte,,,pte,0", 20);
        summary = made();
        assert_int_equal(summary->row_count, 1);
        assert_true(fabs(row_of(summary, "nohuge", "auto")->gain - 2) < 0.01);
        summary_free(summary);
}

/* By PMD where `pmd` was asked for too: beside it, not in its place. */
static void auto_takes_no_arms_place(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,auto,,,pmd,1", 15);
        add("shared,written", "nohuge,pte,,,pte,0", 20);
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        summary = made();
        assert_int_equal(summary->row_count, 2);
        assert_true(fabs(row_of(summary, "nohuge", "aligned")->gain - 2) < 0.01);
        assert_int_equal(row_of(summary, "", "auto")->verdict, VERDICT_UNPAIRED);
        assert_int_equal(row_of(summary, "", "auto")->pairs, 0);
        summary_free(summary);
}

static void two_autos_pair_only_when_proven_different(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,auto,,,pmd,1", 10);
        add("shared,written", "aligned,auto,file:/mnt/b,,pmd,1", 20);
        summary = made();
        for (size_t i = 0; i < summary->row_count; i++)
                assert_int_equal(summary->rows[i].pairs, 0);
        summary_free(summary);
        begin();
        add("shared,written", "aligned,auto,,,pmd,1", 10);
        add("shared,written", "aligned,auto,file:/mnt/b,,pte,0", 20);
        summary = made();
        assert_int_equal(summary->row_count, 1);
        assert_int_equal(row_of(summary, "auto@file:/mnt/b", "auto")->pairs, BLOCKS);
        summary_free(summary);
}

static void mixed_is_shown_and_enters_no_gain(void **state)
{
        struct summary *summary;

        begin();
        add("shared,written", "aligned,auto,,,mixed,0.5", 15);
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        summary = made();
        assert_int_equal(summary->row_count, 2);
        assert_int_equal(row_of(summary, "auto", "")->verdict, VERDICT_MIXED);
        assert_true(isnan(row_of(summary, "auto", "")->gain));
        assert_true(fabs(row_of(summary, "auto", "")->pte.value - 15) < 0.01);
        summary_free(summary);
}

/* All that differs is named, and that bytes are not the same is said in any case. */
static void labels_name_what_differs(void **state)
{
        struct summary *summary;
        char label[LABEL_MAX];
        struct view view;

        begin();
        add("shared,written", "aligned,pmd,,,pmd,1", 10);
        add("shared,written", "extent,pte,,4096,pte,0", 20);
        add("sync,sparse", "aligned,pmd,,,pmd,1", 10);
        add("sync,sparse", "nohuge,pte,,,pte,0", 20);
        summary = made();
        assert_int_equal(view_make(summary, &view).code, STATUS_OK);
        view_label(&view, row_of(summary, "extent 4k", "aligned"), LABEL_ALL, " ", label,
                   sizeof(label));
        assert_string_equal(label, "random read 4 KiB other bytes map=shared written");
        view_label(&view, row_of(summary, "nohuge", "aligned"), LABEL_ALL, " ", label,
                   sizeof(label));
        assert_string_equal(label, "random read 4 KiB pte:nohuge map=sync sparse");
        view_free(&view);
        summary_free(summary);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
                TEST(each_place_and_shift_is_an_arm_of_its_own),
                TEST(modes_and_states_are_not_compared),
                TEST(auto_stands_where_it_was_proven),
                TEST(auto_takes_no_arms_place),
                TEST(two_autos_pair_only_when_proven_different),
                TEST(mixed_is_shown_and_enters_no_gain),
                TEST(labels_name_what_differs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
