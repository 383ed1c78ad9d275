/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAGEMAP_SCAN: exact, and right for DAX too. Needs struct pages: VM_PFNMAP areas are
 * skipped by the walker (fs/proc/task_mmu.c, pagemap_scan_test_walk()).
 */
#include "mapping/proof_method.h"
#include "sys/pagemap.h"

#include <pmdgain/source.h>

static bool applies(unsigned traits)
{
        return !(traits & SOURCE_NO_PAGES);
}

static struct proof_reading measure(const struct proof_meter *meter, const struct mapping *mapping)
{
        struct pagemap_figures figures;
        struct proof_reading reading;
        struct status status = pagemap_scan(mapping->address, mapping->bytes, &figures);
        double bytes = (double)mapping->bytes;

        if (status_failed(&status))
                return proof_silent("%.100s", status.what);
        if (figures.present_bytes < mapping->bytes)
                return proof_partly((double)figures.huge_bytes / bytes,
                                    (double)figures.present_bytes / bytes);
        reading =
                proof_says((double)figures.huge_bytes / bytes, (double)figures.huge_bytes / bytes);
        if (figures.zero_known)
                reading.zero_fraction = (double)figures.zero_bytes / bytes;
        return reading;
}

const struct proof_method proof_method_pagemap = {
        .name = "pagemap",
        .applies = applies,
        .measure = measure,
};
