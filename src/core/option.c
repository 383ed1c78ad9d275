/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pmdgain/option.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>

static struct status choice_parse(const struct option_row *row, const char *text,
                                  union option_value *ret_value)
{
        char all[200] = "";
        size_t used = 0;

        for (size_t i = 0; row->choices[i]; i++) {
                if (strcmp(text, row->choices[i]) == 0) {
                        ret_value->count = i;
                        return status_ok();
                }
                if (used < sizeof(all))
                        used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
                                                 i ? ", " : "write one of ", row->choices[i]);
        }
        return status_make(STATUS_USAGE, all, "%s: '%s' is not a choice", row->name, text);
}

static bool is_real(const struct option_row *row)
{
        return row->type == OPTION_REAL || row->type == OPTION_PERCENT;
}

static struct status value_parse(const struct option_row *row, const char *text,
                                 union option_value *ret_value)
{
        switch (row->type) {
        case OPTION_COUNT:
                return count_parse(text, &ret_value->count);
        case OPTION_SIZE:
                return size_parse(text, &ret_value->count);
        case OPTION_TIME:
                return time_parse(text, &ret_value->count);
        case OPTION_REAL:
                return real_parse(text, &ret_value->real);
        case OPTION_PERCENT:
                return percent_parse(text, &ret_value->real);
        case OPTION_CHOICE:
                return choice_parse(row, text, ret_value);
        }
        return status_make(STATUS_USAGE, NULL, "%s: unknown type of option", row->name);
}

struct status option_parse(const struct option_row *row, const char *text,
                           union option_value *ret_value)
{
        union option_value value = { 0 };
        struct status status = value_parse(row, text, &value);
        double number;

        if (status_failed(&status))
                return row->type == OPTION_CHOICE ?
                               status :
                               status_make(status.code, status.todo, "%s: %s", row->name,
                                           status.what);
        number = is_real(row) ? value.real : (double)value.count;
        if (row->type != OPTION_CHOICE && (number < row->min || number > row->max))
                return status_make(STATUS_USAGE, "write a value within the bounds",
                                   "%s: '%s' is not between %.15g and %.15g", row->name, text,
                                   row->min, row->max);
        *ret_value = value;
        return status_ok();
}

char *option_format(const struct option_row *row, union option_value value, char *text,
                    size_t text_size)
{
        if (is_real(row))
                snprintf(text, text_size, "%.17g", value.real);
        else if (row->type == OPTION_CHOICE)
                snprintf(text, text_size, "%s", row->choices[value.count]);
        else
                snprintf(text, text_size, "%" PRIu64, value.count);
        return text;
}
