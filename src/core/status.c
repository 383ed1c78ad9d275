/* SPDX-License-Identifier: Apache-2.0 */
#include <pmdgain/status.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const code_names[] = {
        [STATUS_OK] = "ok",       [STATUS_SKIP] = "skip",     [STATUS_INVALID] = "invalid",
        [STATUS_USAGE] = "usage", [STATUS_SYSTEM] = "system",
};

#define CODE_COUNT (sizeof(code_names) / sizeof(code_names[0]))

struct status status_ok(void)
{
        struct status status; /* not zeroed as a whole: this is called for every field read */

        status.code = STATUS_OK;
        status.what[0] = status.todo[0] = '\0';
        return status;
}

static void one_line(char *text)
{
        for (; *text; text++)
                if (*text == '\n' || *text == '\r')
                        *text = ' ';
}

struct status status_make(enum status_code code, const char *todo, const char *format, ...)
{
        struct status status;
        va_list arguments;

        status.code = code;
        va_start(arguments, format);
        vsnprintf(status.what, sizeof(status.what), format, arguments);
        va_end(arguments);
        snprintf(status.todo, sizeof(status.todo), "%s", todo ? todo : "");
        one_line(status.what);
        one_line(status.todo);
        return status;
}

struct status status_errno(int error, const char *todo, const char *format, ...)
{
        char what[sizeof((struct status){ 0 }.what)];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(what, sizeof(what), format, arguments);
        va_end(arguments);
        return status_make(STATUS_SYSTEM, todo, "%s: %s", what, strerror(error));
}

const char *status_code_name(enum status_code code)
{
        return (size_t)code < CODE_COUNT ? code_names[code] : "system";
}

bool status_code_parse(const char *word, enum status_code *ret_code)
{
        for (size_t i = 0; i < CODE_COUNT; i++) {
                if (strcmp(word, code_names[i]) == 0) {
                        *ret_code = (enum status_code)i;
                        return true;
                }
        }
        return false;
}
