/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_lines.h"

#include "cli/probe_table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct json_object *probe_field(struct json_object *object, const char *key)
{
        struct json_object *value = NULL;

        if (json_object_is_type(object, json_type_object))
                json_object_object_get_ex(object, key, &value);
        return value;
}

size_t probe_length(struct json_object *array)
{
        return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

const char *probe_text_or(struct json_object *object, const char *key, const char *missing)
{
        struct json_object *value = probe_field(object, key);

        return value ? json_object_get_string(value) : missing;
}

const char *probe_text(struct json_object *object, const char *key)
{
        return probe_text_or(object, key, "-");
}

uint64_t probe_number(struct json_object *object, const char *key)
{
        return json_object_get_uint64(probe_field(object, key));
}

bool probe_true(struct json_object *object, const char *key)
{
        return json_object_get_boolean(probe_field(object, key));
}

struct probe_size probe_size_text(uint64_t bytes)
{
        struct probe_size size;

        size_format_human(bytes, size.text, sizeof(size.text));
        return size;
}

struct probe_size probe_size(struct json_object *object, const char *key)
{
        struct json_object *value = probe_field(object, key);

        return value ? probe_size_text(json_object_get_uint64(value)) : (struct probe_size){ "-" };
}

void probe_heading(FILE *out, const char *text)
{
        const char *none = getenv("NO_COLOR");
        bool bold = isatty(fileno(out)) && !(none && none[0]);

        fprintf(out, "\n%s%s%s\n", bold ? "\033[1m" : "", text, bold ? "\033[0m" : "");
}

void probe_line(FILE *out, const char *key, const char *format, ...)
{
        char *text = NULL, *escaped;
        va_list arguments;
        int length;

        va_start(arguments, format);
        length = vasprintf(&text, format, arguments);
        va_end(arguments);
        escaped = length < 0 ? NULL : probe_escape(text);
        fprintf(out, "  %-17s%s\n", key, escaped ? escaped : "");
        free(escaped);
        free(text);
}

void probe_line_reason(FILE *out, const char *key, struct json_object *object)
{
        if (probe_field(object, "reason"))
                probe_line(out, key, "%s", probe_text(object, "reason"));
        if (probe_field(object, "todo"))
                probe_line(out, "", "-> %s", probe_text(object, "todo"));
}

char *probe_joined(struct json_object *array)
{
        char *text = NULL;
        size_t size = 0;
        FILE *memory = open_memstream(&text, &size);
        const char *gap = "";

        if (!memory)
                return NULL;
        PROBE_EACH(word, array)
        {
                fprintf(memory, "%s%s", gap, json_object_get_string(word));
                gap = " ";
        }
        fclose(memory);
        return text;
}

void probe_line_joined(FILE *out, const char *key, struct json_object *array)
{
        char *text = probe_joined(array);

        probe_line(out, key, "%s", text && text[0] ? text : "none");
        free(text);
}
