/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/words.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
        const char *name, *words;
        char sign;
        bool says_past; /* the distance means something */
} causes[CAUSE_COUNT] = {
        [CAUSE_NONE] = { "none", "nothing", '#' },
        [CAUSE_DAX_OFF] = { "dax_off", "DAX is off", 'c' },
        [CAUSE_NO_MEMMAP] = { "no_memmap", "no memmap: the namespace has no struct pages", 'r' },
        [CAUSE_FILE_SYSTEM] = { "file_system", "this file system has no PMD faults", 'f' },
        [CAUSE_ADDRESS] = { "address", "virtual address", 'v', true },
        [CAUSE_OFFSET] = { "offset", "file offset", 'o', true },
        [CAUSE_LENGTH] = { "length", "the mapping ends within the chunk", 'l' },
        [CAUSE_THP_DISABLED] = { "thp_disabled", "huge pages are off for this process", 't' },
        [CAUSE_NOHUGE] = { "nohuge", "MADV_NOHUGEPAGE", 'n' },
        [CAUSE_PRIVATE] = { "private", "private mapping", 'w' },
        [CAUSE_END_OF_FILE] = { "end_of_file", "the file ends within the chunk", '$' },
        [CAUSE_HOLE] = { "hole", "hole: never allocated", '.' },
        [CAUSE_UNWRITTEN] = { "unwritten", "allocated, but never written", ',' },
        [CAUSE_SHARED_EXTENT] = { "shared_extent", "extent shared with another file", 's' },
        [CAUSE_SHORT_EXTENT] = { "short_extent", "extent too short", '-' },
        [CAUSE_UNPLACED] = { "unplaced", "place in memory not known", '?' },
        [CAUSE_PARTITION] = { "partition", "partition start", 'p', true },
        [CAUSE_NAMESPACE] = { "namespace", "namespace's data offset", 'd', true },
        [CAUSE_EXTENT] = { "extent", "extent's physical offset", 'e', true },
};

static const struct {
        const char *name, *words;
} outcomes[OUTCOME_COUNT] = {
        [OUTCOME_PMD] = { "pmd", "PMD" },
        [OUTCOME_ZERO_PMD] = { "zero_pmd", "PMD, zero page" },
        [OUTCOME_PUD] = { "pud", "PUD" },
        [OUTCOME_PTE] = { "pte", "PTE" },
        [OUTCOME_CACHE] = { "page_cache", "page cache" },
        [OUTCOME_REFUSED] = { "refused", "refused" },
        [OUTCOME_UNKNOWN] = { "unknown", "not known" },
};

const char *explain_cause_name(enum explain_cause cause)
{
        return causes[cause].name;
}

const char *explain_outcome_name(enum explain_outcome outcome)
{
        return outcomes[outcome].name;
}

const char *explain_outcome_words(enum explain_outcome outcome)
{
        return outcomes[outcome].words;
}

char explain_cause_sign(enum explain_cause cause)
{
        return causes[cause].sign;
}

char *explain_distance(uint64_t bytes, char *text, size_t size)
{
        if (bytes % MIB == 0 || bytes % KIB)
                return size_format_human(bytes, text, size);
        snprintf(text, size, "%" PRIu64 " KiB", bytes / KIB);
        return text;
}

char *explain_cause_words(const struct explain_place *place, enum explain_cause cause,
                          const struct explain_line *line, char *text, size_t size)
{
        char past[UNITS_TEXT_MAX], pmd[UNITS_TEXT_MAX];
        uint64_t align = place->kind == EXPLAIN_DEVDAX ? place->align : place->pmd_bytes;

        if (place->kind == EXPLAIN_DEVDAX && cause == CAUSE_NAMESPACE)
                snprintf(text, size, "the device's alignment is %s",
                         size_format_human(align, past, sizeof(past)));
        else if (cause == CAUSE_DAX_OFF && place->memmap == MEMMAP_NONE)
                snprintf(text, size, "DAX is off: the namespace is raw, without struct pages");
        else if (place->kind == EXPLAIN_BLOCK && cause == CAUSE_END_OF_FILE)
                snprintf(text, size, "the device ends within the chunk");
        else if (causes[cause].says_past && line->past_varies)
                snprintf(text, size, "%s, off %s boundaries by varying distances",
                         causes[cause].words, size_format_human(align, pmd, sizeof(pmd)));
        else if (causes[cause].says_past && line->past)
                snprintf(text, size, "%s, %s past a %s boundary", causes[cause].words,
                         explain_distance(line->past, past, sizeof(past)),
                         size_format_human(align, pmd, sizeof(pmd)));
        else if (causes[cause].says_past)
                snprintf(text, size, "%s does not fit the virtual address", causes[cause].words);
        else
                snprintf(text, size, "%s", causes[cause].words);
        return text;
}
