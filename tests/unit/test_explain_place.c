/* SPDX-License-Identifier: Apache-2.0 */
/* Where in memory a block device's bytes are, on a recorded machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/blockdev.h"
#include "tree.h"

#include <sys/sysmacros.h>

#define PMD (2 * MIB)

static char dir[TREE_DIR_MAX];
static struct sys_root root;

static int unpack(void **state)
{
        tree_unpack(FIXTURES "/sys-nvdimm/tree.txt", dir);
        root = (struct sys_root) { .sysfs = dir, .proc = dir };
        return 0;
}

static int clean(void **state)
{
        tree_remove(dir);
        return 0;
}

/* The recorded machine's resources, sizes and starts, as in the tree. */
static const struct {
        unsigned major, minor;
        const char *name, *disk, *namespace_name, *mode;
        enum memmap memmap;
        uint64_t start, bytes, align, data_start; /* 0: missing */
        bool partition, stacked;
} devices[] = {
        { 259, 0, "pmem0", "pmem0", "namespace0.0", "fsdax", MEMMAP_RAM, 0, 520192 * 512, PMD,
          0x140200000 },
        { 259, 1, "pmem0.1", "pmem0.1", "namespace0.1", "fsdax", MEMMAP_PMEM, 0, 512000 * 512, PMD,
          0x150600000 },
        { 259, 2, "pmem2", "pmem2", "namespace2.0", "fsdax", MEMMAP_RAM, 0, 524288 * 512, 0,
          0x20000000 },
        { 259, 5, "pmem2p1", "pmem2", "namespace2.0", "fsdax", MEMMAP_RAM, 2048 * 512, 200000 * 512,
          0, 0x20000000, true },
        { 259, 6, "pmem2p2", "pmem2", "namespace2.0", "fsdax", MEMMAP_RAM, 262144 * 512,
          200000 * 512, 0, 0x20000000, true },
        { 259, 4, "pmem1.2", "pmem1.2", "namespace1.2", "raw", MEMMAP_NONE, 0, 262144 * 512, 0,
          0x120000000 },
        { 259, 3, "pmem0.2s", "pmem0.2s", "namespace0.2", "sector", MEMMAP_UNKNOWN, 0, 0, 0, 0 },
        { 254, 0, "dm-0", "dm-0", "", "", MEMMAP_RAM, 0, 200000 * 512, 0, 0, false, true },
};

static void each_device_is_placed(void **state)
{
        for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
                struct blockdev_facts facts;
                struct status status =
                        blockdev_read(&root, makedev(devices[i].major, devices[i].minor), &facts);

                assert_int_equal(status.code, STATUS_OK);
                assert_string_equal(facts.name, devices[i].name);
                assert_string_equal(facts.disk, devices[i].disk);
                assert_string_equal(facts.namespace_name, devices[i].namespace_name);
                assert_string_equal(facts.mode, devices[i].mode);
                assert_int_equal(facts.memmap, devices[i].memmap);
                assert_int_equal(facts.start, devices[i].start);
                if (devices[i].bytes)
                        assert_int_equal(facts.bytes, devices[i].bytes);
                assert_int_equal(facts.align.known, devices[i].align != 0);
                assert_int_equal(facts.align.value, devices[i].align);
                assert_int_equal(facts.data_start.known, devices[i].data_start != 0);
                assert_int_equal(facts.data_start.value, devices[i].data_start);
                assert_int_equal(facts.partition, devices[i].partition);
                assert_int_equal(facts.stacked, devices[i].stacked);
                assert_int_equal(facts.dax, -1); /* not in the recording */
        }
}

static void count_partition(void *context, const struct blockdev_facts *facts)
{
        uint64_t *starts = context;

        assert_true(facts->partition);
        assert_string_equal(facts->disk, "pmem2");
        *starts += facts->start;
}

static void partitions_are_listed(void **state)
{
        uint64_t starts = 0;
        struct status status =
                blockdev_partitions(&root, makedev(259, 2), count_partition, &starts);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(starts, (2048 + 262144) * 512);
        starts = 0;
        status = blockdev_partitions(&root, makedev(259, 0), count_partition, &starts);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(starts, 0);
}

/* Only root may read an address; an alignment that is large enough says as much. */
static void an_alignment_stands_in_for_an_address(void **state)
{
        struct blockdev_facts facts = { .data_start = { true, 0x150601000 },
                                        .align = { true, PMD } };

        assert_int_equal(blockdev_base(&facts, PMD).value, 0x150601000);
        facts.data_start.known = false;
        facts.data_start.value = 0;
        assert_true(blockdev_base(&facts, PMD).known);
        assert_int_equal(blockdev_base(&facts, PMD).value, 0);
        facts.align.value = GIB;
        assert_true(blockdev_base(&facts, PMD).known);
        facts.align.value = 4 * KIB;
        assert_false(blockdev_base(&facts, PMD).known);
        facts.align.known = false;
        assert_false(blockdev_base(&facts, PMD).known);
        facts = (struct blockdev_facts) { .stacked = true, .align = { true, PMD } };
        assert_false(blockdev_base(&facts, PMD).known);
}

static void a_dax_device_is_placed(void **state)
{
        char text[64];
        struct count start = blockdev_devdax_start(&root, makedev(252, 3));

        assert_true(start.known);
        assert_int_equal(start.value, 0x100600000);
        blockdev_devdax_namespace(&root, makedev(252, 3), text, sizeof(text));
        assert_string_equal(text, "namespace1.0");
        assert_false(blockdev_devdax_start(&root, makedev(9, 9)).known);
        blockdev_devdax_namespace(&root, makedev(9, 9), text, sizeof(text));
        assert_string_equal(text, "");
}

/* What sysfs does not know is a skip; what it hides is missing and not 0. */
static void what_is_not_there_is_missing(void **state)
{
        static const char tree[] = "dev/block\n"
                                   " 8:0 -> ../../block/sda\n"
                                   " 8:1 -> ../../block/sda/sda1\n"
                                   " 8:2 -> ../../block/sda/sda2\n"
                                   " 8:3 -> ../../block/sda/sda3\n"
                                   " 7:0 -> ../../block/pmem7\n"
                                   "block/sda\n"
                                   " size = 4096\n"
                                   " device -> ../../devices/target0\n"
                                   "block/sda/queue\n"
                                   " dax = 0\n"
                                   "fs/ext4/pmem7\n"
                                   "block/sda/sda1\n"
                                   " partition = 1\n"
                                   "block/sda/sda2\n"
                                   " partition = 2\n"
                                   " start = 64\n"
                                   "block/sda/sda3\n"
                                   " partition = 3\n"
                                   " start = 36028797018963968\n" /* 2^64 bytes */
                                   "devices/target0\n"
                                   " mode = raw\n"
                                   "block/pmem7\n"
                                   " device -> ../../devices/pfn7.0\n"
                                   "block/pmem7/queue\n"
                                   " dax = 1\n"
                                   "devices/pfn7.0\n"
                                   " resource = 0x0\n"
                                   " align = 2097152\n";
        char own[TREE_DIR_MAX];
        struct sys_root there;
        struct blockdev_facts facts = { .start = 77 };
        struct status status;

        tree_unpack_text(tree, own);
        there = (struct sys_root) { .sysfs = own, .proc = own };
        status = blockdev_read(&there, makedev(9, 9), &facts);
        assert_int_equal(status.code, STATUS_SKIP);
        status = blockdev_read(&there, makedev(8, 1), &facts);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_int_equal(facts.start, 77);
        status = blockdev_read(&there, makedev(8, 3), &facts);
        assert_int_equal(status.code, STATUS_SYSTEM);
        status = blockdev_read(&there, makedev(8, 2), &facts);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(facts.start, 64 * 512);
        assert_string_equal(facts.mode, "");
        assert_int_equal(facts.dax, 0);
        assert_int_equal(facts.memmap, MEMMAP_UNKNOWN);
        assert_false(facts.data_start.known);
        status = blockdev_read(&there, makedev(7, 0), &facts);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(facts.dax, 1);
        assert_false(facts.data_start.known);
        assert_true(blockdev_is_served_by(&there, "ext4", &facts));
        assert_false(blockdev_is_served_by(&there, "xfs", &facts));
        tree_remove(own);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_device_is_placed),
                cmocka_unit_test(partitions_are_listed),
                cmocka_unit_test(an_alignment_stands_in_for_an_address),
                cmocka_unit_test(a_dax_device_is_placed),
                cmocka_unit_test(what_is_not_there_is_missing),
        };

        return cmocka_run_group_tests(tests, unpack, clean);
}
