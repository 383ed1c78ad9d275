/* SPDX-License-Identifier: Apache-2.0 */
/* Where each source puts each arm, and which arms it refuses; nothing is mapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/devdax.h"

#include <ftw.h>
#include <math.h>
#include <pmdgain/source.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Meson builds this for pages of 64 KiB too, where a PMD is 512 MiB. */
#ifndef PAGE_BYTES
#define PAGE_BYTES 4096
#define PMD_BYTES 2097152
#endif
#define PAGE ((size_t)PAGE_BYTES)
#define PMD ((size_t)PMD_BYTES)
#define BYTES (4 * PMD)

extern const struct source_class source_class_shmem, source_class_hugetlb, source_class_anon,
        source_class_file, source_class_devdax, source_class_vfio, source_class_null;

static char *window_of(uintptr_t address)
{
        return (char *)address;
}

static struct source source_of(const struct source_class *class)
{
        return (struct source) {
                .class = class,
                .fd = 40,
                .twin_fd = 41,
                .dax = -1,
                .bytes = BYTES,
                .page_bytes = PAGE,
                .pmd_bytes = PMD,
                .traits = class->traits,
                .window = window_of(PMD * 1000),
        };
}

static struct status lay_out(const struct source *source, const char *arm_text,
                             struct mapping *ret_mapping)
{
        struct layout_request request = { .bytes = BYTES };

        assert_int_equal(arm_parse(arm_text, &request.arm).code, STATUS_OK);
        return source->class->lay_out(source, &request, ret_mapping);
}

/* The same bytes: one address for every arm but `va`, one offset for every arm but `offset`. */
static void shmem_arms(void **state)
{
        static const struct {
                const char *arm;
                size_t address, offset;
                int advice;
        } rows[] = {
                { "pmd", 0, 0, 0 },
                { "pte:nohuge", 0, 0, MADV_NOHUGEPAGE },
                { "pte:va", PAGE, 0, 0 },
                { "pte:offset", 0, PAGE, 0 },
        };
        struct source source = source_of(&source_class_shmem);

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct mapping mapping;

                assert_int_equal(lay_out(&source, rows[i].arm, &mapping).code, STATUS_OK);
                assert_ptr_equal(mapping.address, source.window + rows[i].address);
                assert_int_equal(mapping.offset, rows[i].offset);
                assert_int_equal(mapping.advice, rows[i].advice);
                assert_int_equal(mapping.thp_disable, rows[i].advice == MADV_NOHUGEPAGE);
                assert_int_equal(mapping.fd, 40);
                assert_int_equal(mapping.bytes, BYTES);
                assert_int_equal(mapping.flags, MAP_SHARED);
                assert_int_equal(mapping.prot, PROT_READ | PROT_WRITE);
                assert_false(mapping.mapped);
                assert_true(isnan(mapping.proof.pmd_fraction));
        }
}

static void what_was_found_out_of_the_source_reaches_the_mapping(void **state)
{
        struct source source = source_of(&source_class_shmem);
        struct mapping mapping;

        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_false(mapping.read_faults_suffice);
        assert_false(mapping.tables_first);
        assert_int_equal(mapping_faults_alone(&mapping).code, STATUS_OK);
        source.traits |= SOURCE_READ_FAULTS_SUFFICE | SOURCE_NOHUGE_IGNORED;
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_true(mapping.read_faults_suffice);
        assert_true(mapping.tables_first);
        assert_int_equal(mapping_faults_alone(&mapping).code, STATUS_SKIP);
        assert_int_equal(lay_out(&source, "pte:va", &mapping).code, STATUS_OK);
        assert_false(mapping.tables_first);
}

static void arms_that_make_no_sense_are_skipped_with_a_reason(void **state)
{
        static const struct {
                const struct source_class *class;
                const char *arm, *reason;
        } rows[] = {
                { &source_class_shmem, "pte:extent", "memory" },
                { &source_class_shmem, "pte:partition", "memory" },
                { &source_class_shmem, "pte:namespace", "memory" },
                { &source_class_hugetlb, "pte:va", "pte:nohuge" },
                { &source_class_hugetlb, "pte:offset", "pte:nohuge" },
                { &source_class_anon, "pte:va", "both ends" },
                { &source_class_anon, "pte:offset", "no file" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct source source = source_of(rows[i].class);
                struct mapping mapping;
                struct status status = lay_out(&source, rows[i].arm, &mapping);

                assert_int_equal(status.code, STATUS_SKIP);
                assert_non_null(strstr(status.what, rows[i].arm));
                assert_non_null(strstr(status.what, rows[i].reason));
        }
}

static void hugetlb_has_a_twin_for_ptes(void **state)
{
        struct source source = source_of(&source_class_hugetlb);
        struct mapping mapping;

        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.fd, 40);
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.fd, 41);
}

static void anonymous_memory_is_advised_either_way(void **state)
{
        struct source source = source_of(&source_class_anon);
        struct mapping mapping;

        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.advice, MADV_HUGEPAGE);
        assert_int_equal(mapping.fd, -1);
        assert_int_equal(mapping.flags, MAP_PRIVATE | MAP_ANONYMOUS);
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.advice, MADV_NOHUGEPAGE);
        assert_true(source.traits & SOURCE_FRESH_BYTES && source.traits & SOURCE_PMD_DEPOSITS);
}

static void a_file_set_up_so_is_mapped_plainly(void **state)
{
        static const char *const arms[] = { "pte:extent", "pte:partition", "pte:namespace" };
        struct source source = source_of(&source_class_file);
        struct mapping mapping;

        source.dax = 1;
        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                assert_int_equal(lay_out(&source, arms[i], &mapping).code, STATUS_OK);
                assert_ptr_equal(mapping.address, source.window);
                assert_int_equal(mapping.offset, 0);
                assert_int_equal(mapping.advice, 0);
                assert_false(mapping.thp_disable);
        }
        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.advice, 0);
        source.dax = 0; /* page cache: large folios come where huge pages are asked for */
        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.advice, MADV_HUGEPAGE);
}

static void devdax_has_the_arms_of_its_alignment(void **state)
{
        struct source source = source_of(&source_class_devdax);
        struct mapping mapping;

        source.align = PMD;
        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_SKIP);
        assert_int_equal(lay_out(&source, "pte:va", &mapping).code, STATUS_SKIP);
        assert_int_equal(lay_out(&source, "pte:namespace", &mapping).code, STATUS_SKIP);
        assert_non_null(strstr(lay_out(&source, "pte:offset", &mapping).what,
                               PAGE == 65536 ? "--align=64k" : "--align=4k"));
        source.align = PAGE;
        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_SKIP);
        assert_non_null(strstr(lay_out(&source, "pmd", &mapping).what,
                               PAGE == 65536 ? "--align=512m" : "--align=2m"));
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_SKIP);
        assert_int_equal(lay_out(&source, "pte:namespace", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.fd, 40);
}

/* Offsets count from the BAR's place in the device's descriptor. */
static void vfio_arms(void **state)
{
        static const char *const refused[] = { "pte:offset", "pte:extent", "pte:partition",
                                               "pte:namespace" };
        struct source source = source_of(&source_class_vfio);
        off_t start = (off_t)2 << 40;
        struct mapping mapping;

        source.start = start;
        assert_int_equal(lay_out(&source, "pmd", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.offset, start);
        assert_int_equal(mapping.advice, MADV_HUGEPAGE);
        assert_ptr_equal(mapping.address, source.window);
        assert_int_equal(lay_out(&source, "pte:va", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.offset, start);
        assert_int_equal(mapping.advice, 0);
        assert_ptr_equal(mapping.address, source.window + PAGE);
        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_int_equal(mapping.advice, MADV_NOHUGEPAGE);
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
                assert_int_equal(lay_out(&source, refused[i], &mapping).code, STATUS_SKIP);
}

static void null_has_no_address(void **state)
{
        struct source source = source_of(&source_class_null);
        struct mapping mapping;

        assert_int_equal(lay_out(&source, "pte:nohuge", &mapping).code, STATUS_OK);
        assert_null(mapping.address);
        assert_int_equal(mapping.asked.grain, GRAIN_PTE);
        assert_int_equal(mapping_detach(&mapping).code, STATUS_OK);
}

static void modes_decide_flags_and_faults(void **state)
{
        static const struct {
                enum map_mode map;
                enum file_state state;
                bool writes;
                int flags;
                bool read_only, blank;
        } rows[] = {
                { MAP_MODE_SHARED, FILE_WRITTEN, false, MAP_SHARED, false, false },
                { MAP_MODE_SYNC, FILE_WRITTEN, false, MAP_SHARED_VALIDATE | MAP_SYNC, false, false },
                { MAP_MODE_PRIVATE, FILE_WRITTEN, false, MAP_PRIVATE, true, false },
                { MAP_MODE_PRIVATE, FILE_WRITTEN, true, MAP_PRIVATE, false, false },
                { MAP_MODE_SHARED, FILE_SPARSE, false, MAP_SHARED, true, true },
                { MAP_MODE_SHARED, FILE_UNWRITTEN, true, MAP_SHARED, false, true },
        };
        struct source source = source_of(&source_class_shmem);

        source.traits |= SOURCE_READ_FAULTS_SUFFICE;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct layout_request request = { .arm = { GRAIN_PMD, LEVER_ALIGNED },
                                                        .bytes = BYTES,
                                                        .map = rows[i].map,
                                                        .state = rows[i].state,
                                                        .writes = rows[i].writes };
                struct mapping mapping;

                assert_int_equal(source.class->lay_out(&source, &request, &mapping).code,
                                 STATUS_OK);
                assert_int_equal(mapping.flags, rows[i].flags);
                assert_int_equal(mapping.read_only, rows[i].read_only);
                assert_int_equal(mapping.blank, rows[i].blank);
                assert_int_equal(mapping.read_faults_suffice, rows[i].map != MAP_MODE_PRIVATE);
        }
}

static void auto_asks_for_nothing(void **state)
{
        static const struct source_class *const classes[] = { &source_class_shmem,
                                                              &source_class_anon,
                                                              &source_class_file,
                                                              &source_class_hugetlb };
        struct mapping mapping;

        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
                struct source source = source_of(classes[i]);

                assert_int_equal(lay_out(&source, "auto", &mapping).code, STATUS_OK);
                assert_int_equal(mapping.advice, 0);
                assert_false(mapping.thp_disable);
                assert_ptr_equal(mapping.address, source.window);
        }
}

static void a_mapping_that_does_not_fit_is_refused(void **state)
{
        struct source source = source_of(&source_class_shmem);
        struct layout_request request = { .arm = { GRAIN_PMD, LEVER_ALIGNED } };
        static const size_t sizes[] = { 0, PAGE, PMD + PAGE, BYTES + 2 * PMD };
        struct mapping mapping;

        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                request.bytes = sizes[i];
                assert_int_equal(source.class->lay_out(&source, &request, &mapping).code,
                                 STATUS_USAGE);
        }
}

static void text_put(const char *folder, const char *name, const char *text)
{
        char path[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void folder_put(const char *base, const char *name)
{
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", base, name);
        assert_int_equal(mkdir(path, 0700), 0);
}

static int entry_remove(const char *path, const struct stat *about, int kind, struct FTW *where)
{
        return remove(path);
}

/* /sys/dev/char/252:0 as Linux 6.1 has it: a link to the device on the dax bus. */
static void devdax_facts_come_from_sysfs(void **state)
{
        char base[] = "/tmp/pmdgain-test-XXXXXX", device[128], region[160], link[160];
        const struct sys_root root = { .sysfs = base, .proc = base };
        struct devdax_facts facts;

        assert_non_null(mkdtemp(base));
        folder_put(base, "bus");
        folder_put(base, "bus/dax");
        folder_put(base, "dev");
        folder_put(base, "dev/char");
        folder_put(base, "dax0.0");
        snprintf(device, sizeof(device), "%s/dax0.0", base);
        snprintf(region, sizeof(region), "%s/dax_region", device);
        snprintf(link, sizeof(link), "%s/subsystem", device);
        assert_int_equal(symlink("../bus/dax", link), 0);
        snprintf(link, sizeof(link), "%s/dev/char/252:0", base);
        assert_int_equal(symlink("../../dax0.0", link), 0);

        assert_true(devdax_is(&root, makedev(252, 0)));
        assert_false(devdax_is(&root, makedev(252, 1)));
        assert_int_equal(devdax_read(&root, makedev(252, 0), &facts).code, STATUS_SKIP);
        text_put(device, "size", "1608515584\n");
        assert_int_equal(devdax_read(&root, makedev(252, 0), &facts).code, STATUS_SYSTEM);
        folder_put(device, "dax_region");
        text_put(region, "align", "4096\n"); /* before 5.10 */
        assert_int_equal(devdax_read(&root, makedev(252, 0), &facts).code, STATUS_OK);
        assert_int_equal(facts.align, 4096);
        text_put(device, "align", "2097152\n");
        assert_int_equal(devdax_read(&root, makedev(252, 0), &facts).code, STATUS_OK);
        assert_int_equal(facts.bytes, 1608515584);
        assert_int_equal(facts.align, 2097152);
        assert_int_equal(nftw(base, entry_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(shmem_arms),
                cmocka_unit_test(what_was_found_out_of_the_source_reaches_the_mapping),
                cmocka_unit_test(arms_that_make_no_sense_are_skipped_with_a_reason),
                cmocka_unit_test(hugetlb_has_a_twin_for_ptes),
                cmocka_unit_test(anonymous_memory_is_advised_either_way),
                cmocka_unit_test(a_file_set_up_so_is_mapped_plainly),
                cmocka_unit_test(devdax_has_the_arms_of_its_alignment),
                cmocka_unit_test(vfio_arms),
                cmocka_unit_test(null_has_no_address),
                cmocka_unit_test(modes_decide_flags_and_faults),
                cmocka_unit_test(auto_asks_for_nothing),
                cmocka_unit_test(a_mapping_that_does_not_fit_is_refused),
                cmocka_unit_test(devdax_facts_come_from_sysfs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
