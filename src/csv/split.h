/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting the text of one CSV row into its fields, in place. */
#ifndef PMDGAIN_CSV_SPLIT_H
#define PMDGAIN_CSV_SPLIT_H

#include <stddef.h>

enum csv_split {
        CSV_SPLIT_OK,
        CSV_SPLIT_OPEN,  /* the last field's quote is not closed: the row goes on, or was cut */
        CSV_SPLIT_AFTER, /* text follows a closing quote */
        CSV_SPLIT_QUOTE, /* a quote inside of a field that is not quoted */
        CSV_SPLIT_RETURN, /* a carriage return outside of quotes */
};

/*
 * Splits text..end, without its line end; *end must be writable. Up to `room` fields are stored,
 * `ret_count` counts all of them. Quotes are taken off, and the apostrophe of csv_row_text().
 */
enum csv_split csv_split(char *text, char *end, const char **fields, size_t room,
                         size_t *ret_count);

/* What is wrong, in words. */
const char *csv_split_text(enum csv_split result);

#endif
