/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same in all formats of a comparison: names, ratios, notes. Text is one valid line. */
#ifndef PMDGAIN_CLI_COMPARE_WORDS_H
#define PMDGAIN_CLI_COMPARE_WORDS_H

#include "compare/compare.h"

#include <stdbool.h>
#include <stddef.h>

#define COMPARE_WORDS_MAX 1024

/* "populate munmap 256 MiB pte:nohuge", with the source where sources differ. Returns `text`. */
char *compare_label(const struct comparison *comparison, const struct compare_cell *cell,
                    char *text, size_t text_size);

/* "1.032 [1.010, 1.054]", to as many decimals as the interval deserves; "" without a ratio. */
char *compare_ratio(const struct compare_cell *cell, char *text, size_t text_size);

/* A side's value: "43,676"; "-" without one. */
char *compare_value(const struct compare_side *side, char *text, size_t text_size);

/* What else is to be said of a cell: "beyond 5 %", the reason why it has no value. */
char *compare_remark(const struct comparison *comparison, const struct compare_cell *cell,
                     char *text, size_t text_size);

/* The notes on the whole, from 0 on; false after the last. */
bool compare_note(const struct comparison *comparison, size_t index, char *text, size_t text_size);

/* "2 worse (1 beyond 5 %), 1 better, 30 same, 4 unresolved" */
char *compare_totals(const struct comparison *comparison, char *text, size_t text_size);

#endif
