/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/vfio.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESOURCE_MEMORY UINT64_C(0x200) /* include/linux/ioport.h, IORESOURCE_MEM */
#define RESOURCE_PREFETCH UINT64_C(0x2000)

struct bar {
        uint64_t bytes; /* 0: not there, or ports */
        bool prefetchable;
};

struct status vfio_target_parse(const char *text, struct vfio_target *ret_target)
{
        static const char todo[] = "write vfio:BDF or vfio:BDF/BAR, as in vfio:0000:00:03.0/2";
        unsigned domain = 0, bus, slot, function;
        struct vfio_target target = { .bar = -1 };
        int used = 0;
        bool whole = sscanf(text, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &used) == 4;

        if (!whole) {
                domain = 0;
                whole = sscanf(text, "%2x:%2x.%1x%n", &bus, &slot, &function, &used) == 3;
        }
        if (!whole || slot > 31 || function > 7 || strpbrk(text, " \t\n+-xX"))
                return status_make(STATUS_USAGE, todo, "'%.100s' is no PCI address", text);
        if (text[used] == '/' && text[used + 1] >= '0' && text[used + 1] < '0' + VFIO_BARS &&
            !text[used + 2])
                target.bar = text[used + 1] - '0';
        else if (text[used])
                return status_make(STATUS_USAGE, todo, "'%.100s': '%.40s' is no BAR from 0 to %d",
                                   text, text + used, VFIO_BARS - 1);
        snprintf(target.address, sizeof(target.address), "%04x:%02x:%02x.%x", domain & 0xffff,
                 bus & 0xff, slot & 0x1f, function & 7);
        *ret_target = target;
        return status_ok();
}

/* The last part of where a link of the device points to; "" when there is none. */
static char *link_name(const struct sys_root *root, const char *address, const char *link,
                       char *name, size_t size)
{
        char path[512], target[PATH_MAX];
        const char *slash;
        ssize_t length;

        snprintf(path, sizeof(path), "%s/bus/pci/devices/%s/%s", root->sysfs, address, link);
        length = readlink(path, target, sizeof(target) - 1);
        target[length > 0 ? length : 0] = '\0';
        slash = strrchr(target, '/');
        snprintf(name, size, "%.*s", (int)size - 1, slash ? slash + 1 : target);
        return name;
}

static struct status driver_check(const struct sys_root *root, const char *address)
{
        char driver[64], todo[320];

        link_name(root, address, "driver", driver, sizeof(driver));
        if (strstr(driver, "vfio")) /* vfio-pci, or a variant such as mlx5-vfio-pci */
                return status_ok();
        snprintf(todo, sizeof(todo),
                 "as root: modprobe vfio-pci; cd /sys/bus/pci/devices/%s; echo vfio-pci "
                 ">driver_override; %s%s%secho %s >/sys/bus/pci/drivers_probe",
                 address, *driver ? "echo " : "", *driver ? address : "",
                 *driver ? " >driver/unbind; " : "", address);
        if (*driver)
                return status_make(STATUS_USAGE, todo,
                                   "PCI device %s is with driver %s, which loses it when vfio-pci "
                                   "takes it",
                                   address, driver);
        return status_make(STATUS_USAGE, todo, "PCI device %s has no driver: vfio-pci must take it",
                           address);
}

static struct status group_read(const struct sys_root *root, const char *address,
                                unsigned *ret_group)
{
        char name[32], *end;
        unsigned long group;

        link_name(root, address, "iommu_group", name, sizeof(name));
        group = strtoul(name, &end, 10);
        if (!*name || *end || group > INT_MAX)
                return status_make(STATUS_SKIP,
                                   "enable the IOMMU in the firmware and boot with intel_iommu=on "
                                   "(AMD: it is on when the firmware has it)",
                                   "PCI device %s is behind no IOMMU", address);
        *ret_group = (unsigned)group;
        return status_ok();
}

/* Lines of start, end and flags, the BARs first (Documentation/PCI/sysfs-pci.rst). */
static struct status bars_read(const char *folder, struct bar *bars)
{
        char text[4096];
        char *rest = text, *line;

        TRY(sys_read_text(folder, "resource", text, sizeof(text)));
        for (int i = 0; i < VFIO_BARS && (line = strsep(&rest, "\n")); i++) {
                uint64_t start, end, flags;

                if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64, &start, &end, &flags) != 3)
                        break;
                if (flags & RESOURCE_MEMORY && end > start)
                        bars[i] = (struct bar) { .bytes = end - start + 1,
                                                 .prefetchable = flags & RESOURCE_PREFETCH };
        }
        return status_ok();
}

static struct status bar_pick(const struct vfio_target *target, const struct bar *bars,
                              int *ret_bar)
{
        int pick = target->bar;

        for (int i = 0; target->bar < 0 && i < VFIO_BARS; i++)
                if (bars[i].prefetchable && (pick < 0 || bars[i].bytes > bars[pick].bytes))
                        pick = i;
        if (pick < 0)
                return status_make(STATUS_USAGE,
                                   "name a BAR, as in vfio:BDF/0, only if reads and writes "
                                   "anywhere in it do no harm",
                                   "PCI device %s has no prefetchable memory BAR: it may have "
                                   "registers alone",
                                   target->address);
        if (!bars[pick].bytes)
                return status_make(STATUS_USAGE, "see lspci -v for the device's memory BARs",
                                   "PCI device %s has no memory BAR %d", target->address, pick);
        *ret_bar = pick;
        return status_ok();
}

struct status vfio_device_find(const struct sys_root *root, const struct vfio_target *target,
                               struct vfio_device *ret_device)
{
        struct vfio_device device = { 0 };
        struct bar bars[VFIO_BARS] = { 0 };
        char folder[512];

        snprintf(folder, sizeof(folder), "%s/bus/pci/devices/%s", root->sysfs, target->address);
        if (access(folder, F_OK) != 0)
                return status_make(STATUS_USAGE, "lspci -D lists the devices",
                                   "there is no PCI device %s", target->address);
        TRY(driver_check(root, target->address));
        TRY(group_read(root, target->address, &device.group));
        TRY(bars_read(folder, bars));
        TRY(bar_pick(target, bars, &device.bar));
        snprintf(device.address, sizeof(device.address), "%s", target->address);
        device.bar_bytes = bars[device.bar].bytes;
        device.node = sys_read_node(folder, "numa_node");
        *ret_device = device;
        return status_ok();
}
