/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Reads the digits at `text`; false when there are none or they overflow. */
static bool digits_parse(const char *text, uint64_t *ret_value, const char **ret_end)
{
        char *end;
        unsigned long long value;

        if (!isdigit((unsigned char)*text))
                return false;
        errno = 0;
        value = strtoull(text, &end, 10);
        if (errno)
                return false;
        *ret_value = value;
        *ret_end = end;
        return true;
}

struct status count_parse(const char *text, uint64_t *ret_value)
{
        const char *end;
        uint64_t value;

        if (!digits_parse(text, &value, &end) || *end)
                return status_make(STATUS_USAGE, "write a whole number, for example 4",
                                   "'%s' is not a whole number", text);
        *ret_value = value;
        return status_ok();
}

struct status real_parse(const char *text, double *ret_value)
{
        char *end;
        double value;

        errno = 0;
        value = strtod(text, &end);
        if (end == text || *end || errno || !isfinite(value) || isspace((unsigned char)*text))
                return status_make(STATUS_USAGE, "write a number, for example 1.25",
                                   "'%s' is not a number", text);
        *ret_value = value;
        return status_ok();
}

struct status percent_parse(const char *text, double *ret_percent)
{
        size_t length = strlen(text);
        char number[64] = "";
        struct status status;

        if (length && text[length - 1] == '%')
                length--;
        if (length < sizeof(number))
                snprintf(number, sizeof(number), "%.*s", (int)length, text);
        status = real_parse(number, ret_percent);
        if (status_failed(&status))
                return status_make(STATUS_USAGE, "write a number and a percent sign, as in 2%",
                                   "'%s' is not a percentage", text);
        return status_ok();
}

struct status size_parse(const char *text, uint64_t *ret_bytes)
{
        static const char prefixes[] = "kmgtp";
        const char *end;
        uint64_t value;
        unsigned shift = 0;

        if (strcasecmp(text, "page") == 0) {
                *ret_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
                return status_ok();
        }
        if (!digits_parse(text, &value, &end))
                goto bad;
        if (*end) {
                const char *prefix = strchr(prefixes, tolower((unsigned char)*end));

                if (prefix) {
                        shift = 10 * (unsigned)(prefix - prefixes + 1);
                        end++;
                }
                if (strcasecmp(end, "") && strcasecmp(end, "b") &&
                    !(shift && strcasecmp(end, "ib") == 0))
                        goto bad;
        }
        if (shift && value > (UINT64_MAX >> shift))
                return status_make(STATUS_USAGE, "write a smaller size",
                                   "'%s' is more than 64 bits of bytes", text);
        *ret_bytes = value << shift;
        return status_ok();
bad:
        return status_make(STATUS_USAGE, "write a size as 4096, 64k, 2m, 1g or 1t, or page",
                           "'%s' is not a size", text);
}

struct status time_parse(const char *text, uint64_t *ret_ns)
{
        static const struct {
                const char *name;
                uint64_t ns;
        } scales[] = {
                { "ns", 1 },
                { "us", 1000 },
                { "ms", 1000000 },
                { "s", 1000000000 },
                { "m", UINT64_C(60000000000) },
                { "h", UINT64_C(3600000000000) },
        };
        const char *end;
        uint64_t value;

        if (digits_parse(text, &value, &end)) {
                for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
                        if (strcasecmp(end, scales[i].name) == 0 &&
                            value <= UINT64_MAX / scales[i].ns) {
                                *ret_ns = value * scales[i].ns;
                                return status_ok();
                        }
                }
        }
        return status_make(STATUS_USAGE, "write a time as 500ms, 20s or 5m",
                           "'%s' is not a time", text);
}

char *size_format(uint64_t bytes, char *text, size_t text_size)
{
        static const char prefixes[] = "kmgtp";
        int step = -1;

        while (bytes && bytes % 1024 == 0 && step + 1 < (int)sizeof(prefixes) - 1) {
                bytes /= 1024;
                step++;
        }
        if (step < 0)
                snprintf(text, text_size, "%" PRIu64, bytes);
        else
                snprintf(text, text_size, "%" PRIu64 "%c", bytes, prefixes[step]);
        return text;
}

char *size_format_human(uint64_t bytes, char *text, size_t text_size)
{
        static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
        double value = (double)bytes;
        size_t step = 0;

        while (value >= 1024 && step + 1 < sizeof(names) / sizeof(names[0])) {
                value /= 1024;
                step++;
        }
        snprintf(text, text_size, value == floor(value) ? "%.0f %s" : "%.1f %s", value,
                 names[step]);
        return text;
}

char *time_format_human(uint64_t ns, char *text, size_t text_size)
{
        uint64_t seconds = ns / UINT64_C(1000000000);

        if (seconds >= 60)
                snprintf(text, text_size, "%" PRIu64 " min %02" PRIu64 " s", seconds / 60,
                         seconds % 60);
        else if (seconds >= 10)
                snprintf(text, text_size, "%" PRIu64 " s", seconds);
        else if (ns >= 1000000000)
                snprintf(text, text_size, "%.1f s", (double)ns / 1e9);
        else if (ns >= 1000000)
                snprintf(text, text_size, "%.1f ms", (double)ns / 1e6);
        else if (ns >= 1000)
                snprintf(text, text_size, "%.1f us", (double)ns / 1e3);
        else
                snprintf(text, text_size, "%" PRIu64 " ns", ns);
        return text;
}

static bool separates(char c)
{
        return c == ',' || isspace((unsigned char)c);
}

bool list_next(const char **cursor, char *word, size_t word_size)
{
        const char *start = *cursor;
        size_t length = 0;

        while (*start && separates(*start))
                start++;
        while (start[length] && !separates(start[length]))
                length++;
        *cursor = start + length;
        if (!length)
                return false;
        snprintf(word, word_size, "%.*s", (int)length, start);
        return true;
}
