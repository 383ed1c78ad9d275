/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smaps: ShmemPmdMapped, FilePmdMapped, AnonHugePages and the hugetlb figures. Exact, but it goes
 * through every area of the process. Blind to DAX, whose figures are 0 on every kernel, and to
 * areas without struct pages.
 */
#include "mapping/proof_method.h"
#include "sys/smaps.h"

#include <pmdgain/source.h>

static bool applies(unsigned traits)
{
        return !(traits & (SOURCE_DAX_FAULTS | SOURCE_NO_PAGES));
}

static struct proof_reading measure(const struct proof_meter *meter, const struct mapping *mapping)
{
        struct smaps_figures figures;
        struct status status = smaps_read(mapping->address, mapping->bytes, &figures);
        double bytes = (double)mapping->bytes;

        if (status_failed(&status))
                return proof_silent("%.100s", status.what);
        if (figures.mapped_bytes != mapping->bytes)
                return proof_silent("the area is not listed by itself");
        if (figures.present_bytes < mapping->bytes)
                return proof_partly((double)figures.pmd_bytes / bytes,
                                    (double)figures.present_bytes / bytes);
        return proof_says((double)figures.pmd_bytes / bytes, (double)figures.pmd_bytes / bytes);
}

const struct proof_method proof_method_smaps = {
        .name = "smaps",
        .costly = true,
        .applies = applies,
        .measure = measure,
};
