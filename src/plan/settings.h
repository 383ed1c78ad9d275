/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a run: keys of [global]. */
#ifndef PMDGAIN_PLAN_SETTINGS_H
#define PMDGAIN_PLAN_SETTINGS_H

#include "plan/ini_text.h"
#include "plan/plan.h"

/* Is it a setting's key, among the numbers or the texts? */
bool settings_has(const char *key);

/* The value of a setting's key as a text, taken out of its quotes when it begins with one.
 * STATUS_USAGE with where it was given for control characters, text behind the quotes, or one that
 * is too long. */
struct status settings_text(const struct ini_entry *entry, char *text, size_t text_size);

/* Fills every setting from `global` (may be NULL) and the presets. */
struct status settings_read(const struct ini_section *global, struct plan_settings *ret_settings);

#endif
