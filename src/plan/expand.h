/* SPDX-License-Identifier: Apache-2.0 */
/* From one job to its cells: the product of its lists. */
#ifndef PMDGAIN_PLAN_EXPAND_H
#define PMDGAIN_PLAN_EXPAND_H

#include "plan/ini_text.h"
#include "plan/plan.h"

/* A key that every job may have, with its preset and help; NULL when there is none so named. */
const struct option_row *job_key_find(const char *key);

/* Appends the job's cells to the plan. */
struct status job_expand(const struct ini_section *section, const struct ini_section *global,
                         struct plan *plan);

#endif
