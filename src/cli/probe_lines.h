/* SPDX-License-Identifier: Apache-2.0 */
/* What the sections of `pmdgain probe` are made with: reading JSON, headings and lines. */
#ifndef PMDGAIN_CLI_PROBE_LINES_H
#define PMDGAIN_CLI_PROBE_LINES_H

#include <json-c/json.h>
#include <pmdgain/units.h>
#include <stdint.h>
#include <stdio.h>

/* Goes through an array; through nothing when it is none. `item` becomes a variable's name. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define PROBE_EACH(item, array)                                                               \
        for (size_t item##_at_ = 0; item##_at_ < probe_length(array); item##_at_++)           \
                for (struct json_object *item = json_object_array_get_idx(array, item##_at_); \
                     item; item = NULL)
/* NOLINTEND(bugprone-macro-parentheses) */

struct json_object *probe_field(struct json_object *object, const char *key); /* NULL: missing */
size_t probe_length(struct json_object *array);

/* A string, or a number as it stands; `missing`, or "-", when there is none. */
const char *probe_text_or(struct json_object *object, const char *key, const char *missing);
const char *probe_text(struct json_object *object, const char *key);
uint64_t probe_number(struct json_object *object, const char *key); /* 0 when missing */
bool probe_true(struct json_object *object, const char *key);

struct probe_size {
        char text[UNITS_TEXT_MAX];
};

struct probe_size probe_size_text(uint64_t bytes);
struct probe_size probe_size(struct json_object *object, const char *key);

/* Words of an array with blanks between; to be freed. NULL without memory. */
char *probe_joined(struct json_object *array);

void probe_heading(FILE *out, const char *text);
void probe_line(FILE *out, const char *key, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void probe_line_joined(FILE *out, const char *key, struct json_object *array);

/* "reason" beside the key, and below it what would help ("todo"); nothing when there is neither. */
void probe_line_reason(FILE *out, const char *key, struct json_object *object);

#endif
