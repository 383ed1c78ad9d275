/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/nvdimm.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#define STACK_DEPTH_MAX 8 /* device-mapper devices on top of each other */

/* Calls `look` for the device's folder and each folder above it until it says that it has found
 * what it was looking for. */
typedef bool (*look_fn)(const char *folder, const char *name, void *context);

static bool look_upwards(const char *folder, look_fn look, void *context)
{
        char path[PATH_MAX];
        char *slash;

        snprintf(path, sizeof(path), "%s", folder);
        while ((slash = strrchr(path, '/')) && slash != path) {
                if (look(path, slash + 1, context))
                        return true;
                *slash = '\0';
        }
        return false;
}

static bool device_folder(const struct sys_root *root, mode_t type, dev_t device, char *folder)
{
        char path[512];

        snprintf(path, sizeof(path), "%s/dev/%s/%u:%u", root->sysfs,
                 S_ISCHR(type) ? "char" : "block", major(device), minor(device));
        return realpath(path, folder) != NULL;
}

static bool starts_with(const char *text, const char *start)
{
        return strncmp(text, start, strlen(start)) == 0;
}

/* libnvdimm names its devices pfn0.1, dax0.1, btt0.1, namespace0.0. The device on the dax bus is
 * called dax0.1 too, but has no `mode`. */
static bool look_for_memmap(const char *folder, const char *name, void *context)
{
        enum memmap *memmap = context;
        char mode[32];
        struct status status;

        if (starts_with(name, "btt"))
                return true;
        if (!starts_with(name, "pfn") && !starts_with(name, "dax") &&
            !starts_with(name, "namespace"))
                return false;
        status = sys_read_text(folder, "mode", mode, sizeof(mode));
        if (status_failed(&status))
                return false;
        if (strcmp(mode, "pmem") == 0)
                *memmap = MEMMAP_PMEM;
        else if (strcmp(mode, "ram") == 0 || strcmp(mode, "memory") == 0)
                *memmap = MEMMAP_RAM;
        else if (starts_with(name, "namespace") && strcmp(mode, "raw") == 0)
                *memmap = MEMMAP_NONE;
        return true;
}

/* A figure of the device of this folder below /sys/devices. */
typedef int (*figure_fn)(const char *folder, unsigned depth);

/* A device-mapper device: what all of its slaves agree on. */
static int stacked_figure(const char *folder, unsigned depth, figure_fn figure, int unknown)
{
        char path[PATH_MAX + NAME_MAX + 16], resolved[PATH_MAX];
        struct dirent *entry;
        int agreed = unknown;
        bool first = true;
        DIR *slaves;

        snprintf(path, sizeof(path), "%s/slaves", folder);
        slaves = depth < STACK_DEPTH_MAX ? opendir(path) : NULL;
        if (!slaves)
                return unknown;
        while ((entry = readdir(slaves))) {
                int one;

                if (entry->d_name[0] == '.')
                        continue;
                snprintf(path, sizeof(path), "%s/slaves/%s", folder, entry->d_name);
                one = realpath(path, resolved) ? figure(resolved, depth + 1) : unknown;
                agreed = first || one == agreed ? one : unknown;
                first = false;
                if (agreed == unknown)
                        break;
        }
        closedir(slaves);
        return agreed;
}

static int memmap_figure(const char *folder, unsigned depth)
{
        enum memmap memmap = MEMMAP_UNKNOWN;

        if (look_upwards(folder, look_for_memmap, &memmap))
                return (int)memmap;
        return stacked_figure(folder, depth, memmap_figure, MEMMAP_UNKNOWN);
}

/* On the dax bus, whatever its parent: `subsystem` points to bus/dax. */
static bool on_dax_bus(const char *folder)
{
        char path[PATH_MAX + 16], target[PATH_MAX];
        const char *slash;

        snprintf(path, sizeof(path), "%s/subsystem", folder);
        if (!realpath(path, target))
                return false;
        slash = strrchr(target, '/');
        return slash && strcmp(slash, "/dax") == 0;
}

enum memmap nvdimm_memmap(const struct sys_root *root, mode_t type, dev_t device)
{
        enum memmap memmap = MEMMAP_UNKNOWN;
        char folder[PATH_MAX];

        if (!device_folder(root, type, device, folder))
                return MEMMAP_UNKNOWN;
        if (!S_ISCHR(type))
                return (enum memmap)memmap_figure(folder, 0);
        if (look_upwards(folder, look_for_memmap, &memmap))
                return memmap;
        return on_dax_bus(folder) ? MEMMAP_RAM : MEMMAP_UNKNOWN;
}

const char *nvdimm_memmap_word(enum memmap memmap)
{
        static const char *const words[] = {
                [MEMMAP_UNKNOWN] = "",
                [MEMMAP_NONE] = "none",
                [MEMMAP_RAM] = "ram",
                [MEMMAP_PMEM] = "pmem",
        };

        return words[memmap];
}

static bool look_for_node(const char *folder, const char *name, void *context)
{
        int *node = context;

        *node = sys_read_node(folder, "numa_node");
        return *node >= 0; /* else no affinity is known at this level */
}

static int node_figure(const char *folder, unsigned depth)
{
        int node = -1;

        if (look_upwards(folder, look_for_node, &node))
                return node;
        return stacked_figure(folder, depth, node_figure, -1);
}

int nvdimm_node(const struct sys_root *root, mode_t type, dev_t device)
{
        char folder[PATH_MAX];

        return device_folder(root, type, device, folder) ? node_figure(folder, 0) : -1;
}
