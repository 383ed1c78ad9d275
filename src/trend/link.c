/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/link.h"

#include <stdio.h>
#include <string.h>

/* How many bytes of both are the same folders, the last slash included. */
static size_t common_folders(const char *from, const char *to)
{
        size_t common = 0, i;

        for (i = 0; from[i] && from[i] == to[i]; i++)
                if (from[i] == '/')
                        common = i + 1;
        if (!from[i] && to[i] == '/' && (i == 0 || from[i - 1] != '/'))
                common = i + 1;
        return common;
}

static bool is_plain(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || (byte && strchr("-._~/", byte));
}

bool link_relative(const char *from, const char *to, char *link, size_t link_size)
{
        size_t common = common_folders(from, to), length = strlen(from), used = 0;

        if (common < length && from[length - 1] != '/')
                length++; /* the last folder ends without a slash */
        for (size_t i = common; i < length; i++) {
                if (i + 1 != length && from[i] != '/')
                        continue;
                if (used + 3 >= link_size)
                        return false;
                memcpy(link + used, "../", 3);
                used += 3;
        }
        if (!used) { /* a colon in the first part would make it a scheme */
                if (link_size < 3)
                        return false;
                memcpy(link, "./", 2);
                used = 2;
        }
        for (const char *at = to + (common < strlen(to) ? common : strlen(to)); *at; at++) {
                if (used + 4 > link_size)
                        return false;
                if (is_plain(*at))
                        link[used++] = *at;
                else
                        used += (size_t)snprintf(link + used, 4, "%%%02X", (unsigned char)*at);
        }
        if (used >= link_size)
                return false;
        link[used] = '\0';
        return true;
}
