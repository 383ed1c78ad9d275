/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a run: keys of [global]. */
#ifndef PMDGAIN_PLAN_SETTINGS_H
#define PMDGAIN_PLAN_SETTINGS_H

#include "plan/ini_text.h"
#include "plan/plan.h"

/* Is it a setting's key, among the numbers or the texts? */
bool settings_has(const char *key);

/* Fills every setting from `global` (may be NULL) and the presets. */
struct status settings_read(const struct ini_section *global, struct plan_settings *ret_settings);

#endif
