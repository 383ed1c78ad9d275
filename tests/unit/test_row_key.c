/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a row: the same for the same comparison in another run, another for any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "report/row_key.h"

#include <stdlib.h>

static void key_is(const struct summary *summary, const struct summary_row *row, unsigned parts,
                   const char *expected)
{
        char *key = NULL;

        assert_int_equal(row_key_make(summary, row, parts, &key).code, STATUS_OK);
        assert_string_equal(key, expected);
        free(key);
}

static struct summary_row *one_row(struct made *made)
{
        made_begin(made);
        return made_row(made, "chase", "read", "ns/op", GIB, 100, 1.5, 1.01);
}

static void each_part_adds_its_fields(void **state)
{
        struct made made;
        struct summary_row *row = one_row(&made);

        row->options[0] = (char *)"8";
        snprintf(row->target, sizeof(row->target), "/mnt/a");
        key_is(&made.summary, row, ROW_KEY_WORK, "workload=chase;op=read;chains=8");
        key_is(&made.summary, row, ROW_KEY_SIZE, "bytes=1073741824;threads=1");
        key_is(&made.summary, row, ROW_KEY_PLACE, "source=shmem;fs=tmpfs;memmap=ram");
        key_is(&made.summary, row, ROW_KEY_TARGET, "target=/mnt/a");
        key_is(&made.summary, row, ROW_KEY_LEVER, "lever=nohuge");
        snprintf(row->map, sizeof(row->map), "private");
        snprintf(row->state, sizeof(row->state), "sparse");
        snprintf(row->pte.shift, sizeof(row->pte.shift), "4096");
        snprintf(row->pte.target, sizeof(row->pte.target), "file:/b");
        snprintf(row->pte.asked, sizeof(row->pte.asked), "auto");
        key_is(&made.summary, row, ROW_KEY_PLACE,
               "source=shmem;fs=tmpfs;memmap=ram;map=private;file_state=sparse");
        key_is(&made.summary, row, ROW_KEY_TARGET, "target=/mnt/a;pte_target=file:/b");
        key_is(&made.summary, row, ROW_KEY_LEVER, "lever=nohuge;shift=4096;pte=auto");
        row->map[0] = row->state[0] = row->pte.shift[0] = row->pte.target[0] = '\0';
        snprintf(row->pte.asked, sizeof(row->pte.asked), "pte");
        key_is(&made.summary, row, ROW_KEY_ALL,
               "workload=chase;op=read;bytes=1073741824;threads=1;source=shmem;fs=tmpfs;"
               "memmap=ram;chains=8;target=/mnt/a;lever=nohuge");
}

static void what_another_run_has_besides_changes_no_key(void **state)
{
        static char *names[] = { (char *)"zeal", (char *)"chains", (char *)"align" };
        static char *values[] = { (char *)"", (char *)"8", (char *)"4k" };
        struct made made;
        struct summary_row *row = one_row(&made);

        made.summary.option_names = names;
        made.summary.option_count = 3;
        row->options = values;
        key_is(&made.summary, row, ROW_KEY_WORK, "workload=chase;op=read;align=4k;chains=8");
        values[2] = (char *)"";
        key_is(&made.summary, row, ROW_KEY_WORK, "workload=chase;op=read;chains=8");
}

/* Runs from before the columns map and file_state are found again. */
static void presets_are_as_if_missing(void **state)
{
        struct made made;
        struct summary_row *row = one_row(&made);

        snprintf(row->map, sizeof(row->map), "shared");
        snprintf(row->state, sizeof(row->state), "written");
        key_is(&made.summary, row, ROW_KEY_PLACE, "source=shmem;fs=tmpfs;memmap=ram");
        snprintf(row->map, sizeof(row->map), "sync");
        key_is(&made.summary, row, ROW_KEY_PLACE, "source=shmem;fs=tmpfs;memmap=ram;map=sync");
}

static void no_value_can_look_like_another_field(void **state)
{
        struct made made;
        struct summary_row *row = one_row(&made);

        snprintf(row->op, sizeof(row->op), "read;fs=x\\");
        key_is(&made.summary, row, ROW_KEY_WORK, "workload=chase;op=read\\;fs=x\\\\");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_part_adds_its_fields),
                cmocka_unit_test(what_another_run_has_besides_changes_no_key),
                cmocka_unit_test(presets_are_as_if_missing),
                cmocka_unit_test(no_value_can_look_like_another_field),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
