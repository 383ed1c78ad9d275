/* SPDX-License-Identifier: Apache-2.0 */
/* passes, shared, mixed and corner by the engine, on this machine's shmem: outcomes and counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/supervise.h"
#include "local_source.h"

#include <pmdgain/workload.h>

#define BYTES (64 * MIB)
#define CHUNKS (BYTES / (2 * MIB))

/* A sanitizer's shadow memory, and what it keeps of threads, would spoil counts of page tables. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

extern const struct workload workload_passes, workload_shared, workload_mixed, workload_corner;

static struct source source;

static const struct arm arms[] = { { GRAIN_PMD, LEVER_ALIGNED },
                                   { GRAIN_PTE, LEVER_NOHUGE },
                                   { GRAIN_PTE, LEVER_VA } };

static struct cell cell_of(const struct workload *workload, const char *op, struct arm arm)
{
        struct cell cell = { .source = source.class, .target = "", .arm = arm,
                             .workload = workload, .op = workload_op_find(workload, op),
                             .bytes = BYTES, .threads = 1 };

        assert_non_null(cell.op);
        for (size_t i = 0; workload->options && workload->options[i].name; i++)
                assert_int_equal(option_parse(&workload->options[i], workload->options[i].preset,
                                              &cell.options[i])
                                         .code,
                                 STATUS_OK);
        return cell;
}

static void choose(struct cell *cell, const char *option, const char *value)
{
        for (size_t i = 0; cell->workload->options[i].name; i++)
                if (strcmp(cell->workload->options[i].name, option) == 0) {
                        assert_int_equal(option_parse(&cell->workload->options[i], value,
                                                      &cell->options[i])
                                                 .code,
                                         STATUS_OK);
                        return;
                }
        fail_msg("no option %s", option);
}

static struct status keep(void *context, const struct sample *sample)
{
        *(struct sample *)context = *sample;
        return status_ok();
}

static void perform(void *context, const struct trial_sink *sink)
{
        trial_perform(context, sink);
}

/* One trial in a process of its own, as the engine does it. */
static struct sample trial_of(const struct cell *cell)
{
        struct plan_settings settings = { .samples = 1, .sample_ns = 100000, .seed = 1 };
        struct placement placement = { .node = -1 };
        struct counter_selection *selection = NULL;
        struct clock clock = clock_monotonic();
        struct trial_setup setup = { .cell = cell, .source = &source, .placement = &placement,
                                     .clock = &clock, .settings = &settings };
        struct sample sample = { .status = STATUS_SYSTEM };
        struct supervise_request request = { .perform = perform, .context = &setup,
                                             .limit_ns = UINT64_C(60000000000),
                                             .grace_ns = UINT64_C(10000000000),
                                             .interrupt_fd = -1, .take = keep,
                                             .take_context = &sample };
        enum supervise_end end;
        struct status cause = status_ok();

        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(counter_selection_make("", &selection).code, STATUS_OK);
        setup.selection = selection;
        assert_int_equal(supervise(&request, &end, &cause).code, STATUS_OK);
        counter_selection_free(selection);
        if (end != SUPERVISE_DONE)
                print_message("%s: %s\n", cell->op->name, cause.what);
        assert_int_equal(end, SUPERVISE_DONE);
        return sample;
}

/* A skip says why, and is right where this kernel ignores nohuge; else the trial is ok. */
static bool ran(const struct cell *cell, const struct sample *sample)
{
        char text[160];

        if (sample->status != STATUS_OK)
                print_message("%s: %s\n", cell_describe(cell, text, sizeof(text)), sample->reason);
        if (sample->status == STATUS_SKIP && cell->arm.lever == LEVER_NOHUGE &&
            source.traits & SOURCE_NOHUGE_IGNORED)
                return false;
        assert_int_equal(sample->status, STATUS_OK);
        return true;
}

/* Page tables of one mapping by PTE; by PMD there are at most those of other levels. */
static uint64_t tables(const struct sample *sample)
{
        assert_true(sample->proof.page_table_bytes.known);
        return sample->proof.page_table_bytes.value / source.page_bytes;
}

static void each_step_of_each_combination_gives_the_grain(void **state)
{
        static const char *const locks[] = { "none", "mlock", "mlockall", "late" };
        static const char *const populates[] = { "no", "yes" };

        for (size_t i = 0; i < 3 * 4 * 2 * 2 * 2; i++) {
                const char *lock = locks[i / 3 % 4];
                bool read_only = i / 24 % 2, private = i / 48;

                for (const struct workload_op *op = workload_passes.ops; op->name; op++) {
                        struct cell cell = cell_of(&workload_passes, op->name, arms[i % 3]);
                        struct sample sample;
                        bool by_pmd; /* copies of a private mapping never are */

                        cell.map = private ? MAP_MODE_PRIVATE : MAP_MODE_SHARED;
                        choose(&cell, "lock", lock);
                        choose(&cell, "populate", populates[i / 12 % 2]);
                        choose(&cell, "prot", read_only ? "ro" : "rw");
                        choose(&cell, "access", read_only ? "read" : "both");
                        if (workload_passes.accept(&cell).code != STATUS_OK ||
                            (i + (size_t)(op - workload_passes.ops)) % 3) /* each trial does all */
                                continue;
                        sample = trial_of(&cell);
                        if (!ran(&cell, &sample))
                                continue;
                        by_pmd = cell.arm.grain == GRAIN_PMD && (read_only || !private);
                        assert_int_equal(sample.proof.proven, by_pmd ? GRAIN_PMD : GRAIN_PTE);
                        assert_int_equal(sample.ops.value, BYTES);
                        assert_true(sample.time_ns.value > 0);
                        if (!by_pmd)
                                assert_in_range(tables(&sample), CHUNKS, CHUNKS + 16);
                        else if (!SANITIZED)
                                assert_in_range(tables(&sample), 0, 16);
                }
        }
}

/* What is populated takes no fault in the first pass, and nothing does in the second. */
static void faults_are_where_they_belong(void **state)
{
        static const struct {
                const char *op, *populate;
                bool faults;
        } rows[] = {
                { "map", "no", false },   { "map", "yes", true },   { "first", "no", true },
                { "first", "yes", false }, { "later", "no", false }, { "later", "yes", false },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct cell cell = cell_of(&workload_passes, rows[i].op, arms[2]);
                struct sample sample;

                choose(&cell, "populate", rows[i].populate);
                choose(&cell, "prot", "ro");
                choose(&cell, "access", "read");
                sample = trial_of(&cell);
                assert_true(ran(&cell, &sample));
                if (rows[i].faults) /* 64 KiB a fault, or more */
                        assert_in_range(sample.run_minflt.value, CHUNKS, BYTES / 4096 + 64);
                else
                        assert_in_range(sample.run_minflt.value, 0, 16);
        }
}

static void page_tables_by_pte_grow_with_the_processes(void **state)
{
        static const struct {
                const char *processes;
                uint64_t count;
        } rows[] = { { "1", 1 }, { "4", 4 }, { "8", 8 } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (size_t op = 0; workload_shared.ops[op].name; op++) {
                        struct cell by_pmd = cell_of(&workload_shared, workload_shared.ops[op].name,
                                                     arms[0]);
                        struct cell by_pte = by_pmd;
                        struct sample pmd, pte;

                        choose(&by_pmd, "processes", rows[i].processes);
                        by_pte = by_pmd;
                        by_pte.arm = arms[2];
                        pmd = trial_of(&by_pmd);
                        pte = trial_of(&by_pte);
                        assert_true(ran(&by_pmd, &pmd) && ran(&by_pte, &pte));
                        assert_in_range(tables(&pte), rows[i].count * CHUNKS,
                                        rows[i].count * (CHUNKS + 16));
                        if (!SANITIZED)
                                assert_in_range(tables(&pmd), 0, rows[i].count * 8);
                }
        }
}

static void the_part_asked_for_is_mapped_by_pmd(void **state)
{
        static const struct {
                const char *aligned;
                unsigned chunks;
        } rows[] = { { "0", 0 }, { "3", 1 }, { "25", 8 }, { "50", 16 }, { "97", 31 }, { "100", 32 } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (size_t op = 0; workload_mixed.ops[op].name; op++) {
                        struct cell cell = cell_of(&workload_mixed, workload_mixed.ops[op].name,
                                                   arms[0]);
                        struct sample sample;

                        choose(&cell, "aligned", rows[i].aligned);
                        sample = trial_of(&cell);
                        if (sample.status == STATUS_SKIP && source.traits & SOURCE_NOHUGE_IGNORED)
                                continue;
                        assert_true(ran(&cell, &sample));
                        assert_true(sample.proof.pmd_fraction * CHUNKS == rows[i].chunks);
                        assert_int_equal(sample.proof.proven, rows[i].chunks == 0    ? GRAIN_PTE
                                                              : rows[i].chunks == 32 ? GRAIN_PMD
                                                                                     : GRAIN_MIXED);
                        if (!SANITIZED)
                                assert_in_range(tables(&sample), CHUNKS - rows[i].chunks,
                                                CHUNKS - rows[i].chunks + 16);
                }
        }
}

static void a_memory_file_has_no_extents_to_shift(void **state)
{
        struct cell cell = cell_of(&workload_mixed, "read", arms[0]);
        struct sample sample;

        choose(&cell, "by", "extent");
        sample = trial_of(&cell);
        assert_int_equal(sample.status, STATUS_SKIP);
        assert_non_null(strstr(sample.reason, "no file to make another one beside"));
}

static void corner_cases_end_as_they_should(void **state)
{
        static const struct {
                const char *op;
                enum status_code code;
                enum grain by_pmd; /* what the arm pmd comes to */
        } rows[] = {
                { "populate_off", STATUS_OK, GRAIN_PTE },
                { "upgrade", STATUS_OK, GRAIN_PMD },
                { "devdax_private", STATUS_SKIP, GRAIN_UNKNOWN },
                { "devdax_shifted", STATUS_SKIP, GRAIN_UNKNOWN },
                { "devdax_nohuge", STATUS_SKIP, GRAIN_UNKNOWN },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (size_t a = 0; a < 3; a++) {
                        struct cell cell = cell_of(&workload_corner, rows[i].op, arms[a]);
                        struct sample sample = trial_of(&cell);

                        if (rows[i].code == STATUS_SKIP) {
                                assert_int_equal(sample.status, STATUS_SKIP);
                                assert_non_null(strstr(sample.reason, "devdax"));
                        } else if (ran(&cell, &sample)) {
                                assert_int_equal(sample.proof.proven,
                                                 a ? GRAIN_PTE : rows[i].by_pmd);
                        }
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_step_of_each_combination_gives_the_grain),
                cmocka_unit_test(faults_are_where_they_belong),
                cmocka_unit_test(page_tables_by_pte_grow_with_the_processes),
                cmocka_unit_test(the_part_asked_for_is_mapped_by_pmd),
                cmocka_unit_test(a_memory_file_has_no_extents_to_shift),
                cmocka_unit_test(corner_cases_end_as_they_should),
        };
        struct status status = local_open(&source_class_shmem, BYTES, &source);
        int failed;

        if (status_failed(&status)) {
                print_message("%s; %s\n", status.what, status.todo);
                return 77;
        }
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        source_close(&source);
        return failed;
}
