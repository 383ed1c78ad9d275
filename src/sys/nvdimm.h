/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a DAX-capable device is backed by: where its struct pages live, and how near it is.
 *
 * Read from sysfs alone, so that recorded trees do as well as the real one. The kernel's side:
 * drivers/nvdimm/namespace_devs.c (mode_show), pfn_devs.c (mode_show), pmem.c (pmem_attach_disk),
 * drivers/dax/device.c (dev_dax_probe).
 */
#ifndef PMDGAIN_SYS_NVDIMM_H
#define PMDGAIN_SYS_NVDIMM_H

#include "sys/root.h"

#include <pmdgain/mapping.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * `type` is S_IFBLK for a block device (a file's st_dev, or st_rdev of a block node) or S_IFCHR
 * for a DAX character device (its st_rdev): the two number their devices independently.
 *
 * Partitions count as their disk; device-mapper devices as what they lie on, where all of it
 * agrees. MEMMAP_NONE is a raw namespace, MEMMAP_RAM a namespace made with --map=mem, e820 or
 * virtio pmem, or a DAX device that is not on an NVDIMM (hmem, CXL), MEMMAP_PMEM --map=dev.
 * MEMMAP_UNKNOWN for every other device, and for sector (BTT) mode, which has no DAX.
 */
enum memmap nvdimm_memmap(const struct sys_root *root, mode_t type, dev_t device);

/* As in the CSV column: "none", "ram", "pmem"; "" when unknown. */
const char *nvdimm_memmap_word(enum memmap memmap);

/* The NUMA node of a device, NVDIMM or not; -1 when the kernel does not say. */
int nvdimm_node(const struct sys_root *root, mode_t type, dev_t device);

#endif
