/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences from made rows: facts flip, the sentence flips or is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "report/policy.h"

#define ROWS_MAX 16

struct made_policy {
        struct made made;
        struct policy_row rows[ROWS_MAX];
        struct policy_kernel kernels[3];
        struct policy_namespace namespaces[4];
        struct policy_input input;
        struct policy policy;
};

static int setup(void **state)
{
        static struct made_policy made;

        made = (struct made_policy) {
                .kernels = { { "Linux 6.1", "m" }, { "Linux 6.12", "m" }, { "Linux 7.2", "m" } }
        };
        made_begin(&made.made);
        made.input = (struct policy_input) {
                .rows = made.rows,
                .kernels = made.kernels,
                .kernel_count = 3,
                .namespaces = made.namespaces,
        };
        *state = &made;
        return 0;
}

static int teardown(void **state)
{
        policy_free(&((struct made_policy *)*state)->policy);
        return 0;
}

/* A row of the lab: a DAX file of ext4 with the memmap in RAM. */
static struct policy_row *add_row(struct made_policy *made, size_t kernel, const char *op,
                                  double pte, double gain)
{
        struct summary_row *row =
                made_row(&made->made, "populate", op, "ns/MiB", 64 * MIB, pte, gain, 1.01);
        struct policy_row *at = &made->rows[made->input.row_count++];

        snprintf(row->source, sizeof(row->source), "file");
        snprintf(row->fs, sizeof(row->fs), "ext4");
        snprintf(row->dax, sizeof(row->dax), "yes");
        row->pmd.lever[0] = '\0';
        *at = (struct policy_row) {
                .summary = &made->made.summary,
                .row = row,
                .kernel = kernel,
                .run = kernel,
                .cell = "ram-ext4",
                .memmap = "ram",
                .variant = "",
                .evidence = "emulated",
                .instructions = true,
        };
        return at;
}

/* The row may be changed: the test owns it. */
static struct summary_row *own(const struct policy_row *at)
{
        return (struct summary_row *)at->row;
}

static void make(struct made_policy *made)
{
        policy_free(&made->policy);
        assert_int_equal(policy_make(&made->input, &made->policy).code, STATUS_OK);
}

static const struct policy_sentence *find(const struct made_policy *made, const char *part)
{
        for (size_t i = 0; i < made->policy.count; i++)
                if (strstr(made->policy.sentences[i].text, part))
                        return &made->policy.sentences[i];
        return NULL;
}

static const struct policy_sentence *need(const struct made_policy *made, const char *part)
{
        const struct policy_sentence *sentence = find(made, part);

        for (size_t i = 0; !sentence && i < made->policy.count; i++)
                print_message("has: %s\n", made->policy.sentences[i].text);
        if (!sentence)
                fail_msg("no sentence has: %s", part);
        return sentence;
}

#define CALL "A call that makes a mapping present takes "
#define NOHUGE "by PTE on the same aligned bytes (nohuge)"

static void a_gain_flips_with_its_row(void **state)
{
        struct made_policy *made = *state;
        struct policy_row *at = add_row(made, 0, "madvise_write", 1000, 12.5);
        const struct policy_sentence *said;

        make(made);
        said = need(made, CALL "more instructions " NOHUGE
                               " than by PMD: 12.5 times [12.4, 12.6] as many on Linux 6.1.");
        assert_int_equal(said->decision, POLICY_ALIGN);
        assert_int_equal(said->outcome, POLICY_GAIN);
        assert_string_equal(said->sure, "1 comparison of 10 pairs, ext4, memmap ram; emulated CPU: instructions of "
                                        "the kernel's path, not time");
        assert_int_equal(said->row_count, 1);

        own(at)->gain = 0.5;
        own(at)->gain_lo = 0.49;
        own(at)->gain_hi = 0.51;
        make(made);
        said = need(made, CALL "more instructions by PMD than " NOHUGE
                               ": 2.00 times [1.96, 2.04] as many on Linux 6.1.");
        assert_int_equal(said->outcome, POLICY_COST);

        own(at)->gain = 1.001;
        own(at)->gain_lo = 0.999;
        own(at)->gain_hi = 1.002;
        make(made);
        said = need(made, "takes the same instructions " NOHUGE " as by PMD, to within 2 %, on "
                          "Linux 6.1.");
        assert_int_equal(said->outcome, POLICY_SAME);

        own(at)->gain_lo = 0.8;
        own(at)->gain_hi = 1.3;
        make(made);
        said = need(made, "is not resolved on Linux 6.1.");
        assert_int_equal(said->outcome, POLICY_OPEN);
        assert_null(find(made, "takes"));

        own(at)->gain = own(at)->gain_lo = own(at)->gain_hi = NAN;
        make(made);
        assert_int_equal(made->policy.count, 0);
}

static void too_few_blocks_are_told_only_where_nothing_else_is(void **state)
{
        struct made_policy *made = *state;
        struct policy_row *few = add_row(made, 0, "madvise_write", 1000, 12.5);

        own(few)->gain_lo = own(few)->gain_hi = NAN;
        own(few)->pairs = 2;
        make(made);
        need(made, "is not resolved on Linux 6.1.");
        add_row(made, 0, "madvise_write", 1000, 13);
        make(made);
        need(made, "13.0 times [12.9, 13.1] as many on Linux 6.1.");
        assert_null(find(made, "is not resolved"));
}

static void kernels_stand_in_one_sentence_and_are_compared(void **state)
{
        struct made_policy *made = *state;

        add_row(made, 0, "madvise_read", 1000000, 10);
        add_row(made, 1, "madvise_read", 1000000, 11);
        add_row(made, 2, "madvise_read", 1000000, 440);
        make(made);
        need(made, "than by PMD: 10.0 times [9.90, 10.1] as many on Linux 6.1, 11.0 times [10.9, "
                   "11.1] on Linux 6.12, 440 times [436, 444] on Linux 7.2.");
        need(made, "by PMD, takes more instructions on the older kernel than on the newer: 1.10");
        need(made, "40.0 times [39.4, 40.6] on Linux 6.12 as on Linux 7.2.");
        need(made,
             "by PTE, takes the same instructions, to within 5 %, on Linux 6.1 and Linux 6.12, "
             "on Linux 6.12 and Linux 7.2.");
        made->kernels[2].machine = "another";
        make(made);
        assert_null(find(made, "40.0 times"));
}

static void what_times_cannot_say_is_not_said(void **state)
{
        struct made_policy *made = *state;
        struct policy_row *at = add_row(made, 0, "touch_read", 1000, 5);

        at->instructions = false; /* wall time under emulation */
        make(made);
        assert_int_equal(made->policy.count, 0);
        at->evidence = "virtual";
        make(made);
        need(made, "takes longer by PTE");
        need(made, "as long on Linux 6.1");
        at->instructions = true;
        snprintf(own(at)->workload, sizeof(own(at)->workload), "chase");
        make(made);
        assert_int_equal(made->policy.count, 0);
        snprintf(own(at)->workload, sizeof(own(at)->workload), "unheard_of");
        make(made);
        need(made, "unheard_of takes more instructions");
}

static void file_systems_that_lie_apart_are_told_apart(void **state)
{
        struct made_policy *made = *state;

        add_row(made, 0, "touch_read", 1000, 10);
        snprintf(own(add_row(made, 0, "touch_read", 1000, 15))->fs, 32, "xfs");
        make(made);
        need(made, "10.0 to 15.0 times [9.90, 15.2] as many on Linux 6.1.");
        snprintf(own(add_row(made, 0, "touch_read", 1000, 100))->fs, 32, "xfs");
        make(made);
        need(made, "10.0 to 100 times [9.90, 101] as many on Linux 6.1 (ext4 10.0, xfs 15.0 to "
                   "100).");
}

static void memmap_in_pmem_is_compared_with_ram(void **state)
{
        struct made_policy *made = *state;
        struct policy_row *ram = add_row(made, 0, "touch_read", 1000, 10);
        struct policy_row *pmem = add_row(made, 0, "touch_read", 1000, 10);

        pmem->run = ram->run + 1;
        pmem->memmap = pmem->cell = "pmem";
        snprintf(own(pmem)->memmap, 16, "pmem");
        make(made);
        assert_int_equal(need(made, "takes the same instructions with the memmap in pmem as with "
                                    "it in RAM, to within 5 %, on Linux 6.1.")
                                 ->decision,
                         POLICY_MEMMAP);
        for (size_t i = 0; i < own(pmem)->pmd.log_time.count; i++)
                own(pmem)->pmd.log_time.values[i] += log(2);
        make(made);
        assert_int_equal(need(made, "more instructions with the memmap in pmem than with it in "
                                    "RAM: 2.00 times [1.97, 2.03] as many on Linux 6.1.")
                                 ->outcome,
                         POLICY_COST);
        assert_non_null(strstr(need(made, "2.00 times")->sure, "10 blocks a side, not paired"));
        pmem->variant = "off by 2 pages";
        make(made);
        assert_null(find(made, "with the memmap in pmem"));
}

static void calls_are_compared_in_one_run(void **state)
{
        struct made_policy *made = *state;

        add_row(made, 0, "touch_write", 8000, 2);
        add_row(made, 0, "madvise_write", 1000, 2);
        make(made);
        need(made, "touch_write takes more instructions than madvise_write by PMD: 8.00 times");
        made->rows[1].run++;
        make(made);
        assert_null(find(made, "touch_write takes"));
}

static void without_a_memmap_the_grain_is_told(void **state)
{
        struct made_policy *made = *state;
        struct policy_row *at = add_row(made, 0, "touch_read", 1000, NAN);

        at->memmap = "none";
        snprintf(own(at)->dax, 8, "no");
        snprintf(own(at)->pmd.proven, 8, "pte");
        make(made);
        need(made, "it is page cache, mapped by PTE on Linux 6.1 (ext4) where no PTEs");
        snprintf(own(at)->pmd.proven, 8, "pmd");
        make(made);
        need(made, "mapped by PMD on Linux 6.1 (ext4)");
        snprintf(own(at)->dax, 8, "yes");
        make(made);
        assert_null(find(made, "page cache"));
}

static void what_a_memmap_takes_is_projected(void **state)
{
        struct made_policy *made = *state;
        struct policy_namespace *namespace = &made->namespaces[0];

        *namespace = (struct policy_namespace) { .kernel = 1,
                                                 .mode = "fsdax",
                                                 .memmap = "ram",
                                                 .align_bytes = count_of(2 * MIB),
                                                 .raw_bytes = count_of(640 * MIB),
                                                 .memmap_bytes = count_of(10 * MIB) };
        made->input.namespace_count = 1;
        make(made);
        need(made, "A memmap in RAM (fsdax, aligned to 2 MiB) takes, of RAM, 1.56 % of the "
                   "namespace's size on Linux 6.12: by this share 16 GiB for 1 TiB, 96 GiB for 6 "
                   "TiB.");
        assert_int_equal(made->policy.sentences[0].namespace_count, 1);
        namespace->memmap_bytes.known = false;
        make(made);
        assert_int_equal(made->policy.count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_gain_flips_with_its_row, setup, teardown),
                cmocka_unit_test_setup_teardown(too_few_blocks_are_told_only_where_nothing_else_is,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(kernels_stand_in_one_sentence_and_are_compared,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(what_times_cannot_say_is_not_said, setup, teardown),
                cmocka_unit_test_setup_teardown(file_systems_that_lie_apart_are_told_apart, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(memmap_in_pmem_is_compared_with_ram, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(calls_are_compared_in_one_run, setup, teardown),
                cmocka_unit_test_setup_teardown(without_a_memmap_the_grain_is_told, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(what_a_memmap_takes_is_projected, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
