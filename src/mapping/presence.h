/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a mapping without struct pages (SOURCE_NO_PAGES) is present. The walkers of the kernel
 * (PAGEMAP_SCAN, mincore(), smaps) skip such areas, so that its pages must be touched to tell.
 */
#ifndef PMDGAIN_MAPPING_PRESENCE_H
#define PMDGAIN_MAPPING_PRESENCE_H

#include <pmdgain/mapping.h>
#include <pmdgain/units.h>

/* Minor faults that reading each base page takes, and so makes it present: 0 when it was. */
struct count presence_faults(const struct mapping *mapping);

/*
 * To be called when the mapping should be present; it is afterwards. When it was not, STATUS_SKIP
 * where less faults were taken (`minflt`) than the mapping has PMDs, for then nothing was tried,
 * else STATUS_INVALID.
 */
struct status presence_check(const struct mapping *mapping, struct count minflt);

#endif
