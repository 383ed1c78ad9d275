/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"

#include "report/summary_groups.h"
#include "report/summary_read.h"
#include "report/summary_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char *verdict_name(enum verdict verdict)
{
        static const char *const names[] = {
                [VERDICT_PMD_FASTER] = "pmd_faster", [VERDICT_PTE_FASTER] = "pte_faster",
                [VERDICT_UNRESOLVED] = "unresolved", [VERDICT_NO_PMD] = "no_pmd",
                [VERDICT_UNPAIRED] = "unpaired",
                [VERDICT_INVALID] = "invalid",       [VERDICT_SKIPPED] = "skipped",
                [VERDICT_MIXED] = "mixed",
        };

        return names[verdict];
}

static struct status fill(const char *dir, struct groups *groups, struct summary *summary)
{
        struct machine_facts facts = { 0 };

        TRY(summary_read_machine(dir, &facts));
        snprintf(summary->evidence, sizeof(summary->evidence), "%s", facts.evidence);
        summary->instructions = facts.instructions;
        summary->precision = facts.precision;
        TRY(summary_read_samples(dir, groups, summary));
        TRY(summary_add_rows(summary, groups));
        TRY(summary_add_levels(summary, groups, &facts));
        return summary_add_calibrations(summary, groups, &facts);
}

struct status summary_make(const char *dir, struct summary **ret_summary)
{
        struct summary *summary = calloc(1, sizeof(*summary));
        struct groups groups = { 0 };
        struct status status;

        if (!summary)
                return status_errno(ENOMEM, NULL, "cannot make the summary");
        status = fill(dir, &groups, summary);
        groups_free(&groups);
        if (status_failed(&status)) {
                summary_free(summary);
                return status;
        }
        *ret_summary = summary;
        return status_ok();
}

static void free_texts(char **texts, size_t count)
{
        for (size_t i = 0; texts && i < count; i++)
                free(texts[i]);
        free(texts);
}

static void free_arm(struct summary_arm *arm)
{
        free(arm->counters);
        ratio_side_free(&arm->log_time);
}

void summary_free(struct summary *summary)
{
        if (!summary)
                return;
        for (size_t i = 0; i < summary->row_count; i++) {
                free_texts(summary->rows[i].options, summary->option_count);
                free_arm(&summary->rows[i].pte);
                free_arm(&summary->rows[i].pmd);
        }
        free_texts(summary->option_names, summary->option_count);
        free_texts(summary->counter_names, summary->counter_count);
        free(summary->rows);
        free(summary->levels);
        free(summary->calibrations);
        free(summary);
}
