/* SPDX-License-Identifier: Apache-2.0 */
/* PCI devices for vfio as sysfs tells of them, and what is refused before anything is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/vfio.h"
#include "tree.h"

#include <pmdgain/source.h>
#include <pmdgain/units.h>

extern const struct source_class source_class_vfio;

static char dir[TREE_DIR_MAX];
static struct sys_root root;

static int unpack(void **state)
{
        (void)state;
        tree_unpack(FIXTURES "/sys-pci/tree.txt", dir);
        root = (struct sys_root) { .sysfs = dir, .proc = "/proc" };
        return 0;
}

static int clean(void **state)
{
        (void)state;
        tree_remove(dir);
        return 0;
}

static void an_address_is_read_with_and_without_domain_and_bar(void **state)
{
        static const struct {
                const char *text, *address;
                int bar;
        } rows[] = {
                { "0000:00:01.0", "0000:00:01.0", -1 }, { "00:01.0", "0000:00:01.0", -1 },
                { "0000:00:01.0/2", "0000:00:01.0", 2 }, { "ff:1f.7/0", "0000:ff:1f.7", 0 },
                { "12ab:CD:1f.7/5", "12ab:cd:1f.7", 5 }, { "3:2.1", "0000:03:02.1", -1 },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct vfio_target target;

                assert_int_equal(vfio_target_parse(rows[i].text, &target).code, STATUS_OK);
                assert_string_equal(target.address, rows[i].address);
                assert_int_equal(target.bar, rows[i].bar);
        }
}

static void anything_else_is_refused(void **state)
{
        static const char *const texts[] = {
                "", "0000:00:01", "00:01", "0000:00:20.0", "0000:00:01.8", "0000:00:01.0/6",
                "0000:00:01.0/", "0000:00:01.0/22", "0000:00:01.0/-1", "0000:00:01.0x",
                " 0000:00:01.0", "0000:-1:01.0", "0000:00:+1.0", "0x00:00:01.0", "/dev/vfio/1",
                "00000:00:01.0", "0000:000:01.0", "0000:00:01.0 /2", "\t00:01.0",
        };

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                struct vfio_target target = { .bar = 77 };
                struct status status = vfio_target_parse(texts[i], &target);

                if (status.code != STATUS_USAGE)
                        print_message("'%s'\n", texts[i]);
                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.todo, "vfio:BDF/BAR"));
                assert_int_equal(target.bar, 77);
        }
}

static struct status find(const char *text, struct vfio_device *device)
{
        struct vfio_target target;

        assert_int_equal(vfio_target_parse(text, &target).code, STATUS_OK);
        return vfio_device_find(&root, &target, device);
}

static void the_largest_prefetchable_bar_is_taken(void **state)
{
        struct vfio_device device;

        assert_int_equal(find("00:01.0", &device).code, STATUS_OK);
        assert_string_equal(device.address, "0000:00:01.0");
        assert_int_equal(device.group, 1);
        assert_int_equal(device.node, -1);
        assert_int_equal(device.bar, 2);
        assert_int_equal(device.bar_bytes, GIB);
        assert_int_equal(find("00:01.0/2", &device).code, STATUS_OK);
        assert_int_equal(device.bar, 2);
}

static void what_sysfs_does_not_tell_is_not_made_up(void **state)
{
        static const char tree[] = "bus/pci/devices/0000:00:03.0\n"
                                   " driver -> ../vfio-pci\n"
                                   " iommu_group -> ../7\n"
                                   " numa_node = none\n"
                                   " resource = 0x0\\n0x1000\\n0x200c\\n0x0 0xfff 0x200c\\n"
                                   "0x0 0xfff 0x2200\n";
        const struct vfio_target target = { .address = "0000:00:03.0", .bar = -1 };
        struct vfio_device device;
        char own[TREE_DIR_MAX];
        struct sys_root there = { .sysfs = own, .proc = own };

        (void)state;
        tree_unpack_text(tree, own);
        assert_int_equal(vfio_device_find(&there, &target, &device).code, STATUS_USAGE);
        tree_remove(own);
        tree_unpack_text("bus/pci/devices/0000:00:03.0\n driver -> ../vfio-pci\n"
                         " iommu_group -> ../7\n numa_node = none\n"
                         " resource = 0x0 0xfff 0x2200\n", own);
        assert_int_equal(vfio_device_find(&there, &target, &device).code, STATUS_OK);
        assert_int_equal(device.bar, 0);
        assert_int_equal(device.node, -1);
        tree_remove(own);
        tree_unpack_text("bus/pci/devices/0000:00:03.0\n driver -> ../vfio-pci\n"
                         " iommu_group -> ../7\n resource = 0x0 0xfff 0x2200\n"
                         " numa_node = 1                                                         "
                         "              ff\n", own);
        assert_int_equal(vfio_device_find(&there, &target, &device).code, STATUS_OK);
        assert_int_equal(device.node, -1);
        tree_remove(own);
}

/* Registers: only by their number. */
static void another_bar_must_be_named(void **state)
{
        struct vfio_device device;

        assert_int_equal(find("00:01.0/0", &device).code, STATUS_OK);
        assert_int_equal(device.bar, 0);
        assert_int_equal(device.bar_bytes, 256);
        assert_int_equal(find("00:04.0/0", &device).code, STATUS_OK);
        assert_int_equal(device.bar_bytes, 16 * MIB);
        assert_int_equal(device.node, 1);
}

static void each_refusal_says_what_to_do(void **state)
{
        static const struct {
                const char *target;
                enum status_code code;
                const char *what, *todo;
        } rows[] = {
                { "00:09.0", STATUS_USAGE, "no PCI device 0000:00:09.0", "lspci" },
                { "00:00.0", STATUS_USAGE, "has no driver",
                  "cd /sys/bus/pci/devices/0000:00:00.0; echo vfio-pci >driver_override; echo "
                  "0000:00:00.0 >/sys/bus/pci/drivers_probe" },
                { "00:02.0", STATUS_USAGE, "with driver nvme",
                  "echo vfio-pci >driver_override; echo 0000:00:02.0 >driver/unbind; echo "
                  "0000:00:02.0 >/sys/bus/pci/drivers_probe" },
                { "00:03.0", STATUS_SKIP, "behind no IOMMU", "intel_iommu=on" },
                { "00:04.0", STATUS_USAGE, "no prefetchable memory BAR", "vfio:BDF/0" },
                { "00:04.0/1", STATUS_USAGE, "no memory BAR 1", "lspci -v" }, /* ports */
                { "00:01.0/1", STATUS_USAGE, "no memory BAR 1", "lspci -v" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct vfio_device device = { .bar = 77 };
                struct status status = find(rows[i].target, &device);

                if (!strstr(status.what, rows[i].what) || !strstr(status.todo, rows[i].todo))
                        print_message("%s; %s\n", status.what, status.todo);
                assert_int_equal(status.code, rows[i].code);
                assert_non_null(strstr(status.what, rows[i].what));
                assert_non_null(strstr(status.todo, rows[i].todo));
                assert_int_equal(device.bar, 77);
        }
}

static struct status source_try(const char *target, uint64_t bytes, bool overwrite)
{
        struct source_request request = {
                .root = &root, .target = target, .bytes = bytes, .overwrite = overwrite
        };
        struct source source;

        return source_open(&source_class_vfio, &request, &source);
}

/* The source, before it opens anything. */
static void the_size_and_the_explicit_word_are_checked_first(void **state)
{
        struct status status = source_try("00:01.0", 2 * GIB, true);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "BAR 2 of 0000:00:01.0 has 1 GiB"));
        status = source_try("00:01.0", GIB, false);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.todo, "--overwrite"));
        assert_int_equal(source_try("nonsense", GIB, true).code, STATUS_USAGE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_address_is_read_with_and_without_domain_and_bar),
                cmocka_unit_test(anything_else_is_refused),
                cmocka_unit_test(the_largest_prefetchable_bar_is_taken),
                cmocka_unit_test(what_sysfs_does_not_tell_is_not_made_up),
                cmocka_unit_test(another_bar_must_be_named),
                cmocka_unit_test(each_refusal_says_what_to_do),
                cmocka_unit_test(the_size_and_the_explicit_word_are_checked_first),
        };

        return cmocka_run_group_tests(tests, unpack, clean);
}
