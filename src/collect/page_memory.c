/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: what a memmap takes of RAM or pmem, and what page tables take in each process. */
#include "collect/page.h"

#include "report/page.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

static const double projected[] = { (double)TIB, 6 * (double)TIB };

static void bytes_cell(struct html *html, double bytes)
{
        char text[WORDS_MAX];

        html_cell(html, "n", words_bytes(bytes, text, sizeof(text)));
}

static double number(struct count count)
{
        return count.known ? (double)count.value : NAN;
}

static void namespace_row(const struct collect_sheet *sheet, size_t at)
{
        const struct policy_namespace *from = &sheet->collection->namespaces[at];
        double share = number(from->memmap_bytes) / number(from->raw_bytes);
        struct html *html = sheet->html;
        char text[WORDS_MAX];

        html_row_begin_id(html, 'n', at);
        html_cell(html, NULL, sheet->collection->kernels[from->kernel].name);
        html_cell(html, NULL, from->mode);
        html_cell(html, NULL, from->memmap);
        bytes_cell(html, number(from->align_bytes));
        bytes_cell(html, number(from->raw_bytes));
        bytes_cell(html, number(from->usable_bytes));
        bytes_cell(html, number(from->memmap_bytes));
        for (size_t i = 0; i < 2; i++)
                bytes_cell(html, share * projected[i]);
        html_cell(html, "n", words_value(number(from->up_ns) / 1e6, text, sizeof(text)));
        html_cell(html, "n",
                  words_count(number(from->memavailable_before_bytes) / MIB, text, sizeof(text)));
        html_cell(html, "n",
                  words_count(number(from->memavailable_after_bytes) / MIB, text, sizeof(text)));
        html_row_end(html);
}

void sheet_memmap(const struct collect_sheet *sheet)
{
        static const char *const columns[] = {
                "Kernel",
                "Mode",
                "Memmap in",
                "#Aligned to",
                "#Raw",
                "#Usable",
                "#Memmap takes",
                "#For 1 TiB",
                "#For 6 TiB",
                "#Up, ms",
                "#MemAvailable, MiB: before",
                "#after",
                NULL,
        };

        if (!sheet->collection->namespace_count)
                return;
        html_element(sheet->html, "h3", NULL, "The memmap");
        html_element(sheet->html, "p", "lead",
                     "Bytes that it takes of RAM or of the pmem, and the time to enable the "
                     "namespace (by the guest's clock: instructions in millions where it counts "
                     "these). 1 TiB and 6 TiB are projected from the measured bytes for each byte "
                     "of the namespace.");
        html_table_begin(sheet->html, NULL, columns);
        for (size_t i = 0; i < sheet->collection->namespace_count; i++)
                namespace_row(sheet, i);
        html_table_end(sheet->html);
}

/* Below, page tables grow in steps too coarse to project. */
#define MAPPED_MIN (64 * MIB)

static const struct summary_row *tables_of(const struct collection *collection, size_t row)
{
        const struct summary_row *from;

        if (row == NONE)
                return NULL;
        from = collection->rows[row].row;
        return from->bytes >= MAPPED_MIN && (isfinite(from->pte.page_table_bytes) ||
                                             isfinite(from->pmd.page_table_bytes))
                       ? from
                       : NULL;
}

static bool has_tables(const struct collection *collection, const struct collected_line *line)
{
        bool pte = false, pmd = false;

        for (size_t k = 0; k < collection->kernel_count; k++) {
                const struct summary_row *row = tables_of(collection, line->rows[k]);

                pte |= row && isfinite(row->pte.page_table_bytes);
                pmd |= row && isfinite(row->pmd.page_table_bytes);
        }
        return pte && pmd;
}

static bool same_mapping(const struct collection *collection, const struct collected_line *left,
                         const struct collected_line *right)
{
        const struct policy_row *a = &collection->rows[left->first];
        const struct policy_row *b = &collection->rows[right->first];

        return a->row->bytes == b->row->bytes && strcmp(a->cell, b->cell) == 0 &&
               strcmp(a->row->pte.name, b->row->pte.name) == 0 &&
               strcmp(a->row->source, b->row->source) == 0 && strcmp(a->row->fs, b->row->fs) == 0 &&
               strcmp(a->memmap, b->memmap) == 0;
}

static bool is_first(const struct collection *collection, size_t at)
{
        for (size_t i = 0; i < at; i++)
                if (same_mapping(collection, &collection->lines[i], &collection->lines[at]) &&
                    has_tables(collection, &collection->lines[i]))
                        return false;
        return has_tables(collection, &collection->lines[at]);
}

static void tables_row(const struct collect_sheet *sheet, const struct collected_line *line)
{
        const struct collection *collection = sheet->collection;
        const struct summary_row *last = NULL, *first = collection->rows[line->first].row;
        char text[LABEL_MAX], pte[WORDS_MAX], pmd[WORDS_MAX];

        html_row_begin(sheet->html, NULL);
        html_cell(sheet->html, NULL, collection_place(collection, line->first, text, sizeof(text)));
        html_cellf(sheet->html, NULL, "pte:%s", first->pte.name);
        bytes_cell(sheet->html, (double)first->bytes);
        for (size_t k = 0; k < collection->kernel_count; k++) {
                const struct summary_row *row = tables_of(collection, line->rows[k]);

                text[0] = '\0';
                if (row) {
                        last = row;
                        words_pair(row->pte.page_table_bytes, row->pmd.page_table_bytes,
                                   words_bytes, text, sizeof(text));
                }
                html_cell(sheet->html, "n", text);
        }
        for (size_t i = 0; last && i < 2; i++) {
                double scale = projected[i] / (double)last->bytes;

                words_bytes(last->pte.page_table_bytes * scale, pte, sizeof(pte));
                words_bytes(last->bytes >= PAGE_TABLES_PMD_MIN ? last->pmd.page_table_bytes * scale
                                                               : NAN,
                            pmd, sizeof(pmd));
                html_cellf(sheet->html, "n", "%s / %s", pte[0] ? pte : "–", pmd[0] ? pmd : "–");
        }
        html_row_end(sheet->html);
}

void sheet_tables(const struct collect_sheet *sheet)
{
        const struct collection *collection = sheet->collection;
        bool any = false;

        for (size_t i = 0; i < collection->line_count && !any; i++)
                any = has_tables(collection, &collection->lines[i]);
        if (!any)
                return;
        html_element(sheet->html, "h3", NULL, "Page tables");
        html_element(
                sheet->html, "p", "lead",
                "Bytes by PTE / by PMD in one process. Every process that maps the bytes pays "
                "them again: 100 processes, 100 times. 1 TiB and 6 TiB are projected from the "
                "bytes for each byte mapped on the newest kernel of the line; by PMD only where "
                "1 GiB or more was mapped, which is what one page of PMDs covers.");
        html_table_open(sheet->html, NULL);
        html_table_heading(sheet->html, NULL, "Where");
        html_table_heading(sheet->html, NULL, "PTE arm");
        html_table_heading(sheet->html, "n", "Mapped");
        for (size_t k = 0; k < collection->kernel_count; k++)
                html_table_heading(sheet->html, "n", collection->kernels[k].name);
        html_table_heading(sheet->html, "n", "For 1 TiB");
        html_table_heading(sheet->html, "n", "For 6 TiB");
        html_table_body(sheet->html);
        for (size_t i = 0; i < collection->line_count; i++)
                if (is_first(collection, i))
                        tables_row(sheet, &collection->lines[i]);
        html_table_end(sheet->html);
}
