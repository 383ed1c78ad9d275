/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A DAX character device. It maps by its alignment and nothing else (drivers/dax/device.c,
 * __dev_dax_pmd_fault()): a fault of a smaller size gets SIGBUS, a PMD fault on a device of 4 KiB
 * alignment falls back.
 */
#include "source/layout.h"
#include "source/target.h"
#include "sys/devdax.h"
#include "sys/nvdimm.h"

#include <inttypes.h>
#include <pmdgain/units.h>
#include <stdio.h>

/* "make the namespace with --align=2m or 4k": of this kernel's pages. */
static char *aligns_either(const struct source *source, char *text, size_t text_size)
{
        char pmd[UNITS_TEXT_MAX], page[UNITS_TEXT_MAX];

        snprintf(text, text_size, "make the namespace with --align=%s or %s",
                 size_format(source->pmd_bytes, pmd, sizeof(pmd)),
                 size_format(source->page_bytes, page, sizeof(page)));
        return text;
}

static struct status devdax_open(struct source *source, const struct source_request *request)
{
        struct devdax_facts facts;
        char align[UNITS_TEXT_MAX], advice[96];
        struct target target;

        TRY(target_open_devdax(request, &target));
        source->fd = target.fd;
        TRY(devdax_read(request->root, target.device, &facts));
        if (facts.bytes < source->bytes)
                return status_make(STATUS_USAGE, "use a smaller --bytes",
                                   "%s has %" PRIu64 " bytes, %" PRIu64 " are needed",
                                   request->target, facts.bytes, source->bytes);
        if (facts.align != source->page_bytes && facts.align != source->pmd_bytes)
                return status_make(STATUS_SKIP, aligns_either(source, advice, sizeof(advice)),
                                   "%s is aligned to %s: it is mapped neither by PMD nor by PTE",
                                   request->target, size_format(facts.align, align, sizeof(align)));
        source->align = (size_t)facts.align;
        source->dax = 1;
        source->memmap = nvdimm_memmap(request->root, S_IFCHR, target.device);
        source->node = nvdimm_node(request->root, S_IFCHR, target.device);
        snprintf(source->how, sizeof(source->how), "device aligned to %s",
                 size_format(facts.align, align, sizeof(align)));
        return status_ok();
}

static struct status devdax_lay_out(const struct source *source,
                                    const struct layout_request *request,
                                    struct mapping *ret_mapping)
{
        struct arm arm = request->arm;
        bool large = source->align == source->pmd_bytes;
        char other[UNITS_TEXT_MAX], why[160];

        if (arm.grain == GRAIN_PMD && !large) {
                snprintf(why, sizeof(why),
                         "the device is aligned to base pages; make the namespace with --align=%s",
                         size_format(source->pmd_bytes, other, sizeof(other)));
                return layout_refusal(source, arm, why);
        }
        if (arm.grain == GRAIN_PTE && large) {
                snprintf(
                        why, sizeof(why),
                        "a devdax with PMD alignment is never mapped by PTE; make a namespace with "
                        "--align=%s and use pte:namespace",
                        size_format(source->page_bytes, other, sizeof(other)));
                return layout_refusal(source, arm, why);
        }
        if (arm.grain == GRAIN_PTE && arm.lever != LEVER_NAMESPACE)
                return layout_refusal(source, arm,
                                      "the device is mapped by PTE in any case; use "
                                      "pte:namespace");
        return layout_file(source, source->fd, request, ret_mapping);
}

const struct source_class source_class_devdax = {
        .name = "devdax",
        .summary = "a DAX character device, by PMD or by PTE as its namespace was made",
        .needs = "a devdax namespace (ndctl create-namespace --mode=devdax), and --overwrite",
        .traits = SOURCE_NEEDS_TARGET | SOURCE_DAX_FAULTS,
        .open = devdax_open,
        .lay_out = devdax_lay_out,
};
