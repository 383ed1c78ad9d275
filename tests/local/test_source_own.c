/* SPDX-License-Identifier: Apache-2.0 */
/* A target that a run made and left behind is its own again; no other file is taken for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local_source.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define BYTES (16 * MIB)
#define CHILD_NOT_ALLOWED 40

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

/* As long as the target. */
static void precious_put(void)
{
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, "precious", 8), 8);
        assert_int_equal(ftruncate(fd, BYTES), 0);
        close(fd);
}

static void precious_check(void)
{
        char text[8];
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(read(fd, text, sizeof(text)), sizeof(text));
        assert_memory_equal(text, "precious", sizeof(text));
        close(fd);
}

/* No page of it is a hole, or zeros. */
static void assert_filled(const struct source *source)
{
        uint64_t words[512];

        for (off_t at = 0; at < (off_t)BYTES; at += 4096) {
                assert_int_equal(pread(source->fd, words, sizeof(words), at), sizeof(words));
                assert_true(words[0] && words[0] != words[1]);
        }
}

static struct status run_open(const char *run, bool keep, struct source *source)
{
        struct source_request request = { .root = &local_root,
                                          .target = path,
                                          .bytes = BYTES,
                                          .keep = keep,
                                          .run = run,
                                          .seed = 3 };

        return source_open(&source_class_file, &request, source);
}

/* False where the file system has no attributes. */
static bool kept_by_run(const char *run)
{
        struct source source;

        assert_int_equal(run_open(run, true, &source).code, STATUS_OK);
        source_close(&source);
        return setxattr(path, "user.pmdgain.test", "x", 1, 0) == 0;
}

static void assert_run_refused(const char *run)
{
        struct source source = { .fd = 12345 };
        struct status status = run_open(run, true, &source);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "exists"));
        assert_int_equal(source.fd, 12345);
}

/* Half filled, as a kill leaves it, it is filled again. */
static void a_file_that_the_run_left_is_its_own(void **state)
{
        struct source source, other;

        if (!kept_by_run("run1")) {
                assert_int_equal(unlink(path), 0);
                print_message("no extended attributes here\n");
                skip();
        }
        assert_int_equal(truncate(path, BYTES / 2), 0);
        assert_int_equal(run_open("run1", true, &source).code, STATUS_OK);
        assert_true(source.made);
        assert_filled(&source);
        assert_int_equal(run_open("run1", true, &other).code, STATUS_USAGE); /* it is in use */
        source_close(&source);
        assert_int_equal(run_open("run1", false, &source).code, STATUS_OK);
        assert_int_equal(access(path, F_OK), -1);
        assert_filled(&source);
        source_close(&source);
}

/* Nor one in whose place another was put: it may well have the same inode. */
static void a_file_of_another_run_is_not(void **state)
{
        char other[80];

        if (!kept_by_run("run1")) {
                assert_int_equal(unlink(path), 0);
                skip();
        }
        assert_run_refused("run2");
        assert_run_refused("run");
        assert_run_refused("run11");
        assert_run_refused("");
        assert_run_refused(NULL);
        snprintf(other, sizeof(other), "%s/other", folder);
        assert_int_equal(link(path, other), 0);
        assert_run_refused("run1"); /* something else has it too */
        assert_int_equal(unlink(other), 0);
        if (geteuid() == 0) {
                assert_int_equal(chown(path, 65534, 65534), 0);
                assert_run_refused("run1");
        }
        assert_int_equal(unlink(path), 0);
        precious_put();
        assert_run_refused("run1");
        precious_check();
        assert_int_equal(unlink(path), 0);
}

/* From its making on, not only when it is taken up again. */
static void a_file_in_the_making_is_in_use(void **state)
{
        struct source_request request = {
                .root = &local_root, .target = path, .bytes = BYTES, .overwrite = true
        };
        struct source source, other;
        struct status status;

        assert_int_equal(run_open("run1", true, &source).code, STATUS_OK);
        status = source_open(&source_class_file, &request, &other);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "in use"));
        source_close(&source);
        assert_int_equal(unlink(path), 0);
}

/* Its own room is there for it to be filled again. */
static int child_fills_its_own_again(const void *context)
{
        struct source source;
        struct status status;

        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("test", folder, "tmpfs", 0, "size=30m") != 0 || !kept_by_run("run1"))
                return CHILD_NOT_ALLOWED;
        status = run_open("run1", true, &source);
        return status_failed(&status);
}

static void a_disk_with_room_for_one_takes_it_again(void **state)
{
        int result = local_child(child_fills_its_own_again, NULL);

        if (result == CHILD_NOT_ALLOWED)
                skip();
        assert_int_equal(result, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_file_that_the_run_left_is_its_own),
                cmocka_unit_test(a_file_of_another_run_is_not),
                cmocka_unit_test(a_file_in_the_making_is_in_use),
                cmocka_unit_test(a_disk_with_room_for_one_takes_it_again),
        };

        return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
