/* SPDX-License-Identifier: Apache-2.0 */
/* hugetlb and anonymous memory on this machine, or what they say where it lacks them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/tree.h"
#include "local_source.h"
#include "sys/hugepages.h"

#include <pmdgain/privilege.h>

#define BYTES (64 * MIB)

static void assert_both_grains(const struct source *source)
{
        static const char *const arms[] = { "pmd", "pte:nohuge" };

        for (size_t i = 0; i < 2; i++) {
                struct mapping mapping;

                local_map_proven(source, arms[i], source->bytes, &mapping);
                for (size_t at = 0; at < mapping.bytes; at += source->page_bytes)
                        mapping.address[at] = 1;
                assert_int_equal(proof_again(&mapping, source->traits).code, STATUS_OK);
                mapping_detach(&mapping);
        }
}

static void anonymous_memory_has_both_grains_or_a_reason(void **state)
{
        struct source source;
        struct status status = local_open(&source_class_anon, BYTES, &source);

        if (status.code == STATUS_SKIP) {
                print_message("%s; %s\n", status.what, status.todo);
                assert_true(*status.what && *status.todo);
                skip();
        }
        assert_int_equal(status.code, STATUS_OK);
        assert_both_grains(&source);
        source_close(&source);
}

static void hugetlb_has_both_grains_or_says_what_pool_it_needs(void **state)
{
        struct source source;
        struct status status = local_open(&source_class_hugetlb, BYTES, &source);

        if (status.code == STATUS_SKIP) {
                struct hugepages_pool pool;
                char total[32];

                print_message("%s; %s\n", status.what, status.todo);
                if (hugepages_pool_read(&local_root, hugepages_pmd_bytes(&local_root), &pool)
                            .code == STATUS_OK) {
                        snprintf(total, sizeof(total), "%llu",
                                 (unsigned long long)(pool.total - pool.free + pool.reserved +
                                                      BYTES / hugepages_pmd_bytes(&local_root)));
                        assert_non_null(strstr(status.todo, total));
                        assert_non_null(strstr(status.todo, "nr_hugepages"));
                }
                skip();
        }
        assert_int_equal(status.code, STATUS_OK);
        assert_true(source.twin_fd >= 0);
        assert_non_null(strstr(source.how, "other bytes"));
        assert_both_grains(&source);
        source_close(&source);
}

static void a_size_is_rounded_up_to_whole_pmds(void **state)
{
        struct source source;
        struct status status = local_open(&source_class_anon, 1, &source);

        if (status.code == STATUS_SKIP)
                skip();
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(source.bytes, source.pmd_bytes);
        assert_int_equal((uintptr_t)source.window % source.pmd_bytes, 0);
        assert_int_equal(*source.content, 0);
        source_close(&source);
}

/* Settings of a machine that allows neither, in the words of `pmdgain probe`. */
static void settings_in_the_way_are_skips_with_their_remedy(void **state)
{
        static const char tree[] = "kernel/mm/transparent_hugepage\n hpage_pmd_size = 2097152\n"
                                   " enabled = always madvise [never]\n"
                                   "kernel/mm/hugepages/hugepages-2048kB\n"
                                   " nr_hugepages = 3\n free_hugepages = 1\n resv_hugepages = 1\n";
        char dir[TREE_DIR_MAX];
        struct sys_root root = { .sysfs = dir, .proc = "/proc" };
        struct source_request request = { .root = &root, .target = "", .bytes = 4 * MIB };
        struct source source;
        struct status status;

        tree_unpack_text(tree, dir);
        status = source_open(&source_class_anon, &request, &source);
        assert_int_equal(status.code, STATUS_SKIP);
        assert_string_equal(status.todo, privilege_todo(PRIVILEGE_THP, NULL).text);
        status = source_open(&source_class_hugetlb, &request, &source);
        assert_int_equal(status.code, STATUS_SKIP);
        assert_string_equal(status.todo, hugepages_pool_todo(&root, 2 * MIB, 3 + 2).text);
        tree_remove(dir);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(anonymous_memory_has_both_grains_or_a_reason),
                cmocka_unit_test(hugetlb_has_both_grains_or_says_what_pool_it_needs),
                cmocka_unit_test(a_size_is_rounded_up_to_whole_pmds),
                cmocka_unit_test(settings_in_the_way_are_skips_with_their_remedy),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
