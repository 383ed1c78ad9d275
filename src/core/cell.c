/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <stdbool.h>
#include <string.h>

const char *unit_name(enum unit unit)
{
        switch (unit) {
        case UNIT_NS_PER_OP:
                return "ns/op";
        case UNIT_NS_PER_MIB:
                return "ns/MiB";
        case UNIT_GB_PER_S:
                return "GB/s";
        }
        return "";
}

enum workload_phase cell_phase(const struct cell *cell)
{
        return cell->workload->phase ? cell->workload->phase(cell) : cell->op->phase;
}

union option_value cell_option(const struct cell *cell, const char *name)
{
        const struct option_row *rows = cell->workload->options;

        for (size_t i = 0; rows && rows[i].name; i++)
                if (strcmp(rows[i].name, name) == 0)
                        return cell->options[i];
        assert(false && "an option that the workload does not have");
        return (union option_value){ 0 };
}

const char *cell_map_word(const struct cell *cell)
{
        bool means = !(cell->source->traits & SOURCE_NO_MODES) || cell->map != MAP_MODE_SHARED;

        return means ? map_mode_name(cell->map) : "";
}

const char *cell_state_word(const struct cell *cell)
{
        bool means = cell->source->traits & SOURCE_TWINS || cell->state != FILE_WRITTEN;

        return means ? file_state_name(cell->state) : "";
}
