/* SPDX-License-Identifier: Apache-2.0 */
/* The top of the page: what gains how much, how surely, proven how, and what evidence it is. */
#include "report/page.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

const char *page_verdict_class(enum verdict verdict)
{
        return verdict == VERDICT_PMD_FASTER   ? "pmd"
               : verdict == VERDICT_PTE_FASTER ? "pte"
                                               : "open";
}

static bool is_emulated(const struct page *page)
{
        return strcmp(page->view->summary->evidence, "emulated") == 0;
}

/* How many rows have each verdict, and the largest gain of those resolved. */
struct tally {
        size_t verdicts[VERDICT_MIXED + 1];
        const struct summary_row *most, *least;
};

static struct tally tally_make(const struct view *view)
{
        struct tally tally = { 0 };

        for (size_t i = 0; i < view->count; i++) {
                const struct summary_row *row = view->rows[i];

                tally.verdicts[row->verdict]++;
                if (row->verdict == VERDICT_PMD_FASTER &&
                    (!tally.most || row->gain > tally.most->gain))
                        tally.most = row;
                if (row->verdict == VERDICT_PTE_FASTER &&
                    (!tally.least || row->gain < tally.least->gain))
                        tally.least = row;
        }
        return tally;
}

static void card(struct html *html, const char *class, const char *big, const char *small)
{
        html_raw(html, "<div class=\"card\">");
        html_element(html, "b", class, big);
        html_element(html, "span", NULL, small);
        html_raw(html, "</div>\n");
}

static void card_extreme(const struct page *page, const struct summary_row *row, const char *class)
{
        char big[WORDS_MAX], label[LABEL_MAX], small[LABEL_MAX + WORDS_MAX + 8];

        if (!row)
                return;
        words_verdict(row, big, sizeof(big));
        view_label(page->view, row, LABEL_ALL, " · ", label, sizeof(label));
        snprintf(small, sizeof(small), "at most: %s", label);
        card(page->html, class, big, small);
}

/* The ways in which mappings were proven, each once. */
static void proofs_list(const struct view *view, char *text, size_t text_size)
{
        const char *seen[8];
        size_t count = 0, used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < 2 * view->count; i++) {
                const struct summary_row *row = view->rows[i / 2];
                const char *proof = i % 2 ? row->pmd.proof : row->pte.proof;
                size_t at = 0;

                while (at < count && strcmp(seen[at], proof) != 0)
                        at++;
                if (!proof[0] || at < count || count == sizeof(seen) / sizeof(seen[0]) ||
                    used + strlen(proof) + 3 > text_size)
                        continue;
                seen[count++] = proof;
                used += (size_t)snprintf(text + used, text_size - used, "%s%s", used ? ", " : "",
                                         proof);
        }
}

static void card_proof(const struct page *page)
{
        const struct summary *summary = page->view->summary;
        char big[WORDS_MAX], count[WORDS_MAX], proofs[WORDS_MAX], small[2 * WORDS_MAX];

        proofs_list(page->view, proofs, sizeof(proofs));
        if (!proofs[0])
                return;
        snprintf(big, sizeof(big), "%s samples",
                 words_count((double)summary->samples_ok, count, sizeof(count)));
        snprintf(small, sizeof(small), "on mappings proven by %s", proofs);
        card(page->html, NULL, big, small);
}

/* "30 of 42": comparisons in which PMD is faster; and what the others are. */
static void card_tally(const struct page *page, const struct tally *tally)
{
        size_t pmd = tally->verdicts[VERDICT_PMD_FASTER];
        size_t pte = tally->verdicts[VERDICT_PTE_FASTER];
        size_t open = tally->verdicts[VERDICT_UNRESOLVED];
        char big[WORDS_MAX], small[WORDS_MAX];
        int used;

        if (!(pmd + pte + open))
                return;
        snprintf(big, sizeof(big), "%zu of %zu", pmd, pmd + pte + open);
        used = snprintf(small, sizeof(small), "comparisons: PMD is faster");
        if (pte)
                used += snprintf(small + used, sizeof(small) - (size_t)used,
                                 "; in %zu PTE is faster", pte);
        if (open)
                snprintf(small + used, sizeof(small) - (size_t)used, "; %zu not resolved", open);
        card(page->html, NULL, big, small);
}

static void cards(const struct page *page)
{
        struct tally tally = tally_make(page->view);
        char evidence[WORDS_MAX];

        html_raw(page->html, "<div class=\"cards\">\n");
        card_tally(page, &tally);
        card_extreme(page, tally.most, "pmd");
        card_extreme(page, tally.least, "pte");
        card_proof(page);
        facts_evidence(page->machine, page->view->summary->evidence, evidence, sizeof(evidence));
        card(page->html, NULL, evidence,
             page->view->summary->instructions ? "ns are instructions of the guest"
             : is_emulated(page)               ? "times are no evidence about hardware"
                                               : "the kind of evidence");
        html_raw(page->html, "</div>\n");
}

static void warnings(const struct page *page)
{
        size_t count = fact_length(page->machine, "/run/warnings");
        bool any = count || page->warning[0] || !page->machine || is_emulated(page);

        if (!any)
                return;
        html_raw(page->html, "<div class=\"warning\">\n");
        if (page->view->summary->instructions)
                html_element(page->html, "p", NULL,
                             "Emulated CPU whose clock counts instructions, 1 ns each: what a path "
                             "of the kernel costs in instructions, and nothing of hardware's time, "
                             "caches or TLBs.");
        else if (is_emulated(page))
                html_element(page->html, "p", NULL,
                             "Emulated CPU: times are no evidence about hardware. Proofs, fault "
                             "counts and page-table bytes are the kernel's and stand.");
        if (!page->machine)
                html_element(page->html, "p", NULL,
                             "machine.json is missing: what was measured where is not known.");
        for (size_t i = 0; i < count; i++) {
                struct json_object *each = fact_element(page->machine, "/run/warnings", i);

                /* Older runs have texts in place of objects. */
                html_element(page->html, "p", NULL,
                             json_object_is_type(each, json_type_string)
                                     ? json_object_get_string(each)
                                     : fact_text(each, "/text"));
        }
        if (page->warning[0])
                html_element(page->html, "p", NULL, page->warning);
        html_raw(page->html, "</div>\n");
}

void page_header(const struct page *page)
{
        static const char *const parts[] = { "/cpu/model_name", "/kernel/release", "/run/plan",
                                             "/run/started" };
        static const char *const before[] = { "", "Linux ", "plan ", "" };
        bool any = false;

        html_element(page->html, "h1", NULL, "PMD against PTE: what the mapping gains");
        html_raw(page->html, "<p class=\"where\">");
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
                const char *text = fact_text(page->machine, parts[i]);

                if (!text[0])
                        continue;
                html_textf(page->html, "%s%s%s", any ? " · " : "", before[i], text);
                any = true;
        }
        html_raw(page->html, "</p>\n");
        warnings(page);
        cards(page);
}

/* The axis of the small pictures: all intervals of the table, and 1. */
static void axis_fit(const struct view *view, struct html_interval *interval)
{
        interval->axis_lo = 0.95;
        interval->axis_hi = 1.05;
        for (size_t i = 0; i < view->count; i++) {
                const struct summary_row *row = view->rows[i];

                if (!(row->gain > 0) || !view_is_headline(view, row))
                        continue;
                interval->axis_lo = fmin(interval->axis_lo, fmin(row->gain, row->gain_lo));
                interval->axis_hi = fmax(interval->axis_hi, fmax(row->gain, row->gain_hi));
        }
        interval->axis_lo = fmax(interval->axis_lo, 0.01);
}

/* "131 → 103 ns/op", a dash for an arm without a value. */
static char *values_text(const struct summary *summary, const struct summary_row *row, char *text,
                         size_t text_size)
{
        char pte[64], pmd[64];

        words_value(row->pte.value, pte, sizeof(pte));
        words_value(row->pmd.value, pmd, sizeof(pmd));
        text[0] = '\0';
        if (pte[0] || pmd[0])
                snprintf(text, text_size, "%s → %s %s", pte[0] ? pte : "–", pmd[0] ? pmd : "–",
                         words_unit(summary, row));
        return text;
}

static void headline_row(const struct page *page, const struct summary_row *row,
                         struct html_interval *interval)
{
        const char *class = page_verdict_class(row->verdict);
        struct html *html = page->html;
        char text[LABEL_MAX];

        html_row_begin(html, NULL);
        html_cell(html, NULL,
                  view_label(page->view, row, LABEL_WORKLOAD | LABEL_OP | LABEL_SOURCE, " · ", text,
                             sizeof(text)));
        html_cell(html, "n gain", words_gain(row, text, sizeof(text)));
        html_cell(html, "n", words_interval(row, text, sizeof(text)));
        html_open(html, "td", class);
        if (row->gain > 0) {
                interval->value = row->gain;
                interval->lo = row->gain_lo;
                interval->hi = row->gain_hi;
                interval->class = class;
                html_interval(html, interval);
        }
        html_close(html, "td");
        html_open(html, "td", "wrap");
        html_element(html, "span", class, words_verdict(row, text, sizeof(text)));
        html_close(html, "td");
        html_cell(html, "n", values_text(page->view->summary, row, text, sizeof(text)));
        html_cell(html, NULL,
                  view_label(page->view, row,
                             LABEL_BYTES | LABEL_OPTIONS | LABEL_THREADS | LABEL_LEVER, " · ", text,
                             sizeof(text)));
        html_cell(html, "small", words_proof(row, text, sizeof(text)));
        html_row_end(html);
}

/* What holds for every row: "Source: file:/mnt/pmem on ext4, memmap ram, DAX yes. PTE arm:
 * pte:nohuge." */
static void source_note(const struct page *page)
{
        const struct view *view = page->view;
        const struct summary_row *row = view->count ? view->rows[0] : NULL;

        if (!row || view->sources || view->targets)
                return;
        html_open(page->html, "p", "note");
        html_textf(page->html, "Source: %s%s%s", row->source, row->target[0] ? ":" : "",
                   row->target);
        if (row->fs[0])
                html_textf(page->html, " on %s", row->fs);
        if (row->memmap[0] && !view->memmaps)
                html_textf(page->html, ", memmap %s", row->memmap);
        if (row->dax[0] && !view->dax)
                html_textf(page->html, ", DAX %s", row->dax);
        if (view->lever[0])
                html_textf(page->html, ". PTE arm: pte:%s%s", view->lever,
                           view->levers ? " unless named" : "");
        html_text(page->html, ".");
        html_close(page->html, "p");
}

void page_headline(const struct page *page)
{
        static const char *const columns[] = {
                "Workload",   "#Gain", "#95 % interval", "",   "Verdict",
                "#PTE → PMD", "At",    "Proof",          NULL,
        };
        struct html_interval interval;
        size_t listed = 0;

        axis_fit(page->view, &interval);
        for (size_t i = 0; i < page->view->count; i++)
                listed += view_is_headline(page->view, page->view->rows[i]);
        if (page->view->count && !listed) {
                html_section_begin(page->html, "headline", "No gains",
                                   "This run compares an arm with itself: see the calibration.");
                html_section_end(page->html);
                return;
        }
        html_section_begin(page->html, "headline", "Each workload at its largest size",
                           "Gain is PTE time ÷ PMD time for the same operation on the same kind of "
                           "bytes: above 1, PMD is faster.");
        source_note(page);
        html_table_begin(page->html, "headline", columns);
        for (size_t i = 0; i < page->view->count; i++)
                if (view_is_headline(page->view, page->view->rows[i]))
                        headline_row(page, page->view->rows[i], &interval);
        html_table_end(page->html);
        html_section_end(page->html);
}
