/* SPDX-License-Identifier: Apache-2.0 */
/* The ioctls of VFIO: container, group, device, region. */
#include "sys/vfio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct opening {
        const struct sys_root *root;
        const struct vfio_device *device;
        int container, group, fd;
};

static struct status group_open_failure(const struct vfio_device *device, const char *path,
                                        int error)
{
        switch (error) {
        case EACCES:
        case EPERM:
                return status_make(STATUS_USAGE, privilege_todo(PRIVILEGE_VFIO_GROUP, path).text,
                                   "this user may not open %s", path);
        case EBUSY:
                return status_make(STATUS_USAGE, "end what uses the device (fuser finds it)",
                                   "%s, the IOMMU group of %s, is in use by another process", path,
                                   device->address);
        case ENOENT:
                return status_make(STATUS_SKIP,
                                   "as root: modprobe vfio_iommu_type1 vfio-pci; a kernel without "
                                   "CONFIG_VFIO_GROUP has no groups",
                                   "there is no %s for the IOMMU group of %s", path,
                                   device->address);
        default:
                return status_errno(error, NULL, "cannot open %s", path);
        }
}

/* Those of the group's devices that keep it from use, at the end of `text`. */
static void others_list(const struct opening *opening, char *text, size_t size)
{
        char path[512], link[PATH_MAX];
        struct dirent *entry;
        DIR *folder;

        snprintf(path, sizeof(path), "%s/kernel/iommu_groups/%u/devices", opening->root->sysfs,
                 opening->device->group);
        folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
                size_t used = strlen(text);
                const char *driver;
                ssize_t length;

                snprintf(path, sizeof(path), "%s/bus/pci/devices/%.40s/driver",
                         opening->root->sysfs, entry->d_name);
                length = readlink(path, link, sizeof(link) - 1);
                if (length <= 0)
                        continue;
                link[length] = '\0';
                driver = strrchr(link, '/') ? strrchr(link, '/') + 1 : link;
                if (!strstr(driver, "vfio"))
                        snprintf(text + used, size - used, " %.40s (%.40s)", entry->d_name, driver);
        }
        if (folder)
                closedir(folder);
}

static struct status viable_check(const struct opening *opening)
{
        struct vfio_group_status state = { .argsz = sizeof(state) };
        char others[200] = "";

        if (ioctl(opening->group, VFIO_GROUP_GET_STATUS, &state) != 0)
                return status_errno(errno, NULL, "VFIO_GROUP_GET_STATUS failed");
        if (state.flags & VFIO_GROUP_FLAGS_VIABLE)
                return status_ok();
        others_list(opening, others, sizeof(others));
        return status_make(STATUS_USAGE,
                           "give them to vfio-pci too, or unbind them: echo BDF "
                           ">/sys/bus/pci/devices/BDF/driver/unbind",
                           "IOMMU group %u of %s is not viable: other drivers have%s",
                           opening->device->group, opening->device->address,
                           *others ? others : " devices of it");
}

static struct status container_open(struct opening *opening)
{
        opening->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
        if (opening->container < 0 && errno == EACCES)
                return status_make(STATUS_USAGE,
                                   privilege_todo(PRIVILEGE_VFIO, "/dev/vfio/vfio").text,
                                   "this user may not open /dev/vfio/vfio");
        if (opening->container < 0)
                return status_make(STATUS_SKIP, "as root: modprobe vfio vfio_iommu_type1 vfio-pci",
                                   "cannot open /dev/vfio/vfio: %s", strerror(errno));
        if (ioctl(opening->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
                return status_make(STATUS_SKIP, NULL, "this kernel has another version of VFIO");
        if (ioctl(opening->container, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU) != 1)
                return status_make(STATUS_SKIP, "as root: modprobe vfio_iommu_type1",
                                   "this kernel offers no type-1 IOMMU");
        return status_ok();
}

static struct status group_join(struct opening *opening)
{
        char path[64];

        snprintf(path, sizeof(path), "/dev/vfio/%u", opening->device->group);
        opening->group = open(path, O_RDWR | O_CLOEXEC);
        if (opening->group < 0)
                return group_open_failure(opening->device, path, errno);
        TRY(viable_check(opening));
        if (ioctl(opening->group, VFIO_GROUP_SET_CONTAINER, &opening->container) != 0)
                return status_errno(errno, NULL, "VFIO_GROUP_SET_CONTAINER failed for %s", path);
        if (ioctl(opening->container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU) == 0)
                return status_ok();
        if (errno == EPERM)
                return status_make(STATUS_SKIP,
                                   "if no guest that could misuse it runs here, as root: echo 1 "
                                   ">/sys/module/vfio_iommu_type1/parameters/"
                                   "allow_unsafe_interrupts",
                                   "the IOMMU of %s remaps no interrupts",
                                   opening->device->address);
        return status_errno(errno, NULL, "VFIO_SET_IOMMU failed for %s", path);
}

static struct status device_take(struct opening *opening)
{
        TRY(container_open(opening));
        TRY(group_join(opening));
        opening->fd = ioctl(opening->group, VFIO_GROUP_GET_DEVICE_FD, opening->device->address);
        if (opening->fd < 0)
                return status_errno(errno, "the kernel's log (dmesg) may say why",
                                    "VFIO_GROUP_GET_DEVICE_FD failed for %s",
                                    opening->device->address);
        fcntl(opening->fd, F_SETFD, FD_CLOEXEC);
        return status_ok();
}

struct status vfio_device_open(const struct sys_root *root, const struct vfio_device *device,
                               int *ret_fd)
{
        struct opening opening = {
                .root = root, .device = device, .container = -1, .group = -1, .fd = -1
        };
        struct status status = device_take(&opening);

        /* The device's descriptor keeps its group, and the group its container. */
        if (opening.group >= 0)
                close(opening.group);
        if (opening.container >= 0)
                close(opening.container);
        if (!status_failed(&status))
                *ret_fd = opening.fd;
        return status;
}

/* Where a BAR holds what must not be mapped (an MSI-X table, before 4.16), the kernel lists parts
 * in a chain of capabilities behind the region's description. */
static struct vfio_area sparse_pick(const struct vfio_region_info *region)
{
        struct vfio_area area = { .offset = (off_t)region->offset, .bytes = region->size };
        const char *base = (const char *)region;
        uint32_t at = (region->flags & VFIO_REGION_INFO_FLAG_CAPS) ? region->cap_offset : 0;

        while (at >= sizeof(*region) &&
               at + sizeof(struct vfio_region_info_cap_sparse_mmap) <= region->argsz) {
                const struct vfio_region_info_cap_sparse_mmap *sparse = (const void *)(base + at);
                const struct vfio_region_sparse_mmap_area *areas = sparse->areas;
                size_t room = (region->argsz - at - sizeof(*sparse)) / sizeof(*areas);

                at = sparse->header.next;
                if (sparse->header.id != VFIO_REGION_INFO_CAP_SPARSE_MMAP)
                        continue;
                area.bytes = 0;
                for (uint32_t i = 0; i < sparse->nr_areas && i < room; i++)
                        if (areas[i].size > area.bytes)
                                area = (struct vfio_area) {
                                        .offset = (off_t)(region->offset + areas[i].offset),
                                        .bytes = areas[i].size,
                                };
        }
        return area;
}

struct status vfio_area_find(int fd, const struct vfio_device *device, struct vfio_area *ret_area)
{
        _Alignas(struct vfio_region_info) char room[4096];
        struct vfio_region_info *region = (void *)room;
        struct vfio_area area;

        memset(room, 0, sizeof(room));
        region->argsz = sizeof(room);
        region->index = (uint32_t)device->bar;
        if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, region) != 0)
                return status_errno(errno, NULL, "VFIO_DEVICE_GET_REGION_INFO failed for BAR %d",
                                    device->bar);
        region->argsz = sizeof(room); /* the kernel tells what it filled, at most this */
        area = (region->flags & VFIO_REGION_INFO_FLAG_MMAP) ? sparse_pick(region)
                                                            : (struct vfio_area) { 0 };
        if (!area.bytes)
                return status_make(STATUS_USAGE, "name another BAR, as in vfio:BDF/0",
                                   "BAR %d of %s cannot be mapped", device->bar, device->address);
        *ret_area = area;
        return status_ok();
}
