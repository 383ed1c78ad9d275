/* SPDX-License-Identifier: Apache-2.0 */
/* An INI text as sections of keys with the lines they stand in, read by inih. */
#ifndef PMDGAIN_PLAN_INI_TEXT_H
#define PMDGAIN_PLAN_INI_TEXT_H

#include <pmdgain/status.h>
#include <stddef.h>

struct ini_entry {
        char key[48];
        char value[1024];
        char origin[160]; /* "file:line", or an option's name */
};

struct ini_section {
        char name[64];
        char origin[160];
        struct ini_entry *entries;
        size_t entry_count;
};

struct ini_text {
        struct ini_section *sections;
        size_t section_count;
};

/* STATUS_USAGE with "origin:line: " for a line that is no section, key or comment, a key twice in
 * one section, or a line that is too long. Free with ini_text_free(), also after a failure. */
struct status ini_text_parse(const char *text, const char *origin, struct ini_text *ret_ini);
void ini_text_free(struct ini_text *ini);

/* NULL when not there. */
const struct ini_section *ini_section_find(const struct ini_text *ini, const char *name);
const struct ini_entry *ini_entry_find(const struct ini_section *section, const char *key);

#endif
