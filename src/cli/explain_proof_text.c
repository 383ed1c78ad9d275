/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_text.h"

#include <inttypes.h>

static void print_open(const struct explain_proof *proof, FILE *out)
{
        uint64_t all = 0;

        for (enum explain_seen seen = 0; seen < SEEN_COUNT; seen++)
                all += proof->open[seen];
        if (!all)
                return;
        fprintf(out, "proof: not predicted %" PRIu64, all);
        for (enum explain_seen seen = 0; seen < SEEN_COUNT; seen++)
                if (proof->open[seen])
                        fprintf(out, ", %s %" PRIu64, explain_seen_name(seen), proof->open[seen]);
        fprintf(out, "%s\n",
                proof->by_smaps     ? ", by smaps"
                : proof->by_pagemap ? ", by pagemap"
                                    : "");
}

static const char *ways(const struct explain_proof *proof)
{
        if (proof->by_tables)
                return "faults and page tables";
        if (proof->by_pagemap)
                return proof->by_faults ? "pagemap and faults" : "pagemap";
        return "faults";
}

void explain_print_proof(const struct explain_proof *proof, FILE *out)
{
        uint64_t all = proof->agreed + proof->disagreed;

        fputc('\n', out);
        if (all)
                fprintf(out, "proof: %" PRIu64 " of %" PRIu64 " chunks as predicted, by %s\n",
                        proof->agreed, all, ways(proof));
        for (uint64_t i = 0; i < proof->mismatches; i++)
                fprintf(out, "  at offset %" PRIu64 ": predicted %s, seen %s\n",
                        proof->mismatch[i].offset,
                        explain_outcome_name(proof->mismatch[i].predicted),
                        explain_seen_name(proof->mismatch[i].seen));
        if (proof->disagreed > proof->mismatches)
                fprintf(out, "  and %" PRIu64 " more\n", proof->disagreed - proof->mismatches);
        print_open(proof, out);
        if (proof->untold)
                fprintf(out, "proof: this kernel does not tell of %" PRIu64 " chunks\n",
                        proof->untold);
        if (proof->left_alone)
                fprintf(out, "proof: %" PRIu64 " chunks without data were left alone\n",
                        proof->left_alone);
}

void explain_print_notes(const struct explain_target *target, const struct explain_totals *totals,
                         const struct explain_proof *proof, FILE *out)
{
        bool is_file = target->place.kind == EXPLAIN_FILE;

        if (explain_totals_of(totals, OUTCOME_CACHE) && is_file)
                fprintf(out,
                        "\nnote: without DAX, pages of the page cache are mapped. Kernels from "
                        "6.12 on were\nseen to map large folios of it by PMD: that is no "
                        "DAX.\n");
        if (is_file && !proof && explain_totals_of(totals, OUTCOME_PMD))
                fprintf(out, "\nnote: what anyone has faulted by page before stays by page until "
                             "the file system\nis unmounted, which only --prove can see.\n");
        if (proof && proof->kept_by_page)
                fprintf(out, "\nnote: what was faulted by page before, by anyone, stays by page: "
                             "unmount the file\nsystem and mount it again, or copy the file, and "
                             "prove again.\n");
        if (proof && target->atime)
                fprintf(out, "\nnote: mapping it may have set its time of last access, which only "
                             "its owner and\nroot may keep.\n");
}
