/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of a comparison; one a file. Names from the runs may hold any bytes. */
#ifndef PMDGAIN_CLI_COMPARE_OUTPUT_H
#define PMDGAIN_CLI_COMPARE_OUTPUT_H

#include "compare/compare.h"

#include <pmdgain/status.h>
#include <stdio.h>

/* For people: differences and notes, then the cells by verdict, then the totals. */
struct status compare_write_text(const struct comparison *comparison, FILE *out);

/* The same as Markdown tables (GitHub's), for a pull request or a wiki. */
struct status compare_write_markdown(const struct comparison *comparison, FILE *out);

/* One row a cell; docs/csv.md has the columns. Differences of the machines are not in it. */
struct status compare_write_csv(const struct comparison *comparison, FILE *out);

/* All of it; what is missing has no key. */
struct status compare_write_json(const struct comparison *comparison, FILE *out);

#endif
