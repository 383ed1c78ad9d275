/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/split.h"

#include "csv/row.h"

#include <string.h>

/* Takes the quotes off the field at `text`, in place, and moves `text` behind it. */
static enum csv_split unquote(char **text, const char *end)
{
        char *to = *text, *from = *text + 1;

        while (from < end) {
                if (*from != '"') {
                        *to++ = *from++;
                } else if (from + 1 < end && from[1] == '"') {
                        *to++ = '"';
                        from += 2;
                } else {
                        from++;
                        if (from < end && *from != ',')
                                return CSV_SPLIT_AFTER;
                        *to = '\0';
                        *text = from;
                        return CSV_SPLIT_OK;
                }
        }
        return CSV_SPLIT_OPEN;
}

static enum csv_split pass_plain(char **text)
{
        *text += strcspn(*text, ",\"\r");
        if (**text == '"')
                return CSV_SPLIT_QUOTE;
        return **text == '\r' ? CSV_SPLIT_RETURN : CSV_SPLIT_OK;
}

static const char *unguard(const char *field)
{
        return *field == '\'' && csv_guard_applies(field + 1) ? field + 1 : field;
}

enum csv_split csv_split(char *text, char *end, const char **fields, size_t room, size_t *ret_count)
{
        size_t count = 0;

        *end = '\0';
        for (;; text++) {
                const char *field = text;
                enum csv_split result = *text == '"' ? unquote(&text, end) : pass_plain(&text);
                bool last = text >= end;

                if (result != CSV_SPLIT_OK)
                        return result;
                *text = '\0';
                if (count < room)
                        fields[count] = unguard(field);
                count++;
                if (last)
                        break;
        }
        *ret_count = count;
        return CSV_SPLIT_OK;
}

const char *csv_split_text(enum csv_split result)
{
        static const char *const texts[] = {
                [CSV_SPLIT_OK] = "",
                [CSV_SPLIT_OPEN] = "a quote opens here that is never closed",
                [CSV_SPLIT_AFTER] = "text follows a closing quote",
                [CSV_SPLIT_QUOTE] = "a quote inside of a field that is not quoted",
                [CSV_SPLIT_RETURN] = "a carriage return outside of quotes",
        };

        return texts[result];
}
