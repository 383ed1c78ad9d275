/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a CSV file (RFC 4180) row by row in memory that does not grow with the file.
 *
 * Lines end in LF or CRLF; quoted fields may hold commas, quotes and line ends; a byte order mark
 * and lines without a character are passed over. Columns are found by name. A last row without
 * its line end was cut off while it was written: it is not returned but told by csv_reader_cut().
 * Anything else that is not well formed is STATUS_USAGE with "file:line: ".
 */
#ifndef PMDGAIN_CSV_READER_H
#define PMDGAIN_CSV_READER_H

#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_ROW_MAX 65536  /* bytes in one row */
#define CSV_NO_COLUMN SIZE_MAX

struct csv_reader;

/* Opens a file and reads its header. Close with csv_reader_close(). */
struct status csv_reader_open(const char *path, struct csv_reader **ret_reader);

/* The same over `size` bytes, which are copied; `name` stands in messages. */
struct status csv_reader_open_memory(const char *name, const void *bytes, size_t size,
                                     struct csv_reader **ret_reader);
void csv_reader_close(struct csv_reader *reader);

size_t csv_reader_columns(const struct csv_reader *reader);
const char *csv_reader_column_name(const struct csv_reader *reader, size_t column);

/* The column so named; CSV_NO_COLUMN when there is none. */
size_t csv_reader_find(const struct csv_reader *reader, const char *name);

/* The same; STATUS_USAGE when there is none. */
struct status csv_reader_need(const struct csv_reader *reader, const char *name,
                              size_t *ret_column);

/* Moves to the next row; `ret_more` is false at the end. */
struct status csv_reader_next(struct csv_reader *reader, bool *ret_more);

/* A field of the current row, valid until the next move; "" when empty or CSV_NO_COLUMN. */
const char *csv_reader_field(const struct csv_reader *reader, size_t column);

/* Fields as numbers. An empty one is missing (unknown, NaN); nonsense is STATUS_USAGE. */
struct status csv_reader_count(const struct csv_reader *reader, size_t column,
                               struct count *ret_count);
struct status csv_reader_real(const struct csv_reader *reader, size_t column, double *ret_value);

/* A failure that names the file, the current row's line and what is wrong with it. */
struct status csv_reader_fault(const struct csv_reader *reader, const char *what);

uint64_t csv_reader_line(const struct csv_reader *reader); /* where the current row begins */
bool csv_reader_cut(const struct csv_reader *reader);      /* at the end: was a row cut off? */
uint64_t csv_reader_whole_bytes(const struct csv_reader *reader); /* up to the last whole row */

#endif
