/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a size, a time, a number, a list or an arm; what reads must format and read back. */
#include <pmdgain/mapping.h>
#include <pmdgain/units.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void size_round_trip(const char *text)
{
        char formatted[UNITS_TEXT_MAX];
        uint64_t bytes = 0, again = 0;
        struct status status = size_parse(text, &bytes);

        if (status_failed(&status))
                return;
        size_format(bytes, formatted, sizeof(formatted));
        status = size_parse(formatted, &again);
        if (status_failed(&status) || again != bytes)
                abort();
}

static void arm_round_trip(const char *text)
{
        char formatted[ARM_TEXT_MAX];
        struct arm arm;
        struct status status = arm_parse(text, &arm);

        if (!status_failed(&status) &&
            strcmp(arm_format(arm, formatted, sizeof(formatted)), text) != 0)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = strndup((const char *)data, size);
        const char *cursor = text;
        char word[16];
        uint64_t number;
        double real;
        struct status status;

        if (!text)
                return 0;
        size_round_trip(text);
        arm_round_trip(text);
        status = time_parse(text, &number);
        status = count_parse(text, &number);
        status = real_parse(text, &real);
        (void)status;
        while (list_next(&cursor, word, sizeof(word)))
                if (!*word || strlen(word) >= sizeof(word))
                        abort();
        free(text);
        return 0;
}
