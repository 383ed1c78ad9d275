/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any bytes as a CSV file. What the reader takes must be written by csv_row and read
 * again to the same fields, and a file that was cut must give a part of the whole one's rows.
 *
 * Also the other way: the bytes as fields, split at NULs, must make the round trip.
 */
#include "csv/reader.h"
#include "csv/row.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

static struct csv_reader *open_bytes(const void *bytes, size_t size)
{
        struct csv_reader *reader = NULL;
        struct status status = csv_reader_open_memory("fuzz", bytes, size, &reader);

        require(status_failed(&status) == !reader);
        require(!reader || csv_reader_columns(reader) > 0);
        return reader;
}

static bool next(struct csv_reader *reader)
{
        bool more = false;
        struct status status = csv_reader_next(reader, &more);

        return !status_failed(&status) && more;
}

static void end_row(struct csv_row *row)
{
        struct status status = csv_row_end(row);

        require(!status_failed(&status));
}

/* A field is a number, missing or refused. */
static void read_numbers(const struct csv_reader *reader, size_t column)
{
        struct count count;
        double real;
        struct status status = csv_reader_count(reader, column, &count);

        require(status_failed(&status) || count.known || !count.value);
        status = csv_reader_real(reader, column, &real);
}

/* Writes what the reader gives; returns how many rows there were. */
static size_t copy(struct csv_reader *reader, bool numbers, struct csv_row *row)
{
        size_t rows = 0, columns = csv_reader_columns(reader);

        for (size_t i = 0; i < columns; i++)
                csv_row_text(row, csv_reader_column_name(reader, i));
        end_row(row);
        for (; next(reader); rows++) {
                for (size_t i = 0; i < columns; i++) {
                        if (numbers)
                                read_numbers(reader, i);
                        csv_row_text(row, csv_reader_field(reader, i));
                }
                end_row(row);
        }
        return rows;
}

static void same_again(const void *bytes, size_t size, size_t rows)
{
        struct csv_reader *reader = open_bytes(bytes, size);
        struct csv_row row = { 0 };

        require(reader && copy(reader, false, &row) == rows);
        require(!csv_reader_cut(reader) && csv_reader_whole_bytes(reader) == size);
        require(row.length == size && memcmp(row.text, bytes, size) == 0);
        csv_row_free(&row);
        csv_reader_close(reader);
}

static void read_bytes(const uint8_t *data, size_t size)
{
        struct csv_reader *reader = open_bytes(data, size), *part;
        struct csv_row row = { 0 };
        size_t rows;

        if (!reader)
                return;
        rows = copy(reader, true, &row);
        require(csv_reader_whole_bytes(reader) <= size);
        same_again(row.text, row.length, rows);
        csv_row_free(&row);
        csv_reader_close(reader);

        part = open_bytes(data, size / 2);
        if (part) {
                for (; next(part); rows--)
                        require(rows > 0);
                csv_reader_close(part);
        }
}

static void write_fields(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        struct csv_row row = { 0 };
        struct csv_reader *reader;
        size_t at = 0;

        require(text != NULL);
        if (size)
                memcpy(text, data, size);
        text[size] = '\0';
        csv_row_name(&row, "", "text");
        end_row(&row);
        for (at = 0; at <= size; at += strlen(text + at) + 1) {
                csv_row_text(&row, text + at);
                end_row(&row);
        }
        reader = open_bytes(row.text, row.length);
        require(reader != NULL);
        for (at = 0; at <= size && strlen(text + at) < CSV_ROW_MAX / 3; at += strlen(text + at) + 1)
                require(next(reader) && strcmp(csv_reader_field(reader, 0), text + at) == 0);
        require(at <= size || !next(reader));
        csv_reader_close(reader);
        csv_row_free(&row);
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        read_bytes(data, size);
        write_fields(data, size);
        return 0;
}
