/* SPDX-License-Identifier: Apache-2.0 */
/* What each kernel made of each cell, what it refused, and where all of it is from. */
#include "collect/page.h"

#include "report/words.h"

#include <stdlib.h>
#include <string.h>

/* A run, or a cell without one, as a line of the matrix of grains. */
static const char *name_of(const struct collection *collection, size_t at)
{
        const struct collected_run *run;

        if (at < collection->cell_count)
                return collection->cells[at].name;
        run = &collection->runs[at - collection->cell_count];
        return run->cell == NONE ? run->path : "";
}

static size_t kernel_of(const struct collection *collection, size_t at)
{
        return at < collection->cell_count ? collection->cells[at].kernel
                                           : collection->runs[at - collection->cell_count].kernel;
}

static const char *grain_words(const char *proven)
{
        return strcmp(proven, "pmd") == 0 ? "PMD" : strcmp(proven, "pte") == 0 ? "PTE" : proven;
}

/* "pmd: PMD", once for each arm and what was proven. */
struct arm_words {
        char list[1024];
        bool other; /* than was asked for */
};

static void add_arm(struct arm_words *words, const struct summary_arm *arm, bool pmd)
{
        char name[64], item[128];
        size_t used = strlen(words->list);
        const char *found;

        if (!arm->proven[0])
                return;
        snprintf(item, sizeof(item), "%s → %s", words_arm(arm, pmd, name, sizeof(name)),
                 grain_words(arm->proven));
        words->other |= strcmp(arm->proven, pmd ? "pmd" : "pte") != 0;
        found = strstr(words->list, item);
        if (!found && used + strlen(item) + 4 < sizeof(words->list))
                snprintf(words->list + used, sizeof(words->list) - used, "%s%s", used ? ", " : "",
                         item);
}

static void grain_cell(const struct collect_sheet *sheet, size_t at)
{
        const struct collection *collection = sheet->collection;
        const struct collected_cell *cell =
                at < collection->cell_count ? &collection->cells[at] : NULL;
        size_t run_at = cell ? cell->run : at - collection->cell_count;
        const struct collected_run *run = run_at == NONE ? NULL : &collection->runs[run_at];
        struct arm_words words = { .list = "" };
        bool page_cache = false;

        for (size_t i = 0; run && run->summary && i < run->summary->row_count; i++) {
                const struct summary_row *row = &run->summary->rows[i];

                add_arm(&words, &row->pmd, true);
                add_arm(&words, &row->pte, false);
                page_cache |= strcmp(row->dax, "no") == 0;
        }
        html_open(sheet->html, "td", "wrap");
        html_element(sheet->html, "span", words.other ? "pte" : NULL,
                     words.list[0] ? words.list
                     : cell        ? cell->status
                                   : "cannot be read");
        if (page_cache)
                html_element(sheet->html, "span", "under", "page cache, no DAX");
        if (cell && cell->reason[0])
                html_element(sheet->html, "span", "under", cell->reason);
        html_close(sheet->html, "td");
}

void sheet_grains(const struct collect_sheet *sheet)
{
        const struct collection *collection = sheet->collection;
        size_t count = collection->cell_count + collection->run_count;

        html_section_begin(sheet->html, "grains", "What each kernel mapped",
                           "Asked → proven, for each arm. Where they differ the trials are invalid "
                           "and in no value.");
        html_table_open(sheet->html, NULL);
        html_table_heading(sheet->html, NULL, "Cell");
        for (size_t k = 0; k < collection->kernel_count; k++)
                html_table_heading(sheet->html, NULL, collection->kernels[k].name);
        html_table_body(sheet->html);
        for (size_t i = 0; i < count; i++) {
                const char *name = name_of(collection, i);
                size_t first = 0;

                while (strcmp(name_of(collection, first), name) != 0)
                        first++;
                if (!*name || first != i)
                        continue;
                html_row_begin(sheet->html, NULL);
                html_cell(sheet->html, NULL, name);
                for (size_t k = 0; k < collection->kernel_count; k++) {
                        size_t at = i;

                        while (at < count && (kernel_of(collection, at) != k ||
                                              strcmp(name_of(collection, at), name) != 0))
                                at++;
                        if (at < count)
                                grain_cell(sheet, at);
                        else
                                html_cell(sheet->html, NULL, "");
                }
                html_row_end(sheet->html);
        }
        html_table_end(sheet->html);
        html_section_end(sheet->html);
}

static bool is_left_out(const struct summary_arm *arm)
{
        return arm->invalid || arm->skipped;
}

static const struct summary_arm *arm_at(const struct summary *summary, size_t at)
{
        return at % 2 ? &summary->rows[at / 2].pmd : &summary->rows[at / 2].pte;
}

/* The same arm with the same reason, once for each run. */
static void left_out_rows(const struct collect_sheet *sheet, const struct collected_run *run)
{
        const struct summary *summary = run->summary;
        size_t arms = summary ? 2 * summary->row_count : 0;

        for (size_t i = 0; i < arms; i++) {
                const struct summary_arm *arm = arm_at(summary, i);
                unsigned invalid = 0, skipped = 0;
                char text[64];
                bool first = true;

                for (size_t k = 0; k < arms && is_left_out(arm); k++) {
                        const struct summary_arm *other = arm_at(summary, k);

                        if (!is_left_out(other) || k % 2 != i % 2 ||
                            strcmp(other->name, arm->name) != 0 ||
                            strcmp(other->reason, arm->reason) != 0)
                                continue;
                        first &= k >= i;
                        invalid += other->invalid;
                        skipped += other->skipped;
                }
                if (!is_left_out(arm) || !first)
                        continue;
                html_row_begin(sheet->html, NULL);
                html_cell(sheet->html, NULL, sheet->collection->kernels[run->kernel].name);
                html_cell(sheet->html, NULL, run->path);
                html_cell(sheet->html, NULL, words_arm(arm, i % 2, text, sizeof(text)));
                html_cellf(sheet->html, "n", "%u", invalid);
                html_cellf(sheet->html, "n", "%u", skipped);
                html_cell(sheet->html, "wrap", arm->reason);
                html_row_end(sheet->html);
        }
}

static void setup_row(const struct collect_sheet *sheet, const struct collected_cell *cell)
{
        if (!cell->reason[0] && strcmp(cell->status, "ok") == 0)
                return;
        html_row_begin(sheet->html, NULL);
        html_cell(sheet->html, NULL, sheet->collection->kernels[cell->kernel].name);
        html_cell(sheet->html, NULL, cell->name);
        html_cellf(sheet->html, NULL, "set up: %s", cell->status);
        html_cell(sheet->html, "n", "");
        html_cell(sheet->html, "n", "");
        html_cell(sheet->html, "wrap", cell->reason);
        html_row_end(sheet->html);
}

void sheet_refusals(const struct collect_sheet *sheet)
{
        static const char *const columns[] = { "Kernel",   "Cell or run", "What", "#Invalid",
                                               "#Skipped", "Reason",      NULL };
        const struct collection *collection = sheet->collection;

        html_section_begin(sheet->html, "refusals", "Refused and left out",
                           "What the kernels refused or mapped otherwise. Counts are trials, the "
                           "PMD arm once for each PTE arm that it is compared with.");
        html_table_begin(sheet->html, NULL, columns);
        for (size_t i = 0; i < collection->cell_count; i++)
                setup_row(sheet, &collection->cells[i]);
        for (size_t i = 0; i < collection->run_count; i++)
                left_out_rows(sheet, &collection->runs[i]);
        html_table_end(sheet->html);
        html_section_end(sheet->html);
}

/* A path as a link: every byte that is not plain is escaped (RFC 3986). */
static void href_write(struct html *html, const char *path)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "-._~/";

        html_raw(html, "<a href=\"./");
        for (; *path; path++)
                fprintf(html->out, strchr(plain, *path) ? "%c" : "%%%02X", (unsigned char)*path);
        html_raw(html, "/report.html\">");
}

static void run_row(const struct collect_sheet *sheet, const struct collected_run *run)
{
        struct html *html = sheet->html;

        html_row_begin(html, NULL);
        html_open(html, "td", NULL);
        if (status_failed(&run->status)) {
                html_text(html, run->path);
                html_close(html, "td");
                html_cellf(html, "wrap", "cannot be read: %s", run->status.what);
                html_row_end(html);
                return;
        }
        href_write(html, run->path);
        html_text(html, run->path);
        html_raw(html, "</a>");
        html_close(html, "td");
        html_cell(html, NULL, sheet->collection->kernels[run->kernel].name);
        html_cellf(html, NULL, "%s%s", run->summary->evidence,
                   run->summary->instructions ? ", instructions" : "");
        html_cell(html, NULL, fact_text(run->machine, "/cpu/model_name"));
        html_cell(html, NULL, fact_text(run->machine, "/run/plan"));
        html_cell(html, "n", fact_text(run->machine, "/run/blocks"));
        html_cellf(html, "n", "%zu", run->summary->samples_ok);
        html_cellf(html, "n", "%zu", run->summary->samples_invalid);
        html_cellf(html, "n", "%zu", run->summary->samples_skipped);
        html_row_end(html);
}

void sheet_runs(const struct collect_sheet *sheet)
{
        static const char *const columns[] = { "Run",      "Kernel",  "Evidence", "CPU",
                                               "Plan",     "#Blocks", "#Samples", "#Invalid",
                                               "#Skipped", NULL };

        html_section_begin(sheet->html, "runs", "Runs",
                           "Each has its own report. collection.csv beside this page has the rows "
                           "of all.");
        html_table_begin(sheet->html, NULL, columns);
        for (size_t i = 0; i < sheet->collection->run_count; i++)
                run_row(sheet, &sheet->collection->runs[i]);
        html_table_end(sheet->html);
        html_section_end(sheet->html);
}
