/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/json_fields.h"

#include <stdlib.h>
#include <string.h>

/* The length of the UTF-8 character at `text`, 0 when it is none: an overlong form, a surrogate,
 * above U+10FFFF, or cut off (RFC 3629, section 4). */
static size_t character_length(const unsigned char *text)
{
        static const struct {
                unsigned char first_lo, first_hi, second_lo, second_hi, length;
        } forms[] = {
                { 0x01, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
                { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
                { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
                { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
                { 0xf4, 0xf4, 0x80, 0x8f, 4 },
        };

        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
                if (text[0] < forms[i].first_lo || text[0] > forms[i].first_hi)
                        continue;
                if (forms[i].length > 1 &&
                    (text[1] < forms[i].second_lo || text[1] > forms[i].second_hi))
                        return 0;
                for (size_t byte = 2; byte < forms[i].length; byte++)
                        if ((text[byte] & 0xc0) != 0x80)
                                return 0;
                return forms[i].length;
        }
        return 0;
}

char *json_valid_text(const char *text)
{
        static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
        const unsigned char *from = (const unsigned char *)text;
        char *valid = malloc(strlen(text) * (sizeof(replacement) - 1) + 1);
        size_t length = 0;

        if (!valid)
                return NULL;
        while (*from) {
                size_t taken = character_length(from);

                if (taken) {
                        memcpy(valid + length, from, taken);
                        length += taken;
                } else {
                        memcpy(valid + length, replacement, sizeof(replacement) - 1);
                        length += sizeof(replacement) - 1;
                        taken = 1;
                }
                from += taken;
        }
        valid[length] = '\0';
        return valid;
}

static struct json_object *text_object(const char *text)
{
        char *valid = json_valid_text(text);
        struct json_object *object = valid ? json_object_new_string(valid) : NULL;

        free(valid);
        return object;
}

/* Without memory for an object, what belongs below it is dropped too: returns what was kept. */
static struct json_object *set(struct json_object *object, const char *key,
                               struct json_object *value)
{
        if (value && object && json_object_object_add(object, key, value) == 0)
                return value;
        json_object_put(value);
        return NULL;
}

static struct json_object *add(struct json_object *array, struct json_object *value)
{
        if (value && array && json_object_array_add(array, value) == 0)
                return value;
        json_object_put(value);
        return NULL;
}

void json_set_text(struct json_object *object, const char *key, const char *text)
{
        set(object, key, text_object(text));
}

void json_set_text_known(struct json_object *object, const char *key, const char *text)
{
        if (text && text[0])
                json_set_text(object, key, text);
}

void json_set_number(struct json_object *object, const char *key, uint64_t value)
{
        set(object, key, json_object_new_uint64(value));
}

void json_set_count(struct json_object *object, const char *key, struct count count)
{
        if (count.known)
                json_set_number(object, key, count.value);
}

void json_set_node(struct json_object *object, const char *key, int node)
{
        if (node >= 0)
                json_set_number(object, key, (uint64_t)node);
}

void json_set_bool(struct json_object *object, const char *key, bool value)
{
        set(object, key, json_object_new_boolean(value));
}

struct json_object *json_set_object(struct json_object *object, const char *key)
{
        return set(object, key, json_object_new_object());
}

struct json_object *json_set_array(struct json_object *object, const char *key)
{
        return set(object, key, json_object_new_array());
}

struct json_object *json_add_object(struct json_object *array)
{
        return add(array, json_object_new_object());
}

struct json_object *json_add_array(struct json_object *array)
{
        return add(array, json_object_new_array());
}

void json_add_text(struct json_object *array, const char *text)
{
        add(array, text_object(text));
}

void json_add_number(struct json_object *array, uint64_t value)
{
        add(array, json_object_new_uint64(value));
}
