/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/ini_text.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_NAME_MAX 48 /* inih cuts at 49 */

/* inih hands over one line at a time, so the line being handled is the last one read. */
struct reading {
        const char *cursor;
        const char *origin;
        unsigned line;
        bool continued; /* the line starts with white space: it goes on with the last key */
        struct ini_text ini;
        struct status status;
};

static struct ini_section *section_of(struct reading *reading, const char *name)
{
        struct ini_text *ini = &reading->ini;
        struct ini_section *section, *grown;

        for (size_t i = 0; i < ini->section_count; i++)
                if (strcmp(ini->sections[i].name, name) == 0)
                        return &ini->sections[i];
        grown = realloc(ini->sections, (ini->section_count + 1) * sizeof(*grown));
        if (!grown)
                return NULL;
        ini->sections = grown;
        section = &grown[ini->section_count++];
        *section = (struct ini_section){ 0 };
        snprintf(section->name, sizeof(section->name), "%s", name);
        snprintf(section->origin, sizeof(section->origin), "%s:%u", reading->origin,
                 reading->line);
        return section;
}

/* inih tells of a section with its first key only: an empty one would go unnoticed. */
static struct status section_begin(struct reading *reading, const char *line)
{
        char name[SECTION_NAME_MAX + 2];
        const char *end = strchr(line, ']');

        if (!end)
                return status_make(STATUS_USAGE, "write [name]", "%s:%u: the section has no ']'",
                                   reading->origin, reading->line);
        if (end - line - 1 > SECTION_NAME_MAX || end == line + 1)
                return status_make(STATUS_USAGE, "use a name of 1 to 48 characters",
                                   "%s:%u: the section's name is empty or too long",
                                   reading->origin, reading->line);
        snprintf(name, sizeof(name), "%.*s", (int)(end - line - 1), line + 1);
        if (!section_of(reading, name))
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        return status_ok();
}

static char *next_line(char *line, int size, void *stream)
{
        struct reading *reading = stream;
        const char *end = strchr(reading->cursor, '\n');
        size_t length = end ? (size_t)(end - reading->cursor) + 1 : strlen(reading->cursor);

        if (!length || status_failed(&reading->status))
                return NULL;
        reading->line++;
        if (length >= (size_t)size) {
                reading->status = status_make(
                        STATUS_USAGE, "go on in the next line, indented",
                        "%s:%u: the line is longer than %d characters", reading->origin,
                        reading->line, size - 2);
                return NULL;
        }
        memcpy(line, reading->cursor, length);
        line[length] = '\0';
        reading->continued = line[0] == ' ' || line[0] == '\t';
        reading->cursor += length;
        if (line[0] == '[')
                reading->status = section_begin(reading, line);
        return line;
}

static struct status entry_extend(struct reading *reading, struct ini_entry *entry,
                                  const char *value)
{
        size_t used = strlen(entry->value);
        bool joins = used && entry->value[used - 1] == '\\'; /* one word in two lines */

        if (!reading->continued)
                return status_make(STATUS_USAGE, "keep one of the two",
                                   "%s:%u: '%s' is given twice (also in %s)", reading->origin,
                                   reading->line, entry->key, entry->origin);
        if (used + 1 + strlen(value) >= sizeof(entry->value))
                return status_make(STATUS_USAGE, "split the job in two",
                                   "%s:%u: the value of '%s' is too long", reading->origin,
                                   reading->line, entry->key);
        used -= joins;
        if (joins && used && entry->value[used - 1] == '"' && *value == '"') {
                used--; /* quotes that ended with the line go on */
                value++;
        }
        snprintf(entry->value + used, sizeof(entry->value) - used, "%s%s", joins ? "" : " ",
                 value);
        return status_ok();
}

static struct status entry_add(struct reading *reading, struct ini_section *section,
                               const char *key, const char *value)
{
        struct ini_entry *entry = (struct ini_entry *)ini_entry_find(section, key);
        struct ini_entry *grown;

        if (entry)
                return entry_extend(reading, entry, value);
        grown = realloc(section->entries, (section->entry_count + 1) * sizeof(*grown));
        if (!grown)
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        section->entries = grown;
        entry = &grown[section->entry_count++];
        *entry = (struct ini_entry){ 0 };
        snprintf(entry->key, sizeof(entry->key), "%s", key);
        snprintf(entry->value, sizeof(entry->value), "%s", value);
        snprintf(entry->origin, sizeof(entry->origin), "%s:%u", reading->origin, reading->line);
        return status_ok();
}

/* Called by inih: 1 to go on, 0 for an error. */
static int on_entry(void *user, const char *section_name, const char *key, const char *value)
{
        struct reading *reading = user;
        struct ini_section *section;

        if (!*section_name) {
                reading->status = status_make(STATUS_USAGE, "put [global] or [job-name] before it",
                                              "%s:%u: '%s' stands before any section",
                                              reading->origin, reading->line, key);
                return 0;
        }
        section = section_of(reading, section_name);
        reading->status = section ? entry_add(reading, section, key, value) :
                                    status_make(STATUS_SYSTEM, NULL, "out of memory");
        return !status_failed(&reading->status);
}

struct status ini_text_parse(const char *text, const char *origin, struct ini_text *ret_ini)
{
        struct reading reading = { .cursor = text, .origin = origin };
        int failed_line = ini_parse_stream(next_line, &reading, on_entry, &reading);

        if (!status_failed(&reading.status) && failed_line)
                reading.status = status_make(
                        STATUS_USAGE, "write '[job]', 'key = value' or '; comment'",
                        "%s:%d: not a section, a key with a value or a comment", origin,
                        failed_line);
        if (status_failed(&reading.status)) {
                ini_text_free(&reading.ini);
                return reading.status;
        }
        *ret_ini = reading.ini;
        return status_ok();
}

void ini_text_free(struct ini_text *ini)
{
        for (size_t i = 0; i < ini->section_count; i++)
                free(ini->sections[i].entries);
        free(ini->sections);
        *ini = (struct ini_text){ 0 };
}

const struct ini_section *ini_section_find(const struct ini_text *ini, const char *name)
{
        for (size_t i = 0; i < ini->section_count; i++)
                if (strcmp(ini->sections[i].name, name) == 0)
                        return &ini->sections[i];
        return NULL;
}

const struct ini_entry *ini_entry_find(const struct ini_section *section, const char *key)
{
        for (size_t i = 0; section && i < section->entry_count; i++)
                if (strcmp(section->entries[i].key, key) == 0)
                        return &section->entries[i];
        return NULL;
}
