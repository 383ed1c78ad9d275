/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any text in place of what the kernel tells in /proc and /sys. The first byte picks the
 * reader, the rest stands in every file that it opens. Numbers are those of the text or missing.
 */
#include "counters/cpu.h"
#include "sys/blockdev.h"
#include "sys/conditions.h"
#include "sys/filesystem.h"
#include "sys/keyed.h"
#include "sys/machine_parts.h"
#include "sys/memavail.h"
#include "sys/smaps.h"
#include "sys/vfio.h"

#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argument_count, char ***arguments);

#define PCI "bus/pci/devices/0000:00:03.0"
#define CGROUP "fs/cgroup"

static const char *const files[] = {
        "meminfo",
        "vmstat",
        "stat",
        "cpuinfo",
        "self/cgroup",
        "self/mountinfo",
        "self/status",
        "self/fdinfo/0",
        "thread-self/schedstat",
        "kernel/mm/transparent_hugepage/enabled",
        "kernel/mm/transparent_hugepage/defrag",
        "devices/system/cpu/cpu0/cpufreq/scaling_cur_freq",
        CGROUP "/memory.max",
        CGROUP "/memory.current",
        CGROUP "/memory.stat",
        PCI "/resource",
        PCI "/numa_node",
        "dev/block/259:1/size",
        "dev/block/259:1/start",
        "dev/block/259:1/partition",
        "dev/block/queue/dax",
        "dev/block/device/mode",
        "dev/block/device/align",
        "dev/block/device/resource",
};

static char folder[] = "/tmp/fuzz_kernel_XXXXXX";
static int content; /* of all the files */

static void require(bool holds)
{
        if (!holds)
                abort();
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
        (void)about;
        (void)type;
        (void)place;
        return remove(path);
}

static void remove_tree(void)
{
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_link(const char *name, const char *target)
{
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        for (char *slash = strchr(path + sizeof(folder), '/'); slash;
             slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                mkdir(path, 0700);
                *slash = '/';
        }
        require(symlink(target, path) == 0);
}

int LLVMFuzzerInitialize(int *argument_count, char ***arguments)
{
        char path[64];

        (void)argument_count;
        (void)arguments;
        content = memfd_create("fuzz_kernel", MFD_CLOEXEC);
        require(content >= 0 && mkdtemp(folder));
        atexit(remove_tree);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", content);
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
                make_link(files[i], path);
        make_link(PCI "/driver", "/drivers/vfio-pci");
        make_link(PCI "/iommu_group", "/iommu_groups/7");
        return 0;
}

/* What the line says, worked out another way: digits as far as they go, below 2^64. */
static void keyed(const struct sys_root *root, const char *text)
{
        struct count count = keyed_line(text, "MemTotal");
        const char *at = text + strspn(text, "MemTotal: \t");
        unsigned __int128 value = 0;

        (void)root;
        if (!count.known)
                return;
        for (; isdigit((unsigned char)*at); at++) {
                value = value * 10 + (unsigned)(*at - '0');
                require(value <= UINT64_MAX);
        }
        value *= strncmp(at, " kB", 3) == 0 ? 1024 : 1;
        require(strncmp(text, "MemTotal", 8) == 0 && count.value == value);
}

static void smaps(const struct sys_root *root, const char *text)
{
        const uint64_t start = UINT64_C(0x200000), end = UINT64_C(0x40000000);
        struct smaps_figures figures;
        struct status status;
        uint64_t lines = 1;
        FILE *file;

        (void)root;
        if (!*text)
                return;
        for (const char *at = text; *at; at++)
                lines += *at == '\n';
        file = fmemopen((char *)text, strlen(text), "r");
        require(file != NULL);
        status = smaps_parse(file, start, end, &figures);
        fclose(file);
        require(status_failed(&status) || figures.mapped_bytes <= lines * (end - start));
}

static void mount(const struct sys_root *root, const char *text)
{
        struct filesystem_mount mount;

        (void)root;
        if (filesystem_mount_parse(text, &mount))
                require(strstr(text, " - ") && *mount.type && *mount.source);
}

static void mount_of(const struct sys_root *root, const char *text)
{
        struct filesystem_mount mount;
        struct status status = filesystem_mount_of(root, 0, &mount);

        require(status_failed(&status) || strstr(text, "mnt_id"));
}

static void mounts(const struct sys_root *root, const char *text)
{
        struct json_object *array = json_object_new_array(), *again;

        (void)text;
        machine_dax_mounts(root, array);
        again = json_tokener_parse(json_object_to_json_string(array));
        require(json_object_equal(array, again));
        json_object_put(again);
        json_object_put(array);
}

static void conditions(const struct sys_root *root, const char *text)
{
        const unsigned cpus[] = { 0, 3 };
        struct conditions now = conditions_read(root, cpus, 2);
        struct thread_conditions thread = thread_conditions_read(root);

        require(now.ticks.known == now.steal_ticks.known);
        require(!now.ticks.known || strstr(text, "cpu"));
        require(strlen(now.thp) < sizeof(now.thp) && !now.mhz.known);
        require(!thread.waited_ns.known || strpbrk(text, "0123456789"));
}

static void memory(const struct sys_root *root, const char *text)
{
        struct memavail available;
        struct status status = memavail_read(root, &available);

        if (status_failed(&status))
                return;
        require(available.bytes < UINT64_MAX && *available.by);
        require(strpbrk(text, "0123456789") != NULL);
}

static void cpuinfo(const struct sys_root *root, const char *text)
{
        struct counter_cpu cpu = counter_cpu_read(root);

        require(!strpbrk(cpu.vendor, " \n"));
        require(!cpu.family || strstr(text, "cpu family") || strstr(text, "CPU architecture"));
        require(!cpu.guest || strstr(text, "hypervisor"));
}

static void device(const struct sys_root *root, const char *text)
{
        const struct vfio_target target = { .address = "0000:00:03.0", .bar = -1 };
        struct vfio_device device;
        struct status status = vfio_device_find(root, &target, &device);
        char *end;
        long node = strtol(text, &end, 10);

        if (status_failed(&status)) {
                require(*status.what && !strchr(status.what, '\n') && *status.todo);
                return;
        }
        require(device.group == 7 && device.bar >= 0 && device.bar < VFIO_BARS);
        require(device.bar_bytes > 1);
        require(device.node == -1 || (!*end && device.node == node));
}

static void disk(const struct sys_root *root, const char *text)
{
        struct blockdev_facts facts;
        struct status status = blockdev_read(root, makedev(259, 1), &facts);
        uint64_t number = strtoull(text, NULL, 10);

        if (status_failed(&status))
                return;
        require(facts.partition && facts.start / 512 == number && facts.bytes / 512 == number);
}

static void choice(const struct sys_root *root, const char *text)
{
        char word[32];
        struct status status = sys_read_choice(
                root->sysfs, "kernel/mm/transparent_hugepage/enabled", word, sizeof(word));

        require(status_failed(&status) || (strchr(text, '[') && strstr(text, word)));
}

static void fill_files(const char *text)
{
        ssize_t length = (ssize_t)strlen(text);

        require(ftruncate(content, 0) == 0 && pwrite(content, text, (size_t)length, 0) == length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct {
                void (*read)(const struct sys_root *root, const char *text);
                char letter;
                bool files;
        } readers[] = {
                { keyed, 'k', false },   { smaps, 's', false },  { mount, 'm', false },
                { mount_of, 'o', true }, { mounts, 'M', true },  { conditions, 't', true },
                { memory, 'a', true },   { cpuinfo, 'c', true }, { device, 'b', true },
                { disk, 'd', true },     { choice, 'w', true },
        };
        const struct sys_root root = { .sysfs = folder, .proc = folder };
        char *text;

        if (!size)
                return 0;
        text = strndup((const char *)data + 1, size - 1);
        require(text != NULL);
        for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
                if (data[0] != (uint8_t)readers[i].letter)
                        continue;
                if (readers[i].files)
                        fill_files(text);
                readers[i].read(&root, text);
        }
        free(text);
        return 0;
}
