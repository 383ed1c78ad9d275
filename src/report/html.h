/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing HTML that is well-formed XML too. Text always goes through html_text(), which escapes
 * it and makes it valid UTF-8; html_raw() is for markup that stands in this program. Errors stick
 * to the stream: html_file_close() reports them.
 */
#ifndef PMDGAIN_REPORT_HTML_H
#define PMDGAIN_REPORT_HTML_H

#include <pmdgain/status.h>
#include <stdio.h>

struct html {
        FILE *out;
};

/* A file made beside its final name and renamed to it when it is complete. */
struct html_file {
        struct html html;
        char path[4096];
        char temporary[4096 + 16];
};

struct status html_file_open(const char *dir, const char *name, struct html_file *ret_file);
/* Renames to the final name; on failure removes the temporary file. */
struct status html_file_close(struct html_file *file);
/* Removes the temporary file: nothing was made. */
void html_file_abandon(struct html_file *file);

void html_raw(struct html *html, const char *markup);
void html_text(struct html *html, const char *text);
void html_textf(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `class` may be NULL. The tag and the class are words of this program, never data. */
void html_open(struct html *html, const char *tag, const char *class);
void html_close(struct html *html, const char *tag);
void html_element(struct html *html, const char *tag, const char *class, const char *text);
void html_elementf(struct html *html, const char *tag, const char *class, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* <section id> with a heading and, when not NULL, a first paragraph. */
void html_section_begin(struct html *html, const char *id, const char *heading, const char *lead);
void html_section_end(struct html *html);

/* A table that scrolls sideways where the page is narrow. Columns whose name starts with '#' hold
 * numbers (set right); `columns` ends with NULL. Cells are html_cell()s in html_row_begin(). */
void html_table_begin(struct html *html, const char *class, const char *const *columns);
/* The same for columns that are not known beforehand: open, headings, body, rows, end. */
void html_table_open(struct html *html, const char *class);
void html_table_heading(struct html *html, const char *class, const char *text);
void html_table_body(struct html *html);
void html_table_end(struct html *html);
void html_row_begin(struct html *html, const char *class);
/* With the id LETTER and NUMBER: "r12". */
void html_row_begin_id(struct html *html, char letter, size_t number);
void html_row_end(struct html *html);
void html_cell(struct html *html, const char *class, const char *text);
void html_cellf(struct html *html, const char *class, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* One line of a <dl class="facts">; nothing when `value` is "". */
void html_fact(struct html *html, const char *name, const char *value);

/* A gain with its interval drawn on a logarithmic line from `axis_lo` to `axis_hi`, 1 marked. */
struct html_interval {
        double value, lo, hi; /* lo and hi may be NaN */
        double axis_lo, axis_hi;
        const char *class;
};
void html_interval(struct html *html, const struct html_interval *interval);

/* The picture in an SVG file, its ids prefixed so that several can stand in one page. A file that
 * holds anything that could run is refused. */
struct status html_svg(struct html *html, const char *path, const char *prefix);

#endif
