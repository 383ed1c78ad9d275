/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_write.h"

#include "csv/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIGITS 6

static void name_fields(struct csv_row *row, const char *const *names, size_t count)
{
        for (size_t i = 0; i < count; i++)
                csv_row_name(row, "", names[i]);
}

static void counter_names(const struct summary *summary, struct csv_row *row)
{
        char text[160];

        for (size_t i = 0; i < summary->counter_count; i++) {
                snprintf(text, sizeof(text), "ctr_%s_pte", summary->counter_names[i]);
                csv_row_name(row, "", text);
                snprintf(text, sizeof(text), "ctr_%s_pmd", summary->counter_names[i]);
                csv_row_name(row, "", text);
        }
        if (summary->counter_count) {
                csv_row_name(row, "", "pte_multiplexed");
                csv_row_name(row, "", "pmd_multiplexed");
        }
}

void summary_write_names(const struct summary *summary, struct csv_row *row)
{
        static const char *const first[] = {
                "workload", "op",      "bytes",     "threads",   "source",    "fs",
                "memmap",   "dax",     "pte_lever", "pte_value", "pmd_value", "unit",
                "gain",     "gain_lo", "gain_hi",   "pairs",     "verdict",   "evidence",
        };
        static const char *const then[] = {
                "target",       "pte_value_lo",         "pte_value_hi",         "pmd_value_lo",
                "pmd_value_hi", "pte_trials",           "pmd_trials",           "pte_invalid",
                "pmd_invalid",  "pte_skipped",          "pmd_skipped",          "pte_proof",
                "pmd_proof",    "pte_pmd_fraction",     "pmd_pmd_fraction",     "pte_minflt",
                "pmd_minflt",   "pte_page_table_bytes", "pmd_page_table_bytes", "map",
                "file_state",   "pte_asked",            "pmd_asked",            "pte_arm_target",
                "pmd_arm_target", "pte_shift_bytes",    "pte_zero_fraction",
                "pmd_zero_fraction", "pte_proven", "pmd_proven", "outliers",
        };

        name_fields(row, first, sizeof(first) / sizeof(first[0]));
        for (size_t i = 0; i < summary->option_count; i++)
                csv_row_name(row, "opt_", summary->option_names[i]);
        name_fields(row, then, sizeof(then) / sizeof(then[0]));
        counter_names(summary, row);
        csv_row_name(row, "", "pte_reason");
        csv_row_name(row, "", "pmd_reason");
}

static void first_fields(const char *evidence, const struct summary_row *from, struct csv_row *row)
{
        csv_row_text(row, from->workload);
        csv_row_text(row, from->op);
        csv_row_number(row, from->bytes);
        csv_row_number(row, from->threads);
        csv_row_text(row, from->source);
        csv_row_text(row, from->fs);
        csv_row_text(row, from->memmap);
        csv_row_text(row, from->dax);
        csv_row_text(row, from->pte.lever);
        csv_row_real(row, from->pte.value, DIGITS);
        csv_row_real(row, from->pmd.value, DIGITS);
        csv_row_text(row, from->unit);
        csv_row_real(row, from->gain, DIGITS);
        csv_row_real(row, from->gain_lo, DIGITS);
        csv_row_real(row, from->gain_hi, DIGITS);
        csv_row_number(row, from->pairs);
        csv_row_text(row, verdict_name(from->verdict));
        csv_row_text(row, evidence);
}

static void arm_fields(const struct summary_row *from, struct csv_row *row)
{
        csv_row_real(row, from->pte.value_lo, DIGITS);
        csv_row_real(row, from->pte.value_hi, DIGITS);
        csv_row_real(row, from->pmd.value_lo, DIGITS);
        csv_row_real(row, from->pmd.value_hi, DIGITS);
        csv_row_number(row, from->pte.trials);
        csv_row_number(row, from->pmd.trials);
        csv_row_number(row, from->pte.invalid);
        csv_row_number(row, from->pmd.invalid);
        csv_row_number(row, from->pte.skipped);
        csv_row_number(row, from->pmd.skipped);
        csv_row_text(row, from->pte.proof);
        csv_row_text(row, from->pmd.proof);
        csv_row_real(row, from->pte.pmd_fraction, DIGITS);
        csv_row_real(row, from->pmd.pmd_fraction, DIGITS);
        csv_row_real(row, from->pte.minflt, DIGITS);
        csv_row_real(row, from->pmd.minflt, DIGITS);
        csv_row_real(row, from->pte.page_table_bytes, DIGITS);
        csv_row_real(row, from->pmd.page_table_bytes, DIGITS);
}

/* What came later: after the columns of earlier versions. */
static void later_fields(const struct summary_row *from, struct csv_row *row)
{
        struct count outliers = { .known = !isnan(from->gain_lo), .value = from->outliers };

        csv_row_text(row, from->map);
        csv_row_text(row, from->state);
        csv_row_text(row, from->pte.asked);
        csv_row_text(row, from->pmd.asked);
        csv_row_text(row, from->pte.target);
        csv_row_text(row, from->pmd.target);
        csv_row_text(row, from->pte.shift);
        csv_row_real(row, from->pte.zero_fraction, DIGITS);
        csv_row_real(row, from->pmd.zero_fraction, DIGITS);
        csv_row_text(row, from->pte.proven);
        csv_row_text(row, from->pmd.proven);
        csv_row_count(row, outliers);
}

static const char *multiplexed(const struct summary_arm *arm)
{
        if (!arm->trials)
                return "";
        return arm->multiplexed ? "yes" : "no";
}

void summary_write_row(const struct summary *summary, const char *evidence,
                       const struct summary_row *from, struct csv_row *row)
{
        first_fields(evidence, from, row);
        for (size_t i = 0; i < summary->option_count; i++)
                csv_row_text(row, from->options[i]);
        csv_row_text(row, from->target);
        arm_fields(from, row);
        later_fields(from, row);
        for (size_t i = 0; i < summary->counter_count; i++) {
                csv_row_real(row, from->pte.counters[i], DIGITS);
                csv_row_real(row, from->pmd.counters[i], DIGITS);
        }
        if (summary->counter_count) {
                csv_row_text(row, multiplexed(&from->pte));
                csv_row_text(row, multiplexed(&from->pmd));
        }
        csv_row_text(row, from->pte.reason);
        csv_row_text(row, from->pmd.reason);
}

static struct status write_rows(const struct summary *summary, struct csv_file *file,
                                struct csv_row *row)
{
        summary_write_names(summary, row);
        TRY(csv_file_write(file, row));
        for (size_t i = 0; i < summary->row_count; i++) {
                summary_write_row(summary, summary->evidence, &summary->rows[i], row);
                TRY(csv_file_write(file, row));
        }
        return status_ok();
}

static struct status write_levels(const struct summary *summary, struct csv_file *file,
                                  struct csv_row *row)
{
        static const char *const names[] = {
                "source",     "target",        "threads",    "pte_lever", "level",
                "entries",    "entries_lo",    "entries_hi", "miss_ns",   "miss_lo_ns",
                "miss_hi_ns", "cpuid_entries", "blocks",     "evidence",
                "pte_arm",
        };

        name_fields(row, names, sizeof(names) / sizeof(names[0]));
        TRY(csv_file_write(file, row));
        for (size_t i = 0; i < summary->level_count; i++) {
                const struct summary_level *level = &summary->levels[i];

                csv_row_text(row, level->source);
                csv_row_text(row, level->target);
                csv_row_number(row, level->threads);
                csv_row_text(row, level->pte_lever);
                csv_row_number(row, level->level);
                csv_row_real(row, level->entries, DIGITS);
                csv_row_real(row, level->entries_lo, DIGITS);
                csv_row_real(row, level->entries_hi, DIGITS);
                csv_row_real(row, level->miss_ns, DIGITS);
                csv_row_real(row, level->miss_lo, DIGITS);
                csv_row_real(row, level->miss_hi, DIGITS);
                csv_row_real(row, level->cpuid_entries, DIGITS);
                csv_row_number(row, level->blocks);
                csv_row_text(row, summary->evidence);
                csv_row_text(row, level->pte_name);
                TRY(csv_file_write(file, row));
        }
        return status_ok();
}

static struct status write_calibrations(const struct summary *summary, struct csv_file *file,
                                        struct csv_row *row)
{
        static const char *const names[] = {
                "source",      "target",   "arm",     "bytes",   "threads", "order",
                "stop",        "truth",    "pairs",   "seconds", "comparisons",
                "excluded",    "rate",     "rate_lo", "rate_hi", "nominal", "held",
                "width",       "evidence",
        };

        name_fields(row, names, sizeof(names) / sizeof(names[0]));
        TRY(csv_file_write(file, row));
        for (size_t i = 0; i < summary->calibration_count; i++) {
                const struct summary_calibration *from = &summary->calibrations[i];

                csv_row_text(row, from->source);
                csv_row_text(row, from->target);
                csv_row_text(row, from->arm);
                csv_row_number(row, from->bytes);
                csv_row_number(row, from->threads);
                csv_row_text(row, from->order);
                csv_row_text(row, from->stop);
                csv_row_real(row, from->truth, DIGITS);
                csv_row_real(row, from->pairs, DIGITS);
                csv_row_real(row, from->seconds, DIGITS);
                csv_row_number(row, from->comparisons);
                csv_row_number(row, from->excluded);
                csv_row_real(row, from->rate, DIGITS);
                csv_row_real(row, from->rate_lo, DIGITS);
                csv_row_real(row, from->rate_hi, DIGITS);
                csv_row_real(row, from->nominal, DIGITS);
                csv_row_number(row, from->held);
                csv_row_real(row, from->width, DIGITS);
                csv_row_text(row, summary->evidence);
                TRY(csv_file_write(file, row));
        }
        return status_ok();
}

typedef struct status (*write_all)(const struct summary *summary, struct csv_file *file,
                                   struct csv_row *row);

static struct status write_file(const struct summary *summary, const char *dir, const char *name,
                                write_all write_content)
{
        struct csv_file file;
        struct csv_row row = { 0 };
        struct status status;

        TRY(csv_file_begin(dir, name, &file));
        status = write_content(summary, &file, &row);
        csv_row_free(&row);
        if (status_failed(&status)) {
                csv_file_abandon(&file);
                return status;
        }
        return csv_file_commit(&file);
}

/* What an earlier report made must not outlive the samples it came from. */
static struct status remove_file(const char *dir, const char *name)
{
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        if (unlink(path) != 0 && errno != ENOENT)
                return status_errno(errno, csv_write_advice(errno), "cannot remove %s", path);
        return status_ok();
}

struct status summary_write(const struct summary *summary, const char *dir)
{
        TRY(write_file(summary, dir, "summary.csv", write_rows));
        if (summary->calibration_count)
                TRY(write_file(summary, dir, "calibration.csv", write_calibrations));
        else
                TRY(remove_file(dir, "calibration.csv"));
        if (summary->level_count)
                return write_file(summary, dir, "reach.csv", write_levels);
        return remove_file(dir, "reach.csv");
}
