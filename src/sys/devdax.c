/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/devdax.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

static void folder_name(dev_t device, char *path, size_t size)
{
        snprintf(path, size, "dev/char/%u:%u", major(device), minor(device));
}

bool devdax_is(const struct sys_root *root, dev_t device)
{
        char folder[64], path[512], target[PATH_MAX];
        const char *slash;

        folder_name(device, folder, sizeof(folder));
        snprintf(path, sizeof(path), "%s/%s/subsystem", root->sysfs, folder);
        if (!realpath(path, target))
                return false;
        slash = strrchr(target, '/');
        return slash && strcmp(slash, "/dax") == 0;
}

static struct status number_read(const struct sys_root *root, const char *folder, const char *name,
                                 uint64_t *ret_value)
{
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return sys_read_number(root->sysfs, path, ret_value);
}

struct status devdax_read(const struct sys_root *root, dev_t device, struct devdax_facts *ret_facts)
{
        static const char *const places[] = { "align", "dax_region/align", "../dax_region/align",
                                              "device/align", "device/dax_region/align" };
        struct devdax_facts facts = { 0 };
        struct status status = status_ok();
        char folder[64];

        folder_name(device, folder, sizeof(folder));
        TRY(number_read(root, folder, "size", &facts.bytes));
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
                status = number_read(root, folder, places[i], &facts.align);
                if (!status_failed(&status) && facts.align) {
                        *ret_facts = facts;
                        return status_ok();
                }
        }
        return status_make(STATUS_SYSTEM, NULL, "%s/%s does not tell the device's alignment",
                           root->sysfs, folder);
}
