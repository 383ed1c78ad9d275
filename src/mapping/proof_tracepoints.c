/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracepoints fs_dax:dax_pmd_fault_done and dax_pte_fault_done: what fs/dax.c did with each fault
 * that this thread took (include/trace/events/fs_dax.h). At least one fault for each PMD and each
 * PTE that is there now; a write after a read makes it two, which leaves the rest open.
 */
#include "mapping/proof_method.h"
#include "sys/tracepoint.h"

#include <inttypes.h>
#include <pmdgain/source.h>
#include <stdio.h>
#include <unistd.h>

/* include/linux/mm_types.h: VM_FAULT_NOPAGE 0x100, VM_FAULT_FALLBACK 0x800 */
static const struct {
        const char *event, *filter;
} counted[PROOF_TRACEPOINTS] = {
        [PROOF_DAX_PMD] = { "fs_dax/dax_pmd_fault_done", "result & 0x100" },
        [PROOF_DAX_PTE] = { "fs_dax/dax_pte_fault_done", "result & 0x100" },
        [PROOF_DAX_FALLBACK] = { "fs_dax/dax_pmd_fault_done", "result & 0x800" },
};

static bool applies(unsigned traits)
{
        return traits & SOURCE_FS_DAX;
}

static void begin(struct proof_meter *meter)
{
        struct sys_root root = sys_root_real();

        for (size_t i = 0; i < PROOF_TRACEPOINTS; i++)
                meter->tracepoints[i] = -1;
        meter->tracepoints_note[0] = '\0';
        for (size_t i = 0; i < PROOF_TRACEPOINTS; i++) {
                struct status status = tracepoint_open(&root, counted[i].event, counted[i].filter,
                                                       &meter->tracepoints[i]);

                if (!status_failed(&status))
                        continue;
                snprintf(meter->tracepoints_note, sizeof(meter->tracepoints_note), "%.119s",
                         status.what);
                return;
        }
}

static void end(struct proof_meter *meter)
{
        for (size_t i = 0; i < PROOF_TRACEPOINTS; i++)
                if (meter->tracepoints[i] >= 0)
                        close(meter->tracepoints[i]);
}

struct proof_reading tracepoints_say(const struct mapping *mapping, uint64_t pmds, uint64_t ptes,
                                     uint64_t fallbacks)
{
        double chunks = (double)mapping->bytes / (double)mapping->pmd_bytes;
        double pages = (double)mapping->bytes / (double)mapping->page_bytes;
        double most = (double)pmds / chunks, least = 1 - (double)ptes / pages;
        struct proof_reading reading;

        if (least > most)
                return proof_silent("%" PRIu64 " faults by PMD and %" PRIu64
                                    " by PTE are fewer than the mapping takes",
                                    pmds, ptes);
        reading = proof_says(least, most);
        snprintf(reading.note, sizeof(reading.note),
                 "%" PRIu64 " PMD faults fell back in fs/dax.c, %" PRIu64 " did not", fallbacks,
                 pmds);
        return reading;
}

static struct proof_reading measure(const struct proof_meter *meter, const struct mapping *mapping)
{
        struct count counts[PROOF_TRACEPOINTS];

        if (*meter->tracepoints_note)
                return proof_silent("%s", meter->tracepoints_note);
        for (size_t i = 0; i < PROOF_TRACEPOINTS; i++) {
                counts[i] = tracepoint_read(meter->tracepoints[i]);
                if (!counts[i].known)
                        return proof_silent("the kernel gives no count of %s", counted[i].event);
        }
        return tracepoints_say(mapping, counts[PROOF_DAX_PMD].value, counts[PROOF_DAX_PTE].value,
                               counts[PROOF_DAX_FALLBACK].value);
}

const struct proof_method proof_method_tracepoints = {
        .name = "tracepoints",
        .needs_meter = true,
        .slows_faults = true,
        .applies = applies,
        .begin = begin,
        .measure = measure,
        .end = end,
};
