/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of unknown make as text that any reader of UTF-8, XML or CSV can take. */
#ifndef PMDGAIN_REPORT_TEXT_H
#define PMDGAIN_REPORT_TEXT_H

#include <stddef.h>

/*
 * The next character of `text` (not at its end): returns `text` itself and the character's length
 * in bytes where they are valid UTF-8 that XML may hold, else U+FFFD as a string, for one byte.
 */
const char *text_next(const char *text, size_t *ret_length);

/* `text` on one line, valid, at most `limit` characters ("…" tells of more). Returns `line`. */
char *text_line(const char *text, size_t limit, char *line, size_t line_size);

/* The same for a field of a plot's data: gnuplot 5.4 cannot read commas and double quotes in a
 * quoted CSV field and takes "\n" for a line break, so these become semicolons, single quotes and
 * slashes. */
char *text_label(const char *text, size_t limit, char *label, size_t label_size);

/* How many characters `text` has, broken ones counted as text_next() does. */
size_t text_width(const char *text);

#endif
