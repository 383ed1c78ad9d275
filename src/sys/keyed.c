/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/keyed.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct count keyed_line(const char *line, const char *key)
{
        size_t length = strlen(key);
        uint64_t value, unit;
        char *end;

        if (strncmp(line, key, length) != 0 || (line[length] != ':' && line[length] != ' '))
                return (struct count) { 0 };
        line += length + (line[length] == ':');
        while (*line == ' ' || *line == '\t')
                line++;
        if (!isdigit((unsigned char)*line))
                return (struct count) { 0 };
        errno = 0;
        value = strtoull(line, &end, 10);
        unit = strncmp(end, " kB", 3) == 0 ? KIB : 1;
        if (errno || __builtin_mul_overflow(value, unit, &value))
                return (struct count) { 0 };
        return count_of(value);
}

struct count keyed_file(const char *base, const char *path, const char *key)
{
        struct count count = { 0 };
        char full[512], *line = NULL;
        size_t size = 0;
        FILE *file;

        snprintf(full, sizeof(full), "%s/%s", base, path);
        file = fopen(full, "re");
        if (!file)
                return count;
        while (!count.known && getline(&line, &size, file) > 0)
                count = keyed_line(line, key);
        free(line);
        fclose(file);
        return count;
}
