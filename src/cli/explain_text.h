/* SPDX-License-Identifier: Apache-2.0 */
/* What `pmdgain explain` prints for people; fits 80 columns where names are short. */
#ifndef PMDGAIN_CLI_EXPLAIN_TEXT_H
#define PMDGAIN_CLI_EXPLAIN_TEXT_H

#include "cli/explain_prove.h"
#include "cli/explain_target.h"

#include <stdio.h>

/* What is looked at: the target, where it is, and how it is to be mapped. */
void explain_print_head(const struct explain_target *target, const struct explain_intent *intent,
                        FILE *out);

/* The table of causes with their fixes. With `signs`, also the legend of the map above it. */
void explain_print_totals(const struct explain_target *target, const struct explain_totals *totals,
                          bool signs, FILE *out);

/* One line for a partition of the target. */
void explain_print_partition(const struct explain_target *partition,
                             const struct explain_totals *totals, FILE *out);

void explain_print_proof(const struct explain_proof *proof, FILE *out);

/* What the reader should know beside: of page caches, of earlier faults. */
void explain_print_notes(const struct explain_target *target, const struct explain_totals *totals,
                         const struct explain_proof *proof, FILE *out);

#endif
