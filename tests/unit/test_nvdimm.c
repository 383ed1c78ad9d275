/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/nvdimm.h"
#include "tree.h"

#include <sys/sysmacros.h>

static char dir[TREE_DIR_MAX];
static struct sys_root root;

static int unpack(void **state)
{
        (void)state;
        tree_unpack(FIXTURES "/sys-nvdimm/tree.txt", dir);
        root = (struct sys_root){ .sysfs = dir, .proc = dir };
        return 0;
}

static int clean(void **state)
{
        (void)state;
        tree_remove(dir);
        return 0;
}

/* What ndctl list said on the recorded machine. */
static const struct {
        const char *what;
        mode_t type;
        unsigned major, minor;
        enum memmap memmap;
        int node;
} devices[] = {
        { "fsdax --map=mem", S_IFBLK, 259, 0, MEMMAP_RAM, 1 },
        { "fsdax --map=dev", S_IFBLK, 259, 1, MEMMAP_PMEM, 1 },
        { "sector", S_IFBLK, 259, 3, MEMMAP_UNKNOWN, 1 },
        { "raw", S_IFBLK, 259, 4, MEMMAP_NONE, 0 },
        { "e820", S_IFBLK, 259, 2, MEMMAP_RAM, 0 },
        { "a partition of e820", S_IFBLK, 259, 5, MEMMAP_RAM, 0 },
        { "devdax --map=dev", S_IFCHR, 252, 3, MEMMAP_PMEM, 0 },
        { "devdax --map=mem", S_IFCHR, 252, 4, MEMMAP_RAM, 0 },
        { "device-mapper on a partition", S_IFBLK, 254, 0, MEMMAP_RAM, 0 },
        { "device-mapper on e820 and raw", S_IFBLK, 254, 1, MEMMAP_UNKNOWN, 0 },
        { "device-mapper on device-mapper", S_IFBLK, 254, 2, MEMMAP_RAM, 0 },
        { "a block device of a DAX device's number", S_IFBLK, 252, 3, MEMMAP_UNKNOWN, -1 },
        { "a character device of a pmem's number", S_IFCHR, 259, 1, MEMMAP_UNKNOWN, -1 },
        { "no such device", S_IFBLK, 8, 0, MEMMAP_UNKNOWN, -1 },
};

static void each_kind_of_device_is_told_apart(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
                dev_t number = makedev(devices[i].major, devices[i].minor);

                print_message("%s\n", devices[i].what);
                assert_int_equal(nvdimm_memmap(&root, devices[i].type, number), devices[i].memmap);
                assert_int_equal(nvdimm_node(&root, devices[i].type, number), devices[i].node);
        }
}

static void a_dax_device_off_nvdimm_has_its_pages_in_ram(void **state)
{
        static const char tree[] = "bus/dax\n"
                                   "devices/platform/hmem.0/dax0.0\n"
                                   " subsystem -> ../../../../bus/dax\n"
                                   " numa_node = 2\n"
                                   "devices/pci0000:00/0000:00:04.0/virtio1/block/vda\n"
                                   " subsystem -> ../../../../../../class/block\n"
                                   "devices/pci0000:00/0000:00:04.0\n"
                                   " numa_node = -1\n"
                                   "class/block\n"
                                   "dev/char\n"
                                   " 252:1 -> ../../devices/platform/hmem.0/dax0.0\n"
                                   "dev/block\n"
                                   " 253:0 -> ../../devices/pci0000:00/0000:00:04.0/virtio1/block/"
                                   "vda\n"
                                   " 259:9 -> ../../devices/pci0000:40/0000:40:01.0/nvme0n1\n"
                                   "devices/pci0000:40/0000:40:01.0/nvme0n1\n"
                                   " numa_node = -1\n"
                                   "devices/pci0000:40/0000:40:01.0\n"
                                   " numa_node = 1\n";
        char other[TREE_DIR_MAX];
        struct sys_root here = { .sysfs = other, .proc = other };

        (void)state;
        tree_unpack_text(tree, other);
        assert_int_equal(nvdimm_memmap(&here, S_IFCHR, makedev(252, 1)), MEMMAP_RAM);
        assert_int_equal(nvdimm_node(&here, S_IFCHR, makedev(252, 1)), 2);
        assert_int_equal(nvdimm_memmap(&here, S_IFBLK, makedev(253, 0)), MEMMAP_UNKNOWN);
        assert_int_equal(nvdimm_node(&here, S_IFBLK, makedev(253, 0)), -1);
        assert_int_equal(nvdimm_node(&here, S_IFBLK, makedev(259, 9)), 1);
        tree_remove(other);
}

static void a_ring_of_slaves_ends(void **state)
{
        static const char tree[] = "devices/virtual/block/dm-0/slaves\n"
                                   " dm-1 -> ../../dm-1\n"
                                   "devices/virtual/block/dm-1/slaves\n"
                                   " dm-0 -> ../../dm-0\n"
                                   "dev/block\n"
                                   " 254:0 -> ../../devices/virtual/block/dm-0\n";
        char other[TREE_DIR_MAX];
        struct sys_root here = { .sysfs = other, .proc = other };

        (void)state;
        tree_unpack_text(tree, other);
        assert_int_equal(nvdimm_memmap(&here, S_IFBLK, makedev(254, 0)), MEMMAP_UNKNOWN);
        assert_int_equal(nvdimm_node(&here, S_IFBLK, makedev(254, 0)), -1);
        tree_remove(other);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_kind_of_device_is_told_apart),
                cmocka_unit_test(a_dax_device_off_nvdimm_has_its_pages_in_ram),
                cmocka_unit_test(a_ring_of_slaves_ends),
        };

        return cmocka_run_group_tests(tests, unpack, clean);
}
