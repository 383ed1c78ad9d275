/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_map.h"

#include "explain/words.h"

#include <string.h>

char explain_map_sign(enum explain_cause cause, enum explain_outcome outcome)
{
        if (outcome == OUTCOME_ZERO_PMD)
                return '0';
        return explain_cause_sign(cause);
}

void explain_map_begin(struct explain_map *map, uint64_t offset, uint64_t pmd_bytes, FILE *out)
{
        *map = (struct explain_map) {
                .out = out,
                .pmd_bytes = pmd_bytes,
                .row_start = offset / pmd_bytes * pmd_bytes,
        };
}

static void row_print(struct explain_map *map)
{
        char text[UNITS_TEXT_MAX];
        bool same = strcmp(map->row, map->above) == 0;

        if (same && !map->skipping)
                fprintf(map->out, "%10s  *\n", "");
        if (!same)
                fprintf(map->out, "%10s  %s\n",
                        map->row_start ? size_format_human(map->row_start, text, sizeof(text))
                                       : "0",
                        map->row);
        map->skipping = same;
        map->row_start += map->used * map->pmd_bytes;
        memcpy(map->above, map->row, sizeof(map->row));
        memset(map->row, 0, sizeof(map->row));
        map->used = 0;
}

/* Rows that are all alike need not be gone through one by one. */
static uint64_t rows_skip(struct explain_map *map, uint64_t chunks, char sign)
{
        uint64_t rows = chunks / EXPLAIN_MAP_COLUMNS;

        if (map->used || !map->skipping || map->above[0] != sign ||
            strspn(map->above, (const char[]) { sign, '\0' }) != EXPLAIN_MAP_COLUMNS)
                return 0;
        map->row_start += rows * EXPLAIN_MAP_COLUMNS * map->pmd_bytes;
        return rows * EXPLAIN_MAP_COLUMNS;
}

void explain_map_add(struct explain_map *map, const struct explain_run *run)
{
        char sign = explain_map_sign(run->cause, run->outcome);

        for (uint64_t left = run->chunks; left;) {
                left -= rows_skip(map, left, sign);
                if (!left)
                        break;
                map->row[map->used++] = sign;
                left--;
                if (map->used == EXPLAIN_MAP_COLUMNS)
                        row_print(map);
        }
}

void explain_map_end(struct explain_map *map)
{
        if (map->used)
                row_print(map);
}
