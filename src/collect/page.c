/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/page.h"

#include "report/page.h"
#include "report/page_policy.h"
#include "report/words.h"

#include <string.h>

static void row_label(void *context, size_t row, char *text, size_t text_size)
{
        const struct collection *collection = context;
        const struct summary_row *of = collection->rows[row].row;
        char place[LABEL_MAX], what[LABEL_MAX], gain[WORDS_MAX], interval[WORDS_MAX];

        words_gain(of, gain, sizeof(gain));
        words_interval(of, interval, sizeof(interval));
        snprintf(text, text_size, "%s, %s: %s%s%s %s",
                 collection->kernels[collection->rows[row].kernel].name,
                 collection_place(collection, row, place, sizeof(place)),
                 collection_label(collection, row, what, sizeof(what)), gain[0] ? ", gain " : "",
                 gain, interval);
}

/* Adds the word to the list once. */
static void add_word(char *list, size_t size, const char *separator, const char *word)
{
        size_t used = strlen(list), length = strlen(word);

        for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
                if ((at == list || at[-1] == separator[strlen(separator) - 1]) &&
                    (!at[length] || at[length] == separator[0]))
                        return;
        snprintf(list + used, size - used, "%s%s", used ? separator : "", word);
}

/* Runs of the lab by its own command; others by their own. */
static void command(void *context, const struct policy_sentence *sentence, struct html *html)
{
        const struct collection *collection = context;
        char kernels[256] = "", cells[1024] = "";
        const struct collected_run *other = NULL, *lab = NULL;

        for (size_t i = 0; i < sentence->row_count; i++) {
                const struct policy_row *row = &collection->rows[sentence->rows[i]];
                const struct collected_run *run = &collection->runs[row->run];

                if (run->cell == NONE) {
                        other = run;
                        continue;
                }
                lab = run;
                add_word(kernels, sizeof(kernels), ",", collection->cells[run->cell].folder);
                add_word(cells, sizeof(cells), " --cell ", collection->cells[run->cell].name);
        }
        if (lab)
                html_textf(html, "tools/lab --matrix full --kernel %s --plan %s --cell %s\n",
                           kernels, fact_text(lab->machine, "/run/plan"), cells);
        if (other)
                page_command(html, other->machine);
        if (!sentence->namespace_count)
                return;
        for (size_t i = 0; i < sentence->namespace_count; i++)
                for (size_t k = 0; k < collection->cell_count; k++)
                        if (collection->cells[k].kernel ==
                            collection->namespaces[sentence->namespaces[i]].kernel)
                                add_word(kernels, sizeof(kernels), ",",
                                         collection->cells[k].folder);
        html_textf(html, "tools/lab --kernel %s\n", kernels);
}

static struct status sheet_policy(const struct collect_sheet *sheet)
{
        const struct collection *collection = sheet->collection;
        const struct policy_input input = {
                .rows = collection->rows,
                .row_count = collection->row_count,
                .kernels = collection->names,
                .kernel_count = collection->kernel_count,
                .namespaces = collection->namespaces,
                .namespace_count = collection->namespace_count,
        };

        return page_policy(&(struct policy_page) { .input = &input,
                                                   .context = (void *)collection,
                                                   .row_label = row_label,
                                                   .command = command },
                           sheet->html);
}

static void sheet_header(const struct collect_sheet *sheet)
{
        const struct collection *collection = sheet->collection;
        bool emulated = false, instructions = false;

        html_element(sheet->html, "h1", NULL, "PMD against PTE, kernel by kernel");
        html_open(sheet->html, "p", "where");
        html_textf(sheet->html, "%zu runs", collection->run_count);
        for (size_t i = 0; i < collection->kernel_count; i++) {
                const struct collected_kernel *kernel = &collection->kernels[i];

                html_textf(sheet->html, " · %s", kernel->name);
                if (kernel->release[0])
                        html_textf(sheet->html, " (%s)", kernel->release);
                emulated |= strcmp(kernel->evidence, "emulated") == 0;
                instructions |= kernel->instructions;
        }
        html_close(sheet->html, "p");
        if (!emulated && !sheet->warning[0])
                return;
        html_raw(sheet->html, "<div class=\"warning\">\n");
        if (instructions)
                html_element(
                        sheet->html, "p", NULL,
                        "Emulated CPUs whose clock counts instructions: they say what a path of "
                        "the kernel costs in instructions, and nothing of hardware's time, "
                        "caches or TLBs.");
        else if (emulated)
                html_element(sheet->html, "p", NULL,
                             "Emulated CPUs: times are no evidence about hardware. Proofs, fault "
                             "counts and page-table bytes are the kernels' and stand.");
        if (sheet->warning[0])
                html_element(sheet->html, "p", NULL, sheet->warning);
        html_raw(sheet->html, "</div>\n");
}

static void sheet_links(struct html *html)
{
        static const char *const links[][2] = {
                { "gains", "Gains" },   { "costs", "Costs" },
                { "grains", "Grains" }, { "refusals", "Refused and left out" },
                { "runs", "Runs" },
        };

        html_raw(html, "<nav>");
        for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
                fprintf(html->out, "<a href=\"#%s\">%s</a> ", links[i][0], links[i][1]);
        html_raw(html, "</nav>\n");
}

static void sheet_plots(const struct collect_sheet *sheet)
{
        for (size_t i = 0; i < COLLECT_PLOTS; i++) {
                const struct collect_plot *plot = &sheet->plots[i];
                struct status status;
                char path[4096];

                if (!plot->drawn)
                        continue;
                snprintf(path, sizeof(path), "%s/plots/%s.svg", sheet->collection->dir, plot->name);
                html_raw(sheet->html, "<figure><div>");
                status = html_svg(sheet->html, path, plot->name);
                html_raw(sheet->html, "</div>\n<figcaption>");
                html_text(sheet->html, status_failed(&status) ? status.what : plot->caption);
                if (plot->shown < plot->total)
                        html_textf(sheet->html, " %zu of %zu are shown; the tables have all.",
                                   plot->shown, plot->total);
                html_raw(sheet->html, "</figcaption></figure>\n");
        }
}

static struct status sheet_write(const struct collect_sheet *sheet)
{
        sheet_header(sheet);
        sheet_links(sheet->html);
        TRY(sheet_policy(sheet));
        sheet_plots(sheet);
        sheet_gains(sheet);
        html_section_begin(sheet->html, "costs", "Costs",
                           "What PMD mappings, and the memmap that they need, cost.");
        sheet_losses(sheet);
        sheet_memmap(sheet);
        sheet_tables(sheet);
        html_section_end(sheet->html);
        sheet_grains(sheet);
        sheet_refusals(sheet);
        sheet_runs(sheet);
        return status_ok();
}

struct status collect_page(const struct collection *collection, const struct collect_plot *plots,
                           const char *warning)
{
        struct html_file file;
        struct collect_sheet sheet = { .collection = collection,
                                       .plots = plots,
                                       .warning = warning };
        struct status status;

        TRY(html_file_open(collection->dir, "report.html", &file));
        sheet.html = &file.html;
        page_begin(&file.html, "pmdgain: kernel by kernel");
        html_open(&file.html, "main", NULL);
        status = sheet_write(&sheet);
        if (status_failed(&status)) {
                html_file_abandon(&file);
                return status;
        }
        html_close(&file.html, "main");
        page_end(&file.html);
        return html_file_close(&file);
}
