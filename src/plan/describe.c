/* SPDX-License-Identifier: Apache-2.0 */
/* A cell in words. */
#include "plan/plan.h"

#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <string.h>

/* Those that are not as preset. */
static size_t options_describe(const struct cell *cell, char *text, size_t text_size, size_t used)
{
        const struct option_row *rows = cell->workload->options;

        for (size_t i = 0; rows && rows[i].name && used < text_size; i++) {
                char value[48], preset[48];
                union option_value by_preset;
                struct status status = option_parse(&rows[i], rows[i].preset, &by_preset);

                option_format(&rows[i], cell->options[i], value, sizeof(value));
                if (!status_failed(&status)) {
                        option_format(&rows[i], by_preset, preset, sizeof(preset));
                        if (strcmp(value, preset) == 0)
                                continue;
                }
                used += (size_t)snprintf(text + used, text_size - used, " %s=%s", rows[i].name,
                                         value);
        }
        return used;
}

char *cell_describe(const struct cell *cell, char *text, size_t text_size)
{
        char size[UNITS_TEXT_MAX], arm[ARM_TEXT_MAX];
        size_t used;

        used = (size_t)snprintf(text, text_size, "%s %s %s", cell->workload->name, cell->op->name,
                                size_format(cell->bytes, size, sizeof(size)));
        if (cell->threads > 1 && used < text_size)
                used += (size_t)snprintf(text + used, text_size - used, " x%u", cell->threads);
        used = options_describe(cell, text, text_size, used);
        if (cell->map != MAP_MODE_SHARED && used < text_size)
                used += (size_t)snprintf(text + used, text_size - used, " map=%s",
                                         map_mode_name(cell->map));
        if (cell->state != FILE_WRITTEN && used < text_size)
                used += (size_t)snprintf(text + used, text_size - used, " state=%s",
                                         file_state_name(cell->state));
        if (used < text_size)
                used += (size_t)snprintf(text + used, text_size - used, " %s",
                                         arm_format(cell->arm, arm, sizeof(arm)));
        if (cell->shift && used < text_size)
                used += (size_t)snprintf(text + used, text_size - used, " shift=%s",
                                         size_format(cell->shift, size, sizeof(size)));
        if (cell->arm_source && used < text_size)
                snprintf(text + used, text_size - used, "@%s%s%s", cell->arm_source->name,
                         *cell->arm_target ? ":" : "", cell->arm_target);
        return text;
}
