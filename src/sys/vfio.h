/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCI devices that vfio-pci has, and their memory BARs, by the type-1 interface of VFIO
 * (Documentation/driver-api/vfio.rst, include/uapi/linux/vfio.h). A BAR is mapped without struct
 * pages (VM_PFNMAP). Nothing here binds a device to a driver or takes it away from one.
 */
#ifndef PMDGAIN_SYS_VFIO_H
#define PMDGAIN_SYS_VFIO_H

#include "sys/root.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define VFIO_BARS 6

/* What a user names: "0000:00:03.0", or "00:03.0", or with a BAR "0000:00:03.0/2". */
struct vfio_target {
        char address[16]; /* with its domain, as sysfs has it */
        int bar;          /* -1: none named */
};

/* STATUS_USAGE for anything else. */
struct status vfio_target_parse(const char *text, struct vfio_target *ret_target);

/* A device that can be opened, as sysfs tells. */
struct vfio_device {
        char address[16];
        unsigned group; /* of the IOMMU */
        int node;       /* NUMA node; -1 when not known */
        int bar;        /* the one named, else the largest prefetchable one */
        uint64_t bar_bytes;
};

/*
 * From sysfs alone, nothing is opened. Reading a BAR that is not prefetchable may have effects
 * (PCI Local Bus Specification 3.0, 6.2.5.1), so such a one must be named. STATUS_USAGE when there
 * is no such device or BAR, or vfio-pci does not have it (`todo` has the commands); STATUS_SKIP
 * when there is no IOMMU for it.
 */
struct status vfio_device_find(const struct sys_root *root, const struct vfio_target *target,
                               struct vfio_device *ret_device);

/*
 * Opens it, which resets most devices. The descriptor alone keeps it: a second process gets EBUSY
 * until it is closed. STATUS_USAGE when this user may not, when another process has it, or when
 * other devices of its group are with other drivers; STATUS_SKIP when the kernel has no type-1
 * IOMMU for it.
 */
struct status vfio_device_open(const struct sys_root *root, const struct vfio_device *device,
                               int *ret_fd);

/* The largest part of its BAR that can be mapped. */
struct vfio_area {
        off_t offset; /* for mmap() of the device's descriptor */
        uint64_t bytes;
};

/* STATUS_USAGE when nothing of it can be mapped. */
struct status vfio_area_find(int fd, const struct vfio_device *device, struct vfio_area *ret_area);

#endif
