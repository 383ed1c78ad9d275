/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include "csv/file.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct status html_file_open(const char *dir, const char *name, struct html_file *ret_file)
{
        struct html_file file = { 0 };
        int length = snprintf(file.path, sizeof(file.path), "%s/%s", dir, name);

        if (length < 0 || (size_t)length >= sizeof(file.path))
                return status_make(STATUS_USAGE, "use a shorter path", "the path of %s is too long",
                                   name);
        snprintf(file.temporary, sizeof(file.temporary), "%s.tmp", file.path);
        file.html.out = file_anew(file.temporary);
        if (!file.html.out)
                return status_errno(errno, "check that the folder can be written",
                                    "cannot write %s", file.temporary);
        *ret_file = file;
        return status_ok();
}

struct status html_file_close(struct html_file *file)
{
        bool failed = ferror(file->html.out) != 0;
        int error = failed ? EIO : 0;

        if (fclose(file->html.out) != 0) {
                failed = true;
                error = errno;
        }
        file->html.out = NULL;
        if (!failed && rename(file->temporary, file->path) != 0) {
                failed = true;
                error = errno;
        }
        if (!failed)
                return status_ok();
        unlink(file->temporary);
        return status_errno(error, "make room on the disk, and run the same command again",
                            "cannot write %s", file->path);
}

void html_file_abandon(struct html_file *file)
{
        fclose(file->html.out);
        file->html.out = NULL;
        unlink(file->temporary);
}

void html_raw(struct html *html, const char *markup)
{
        fputs(markup, html->out);
}

void html_text(struct html *html, const char *text)
{
        while (*text) {
                size_t length;
                const char *character = text_next(text, &length);

                if (length == 1 && *character == '<')
                        fputs("&lt;", html->out);
                else if (length == 1 && *character == '>')
                        fputs("&gt;", html->out);
                else if (length == 1 && *character == '&')
                        fputs("&amp;", html->out);
                else if (length == 1 && *character == '"')
                        fputs("&quot;", html->out);
                else if (length == 1 && *character == '\'')
                        fputs("&#39;", html->out);
                else if (character != text)
                        fputs(character, html->out);
                else
                        fwrite(text, 1, length, html->out);
                text += length;
        }
}

static void html_text_list(struct html *html, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));
static void html_text_list(struct html *html, const char *format, va_list arguments)
{
        char *text = NULL;

        if (vasprintf(&text, format, arguments) < 0)
                return;
        html_text(html, text);
        free(text);
}

void html_textf(struct html *html, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        html_text_list(html, format, arguments);
        va_end(arguments);
}

void html_open(struct html *html, const char *tag, const char *class)
{
        if (class && class[0])
                fprintf(html->out, "<%s class=\"%s\">", tag, class);
        else
                fprintf(html->out, "<%s>", tag);
}

void html_close(struct html *html, const char *tag)
{
        fprintf(html->out, "</%s>\n", tag);
}

void html_element(struct html *html, const char *tag, const char *class, const char *text)
{
        html_open(html, tag, class);
        html_text(html, text);
        html_close(html, tag);
}

void html_elementf(struct html *html, const char *tag, const char *class, const char *format, ...)
{
        va_list arguments;

        html_open(html, tag, class);
        va_start(arguments, format);
        html_text_list(html, format, arguments);
        va_end(arguments);
        html_close(html, tag);
}

void html_section_begin(struct html *html, const char *id, const char *heading, const char *lead)
{
        fprintf(html->out, "<section id=\"%s\">\n", id);
        html_element(html, "h2", NULL, heading);
        if (lead)
                html_element(html, "p", "lead", lead);
}

void html_section_end(struct html *html)
{
        html_raw(html, "</section>\n");
}

void html_table_open(struct html *html, const char *class)
{
        html_raw(html, "<div class=\"scroll\">\n");
        html_open(html, "table", class);
        html_raw(html, "<thead><tr>");
}

void html_table_heading(struct html *html, const char *class, const char *text)
{
        html_element(html, "th", class, text);
}

void html_table_body(struct html *html)
{
        html_raw(html, "</tr></thead>\n<tbody>\n");
}

void html_table_begin(struct html *html, const char *class, const char *const *columns)
{
        html_table_open(html, class);
        for (; *columns; columns++)
                html_table_heading(html, **columns == '#' ? "n" : NULL,
                                   **columns == '#' ? *columns + 1 : *columns);
        html_table_body(html);
}

void html_table_end(struct html *html)
{
        html_raw(html, "</tbody></table></div>\n");
}

void html_row_begin(struct html *html, const char *class)
{
        html_open(html, "tr", class);
}

void html_row_begin_id(struct html *html, char letter, size_t number)
{
        fprintf(html->out, "<tr id=\"%c%zu\">", letter, number);
}

void html_row_end(struct html *html)
{
        html_close(html, "tr");
}

void html_cell(struct html *html, const char *class, const char *text)
{
        html_element(html, "td", class, text[0] ? text : "–");
}

void html_cellf(struct html *html, const char *class, const char *format, ...)
{
        va_list arguments;

        html_open(html, "td", class);
        va_start(arguments, format);
        html_text_list(html, format, arguments);
        va_end(arguments);
        html_close(html, "td");
}

void html_fact(struct html *html, const char *name, const char *value)
{
        if (!value[0])
                return;
        html_element(html, "dt", NULL, name);
        html_element(html, "dd", NULL, value);
}

static double on_axis(const struct html_interval *interval, double value)
{
        double place = log(value / interval->axis_lo) / log(interval->axis_hi / interval->axis_lo);

        return 4 + 192 * fmin(fmax(place, 0), 1);
}

void html_interval(struct html *html, const struct html_interval *interval)
{
        bool bounded = isfinite(interval->lo) && isfinite(interval->hi) && interval->lo > 0;

        fprintf(html->out,
                "<svg class=\"interval %s\" viewBox=\"0 0 200 16\" width=\"200\" height=\"16\" "
                "aria-hidden=\"true\"><line class=\"one\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" "
                "y2=\"16\"/>",
                interval->class, on_axis(interval, 1), on_axis(interval, 1));
        fprintf(html->out, "<line class=\"reach\" x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"8\"/>",
                on_axis(interval, 1), on_axis(interval, interval->value));
        if (bounded)
                fprintf(html->out,
                        "<line class=\"span\" x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"8\"/>",
                        on_axis(interval, interval->lo), on_axis(interval, interval->hi));
        fprintf(html->out, "<circle cx=\"%.1f\" cy=\"8\" r=\"4\"/></svg>",
                on_axis(interval, interval->value));
}
