/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/blockdev.h"

#include "sys/nvdimm.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define SECTOR_BYTES 512 /* what sysfs counts in, whatever the device's own are */

static bool starts_with(const char *text, const char *start)
{
        return strncmp(text, start, strlen(start)) == 0;
}

static struct count number_of(const char *folder, const char *name)
{
        uint64_t value;
        struct status status = sys_read_number(folder, name, &value);

        return status_failed(&status) ? (struct count) { 0 } : count_of(value);
}

/* A number of sectors, as bytes. */
static struct count bytes_of(const char *folder, const char *name)
{
        struct count count = number_of(folder, name);

        if (__builtin_mul_overflow(count.value, (uint64_t)SECTOR_BYTES, &count.value))
                return (struct count) { 0 };
        return count;
}

/* An address as the kernel writes it: "0x100200000". */
static struct count address_of(const char *folder, const char *name)
{
        char text[64], *end;
        struct status status = sys_read_text(folder, name, text, sizeof(text));
        unsigned long long value;

        if (status_failed(&status) || !starts_with(text, "0x"))
                return (struct count) { 0 };
        value = strtoull(text, &end, 16);
        return *end || !value ? (struct count) { 0 } : count_of(value);
}

static void text_of(const char *folder, const char *name, char *text, size_t size)
{
        struct status status = sys_read_text(folder, name, text, size);

        if (status_failed(&status))
                *text = '\0';
}

static const char *last_part(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

static bool has(const char *folder, const char *name)
{
        char path[PATH_MAX + NAME_MAX + 64];
        struct stat about;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return stat(path, &about) == 0;
}

/* pfn0.1 and btt0.1 are libnvdimm's layers on a namespace; namespace0.0 is one without a layer. */
static void namespace_read(const char *disk, struct blockdev_facts *facts)
{
        char path[PATH_MAX + 16], folder[PATH_MAX], mode[16];
        const char *name;

        snprintf(path, sizeof(path), "%s/device", disk);
        if (!realpath(path, folder))
                return;
        name = last_part(folder);
        if (starts_with(name, "namespace")) {
                snprintf(facts->namespace_name, sizeof(facts->namespace_name), "%.31s", name);
                text_of(folder, "mode", mode, sizeof(mode));
                snprintf(facts->mode, sizeof(facts->mode), "%s",
                         strcmp(mode, "memory") == 0 ? "fsdax" : mode);
        } else if (starts_with(name, "pfn") || starts_with(name, "btt")) {
                text_of(folder, "namespace", facts->namespace_name, sizeof(facts->namespace_name));
                snprintf(facts->mode, sizeof(facts->mode), "%s",
                         starts_with(name, "pfn") ? "fsdax" : "sector");
        } else {
                return;
        }
        facts->align = number_of(folder, "align");
        if (!starts_with(name, "btt"))
                facts->data_start = address_of(folder, "resource");
}

static struct status folder_of(const struct sys_root *root, const char *type, dev_t device,
                               char *folder)
{
        char path[512];

        snprintf(path, sizeof(path), "%s/dev/%s/%u:%u", root->sysfs, type, major(device),
                 minor(device));
        if (!realpath(path, folder))
                return status_make(STATUS_SKIP, NULL, "%s is not there", path);
        return status_ok();
}

struct status blockdev_read(const struct sys_root *root, dev_t device,
                            struct blockdev_facts *ret_facts)
{
        struct blockdev_facts facts = { .memmap = nvdimm_memmap(root, S_IFBLK, device) };
        char folder[PATH_MAX];
        struct count number;

        TRY(folder_of(root, "block", device, folder));
        snprintf(facts.name, sizeof(facts.name), "%.39s", last_part(folder));
        facts.partition = has(folder, "partition");
        facts.bytes = bytes_of(folder, "size").value;
        if (facts.partition) {
                number = bytes_of(folder, "start");
                if (!number.known)
                        return status_make(STATUS_SYSTEM, NULL, "%s does not tell its start",
                                           facts.name);
                facts.start = number.value;
                *strrchr(folder, '/') = '\0';
        }
        snprintf(facts.disk, sizeof(facts.disk), "%.31s", last_part(folder));
        facts.stacked = has(folder, "dm") || has(folder, "md");
        number = number_of(folder, "queue/dax");
        facts.dax = number.known ? number.value != 0 : -1;
        namespace_read(folder, &facts);
        *ret_facts = facts;
        return status_ok();
}

/* "259:1" */
static bool device_parse(const char *text, dev_t *ret_device)
{
        unsigned major_number, minor_number;

        if (sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
                return false;
        *ret_device = makedev(major_number, minor_number);
        return true;
}

struct status blockdev_partitions(const struct sys_root *root, dev_t disk,
                                  void (*take)(void *context, const struct blockdev_facts *facts),
                                  void *context)
{
        char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2], text[32];
        struct blockdev_facts facts;
        struct status status = status_ok();
        struct dirent *entry;
        dev_t device;
        DIR *entries;

        TRY(folder_of(root, "block", disk, folder));
        entries = opendir(folder);
        while (entries && !status_failed(&status) && (entry = readdir(entries))) {
                snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
                if (entry->d_name[0] == '.' || !has(path, "partition"))
                        continue;
                text_of(path, "dev", text, sizeof(text));
                if (!device_parse(text, &device))
                        continue;
                status = blockdev_read(root, device, &facts);
                if (!status_failed(&status))
                        take(context, &facts);
        }
        if (entries)
                closedir(entries);
        return status;
}

struct count blockdev_base(const struct blockdev_facts *facts, uint64_t pmd_bytes)
{
        if (facts->stacked || facts->data_start.known)
                return facts->data_start;
        if (facts->align.known && facts->align.value && facts->align.value % pmd_bytes == 0)
                return count_of(0);
        return (struct count) { 0 };
}

bool blockdev_is_served_by(const struct sys_root *root, const char *driver,
                           const struct blockdev_facts *facts)
{
        char name[128];

        snprintf(name, sizeof(name), "fs/%s/%s", driver, facts->name);
        return has(root->sysfs, name);
}

struct count blockdev_devdax_start(const struct sys_root *root, dev_t device)
{
        char folder[PATH_MAX];
        struct status status = folder_of(root, "char", device, folder);

        return status_failed(&status) ? (struct count) { 0 } : address_of(folder, "resource");
}

void blockdev_devdax_namespace(const struct sys_root *root, dev_t device, char *text, size_t size)
{
        char folder[PATH_MAX];
        struct status status = folder_of(root, "char", device, folder);

        *text = '\0';
        if (status_failed(&status))
                return;
        *strrchr(folder, '/') = '\0'; /* from the device on the dax bus to libnvdimm's */
        text_of(folder, "namespace", text, size);
}
