/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row says all about an option: its name in plans, help and the CSV, how it is read, its
 * bounds and its default. A plan may give several values (a list): one cell for each.
 */
#ifndef PMDGAIN_OPTION_H
#define PMDGAIN_OPTION_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
        OPTION_COUNT,  /* a whole number */
        OPTION_SIZE,   /* bytes: 64k, 2m */
        OPTION_TIME,   /* nanoseconds: 500ms, 20s */
        OPTION_REAL,   /* a number with a fraction */
        OPTION_PERCENT, /* the same in percent: 2%, 0.5% */
        OPTION_CHOICE, /* one of `choices` */
};

struct option_row {
        const char *name;           /* in a plan; also the CSV column unless `column` is set */
        const char *column;         /* the CSV column with its unit, e.g. "stride_bytes"; or NULL */
        enum option_type type;
        const char *preset;         /* the default, as a user would write it */
        double min, max;            /* inclusive, in the option's unit; unused by OPTION_CHOICE */
        const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
        const char *help;           /* one line */
};

union option_value {
        uint64_t count; /* COUNT, SIZE (bytes), TIME (ns), CHOICE (index) */
        double real;    /* REAL, PERCENT (2 for 2%) */
};

/* Reads `text` as the row says; STATUS_USAGE names the option, the bounds or the choices. */
struct status option_parse(const struct option_row *row, const char *text,
                           union option_value *ret_value);

/* The value as the CSV has it: plain bytes and ns, the word of a choice. Returns `text`. */
char *option_format(const struct option_row *row, union option_value value, char *text,
                    size_t text_size);

static inline const char *option_column(const struct option_row *row)
{
        return row->column ? row->column : row->name;
}

#endif
