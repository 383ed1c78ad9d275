/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `pmdgain explain --json` prints: one object. Its runs come first and one by one, as they
 * are found, so that their number does not matter; what sums them up follows.
 */
#ifndef PMDGAIN_CLI_EXPLAIN_JSON_H
#define PMDGAIN_CLI_EXPLAIN_JSON_H

#include "cli/explain_prove.h"
#include "cli/explain_target.h"

#include <json-c/json.h>
#include <stdio.h>

void explain_json_begin(FILE *out);
/* `any`: set by the first run, and passed on. */
void explain_json_run(const struct explain_run *run, bool *any, FILE *out);
/* Closes the object. `proof` may be NULL. `partitions` may be NULL, and is given away. */
void explain_json_end(const struct explain_target *target, const struct explain_intent *intent,
                      const struct explain_totals *totals, const struct explain_proof *proof,
                      struct json_object *partitions, FILE *out);

/* The place and the totals of a partition, as an element of `partitions`. */
void explain_json_partition(struct json_object *partitions, const struct explain_target *partition,
                            const struct explain_totals *totals);

#endif
