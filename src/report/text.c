/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* How many bytes the character that starts with `lead` has; 0 when none can. */
static size_t character_length(unsigned char lead)
{
        if (lead < 0x80)
                return 1;
        if (lead >= 0xc2 && lead < 0xe0)
                return 2;
        if (lead >= 0xe0 && lead < 0xf0)
                return 3;
        if (lead >= 0xf0 && lead < 0xf5)
                return 4;
        return 0;
}

/* XML 1.0, "Char", without surrogates; an overlong form decodes below `least`. */
static bool allowed(uint32_t code, size_t length)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

        if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
                return false;
        if (code < 0x20)
                return code == '\t' || code == '\n' || code == '\r';
        return !(code >= 0x7f && code < 0xa0) && code != 0xfffe && code != 0xffff;
}

const char *text_next(const char *text, size_t *ret_length)
{
        size_t length = character_length((unsigned char)text[0]);
        uint32_t code = (unsigned char)text[0];

        if (length > 1)
                code &= 0x7fU >> length;
        for (size_t i = 1; i < length; i++) {
                unsigned char byte = (unsigned char)text[i];

                if ((byte & 0xc0) != 0x80)
                        length = 0;
                else
                        code = code << 6 | (byte & 0x3f);
        }
        if (length && allowed(code, length)) {
                *ret_length = length;
                return text;
        }
        *ret_length = 1;
        return "\xef\xbf\xbd";
}

char *text_line(const char *text, size_t limit, char *line, size_t line_size)
{
        static const char more[] = "…";
        size_t used = 0;

        for (size_t count = 0; *text; count++) {
                size_t length;
                const char *character = text_next(text, &length);
                size_t bytes;

                if (character == text && (unsigned char)*text < ' ')
                        character = " ";
                bytes = character == text ? length : strlen(character);
                if (used + bytes + sizeof(more) > line_size || count == limit) {
                        memcpy(line + used, more, sizeof(more));
                        return line;
                }
                memcpy(line + used, character, bytes);
                used += bytes;
                text += length;
        }
        line[used] = '\0';
        return line;
}

char *text_label(const char *text, size_t limit, char *label, size_t label_size)
{
        text_line(text, limit, label, label_size);
        for (char *each = label; *each; each++) {
                if (*each == '"')
                        *each = '\'';
                else if (*each == ',')
                        *each = ';';
                else if (*each == '\\')
                        *each = '/';
        }
        return label;
}

size_t text_width(const char *text)
{
        size_t width = 0;

        for (size_t length; *text; text += length, width++)
                text_next(text, &length);
        return width;
}
