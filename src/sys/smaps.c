/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/smaps.h"

#include "sys/keyed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* hugetlbfs pages count as PMD-mapped: the caller made the file of pages of that size. */
static const struct {
        const char *key;
        bool present, pmd;
} rows[] = {
        { "Rss", true, false },
        { "AnonHugePages", false, true },
        { "ShmemPmdMapped", false, true },
        { "FilePmdMapped", false, true },
        { "Shared_Hugetlb", true, true },
        { "Private_Hugetlb", true, true },
};

static void line_add(const char *line, struct smaps_figures *figures)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct count count = keyed_line(line, rows[i].key);

                if (!count.known)
                        continue;
                if (rows[i].present)
                        figures->present_bytes += count.value;
                if (rows[i].pmd)
                        figures->pmd_bytes += count.value;
                return;
        }
}

struct status smaps_parse(FILE *file, uint64_t start, uint64_t end,
                          struct smaps_figures *ret_figures)
{
        struct smaps_figures figures = { 0 };
        bool any = false, within = false;
        char *line = NULL;
        size_t size = 0;

        while (getline(&line, &size, file) > 0) {
                uint64_t from, to;

                if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2) {
                        any = true;
                        within = from >= start && from <= to && to <= end;
                        if (within)
                                figures.mapped_bytes += to - from;
                } else if (within) {
                        line_add(line, &figures);
                }
        }
        free(line);
        if (!any)
                return status_make(STATUS_SYSTEM, NULL, "smaps lists no mapped area");
        *ret_figures = figures;
        return status_ok();
}

struct status smaps_read(const void *address, size_t bytes, struct smaps_figures *ret_figures)
{
        FILE *file = fopen("/proc/self/smaps", "re");
        struct status status;

        if (!file)
                return errno == ENOENT ? status_make(STATUS_SKIP, NULL, "this kernel has no smaps")
                                       : status_errno(errno, NULL, "cannot open /proc/self/smaps");
        status = smaps_parse(file, (uintptr_t)address, (uintptr_t)address + bytes, ret_figures);
        fclose(file);
        return status;
}
