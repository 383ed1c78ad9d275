/* SPDX-License-Identifier: Apache-2.0 */
/* The files beside the named one, on the root file system: what they hold and that they go away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local_source.h"
#include "sys/filesystem.h"
#include "sys/hugepages.h"

#include <fcntl.h>
#include <sys/stat.h>

#define BYTES (8 * MIB)

static char folder[] = "/var/tmp/pmdgain-twins-XXXXXX";
static char path[64];

static int folder_make(void **state)
{
        if (!mkdtemp(folder))
                return -1;
        snprintf(path, sizeof(path), "%s/target", folder);
        return 0;
}

/* Fails when something was left behind. */
static int folder_remove(void **state)
{
        return rmdir(folder);
}

static void blank_open(bool overwrite, struct source *source)
{
        struct source_request request = { .root = &local_root,
                                          .target = path,
                                          .bytes = BYTES,
                                          .overwrite = overwrite,
                                          .seed = 3,
                                          .blank = true };

        assert_int_equal(source_open(&source_class_file, &request, source).code, STATUS_OK);
}

static struct status lay_out(const struct source *source, enum file_state state, bool writes,
                             struct mapping *mapping)
{
        const struct layout_request request = { .arm = { GRAIN_AUTO, LEVER_ALIGNED },
                                                .bytes = BYTES,
                                                .state = state,
                                                .writes = writes };

        return source->class->lay_out(source, &request, mapping);
}

static void extents_read(int fd, struct filesystem_extents *extents)
{
        if (filesystem_extents_read(fd, BYTES, extents).code != STATUS_OK)
                skip(); /* this file system tells none */
}

/* Anew each time, whatever was written to it before. */
static void a_blank_file_is_made_anew(void **state)
{
        struct filesystem_extents extents;
        struct mapping mapping;
        struct source source;

        blank_open(false, &source);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(lay_out(&source, FILE_UNWRITTEN, true, &mapping).code, STATUS_OK);
                assert_int_not_equal(mapping.fd, source.fd);
                extents_read(mapping.fd, &extents);
                assert_int_equal(extents.unwritten_bytes, BYTES);
                assert_int_equal(lay_out(&source, FILE_SPARSE, true, &mapping).code, STATUS_OK);
                extents_read(mapping.fd, &extents);
                assert_int_equal(extents.hole_bytes, BYTES);
                assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
                memset(mapping.address, 7, BYTES);
                assert_int_equal(fsync(mapping.fd), 0);
                mapping_detach(&mapping);
                extents_read(mapping.fd, &extents);
                assert_int_equal(extents.written_bytes, BYTES);
        }
        source_close(&source);
}

static void reads_leave_it_blank(void **state)
{
        static const enum file_state states[] = { FILE_UNWRITTEN, FILE_SPARSE };
        struct mapping mapping;
        struct source source;

        blank_open(false, &source);
        for (size_t i = 0; i < 2; i++) {
                struct filesystem_extents extents;

                assert_int_equal(lay_out(&source, states[i], false, &mapping).code, STATUS_OK);
                assert_int_equal(local_map(&mapping, source.traits).code, STATUS_OK);
                mapping_detach(&mapping);
                assert_int_equal(fsync(mapping.fd), 0);
                extents_read(mapping.fd, &extents);
                assert_int_equal(extents.written_bytes, 0);
        }
        source_close(&source);
}

static void a_file_that_was_there_stays_as_it_is(void **state)
{
        char read_back[9] = "";
        struct mapping mapping;
        struct source source;
        struct stat about;
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        assert_int_equal(write(fd, "precious", 8), 8);
        assert_int_equal(ftruncate(fd, (off_t)(BYTES + 2 * MIB)), 0);
        blank_open(true, &source);
        assert_int_equal(lay_out(&source, FILE_UNWRITTEN, true, &mapping).code, STATUS_OK);
        assert_int_equal(local_map(&mapping, source.traits).code, STATUS_OK);
        memset(mapping.address, 7, BYTES);
        mapping_detach(&mapping);
        source_close(&source);
        assert_int_equal(pread(fd, read_back, 8, 0), 8);
        assert_string_equal(read_back, "precious");
        assert_int_equal(fstat(fd, &about), 0);
        assert_int_equal(about.st_size, BYTES + 2 * MIB);
        close(fd);
        assert_int_equal(unlink(path), 0);
}

/* This file system is not mounted with DAX. */
static void shifted_extents_are_for_dax(void **state)
{
        const uint64_t shift = 4096;
        struct source_request request = { .root = &local_root,
                                          .target = path,
                                          .bytes = BYTES,
                                          .shifts = &shift,
                                          .shift_count = 1 };
        struct layout_request wanted = { .arm = { GRAIN_PTE, LEVER_EXTENT },
                                         .bytes = BYTES,
                                         .shift = shift };
        struct mapping mapping;
        struct source source;
        struct status status;

        assert_int_equal(source_open(&source_class_file, &request, &source).code, STATUS_OK);
        if (source.dax == 0) {
                status = source.class->lay_out(&source, &wanted, &mapping);
                assert_int_equal(status.code, STATUS_SKIP);
                assert_non_null(strstr(status.what, "without DAX"));
        }
        wanted.shift = 8192; /* nobody asked for it when the source was opened */
        assert_int_equal(source.class->lay_out(&source, &wanted, &mapping).code, STATUS_USAGE);
        source_close(&source);
}

/* Whole pages below the PMD size, whatever these are here. */
static void extents_are_off_by_pages(void **state)
{
        uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), pmd = hugepages_pmd_bytes(&local_root);
        const uint64_t shifts[] = { page / 2, pmd };
        struct source_request request = { .root = &local_root,
                                          .target = path,
                                          .bytes = BYTES,
                                          .shifts = shifts,
                                          .shift_count = 2 };
        struct source source;

        assert_int_equal(source_open(&source_class_file, &request, &source).code, STATUS_OK);
        for (size_t i = 0; i < 2; i++) {
                struct layout_request wanted = { .arm = { GRAIN_PTE, LEVER_EXTENT },
                                                 .bytes = BYTES,
                                                 .shift = shifts[i] };
                struct mapping mapping;
                struct status status = source.class->lay_out(&source, &wanted, &mapping);

                assert_int_equal(status.code, STATUS_SKIP);
                assert_non_null(strstr(status.what, "no whole number of pages"));
        }
        source_close(&source);
}

static void the_page_cache_refuses_map_sync(void **state)
{
        const struct layout_request request = { .arm = { GRAIN_AUTO, LEVER_ALIGNED },
                                                .bytes = BYTES,
                                                .map = MAP_MODE_SYNC };
        struct mapping mapping;
        struct source source;
        struct status status;

        blank_open(false, &source);
        assert_int_equal(source.class->lay_out(&source, &request, &mapping).code, STATUS_OK);
        status = mapping_attach(&mapping);
        if (source.dax == 0) {
                assert_int_equal(status.code, STATUS_SKIP);
                assert_non_null(strstr(status.what, "refuses MAP_SYNC here: "));
        }
        source_close(&source);
}

/* Reads map what is shared, a write copies. */
static void a_private_mapping_keeps_its_writes(void **state)
{
        struct layout_request request = { .arm = { GRAIN_AUTO, LEVER_ALIGNED },
                                          .bytes = BYTES,
                                          .map = MAP_MODE_PRIVATE,
                                          .writes = true };
        struct mapping mapping;
        struct source source;
        char before, after;

        blank_open(false, &source);
        assert_int_equal(pread(source.fd, &before, 1, 0), 1);
        assert_int_equal(source.class->lay_out(&source, &request, &mapping).code, STATUS_OK);
        assert_int_equal(local_map(&mapping, source.traits).code, STATUS_OK);
        assert_int_equal(mapping.address[0], before);
        mapping.address[0] = (char)(before + 1);
        assert_int_equal(pread(source.fd, &after, 1, 0), 1);
        assert_int_equal(after, before);
        mapping_detach(&mapping);
        source_close(&source);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_blank_file_is_made_anew),
                cmocka_unit_test(reads_leave_it_blank),
                cmocka_unit_test(a_file_that_was_there_stays_as_it_is),
                cmocka_unit_test(shifted_extents_are_for_dax),
                cmocka_unit_test(extents_are_off_by_pages),
                cmocka_unit_test(the_page_cache_refuses_map_sync),
                cmocka_unit_test(a_private_mapping_keeps_its_writes),
        };

        return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
