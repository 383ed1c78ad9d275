/* SPDX-License-Identifier: Apache-2.0 */
/* A summary made by hand, for the tests of the report. Its numbers are invented. */
#ifndef PMDGAIN_TESTS_MADE_SUMMARY_H
#define PMDGAIN_TESTS_MADE_SUMMARY_H

#include "report/summary.h"

#include <assert.h>
#include <math.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>

#define MADE_ROWS 160
#define MADE_BLOCKS 10

struct made {
        struct summary summary;
        struct summary_row rows[MADE_ROWS];
        struct summary_level levels[4];
        char *option_names[1], *counter_names[1];
        char *options[MADE_ROWS][1];
        double counters[MADE_ROWS][2][1];
        double log_times[MADE_ROWS][2][MADE_BLOCKS];
};

static inline void made_begin(struct made *made)
{
        memset(made, 0, sizeof(*made));
        made->option_names[0] = (char *)"chains";
        made->counter_names[0] = (char *)"cycles";
        made->summary = (struct summary) {
                .option_names = made->option_names,
                .option_count = 1,
                .counter_names = made->counter_names,
                .counter_count = 1,
                .rows = made->rows,
                .levels = made->levels,
                .evidence = "virtual",
        };
}

/* Times that are known to within 1 %: their trimmed mean is `value`. */
static inline void made_arm(struct summary_arm *arm, const char *lever, double value,
                            double table_bytes, double *counters, double *log_times)
{
        *arm = (struct summary_arm) {
                .value = value,
                .value_lo = value * 0.97,
                .value_hi = value * 1.04,
                .log_time = { log_times, MADE_BLOCKS, 1 },
                .trials = 10,
                .proof = "pagemap+vmpte",
                .pmd_fraction = table_bytes > 8192 ? 0 : 1,
                .minflt = table_bytes / 8,
                .page_table_bytes = table_bytes,
                .counters = counters,
        };
        counters[0] = NAN;
        for (int i = 0; i < MADE_BLOCKS; i++)
                log_times[i] = log(value) + 0.0043 * (i - (MADE_BLOCKS - 1) / 2.0);
        snprintf(arm->lever, sizeof(arm->lever), "%s", lever);
        snprintf(arm->name, sizeof(arm->name), "%s", lever);
}

/* A row whose interval is gain / width to gain * width; the verdict follows. `pte` is the PTE
 * value; NaN for a row without values. Change what else is wanted in the row returned. */
static inline struct summary_row *made_row(struct made *made, const char *workload, const char *op,
                                           const char *unit, uint64_t bytes, double pte,
                                           double gain, double width)
{
        size_t at = made->summary.row_count++;
        struct summary_row *row = &made->rows[at];
        double table_bytes = (double)bytes / 512;

        assert(at < MADE_ROWS);
        snprintf(row->workload, sizeof(row->workload), "%s", workload);
        snprintf(row->op, sizeof(row->op), "%s", op);
        snprintf(row->unit, sizeof(row->unit), "%s", unit);
        snprintf(row->source, sizeof(row->source), "shmem");
        snprintf(row->fs, sizeof(row->fs), "tmpfs");
        snprintf(row->memmap, sizeof(row->memmap), "ram");
        row->bytes = bytes;
        row->threads = 1;
        made->options[at][0] = (char *)"";
        row->options = made->options[at];
        made_arm(&row->pte, "nohuge", pte, table_bytes, made->counters[at][0],
                 made->log_times[at][0]);
        made_arm(&row->pmd, "aligned", strcmp(unit, "GB/s") == 0 ? pte * gain : pte / gain, 4096,
                 made->counters[at][1], made->log_times[at][1]);
        row->gain = gain;
        row->gain_lo = gain / width;
        row->gain_hi = gain * width;
        row->pairs = 10;
        row->verdict = row->gain_lo > 1   ? VERDICT_PMD_FASTER
                       : row->gain_hi < 1 ? VERDICT_PTE_FASTER
                                          : VERDICT_UNRESOLVED;
        made->summary.samples_read += 20;
        made->summary.samples_ok += 20;
        return row;
}

/* Neither arm has a trial that counts. */
static inline struct summary_row *made_left_out(struct made *made, const char *workload,
                                                const char *op, enum verdict verdict,
                                                const char *reason)
{
        struct summary_row *row = made_row(made, workload, op, "GB/s", GIB, NAN, NAN, NAN);

        row->verdict = verdict;
        row->pairs = 0;
        row->pte.trials = row->pmd.trials = 0;
        row->pte.page_table_bytes = row->pmd.page_table_bytes = NAN;
        row->pte.minflt = row->pmd.minflt = NAN;
        row->pte.proof[0] = row->pmd.proof[0] = '\0';
        row->pte.skipped = row->pmd.skipped = verdict == VERDICT_SKIPPED ? 10 : 0;
        row->pte.invalid = row->pmd.invalid = verdict == VERDICT_SKIPPED ? 0 : 10;
        snprintf(row->pte.reason, sizeof(row->pte.reason), "%s", reason);
        snprintf(row->pmd.reason, sizeof(row->pmd.reason), "%s", reason);
        made->summary.samples_ok -= 20;
        if (verdict == VERDICT_SKIPPED)
                made->summary.samples_skipped += 20;
        else
                made->summary.samples_invalid += 20;
        return row;
}

/* Something of each kind, as a quick run has it. */
static inline void made_run(struct made *made)
{
        static const struct {
                uint64_t bytes;
                double pte, gain;
        } chase[] = {
                { 32 * KIB, 1.21, 1.0 }, { 256 * KIB, 3.4, 1.001 }, { 2 * MIB, 8.2, 1.08 },
                { 16 * MIB, 24, 1.21 },  { 128 * MIB, 96, 1.26 },   { GIB, 131, 1.27 },
        };
        static const char *const calls[] = { "map_populate", "madv_populate_read",
                                             "madv_populate_write", "touch_write", "munmap" };

        made_begin(made);
        for (size_t i = 0; i < sizeof(chase) / sizeof(chase[0]); i++)
                made_row(made, "chase", "load", "ns/op", chase[i].bytes, chase[i].pte,
                         chase[i].gain, 1.012)
                        ->options[0] = (char *)"1";
        made_row(made, "chase", "load", "ns/op", GIB, 21, 1.52, 1.02)->options[0] = (char *)"8";
        for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
                made_row(made, "populate", calls[i], "ns/MiB", 256 * MIB, 212000 / (double)(i + 1),
                         20.4 / (double)(i + 1), 1.03);
        for (uint32_t threads = 1; threads <= 2; threads++) {
                made_row(made, "stream", "read", "GB/s", GIB, 12.1 * threads, 1.06, 1.01)->threads =
                        threads;
                made_row(made, "stream", "ntwrite", "GB/s", GIB, 9.1 * threads, 0.97, 1.01)
                        ->threads = threads;
        }
        made_left_out(made, "stream", "write_clwb", VERDICT_SKIPPED, "this CPU has no clwb");
        made_left_out(made, "random", "load", VERDICT_INVALID,
                      "asked for pte, proven pmd: 512 of 512 huge");
        for (uint64_t bytes = 64 * KIB; bytes <= GIB; bytes *= 2)
                made_row(made, "reach", "read", "ns/op", bytes, 2 + (double)(bytes / MIB),
                         bytes > 12 * MIB ? 1.4 : 1.001, 1.01);
        made->summary.level_count = 1;
        made->levels[0] = (struct summary_level) {
                .source = "shmem",
                .pte_lever = "nohuge",
                .pte_name = "nohuge",
                .level = 1,
                .entries = 3011,
                .entries_lo = 2890,
                .entries_hi = 3120,
                .miss_ns = 21.4,
                .miss_lo = 20.8,
                .miss_hi = 22.1,
                .cpuid_entries = 3072,
                .threads = 1,
                .blocks = 10,
        };
}

#endif
