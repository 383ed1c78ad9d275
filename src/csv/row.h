/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row of a CSV file being built: RFC 4180 quoting, "\n" at the end, missing values empty.
 *
 * Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage
 * return) gets one apostrophe in front, and so does text that begins with apostrophes before such
 * a character. csv_reader takes it off again, so what is read is exactly what was written; other
 * readers see the apostrophe. Numbers are never touched.
 */
#ifndef PMDGAIN_CSV_ROW_H
#define PMDGAIN_CSV_ROW_H

#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_row {
        char *text;      /* not NUL-terminated */
        size_t length, capacity;
        size_t start;    /* of the row that is not ended yet */
        size_t fields;   /* in it so far */
        bool no_memory;  /* sticky: csv_row_end() reports it */
};

void csv_row_begin(struct csv_row *row); /* empties it; a zeroed struct is empty */
void csv_row_free(struct csv_row *row);

void csv_row_text(struct csv_row *row, const char *text);
/* The two as one text: a column's name. */
void csv_row_name(struct csv_row *row, const char *prefix, const char *name);
void csv_row_number(struct csv_row *row, uint64_t value);
void csv_row_count(struct csv_row *row, struct count count);           /* missing: empty */
void csv_row_real(struct csv_row *row, double value, int digits);      /* not finite: empty */
void csv_row_empty(struct csv_row *row);

/* Ends the row with its newline; another may follow in the same text. STATUS_SYSTEM when memory ran
 * out on the way. */
struct status csv_row_end(struct csv_row *row);

/* Does text that begins like this need the apostrophe, or has it got it? */
bool csv_guard_applies(const char *text);

#endif
