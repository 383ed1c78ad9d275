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
                else if (iscntrl((unsigned char)*at) && *at != '\t' && (opened || !separates(*at)))
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
        if (!*word)
                return true;
        for (; *word; word++)
                if (separates(*word) || strchr("\"\\;#", *word))
                        return true;
        return false;
}

/* Goes on in the next line. Blanks at the ends of a line are lost, so quotes end with it and begin
 * anew: where two lines meet, the INI reader takes both away. */
static size_t line_break(bool quoted, FILE *out)
{
        fputs(quoted ? "\"\\\n \"" : "\\\n ", out);
        return quoted ? 2 : 1;
}

size_t list_word_write(const char *word, size_t line_length, FILE *out)
{
        size_t column = 0;
        bool quoted = false;

        while (*word) {
                size_t part = quoted && word[0] == '"' && word[1] == '"' ? 2 : 1;
                bool comment = !quoted && (*word == ';' || *word == '#');

                if (column + part + 2 > line_length && !comment)
                        column = line_break(quoted, out);
                if (part == 1 && *word == '"')
                        quoted = !quoted;
                fwrite(word, 1, part, out);
                column += part;
                word += part;
        }
        return column;
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
