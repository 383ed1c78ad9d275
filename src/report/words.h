/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and verdicts of a summary as people read them: in the terminal, on the page, in the
 * plots.
 * Each function returns `text`; what is missing is "".
 */
#ifndef PMDGAIN_REPORT_WORDS_H
#define PMDGAIN_REPORT_WORDS_H

#include "report/summary.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX 256

/* Three or more digits that count, thousands apart: "0.123", "4.56", "78.9", "18,432". */
char *words_value(double value, char *text, size_t text_size);

/* A factor to three digits, more next to 1: "1.054", "12.3", "489". */
char *words_factor(double factor, char *text, size_t text_size);

/* A whole number, thousands apart. */
char *words_count(double value, char *text, size_t text_size);

/* Bytes for people, from a double: "516 KiB". */
char *words_bytes(double bytes, char *text, size_t text_size);

/* "65,537 / 129": PTE before PMD by `words`, a dash for what is missing; "" when both are. */
char *words_pair(double pte, double pmd, char *(*words)(double, char *, size_t), char *text,
                 size_t text_size);

/* "1.52", to as many decimals as the interval deserves. */
char *words_gain(const struct summary_row *row, char *text, size_t text_size);
/* "[1.50, 1.54]" */
char *words_interval(const struct summary_row *row, char *text, size_t text_size);

/* "±3.4 %", by the farther end; "too few pairs" without an interval. */
char *words_width(const struct summary_row *row, char *text, size_t text_size);

/* "PMD faster by 52 %", "PMD 20.2 times as fast", "not resolved: 2 % slower to 3 % faster" */
char *words_verdict(const struct summary_row *row, char *text, size_t text_size);

/* The same without figures: "PMD faster", "not resolved". */
const char *words_verdict_short(enum verdict verdict);

/* The unit of its values; "instructions/MiB" where the clock counted instructions. */
const char *words_unit(const struct summary *summary, const struct summary_row *row);

/* "pagemap+vmpte", or "PTE by vmpte, PMD by pagemap" where the arms were proven differently. */
char *words_proof(const struct summary_row *row, char *text, size_t text_size);

/* "pte:nohuge" */
char *words_arm(const struct summary_arm *arm, bool pmd, char *text, size_t text_size);

#endif
