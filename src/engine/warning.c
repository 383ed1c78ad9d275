/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/warning.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *warning_code_name(enum warning_code code)
{
        static const char *const names[WARNING_CODES] = {
                [WARNING_FEW_BLOCKS] = "few_blocks",
                [WARNING_IMPRECISE] = "imprecise",
                [WARNING_GIVEN_UP] = "given_up",
                [WARNING_REMARK] = "remark",
                [WARNING_FREQUENCY] = "frequency",
                [WARNING_STEAL] = "steal",
                [WARNING_CORE_SHARED] = "core_shared",
                [WARNING_MIGRATED] = "migrated",
                [WARNING_SWAPPED] = "swapped",
                [WARNING_LOW_MEMORY] = "low_memory",
                [WARNING_THP_CHANGED] = "thp_changed",
                [WARNING_MULTIPLEXED] = "multiplexed",
                [WARNING_NEIGHBOUR] = "neighbour",
                [WARNING_RESUMED_ELSEWHERE] = "resumed_elsewhere",
        };

        return names[code];
}

void warnings_add(struct warnings *warnings, enum warning_code code, const char *format, ...)
{
        struct warning *warning;
        va_list arguments;

        if (warnings->count == WARNINGS_MAX)
                return;
        warning = &warnings->list[warnings->count++];
        warning->code = code;
        va_start(arguments, format);
        vsnprintf(warning->text, sizeof(warning->text), format, arguments);
        va_end(arguments);
}

void warnings_add_once(struct warnings *warnings, enum warning_code code, const char *text)
{
        for (size_t i = 0; i < warnings->count; i++)
                if (strncmp(warnings->list[i].text, text, WARNING_TEXT - 1) == 0)
                        return;
        warnings_add(warnings, code, "%s", text);
}
