/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hugepages.h"
#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/nvdimm.h"

#include <daxctl/libdaxctl.h>
#include <limits.h>
#include <ndctl/libndctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

/* Both libraries print to stderr unless told where else to. */
static void ndctl_silent(struct ndctl_ctx *context, int priority, const char *file, int line,
                         const char *function, const char *format, va_list arguments)
{
        (void)context, (void)priority, (void)file, (void)line, (void)function, (void)format;
        (void)arguments;
}

static void daxctl_silent(struct daxctl_ctx *context, int priority, const char *file, int line,
                          const char *function, const char *format, va_list arguments)
{
        (void)context, (void)priority, (void)file, (void)line, (void)function, (void)format;
        (void)arguments;
}

static void set_known(struct json_object *object, const char *key, unsigned long long value)
{
        if (value && value != ULLONG_MAX && value != ULONG_MAX)
                json_set_number(object, key, value);
}

static int compare_names(const void *left, const void *right)
{
        struct json_object *names[2] = { NULL, NULL };

        json_object_object_get_ex(*(struct json_object *const *)left, "name", &names[0]);
        json_object_object_get_ex(*(struct json_object *const *)right, "name", &names[1]);
        return strverscmp(json_object_get_string(names[0]), json_object_get_string(names[1]));
}

static void describe_region(struct ndctl_region *region, struct json_object *regions)
{
        struct json_object *object = json_add_object(regions);
        const char *type = ndctl_region_get_type_name(region);

        json_set_text(object, "name", ndctl_region_get_devname(region));
        json_set_text_known(object, "type", type);
        json_set_number(object, "bytes", ndctl_region_get_size(region));
        json_set_number(object, "available_bytes", ndctl_region_get_available_size(region));
        set_known(object, "align", ndctl_region_get_align(region));
        json_set_node(object, "numa_node", ndctl_region_get_numa_node(region));
        json_set_number(object, "interleave_ways", ndctl_region_get_interleave_ways(region));
        json_set_text(object, "bus", ndctl_bus_get_provider(ndctl_region_get_bus(region)));
        json_set_bool(object, "enabled", ndctl_region_is_enabled(region) > 0);
}

/* What claims a namespace decides what can be seen of it. */
struct claim {
        const char *mode;
        enum memmap memmap;
        unsigned long long bytes, align, resource; /* of the data; 0 when not known */
        const char *blockdev;
        char chardev[64];
};

static enum memmap location_memmap(enum ndctl_pfn_loc location)
{
        switch (location) {
        case NDCTL_PFN_LOC_RAM:
                return MEMMAP_RAM;
        case NDCTL_PFN_LOC_PMEM:
                return MEMMAP_PMEM;
        case NDCTL_PFN_LOC_NONE:
                break;
        }
        return MEMMAP_UNKNOWN;
}

static void claim_by_dax(struct ndctl_dax *dax, struct claim *claim)
{
        struct daxctl_region *region = ndctl_dax_get_daxctl_region(dax);
        struct daxctl_dev *device = region ? daxctl_dev_get_first(region) : NULL;

        claim->memmap = location_memmap(ndctl_dax_get_location(dax));
        claim->bytes = ndctl_dax_get_size(dax);
        claim->align = ndctl_dax_get_align(dax);
        claim->resource = ndctl_dax_get_resource(dax);
        if (device)
                snprintf(claim->chardev, sizeof(claim->chardev), "%s",
                         daxctl_dev_get_devname(device));
}

static struct claim claim_of(struct ndctl_namespace *namespace)
{
        static const char *const modes[] = {
                [NDCTL_NS_MODE_FSDAX] = "fsdax",     [NDCTL_NS_MODE_SECTOR] = "sector",
                [NDCTL_NS_MODE_RAW] = "raw",         [NDCTL_NS_MODE_DEVDAX] = "devdax",
                [NDCTL_NS_MODE_UNKNOWN] = "unknown",
        };
        enum ndctl_namespace_mode mode = ndctl_namespace_get_mode(namespace);
        struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(namespace);
        struct ndctl_dax *dax = ndctl_namespace_get_dax(namespace);
        struct ndctl_btt *btt = ndctl_namespace_get_btt(namespace);
        struct claim claim = {
                .mode = modes[mode <= NDCTL_NS_MODE_UNKNOWN ? mode : NDCTL_NS_MODE_UNKNOWN],
                .bytes = ndctl_namespace_get_size(namespace),
        };

        if (pfn) {
                claim.memmap = location_memmap(ndctl_pfn_get_location(pfn));
                claim.bytes = ndctl_pfn_get_size(pfn);
                claim.align = ndctl_pfn_get_align(pfn);
                claim.resource = ndctl_pfn_get_resource(pfn);
                claim.blockdev = ndctl_pfn_get_block_device(pfn);
        } else if (dax) {
                claim_by_dax(dax, &claim);
        } else if (btt) {
                claim.bytes = ndctl_btt_get_size(btt);
                claim.blockdev = ndctl_btt_get_block_device(btt);
        } else {
                claim.blockdev = ndctl_namespace_get_block_device(namespace);
                claim.resource = ndctl_namespace_get_resource(namespace);
                /* fsdax without a claim is memory the kernel made struct pages for by itself:
                 * memmap=nn!ss, virtio-pmem (drivers/nvdimm/pmem.c, pmem_should_map_pages()). */
                if (mode == NDCTL_NS_MODE_FSDAX)
                        claim.memmap = MEMMAP_RAM;
                else if (mode == NDCTL_NS_MODE_RAW)
                        claim.memmap = MEMMAP_NONE;
        }
        return claim;
}

static void describe_namespace(const struct sys_root *root, struct ndctl_namespace *namespace,
                               struct json_object *namespaces)
{
        struct claim claim = claim_of(namespace);
        struct json_object *object;
        const char *label = ndctl_namespace_get_alt_name(namespace);

        if (!claim.bytes) /* the kernel keeps an empty one in each region, to make more from */
                return;
        object = json_add_object(namespaces);
        json_set_text(object, "name", ndctl_namespace_get_devname(namespace));
        json_set_text(object, "region",
                      ndctl_region_get_devname(ndctl_namespace_get_region(namespace)));
        json_set_text(object, "mode", claim.mode);
        set_known(object, "size_bytes", claim.bytes);
        json_set_text_known(object, "memmap", nvdimm_memmap_word(claim.memmap));
        set_known(object, "align_bytes", claim.align);
        if (claim.resource && claim.resource != ULLONG_MAX)
                json_set_bool(object, "starts_on_pmd",
                              claim.resource % hugepages_pmd_bytes(root) == 0);
        json_set_text_known(object, "blockdev", claim.blockdev);
        json_set_text_known(object, "chardev", claim.chardev);
        json_set_text_known(object, "label", label);
        json_set_node(object, "numa_node", ndctl_namespace_get_numa_node(namespace));
        json_set_bool(object, "enabled", ndctl_namespace_is_active(namespace));
}

/* The NVDIMM region a DAX region lies in, by its path; else its own name. */
static void set_region(struct json_object *object, struct daxctl_region *region)
{
        const char *path = daxctl_region_get_path(region);
        const char *found = path ? strstr(path, "/region") : NULL;
        char name[64];

        if (!found) {
                json_set_text(object, "region", daxctl_region_get_devname(region));
                return;
        }
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(found + 1, "/"), found + 1);
        json_set_text(object, "region", name);
}

static void describe_device(const struct sys_root *root, struct daxctl_region *region,
                            struct daxctl_dev *device, struct json_object *devices)
{
        struct json_object *object = json_add_object(devices);
        const char *name = daxctl_dev_get_devname(device);
        unsigned long align = daxctl_dev_get_align(device);
        dev_t number = makedev((unsigned)daxctl_dev_get_major(device),
                               (unsigned)daxctl_dev_get_minor(device));
        char path[128];

        snprintf(path, sizeof(path), "/dev/%s", name);
        json_set_text(object, "name", name);
        json_set_text(object, "path", path);
        json_set_number(object, "size_bytes", daxctl_dev_get_size(device));
        /* Before 5.10 the region has it. */
        set_known(object, "align_bytes", align ? align : daxctl_region_get_align(region));
        set_region(object, region);
        json_set_text(object, "mode", daxctl_dev_get_memory(device) ? "system-ram" : "devdax");
        json_set_text_known(object, "memmap",
                            nvdimm_memmap_word(nvdimm_memmap(root, S_IFCHR, number)));
        json_set_node(object, "numa_node", nvdimm_node(root, S_IFCHR, number));
        json_set_bool(object, "enabled", daxctl_dev_is_enabled(device) > 0);
}

static void describe_nvdimms(const struct sys_root *root, struct ndctl_ctx *context,
                             struct json_object *regions, struct json_object *namespaces)
{
        struct ndctl_namespace *namespace;
        struct ndctl_region *region;
        struct ndctl_bus *bus;

        ndctl_bus_foreach(context, bus) ndctl_region_foreach(bus, region)
        {
                describe_region(region, regions);
                ndctl_namespace_foreach(region, namespace)
                        describe_namespace(root, namespace, namespaces);
        }
}

void machine_dax_devices(const struct sys_root *root, struct json_object *dax)
{
        struct json_object *regions = json_set_array(dax, "regions");
        struct json_object *namespaces = json_set_array(dax, "namespaces");
        struct json_object *devices = json_set_array(dax, "devices");
        struct daxctl_region *region;
        struct daxctl_dev *device;
        struct daxctl_ctx *daxctl;
        struct ndctl_ctx *ndctl;

        if (strcmp(root->sysfs, "/sys") != 0) /* the libraries would look there all the same */
                return;
        if (ndctl_new(&ndctl) == 0) {
                ndctl_set_log_fn(ndctl, ndctl_silent);
                daxctl_set_log_fn(ndctl_get_daxctl_ctx(ndctl), daxctl_silent);
                describe_nvdimms(root, ndctl, regions, namespaces);
                ndctl_unref(ndctl);
        }
        if (daxctl_new(&daxctl) == 0) {
                daxctl_set_log_fn(daxctl, daxctl_silent);
                daxctl_region_foreach(daxctl, region) daxctl_dev_foreach(region, device)
                        describe_device(root, region, device, devices);
                daxctl_unref(daxctl);
        }
        json_object_array_sort(regions, compare_names);
        json_object_array_sort(namespaces, compare_names);
        json_object_array_sort(devices, compare_names);
}
