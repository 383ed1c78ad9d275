/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a json-c object field by field. What is not known is not set: no field is ever null.
 * Text from the system may hold any bytes; it is made valid UTF-8 here (RFC 8259 wants it), with
 * U+FFFD for every byte that is not.
 */
#ifndef PMDGAIN_SYS_JSON_FIELDS_H
#define PMDGAIN_SYS_JSON_FIELDS_H

#include <json-c/json.h>
#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void json_set_text(struct json_object *object, const char *key, const char *text);
void json_set_text_known(struct json_object *object, const char *key,
                         const char *text); /* not "" */
void json_set_number(struct json_object *object, const char *key, uint64_t value);
void json_set_count(struct json_object *object, const char *key, struct count count);
void json_set_node(struct json_object *object, const char *key, int node); /* -1: not known */
void json_set_bool(struct json_object *object, const char *key, bool value);

/* A new object or array that `object` owns. Without memory NULL, which every function here takes
 * and ignores. */
struct json_object *json_set_object(struct json_object *object, const char *key);
struct json_object *json_set_array(struct json_object *object, const char *key);
/* A new object or array at the end of `array`. */
struct json_object *json_add_object(struct json_object *array);
struct json_object *json_add_array(struct json_object *array);

void json_add_text(struct json_object *array, const char *text);
void json_add_number(struct json_object *array, uint64_t value);

/* `text` as valid UTF-8; the caller frees it. NULL without memory. */
char *json_valid_text(const char *text);

#endif
