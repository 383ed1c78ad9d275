/* SPDX-License-Identifier: Apache-2.0 */
/* Files on the root file system: what is made, what is refused, and that nothing else is touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local_source.h"
#include "../unit/tree.h"
#include "sys/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define BYTES (16 * MIB)

static char folder[] = "/var/tmp/pmdgain-test-XXXXXX";
static char path[64];

static int folder_make(void **state)
{
        if (!mkdtemp(folder))
                return -1;
        snprintf(path, sizeof(path), "%s/target", folder);
        return 0;
}

static int folder_remove(void **state)
{
        return rmdir(folder);
}

static struct status target_open(const char *target, bool overwrite, bool keep,
                                 struct source *source)
{
        struct source_request request = { .root = &local_root,
                                          .target = target,
                                          .bytes = BYTES,
                                          .overwrite = overwrite,
                                          .keep = keep,
                                          .seed = 3 };

        return source_open(&source_class_file, &request, source);
}

static void assert_refused(const char *target, bool overwrite, const char *reason)
{
        struct source source = { .fd = 12345 };
        struct status status = target_open(target, overwrite, false, &source);

        if (!strstr(status.what, reason))
                print_message("%s\n", status.what);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, reason));
        assert_true(*status.todo);
        assert_int_equal(source.fd, 12345);
}

static void existing_put(const char *text, off_t length)
{
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        if (length)
                assert_int_equal(ftruncate(fd, length), 0);
        close(fd);
}

static void existing_check(const char *text)
{
        char read_back[64] = "";
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(read(fd, read_back, strlen(text)), (ssize_t)strlen(text));
        assert_string_equal(read_back, text);
        close(fd);
}

static bool tells_extents(const struct source *source)
{
        struct filesystem_extents extents;

        return filesystem_extents_read(source->fd, BYTES, &extents).code == STATUS_OK;
}

/* Every 4 KiB has data of its own, which nothing can share or compress. */
static void assert_filled(const struct source *source)
{
        uint64_t one[512], other[512];

        for (off_t at = 0; at < (off_t)BYTES; at += 4096) {
                assert_int_equal(pread(source->fd, one, sizeof(one), at), sizeof(one));
                for (int i = 1; i < 512; i++)
                        assert_int_not_equal(one[i], one[i - 1]);
                if (at)
                        assert_memory_not_equal(one, other, sizeof(one));
                memcpy(other, one, sizeof(one));
        }
}

static void a_file_is_made_filled_and_leaves_nothing(void **state)
{
        struct source source;
        struct stat about;

        assert_int_equal(target_open(path, false, false, &source).code, STATUS_OK);
        assert_true(source.made);
        assert_int_equal(access(path, F_OK), -1); /* not even while it is in use */
        assert_int_equal(fstat(source.fd, &about), 0);
        assert_true((uint64_t)about.st_size >= BYTES + source.page_bytes);
        assert_true((uint64_t)about.st_blocks * 512 >= BYTES);
        assert_filled(&source);
        assert_true(*source.fs);
        assert_non_null(strstr(source.how, source.fs));
        source_close(&source);
}

static void a_kept_file_stays(void **state)
{
        struct source source;
        struct stat about;

        assert_int_equal(target_open(path, false, true, &source).code, STATUS_OK);
        source_close(&source);
        assert_int_equal(stat(path, &about), 0);
        assert_true((uint64_t)about.st_size >= BYTES);
        assert_int_equal(unlink(path), 0);
}

/* What holds the page cache's file is told all the same: here a namespace that was never. */
static void a_file_on_a_raw_namespace_has_no_memmap(void **state)
{
        static const char *const modes[] = { "raw", "fsdax" };
        static const enum memmap memmaps[] = { MEMMAP_NONE, MEMMAP_UNKNOWN };
        struct stat about;

        assert_int_equal(stat(folder, &about), 0);
        for (size_t i = 0; i < 2; i++) {
                char tree[TREE_DIR_MAX], text[400];
                struct sys_root root = { .sysfs = tree, .proc = "/proc" };
                struct source_request request = { .root = &root, .target = path, .bytes = MIB };
                struct source source;

                snprintf(text, sizeof(text),
                         "devices/region0/namespace0.0/block/pmem0\n"
                         "devices/region0/namespace0.0\n mode = %s\n"
                         "dev/block\n %u:%u -> ../../devices/region0/namespace0.0/block/pmem0\n",
                         modes[i], major(about.st_dev), minor(about.st_dev));
                tree_unpack_text(text, tree);
                assert_int_equal(source_open(&source_class_file, &request, &source).code,
                                 STATUS_OK);
                assert_int_equal(source.memmap, memmaps[i]);
                assert_int_not_equal(source.dax, 1);
                source_close(&source);
                tree_remove(tree);
        }
}

/* By PTE on any kernel and file system; what one writes, the other reads. */
static void it_is_mapped_by_pte(void **state)
{
        static const char *const arms[] = { "pte:nohuge", "pte:va", "pte:offset" };
        struct source source;

        assert_int_equal(target_open(path, false, false, &source).code, STATUS_OK);
        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                struct mapping mapping;
                size_t at = source.page_bytes * (strcmp(arms[i], "pte:offset") == 0 ? 9 : 10);

                local_map_proven(&source, arms[i], BYTES, &mapping);
                if (i)
                        assert_int_equal(mapping.address[at], 'a' + (int)i - 1);
                mapping.address[at] = (char)('a' + i);
                mapping_detach(&mapping);
        }
        source_close(&source);
}

static void an_existing_file_needs_the_word_and_is_kept_as_it_is(void **state)
{
        struct source source;
        struct stat about;

        existing_put("precious", (off_t)BYTES);
        assert_refused(path, false, "exists");
        existing_check("precious");
        assert_int_equal(target_open(path, true, false, &source).code, STATUS_OK);
        assert_false(source.made);
        if (tells_extents(&source))
                assert_non_null(strstr(source.how, "never written")); /* it is a hole */
        source_close(&source);
        existing_check("precious");
        assert_int_equal(stat(path, &about), 0);
        assert_in_range(about.st_blocks * 512, 0, BYTES / 64); /* the hole is one still */
        assert_int_equal(unlink(path), 0);
}

static void a_file_without_holes_gives_no_warning(void **state)
{
        struct source source;

        assert_int_equal(target_open(path, false, true, &source).code, STATUS_OK);
        source_close(&source);
        assert_int_equal(target_open(path, true, false, &source).code, STATUS_OK);
        assert_null(strstr(source.how, "WARNING"));
        source_close(&source);
        assert_int_equal(unlink(path), 0);
}

static void a_short_file_is_refused_and_not_grown(void **state)
{
        struct stat about;

        existing_put("short", 0);
        assert_refused(path, true, "5 bytes");
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_size, 5);
        assert_int_equal(unlink(path), 0);
}

static void offset_needs_a_longer_file(void **state)
{
        struct source source;
        struct mapping mapping;
        const struct layout_request request = { .arm = { GRAIN_PTE, LEVER_OFFSET }, .bytes = BYTES };

        existing_put("x", (off_t)BYTES);
        assert_int_equal(target_open(path, true, false, &source).code, STATUS_OK);
        assert_int_equal(source.class->lay_out(&source, &request, &mapping).code, STATUS_SKIP);
        source_close(&source);
        assert_int_equal(unlink(path), 0);
}

static void links_and_what_is_no_file_are_refused(void **state)
{
        char link[80];

        snprintf(link, sizeof(link), "%s/link", folder);
        existing_put("behind a link", (off_t)BYTES);
        assert_int_equal(symlink(path, link), 0);
        assert_refused(link, true, "symbolic link");
        existing_check("behind a link");
        assert_int_equal(unlink(path), 0);
        assert_refused(link, true, "symbolic link"); /* dangling: must not make its target */
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(unlink(link), 0);

        assert_int_equal(mkfifo(path, 0600), 0);
        assert_refused(path, true, "not a regular file"); /* and does not wait for a writer */
        assert_int_equal(unlink(path), 0);
        assert_refused(folder, true, "not a regular file");
        assert_refused("/dev/null", true, "not a regular file");
        assert_refused("/no/such/folder/file", true, "No such file");
}

static void a_file_in_use_by_another_run_is_refused(void **state)
{
        struct source source;
        int fd;

        existing_put("locked", (off_t)BYTES);
        fd = open(path, O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(flock(fd, LOCK_EX), 0);
        assert_refused(path, true, "in use");
        close(fd);
        assert_int_equal(target_open(path, true, false, &source).code, STATUS_OK);
        assert_refused(path, true, "in use");
        source_close(&source);
        assert_int_equal(unlink(path), 0);
}

#define CHILD_NOT_ALLOWED 40

/* On a tmpfs of half the size, in a mount namespace of the child's own. */
static int child_fills_a_disk(const void *context)
{
        const bool *keep = context;
        struct status status;
        struct source source;

        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("test", folder, "tmpfs", 0, "size=8m") != 0)
                return CHILD_NOT_ALLOWED;
        status = target_open(path, false, *keep, &source);
        if (status.code != STATUS_SYSTEM || !strstr(status.what, "no room") || !*status.todo)
                return 1;
        return access(path, F_OK) == 0 ? 2 : 0;
}

static void a_full_disk_is_told_and_nothing_stays_on_it(void **state)
{
        for (int keep = 0; keep <= 1; keep++) {
                bool kept = keep;
                int result = local_child(child_fills_a_disk, &kept);

                if (result == CHILD_NOT_ALLOWED) {
                        print_message("no mount namespaces here\n");
                        skip();
                }
                assert_int_equal(result, 0);
        }
}

static int child_without_permission(const void *context)
{
        struct source source;

        if (geteuid() != 0 || !local_drop_privilege())
                return CHILD_NOT_ALLOWED;
        return target_open(path, true, false, &source).code == STATUS_USAGE ? 0 : 1;
}

static void a_file_of_someone_else_is_refused(void **state)
{
        int result;

        assert_int_equal(chmod(folder, 0755), 0);
        existing_put("root's", (off_t)BYTES);
        result = local_child(child_without_permission, NULL);
        assert_int_equal(unlink(path), 0);
        if (result == CHILD_NOT_ALLOWED)
                skip();
        assert_int_equal(result, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_file_is_made_filled_and_leaves_nothing),
                cmocka_unit_test(a_file_on_a_raw_namespace_has_no_memmap),
                cmocka_unit_test(a_kept_file_stays),
                cmocka_unit_test(it_is_mapped_by_pte),
                cmocka_unit_test(an_existing_file_needs_the_word_and_is_kept_as_it_is),
                cmocka_unit_test(a_file_without_holes_gives_no_warning),
                cmocka_unit_test(a_short_file_is_refused_and_not_grown),
                cmocka_unit_test(offset_needs_a_longer_file),
                cmocka_unit_test(links_and_what_is_no_file_are_refused),
                cmocka_unit_test(a_file_in_use_by_another_run_is_refused),
                cmocka_unit_test(a_full_disk_is_told_and_nothing_stays_on_it),
                cmocka_unit_test(a_file_of_someone_else_is_refused),
        };

        return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
