/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes, times and word lists as users write them. Sizes are powers of 1024. */
#ifndef PMDGAIN_UNITS_H
#define PMDGAIN_UNITS_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (KIB * MIB)
#define TIB (KIB * GIB)

/* A number that may be missing; a missing one is an empty CSV field, never 0. */
struct count {
        bool known;
        uint64_t value;
};

static inline struct count count_of(uint64_t value)
{
        return (struct count){ .known = true, .value = value };
}

/* "4096", "64k", "2m", "1g", "1t" (an optional "iB" or "B" may follow, any case), in bytes; "page"
 * is the base page, as sysconf(3) has it. */
struct status size_parse(const char *text, uint64_t *ret_bytes);

/* "500ms", "20s", "5m", "2h", "100us", "10ns", in nanoseconds; a number needs its unit. */
struct status time_parse(const char *text, uint64_t *ret_ns);

/* A plain decimal number, nothing after it. */
struct status count_parse(const char *text, uint64_t *ret_value);

/* A plain decimal number with an optional fraction, nothing after it; never infinite or NaN. */
struct status real_parse(const char *text, double *ret_value);

/* "2%", "0.5%" or a plain number, in percent. */
struct status percent_parse(const char *text, double *ret_percent);

/* The shortest exact form that size_parse() reads: 2097152 gives "2m". Returns `text`. */
char *size_format(uint64_t bytes, char *text, size_t text_size);

/* For people: "1.5 GiB". Returns `text`. */
char *size_format_human(uint64_t bytes, char *text, size_t text_size);

/* For people: "13 s", "2 min 05 s". Returns `text`. */
char *time_format_human(uint64_t ns, char *text, size_t text_size);

/*
 * The next word of a list whose words are separated by spaces or commas. `cursor` starts at the
 * list and is moved on. Returns false at the end; a word that does not fit is cut to the buffer,
 * which makes it fail to parse as whatever it should be.
 */
bool list_next(const char **cursor, char *word, size_t word_size);

#define UNITS_TEXT_MAX 32 /* enough for any *_format() */

#endif
