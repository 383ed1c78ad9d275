/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A memory BAR of a PCI device that vfio-pci has: memory without struct pages (VM_PFNMAP). From
 * Linux 6.12 on it is faulted by PMD where address and BAR allow it (drivers/vfio/pci/
 * vfio_pci_core.c, vfio_pci_mmap_huge_fault()), before that all at once by PTE
 * (vfio_pci_mmap_fault()). Nothing populates, locks or pins it: its pages come by touch alone.
 */
#include "mapping/presence.h"
#include "source/layout.h"
#include "source/populate.h"
#include "sys/vfio.h"

#include <pmdgain/units.h>
#include <stdio.h>

static struct status size_check(const struct source *source, const struct vfio_device *device,
                                uint64_t bytes)
{
        char wanted[UNITS_TEXT_MAX], there[UNITS_TEXT_MAX];

        if (bytes >= source->bytes)
                return status_ok();
        return status_make(STATUS_USAGE, "use a smaller --bytes, or name another BAR",
                           "BAR %d of %s has %s that can be mapped, %s are needed", device->bar,
                           device->address, size_format_human(bytes, there, sizeof(there)),
                           size_format_human(source->bytes, wanted, sizeof(wanted)));
}

/* Whether each page takes a fault of its own, seen on one PMD's worth at an unaligned address. */
static struct status page_faults_see(const struct source *source, bool *ret_each)
{
        const struct layout_request request = { .arm = { GRAIN_PTE, LEVER_VA },
                                                .bytes = source->pmd_bytes };
        size_t pages = source->pmd_bytes / source->page_bytes;
        struct mapping mapping;
        struct count faults;

        TRY(layout_file(source, source->fd, &request, &mapping));
        TRY(mapping_attach(&mapping));
        faults = presence_faults(&mapping);
        mapping_detach(&mapping);
        *ret_each = faults.known && faults.value > pages / 2;
        return status_ok();
}

static struct status traits_find(struct source *source)
{
        bool each;

        TRY(page_faults_see(source, &each));
        if (each)
                source->traits |= SOURCE_DAX_FAULTS;
        if (populate_read_faults_suffice(source, source->fd))
                source->traits |= SOURCE_READ_FAULTS_SUFFICE;
        return status_ok();
}

static struct status vfio_open(struct source *source, const struct source_request *request)
{
        struct vfio_target target;
        struct vfio_device device;
        struct vfio_area area;
        char size[UNITS_TEXT_MAX];

        TRY(vfio_target_parse(request->target, &target));
        TRY(vfio_device_find(request->root, &target, &device));
        TRY(size_check(source, &device, device.bar_bytes));
        if (!request->overwrite)
                return status_make(STATUS_USAGE,
                                   "give --overwrite if nothing in the device's memory is needed",
                                   "BAR %d of %s would be written to", device.bar, device.address);
        TRY(vfio_device_open(request->root, &device, &source->fd));
        TRY(vfio_area_find(source->fd, &device, &area));
        TRY(size_check(source, &device, area.bytes));
        source->start = area.offset;
        source->memmap = MEMMAP_NONE;
        source->node = device.node;
        TRY(traits_find(source));
        snprintf(
                source->how, sizeof(source->how),
                "BAR %d of %s, %s, IOMMU group %u; %s; what is cached of it is the device's matter",
                device.bar, device.address, size_format_human(area.bytes, size, sizeof(size)),
                device.group,
                source->traits & SOURCE_DAX_FAULTS ? "each page or PMD takes a fault of its own"
                                                   : "the first fault maps all of it");
        return status_ok();
}

static struct status vfio_lay_out(const struct source *source,
                                  const struct layout_request *request,
                                  struct mapping *ret_mapping)
{
        struct arm arm = request->arm;

        if (arm.lever != LEVER_ALIGNED && arm.lever != LEVER_NOHUGE && arm.lever != LEVER_VA)
                return layout_refusal(source, arm, "a BAR lies on a PMD boundary; use pte:va");
        TRY(layout_file(source, source->fd, request, ret_mapping));
        if (arm.grain == GRAIN_PMD)
                ret_mapping->advice = MADV_HUGEPAGE; /* 6.12 heeds `enabled` of THP here */
        return status_ok();
}

const struct source_class source_class_vfio = {
        .name = "vfio",
        .summary = "a PCI device's memory BAR, as BDF or BDF/BAR: no struct pages behind it",
        .needs = "a PCI device that vfio-pci has, behind an IOMMU, and --overwrite",
        .traits = SOURCE_NEEDS_TARGET | SOURCE_NO_PAGES,
        .open = vfio_open,
        .lay_out = vfio_lay_out,
};
