/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: one for each page by PTE, one for each PMD by PMD. Only where nothing is mapped around a
 * fault, which is DAX alone.
 */
#include "mapping/proof_method.h"
#include "sys/procself.h"

#include <pmdgain/source.h>

#define OTHER_FAULTS 64 /* of the process itself in that time, or pages found present already */

static bool applies(unsigned traits)
{
        return traits & SOURCE_DAX_FAULTS && !(traits & SOURCE_FAULT_AROUND);
}

static struct proof_reading measure(const struct proof_meter *meter, const struct mapping *mapping)
{
        struct count now = procself_faults();
        double chunks = (double)mapping->bytes / (double)mapping->pmd_bytes;
        double pages = (double)mapping->pmd_bytes / (double)mapping->page_bytes; /* in a chunk */
        double each = mapping->faulted_twice ? 2 : 1;
        double faults, spare, fraction, unit = each * chunks * (pages - 1);

        if (!now.known || !meter->faults.known)
                return proof_silent("faults are not counted");
        faults = (double)(now.value - meter->faults.value);
        spare = OTHER_FAULTS + chunks; /* a second one for each PMD: a write after a read */
        if (faults < chunks)
                return proof_silent("fewer faults (%.0f) than PMDs", faults);
        if (faults > each * chunks * pages + spare)
                return proof_silent("more faults (%.0f) than pages", faults);
        /* faults = each * chunks * (fraction + (1 - fraction) * pages) */
        fraction = (each * chunks * pages - faults) / unit;
        return proof_says(fraction - OTHER_FAULTS / unit, fraction + spare / unit);
}

const struct proof_method proof_method_faults = {
        .name = "faults",
        .needs_meter = true,
        .applies = applies,
        .measure = measure,
};
