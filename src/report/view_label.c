/* SPDX-License-Identifier: Apache-2.0 */
/* Naming rows, by what differs among them. */
#include "report/view.h"

#include <pmdgain/units.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct label {
        char *text;
        size_t size, used;
        const char *separator;
};

__attribute__((format(printf, 2, 3))) static void label_add(struct label *label, const char *format,
                                                            ...)
{
        char part[LABEL_MAX];
        va_list arguments;
        int length;

        va_start(arguments, format);
        vsnprintf(part, sizeof(part), format, arguments);
        va_end(arguments);
        if (!part[0] || label->used >= label->size)
                return;
        length = snprintf(label->text + label->used, label->size - label->used, "%s%s",
                          label->used ? label->separator : "", part);
        label->used += (size_t)length;
}

static void label_add_options(struct label *label, const struct view *view,
                              const struct summary_row *row, const char *but)
{
        const struct summary *summary = view->summary;
        size_t first = view->first[row - summary->rows];

        for (size_t i = 0; i < summary->option_count; i++)
                if (view->options[first * summary->option_count + i] && row->options[i][0] &&
                    !(but && strcmp(summary->option_names[i], but) == 0))
                        label_add(label, "%s=%s", summary->option_names[i], row->options[i]);
}

static void label_add_source(struct label *label, const struct view *view,
                             const struct summary_row *row)
{
        if (view->targets && row->target[0])
                label_add(label, "%s:%s", row->source, row->target);
        else if (view->sources)
                label_add(label, "%s", row->source);
        if (view->memmaps && row->memmap[0])
                label_add(label, "memmap=%s", row->memmap);
        if (view->dax && row->dax[0])
                label_add(label, "dax=%s", row->dax);
        if (view->maps && row->map[0])
                label_add(label, "map=%s", row->map);
        if (view->states && row->state[0])
                label_add(label, "%s", row->state);
}

static void label_add_arms(struct label *label, const struct view *view,
                           const struct summary_row *row)
{
        if (row->pte.name[0] && strcmp(row->pte.name, view->lever) != 0)
                label_add(label, "pte:%s", row->pte.name);
        if (row->pmd.name[0] && strcmp(row->pmd.name, "aligned") != 0)
                label_add(label, "pmd:%s", row->pmd.name);
        if (row->pte.target[0] || row->pte.shift[0] || row->pmd.target[0])
                label_add(label, "other bytes");
}

char *view_label(const struct view *view, const struct summary_row *row, unsigned parts,
                 const char *separator, char *text, size_t text_size)
{
        return view_label_but(view, row, parts, NULL, separator, text, text_size);
}

char *view_label_but(const struct view *view, const struct summary_row *row, unsigned parts,
                     const char *option, const char *separator, char *text, size_t text_size)
{
        struct label label = { .text = text, .size = text_size, .separator = separator };
        char size[UNITS_TEXT_MAX];

        text[0] = '\0';
        if (parts & LABEL_WORKLOAD && parts & LABEL_OP && row->op[0])
                label_add(&label, "%s %s", row->workload, row->op);
        else if (parts & LABEL_WORKLOAD)
                label_add(&label, "%s", row->workload);
        else if (parts & LABEL_OP)
                label_add(&label, "%s", row->op[0] ? row->op : row->workload);
        if (parts & LABEL_OPTIONS)
                label_add_options(&label, view, row, option);
        if (parts & LABEL_BYTES)
                label_add(&label, "%s", size_format_human(row->bytes, size, sizeof(size)));
        if (parts & LABEL_THREADS && view->threads && row->threads != 1)
                label_add(&label, "%u threads", row->threads);
        if (parts & LABEL_LEVER)
                label_add_arms(&label, view, row);
        if (parts & LABEL_SOURCE)
                label_add_source(&label, view, row);
        return text;
}
