/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused of a DAX device before it is opened for writing. /dev/null stands for one, by a
 * tree of sysfs that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source/target.h"
#include "sys/root.h"
#include "tree.h"

#include <fcntl.h>
#include <pmdgain/units.h>

static char dir[TREE_DIR_MAX];
static struct sys_root root;

static int unpack(void **state)
{
        tree_unpack_text("bus/dax\nbus/other\n"
                         "devices/null\n subsystem -> ../../bus/dax\n"
                         "devices/zero\n subsystem -> ../../bus/other\n"
                         "dev/char\n 1:3 -> ../../devices/null\n 1:5 -> ../../devices/zero\n",
                         dir);
        root = (struct sys_root) { .sysfs = dir, .proc = "/proc" };
        return 0;
}

static int clean(void **state)
{
        tree_remove(dir);
        return 0;
}

static void assert_refused(const char *path, bool overwrite, const char *what, const char *todo)
{
        struct source_request request = {
                .root = &root, .target = path, .bytes = MIB, .overwrite = overwrite
        };
        struct target target = { .fd = 12345 };
        struct status status = target_open_devdax(&request, &target);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, what));
        assert_non_null(strstr(status.todo, todo));
        assert_int_equal(target.fd, 12345);
}

static void a_device_needs_the_explicit_word(void **state)
{
        struct source_request request = {
                .root = &root, .target = "/dev/null", .bytes = MIB, .overwrite = true
        };
        struct target target;

        assert_refused("/dev/null", false, "contents lost", "--overwrite");
        assert_int_equal(target_open_devdax(&request, &target).code, STATUS_OK);
        close(target.fd);
}

static void anything_but_a_dax_device_is_refused(void **state)
{
        char path[100];

        snprintf(path, sizeof(path), "%s/link", dir);
        assert_int_equal(symlink("/dev/null", path), 0);
        assert_refused("/dev/zero", true, "not a DAX character device", "/dev/dax0.0");
        assert_refused(path, true, "not a DAX character device", "/dev/dax0.0");
        assert_refused(dir, true, "not a DAX character device", "/dev/dax0.0");
        assert_refused("/dev/no-such-device", true, "cannot open", "may open");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_device_needs_the_explicit_word),
                cmocka_unit_test(anything_but_a_dax_device_is_refused),
        };

        return cmocka_run_group_tests(tests, unpack, clean);
}
