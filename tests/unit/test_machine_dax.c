/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libndctl and libdaxctl look at /sys and /dev only. So the recorded tree is mounted over /sys, and
 * device nodes are made on a tmpfs over /dev, in a mount namespace of a child process (and a user
 * namespace, when not root); skipped where that is not allowed. Only root can make the nodes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/machine_parts.h"
#include "sys/nvdimm.h"
#include "tree.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define CHILD_CANNOT 77

static char dir[TREE_DIR_MAX];
static struct json_object *dax; /* what the child found */
static char standard_error[4096];

#define NODES_KEY "nodes made"

static bool cover_sys(void)
{
        if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
                return false;
        return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount(dir, "/sys", NULL, MS_BIND, NULL) == 0;
}

static bool cover_dev(void)
{
        return mount("none", "/dev", "tmpfs", 0, NULL) == 0 &&
               mknod("/dev/dax1.0", S_IFCHR | 0600, makedev(252, 3)) == 0 &&
               mknod("/dev/dax1.1", S_IFCHR | 0600, makedev(252, 4)) == 0;
}

static bool nodes_made(void)
{
        return json_object_get_boolean(json_object_object_get(dax, NODES_KEY));
}

static void child(FILE *out, int error_fd)
{
        struct sys_root root = sys_root_real();
        struct json_object *found = json_object_new_object();

        dup2(error_fd, STDERR_FILENO);
        if (!cover_sys())
                _exit(CHILD_CANNOT);
        json_object_object_add(found, NODES_KEY, json_object_new_boolean(cover_dev()));
        machine_dax_devices(&root, found);
        fputs(json_object_to_json_string(found), out);
        fclose(out);
        _exit(0);
}

static char *read_all(FILE *file)
{
        char *text = NULL;
        size_t size = 0;

        rewind(file);
        if (getdelim(&text, &size, '\0', file) < 0 && text)
                text[0] = '\0';
        return text;
}

static int describe(void **state)
{
        FILE *out = tmpfile(), *error = tmpfile();
        int result;
        char *text;
        pid_t pid;

        (void)state;
        tree_unpack(FIXTURES "/sys-nvdimm/tree.txt", dir);
        pid = fork();
        if (pid == 0)
                child(out, fileno(error));
        waitpid(pid, &result, 0);
        if (WIFEXITED(result) && WEXITSTATUS(result) == CHILD_CANNOT) {
                print_message("no mount namespace may be made here\n");
                tree_remove(dir);
                exit(CHILD_CANNOT);
        }
        text = read_all(error);
        snprintf(standard_error, sizeof(standard_error), "%s", text ? text : "");
        free(text);
        text = read_all(out);
        dax = text ? json_tokener_parse(text) : NULL;
        free(text);
        fclose(out);
        fclose(error);
        return dax ? 0 : -1;
}

static int clean(void **state)
{
        (void)state;
        json_object_put(dax);
        tree_remove(dir);
        return 0;
}

static struct json_object *named(const char *list, const char *name)
{
        struct json_object *array = json_object_object_get(dax, list);

        for (size_t i = 0; i < json_object_array_length(array); i++) {
                struct json_object *one = json_object_array_get_idx(array, i);

                if (strcmp(json_object_get_string(json_object_object_get(one, "name")), name) == 0)
                        return one;
        }
        fail_msg("no %s in %s", name, list);
        return NULL;
}

static const char *text(struct json_object *object, const char *key)
{
        struct json_object *value = json_object_object_get(object, key);

        return value ? json_object_get_string(value) : "";
}

static uint64_t number(struct json_object *object, const char *key)
{
        assert_non_null(json_object_object_get(object, key));
        return json_object_get_uint64(json_object_object_get(object, key));
}

static void regions_are_what_ndctl_listed(void **state)
{
        (void)state;
        assert_int_equal(json_object_array_length(json_object_object_get(dax, "regions")), 3);
        assert_int_equal(number(named("regions", "region0"), "bytes"), 1073741824);
        assert_int_equal(number(named("regions", "region0"), "available_bytes"), 469762048);
        assert_int_equal(number(named("regions", "region0"), "align"), 16777216);
        assert_int_equal(number(named("regions", "region0"), "numa_node"), 1);
        assert_int_equal(number(named("regions", "region1"), "numa_node"), 0);
        assert_string_equal(text(named("regions", "region2"), "bus"), "e820");
}

/* The figures of `ndctl list -N` on the recorded machine. */
static void namespaces_are_what_ndctl_listed(void **state)
{
        static const struct {
                const char *name, *region, *mode, *memmap, *device, *label;
                uint64_t bytes, align;
        } rows[] = {
                { "namespace0.0", "region0", "fsdax", "ram", "pmem0", "mem ns", 266338304,
                  2097152 },
                { "namespace0.1", "region0", "fsdax", "pmem", "pmem0.1", "", 262144000, 2097152 },
                { "namespace0.2", "region0", "sector", "", "pmem0.2s", "", 65961984, 0 },
                { "namespace1.0", "region1", "devdax", "pmem", "dax1.0", "", 262144000, 2097152 },
                { "namespace1.1", "region1", "devdax", "ram", "dax1.1", "", 266338304, 4096 },
                { "namespace1.2", "region1", "raw", "none", "pmem1.2", "", 134217728, 0 },
                { "namespace2.0", "region2", "fsdax", "ram", "pmem2", "", 268435456, 0 },
        };
        size_t count = sizeof(rows) / sizeof(rows[0]);

        (void)state;
        assert_int_equal(json_object_array_length(json_object_object_get(dax, "namespaces")),
                         count); /* the two empty ones are left out */
        for (size_t i = 0; i < count; i++) {
                struct json_object *one = named("namespaces", rows[i].name);
                const char *device = text(one, "blockdev");

                assert_string_equal(text(one, "region"), rows[i].region);
                assert_string_equal(text(one, "mode"), rows[i].mode);
                assert_string_equal(text(one, "memmap"), rows[i].memmap);
                if (device[0] || nodes_made())
                        assert_string_equal(device[0] ? device : text(one, "chardev"),
                                            rows[i].device);
                assert_string_equal(text(one, "label"), rows[i].label);
                assert_int_equal(number(one, "size_bytes"), rows[i].bytes);
                if (rows[i].align)
                        assert_int_equal(number(one, "align_bytes"), rows[i].align);
                else
                        assert_null(json_object_object_get(one, "align_bytes"));
                assert_true(json_object_get_boolean(json_object_object_get(one, "enabled")));
        }
}

static void devices_are_what_daxctl_listed(void **state)
{
        struct json_object *first, *second;

        (void)state;
        if (!nodes_made())
                skip();
        first = named("devices", "dax1.0");
        second = named("devices", "dax1.1");
        assert_string_equal(text(first, "path"), "/dev/dax1.0");
        assert_string_equal(text(first, "region"), "region1");
        assert_string_equal(text(first, "mode"), "devdax");
        assert_string_equal(text(first, "memmap"), "pmem");
        assert_string_equal(text(second, "memmap"), "ram");
        assert_int_equal(number(first, "size_bytes"), 262144000);
        assert_int_equal(number(first, "align_bytes"), 2097152);
        assert_int_equal(number(second, "align_bytes"), 4096);
        assert_int_equal(number(second, "numa_node"), 0);
}

/* Two independent readers of the same tree: libndctl, and nvdimm_memmap() by device number. */
static void both_readers_agree_on_the_memmap(void **state)
{
        static const struct {
                const char *name;
                unsigned minor;
        } blocks[] = {
                { "namespace0.0", 0 }, { "namespace0.1", 1 }, { "namespace0.2", 3 },
                { "namespace1.2", 4 }, { "namespace2.0", 2 },
        };
        struct sys_root root = { .sysfs = dir, .proc = dir };

        (void)state;
        for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
                dev_t device = makedev(259, blocks[i].minor);
                struct json_object *one = named("namespaces", blocks[i].name);

                assert_string_equal(text(one, "memmap"),
                                    nvdimm_memmap_word(nvdimm_memmap(&root, S_IFBLK, device)));
                assert_int_equal(number(one, "numa_node"), nvdimm_node(&root, S_IFBLK, device));
        }
}

static void the_libraries_print_nothing(void **state)
{
        (void)state;
        assert_string_equal(standard_error, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(regions_are_what_ndctl_listed),
                cmocka_unit_test(namespaces_are_what_ndctl_listed),
                cmocka_unit_test(devices_are_what_daxctl_listed),
                cmocka_unit_test(both_readers_agree_on_the_memmap),
                cmocka_unit_test(the_libraries_print_nothing),
        };

        return cmocka_run_group_tests(tests, describe, clean);
}
