/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/list.h"

#include <ctype.h>
#include <string.h>

static bool separates(char c)
{
        return c == ',' || isspace((unsigned char)c);
}

struct status list_check(const char *list)
{
        const char *opened = NULL;

        for (const char *at = list; *at; at++) {
                if (*at == '"')
                        opened = opened ? NULL : at;
                else if (opened && iscntrl((unsigned char)*at) && *at != '\t')
                        return status_make(STATUS_USAGE, "give it another name",
                                           "a name with a line break or control character cannot "
                                           "stand in a plan");
        }
        if (opened)
                return status_make(STATUS_USAGE, "close it; a quote in quotes is written twice",
                                   "the quote before '%.40s' is not closed", opened + 1);
        return status_ok();
}

bool list_word_next(const char **cursor, char *word, size_t word_size)
{
        const char *at = *cursor;
        bool quoted = false;
        size_t length = 0;

        while (*at && separates(*at))
                at++;
        *cursor = at;
        for (; *at && (quoted || !separates(*at)); at++) {
                if (*at == '"' && !(quoted && at[1] == '"')) {
                        quoted = !quoted;
                        continue;
                }
                at += *at == '"'; /* the second of two */
                if (length + 1 < word_size)
                        word[length++] = *at;
        }
        if (at == *cursor)
                return false;
        word[length] = '\0';
        *cursor = at;
        return true;
}

static bool needs_quotes(const char *word)
{
        if (!*word || *word == ';' || *word == '#')
                return true;
        for (; *word; word++)
                if (separates(*word) || *word == '"' || *word == '\\')
                        return true;
        return false;
}

/* Where a line may end in a backslash and the next go on: not at blanks, which are lost there, and
 * not before what would begin a comment. 0 when nowhere. */
static size_t place_to_break(const char *text, size_t length)
{
        for (size_t at = length; at > 0; at--)
                if (!isspace((unsigned char)text[at]) && !isspace((unsigned char)text[at - 1]) &&
                    text[at] != ';' && text[at] != '#')
                        return at;
        return 0;
}

size_t list_word_write(const char *quoted, size_t line_length, FILE *out)
{
        size_t part = line_length;

        while (part && strlen(quoted) > line_length) {
                part = place_to_break(quoted, line_length);
                if (part)
                        fprintf(out, "%.*s\\\n ", (int)part, quoted);
                quoted += part;
        }
        return (size_t)fprintf(out, "%s", quoted);
}

char *list_word_quote(const char *word, char *text, size_t text_size)
{
        size_t used = 0;

        if (!needs_quotes(word)) {
                snprintf(text, text_size, "%s", word);
                return text;
        }
        text[used++] = '"';
        for (const char *at = word; *at && used + 5 < text_size; at++) {
                bool comment = *at == ';' && at > word && isspace((unsigned char)at[-1]);

                if (*at == '"' || comment)
                        text[used++] = '"';
                text[used++] = *at;
                if (comment)
                        text[used++] = '"';
        }
        text[used++] = '"';
        text[used] = '\0';
        return text;
}
