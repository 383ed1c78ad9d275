/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define INDENT "  "

/* Decodes one UTF-8 character; 0 bytes taken when there is none. */
static size_t decode(const unsigned char *text, uint32_t *ret_character)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        size_t length = *text < 0x80             ? 1
                        : (*text & 0xe0) == 0xc0 ? 2
                        : (*text & 0xf0) == 0xe0 ? 3
                        : (*text & 0xf8) == 0xf0 ? 4
                                                 : 0;
        uint32_t character = length < 2 ? *text : *text & (0x7fu >> length);

        for (size_t i = 1; i < length; i++) {
                if ((text[i] & 0xc0) != 0x80)
                        return 0;
                character = character << 6 | (text[i] & 0x3fu);
        }
        if (!length || character < least[length] || character > 0x10ffff ||
            (character >= 0xd800 && character < 0xe000))
                return 0;
        *ret_character = character;
        return length;
}

/* C0 and C1 controls, DEL, line separators, and what sets or overrides direction. */
static bool harmful(uint32_t character)
{
        return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
               (character >= 0x200b && character <= 0x200f) ||
               (character >= 0x2028 && character <= 0x202e) ||
               (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

char *probe_escape(const char *text)
{
        const unsigned char *from = (const unsigned char *)text;
        char *escaped = malloc(4 * strlen(text) + 1), *to = escaped;

        if (!escaped)
                return NULL;
        while (*from) {
                uint32_t character = 0;
                size_t length = decode(from, &character);

                if (length && !harmful(character)) {
                        memcpy(to, from, length);
                        to += length;
                        from += length;
                        continue;
                }
                for (length = length ? length : 1; length; length--)
                        to += sprintf(to, "\\x%02x", *from++);
        }
        *to = '\0';
        return escaped;
}

static void append(struct probe_table *table, char *cell)
{
        if (table->count == table->room) {
                size_t room = table->room ? 2 * table->room : 64;
                char **cells = realloc(table->cells, room * sizeof(*cells));

                if (!cells) {
                        free(cell);
                        return;
                }
                table->cells = cells;
                table->room = room;
        }
        table->cells[table->count++] = cell;
}

void probe_table_begin(struct probe_table *table, const char *const *headings)
{
        *table = (struct probe_table){ 0 };
        for (; headings[table->columns]; table->columns++)
                append(table, strdup(headings[table->columns]));
}

void probe_table_cell(struct probe_table *table, const char *format, ...)
{
        va_list arguments;
        char *text = NULL;
        int length;

        va_start(arguments, format);
        length = vasprintf(&text, format, arguments);
        va_end(arguments);
        if (length < 0) {
                append(table, NULL);
                return;
        }
        append(table, probe_escape(text));
        free(text);
}

static size_t width_of(const char *cell)
{
        size_t width = 0;

        for (; cell && *cell; cell++)
                width += (*cell & 0xc0) != 0x80; /* one a character, not one a byte */
        return width;
}

static void print_row(const struct probe_table *table, size_t row, const size_t *widths, FILE *out)
{
        char **cells = table->cells + row * table->columns;
        size_t last = table->columns;

        while (last && !width_of(cells[last - 1]))
                last--;
        fputs(INDENT, out);
        for (size_t column = 0; column < last; column++) {
                size_t pad = column + 1 < last ? widths[column] - width_of(cells[column]) + 2 : 0;

                fprintf(out, "%s%*s", cells[column] ? cells[column] : "", (int)pad, "");
        }
        fputc('\n', out);
}

void probe_table_end(struct probe_table *table, FILE *out)
{
        size_t widths[PROBE_COLUMNS_MAX] = { 0 }, rows = table->count / table->columns;

        for (size_t i = 0; i < rows * table->columns; i++) {
                size_t width = width_of(table->cells[i]), column = i % table->columns;

                widths[column] = width > widths[column] ? width : widths[column];
        }
        for (size_t row = 0; rows > 1 && row < rows; row++)
                print_row(table, row, widths, out);
        for (size_t i = 0; i < table->count; i++)
                free(table->cells[i]);
        free(table->cells);
        *table = (struct probe_table){ 0 };
}
