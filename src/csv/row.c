/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/row.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void csv_row_begin(struct csv_row *row)
{
        row->length = row->start = 0;
        row->fields = 0;
        row->no_memory = false;
}

void csv_row_free(struct csv_row *row)
{
        free(row->text);
        *row = (struct csv_row){ 0 };
}

static void append(struct csv_row *row, const char *text, size_t length)
{
        if (row->length + length > row->capacity) {
                size_t capacity = 2 * (row->length + length) + 256;
                char *grown = realloc(row->text, capacity);

                if (!grown) {
                        row->no_memory = true;
                        return;
                }
                row->text = grown;
                row->capacity = capacity;
        }
        if (length)
                memcpy(row->text + row->length, text, length);
        row->length += length;
}

static void next_field(struct csv_row *row)
{
        if (row->fields++)
                append(row, ",", 1);
}

bool csv_guard_applies(const char *text)
{
        text += strspn(text, "'");
        return *text && strchr("=+-@\t\r", *text);
}

/* A byte order mark at the start of a file is no text unless it is quoted. */
static bool is_plain(const char *text)
{
        return text[strcspn(text, ",\"\r\n")] == '\0' && strncmp(text, "\xef\xbb\xbf", 3) != 0;
}

/* With every quote twice. */
static void append_quoted(struct csv_row *row, const char *text)
{
        while (*text) {
                size_t plain = strcspn(text, "\"");

                append(row, text, plain);
                text += plain;
                if (*text) {
                        append(row, "\"\"", 2);
                        text++;
                }
        }
}

void csv_row_text(struct csv_row *row, const char *text)
{
        csv_row_name(row, "", text);
}

void csv_row_name(struct csv_row *row, const char *prefix, const char *name)
{
        bool guard = csv_guard_applies(*prefix ? prefix : name);

        next_field(row);
        if (!guard && is_plain(*prefix ? prefix : name) && is_plain(name)) {
                append(row, prefix, strlen(prefix));
                append(row, name, strlen(name));
                return;
        }
        /* Quoted with the apostrophe too, so that no reader takes it for its own syntax. */
        append(row, "\"'", guard ? 2 : 1);
        append_quoted(row, prefix);
        append_quoted(row, name);
        append(row, "\"", 1);
}

void csv_row_number(struct csv_row *row, uint64_t value)
{
        char text[24];

        next_field(row);
        append(row, text, (size_t)snprintf(text, sizeof(text), "%" PRIu64, value));
}

void csv_row_count(struct csv_row *row, struct count count)
{
        if (count.known)
                csv_row_number(row, count.value);
        else
                next_field(row);
}

void csv_row_real(struct csv_row *row, double value, int digits)
{
        char text[40];

        next_field(row);
        if (isfinite(value))
                append(row, text, (size_t)snprintf(text, sizeof(text), "%.*g", digits, value));
}

void csv_row_empty(struct csv_row *row)
{
        next_field(row);
}

struct status csv_row_end(struct csv_row *row)
{
        /* A line without a character is no row, so the only field of a row says that it is one. */
        if (row->fields == 1 && row->length == row->start)
                append(row, "\"\"", 2);
        append(row, "\n", 1);
        row->start = row->length;
        row->fields = 0;
        if (row->no_memory)
                return status_errno(ENOMEM, NULL, "cannot build a CSV row");
        return status_ok();
}
