/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of text for a terminal. What comes from the system is made harmless on the way in. */
#ifndef PMDGAIN_CLI_PROBE_TABLE_H
#define PMDGAIN_CLI_PROBE_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define PROBE_COLUMNS_MAX 10

struct probe_table {
        size_t columns;
        size_t count, room; /* cells; the first row holds the headings */
        char **cells;
};

void probe_table_begin(struct probe_table *table, const char *const *headings);

/* Appends the next cell, row by row. */
void probe_table_cell(struct probe_table *table, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Prints, if there is more than the headings, and frees. */
void probe_table_end(struct probe_table *table, FILE *out);

/*
 * A copy for a terminal, to be freed: control characters, bytes that are no UTF-8 and characters
 * that turn the direction of writing appear as \xNN. NULL without memory.
 */
char *probe_escape(const char *text);

#endif
