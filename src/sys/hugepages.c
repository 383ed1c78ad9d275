/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hugepages.h"

#include "sys/keyed.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define POOL_DIR "kernel/mm/hugepages/hugepages-%zukB/%s"

size_t hugepages_page_bytes(void)
{
        return (size_t)sysconf(_SC_PAGESIZE);
}

size_t hugepages_pmd_bytes(const struct sys_root *root)
{
        static const char path[] = "kernel/mm/transparent_hugepage/hpage_pmd_size";
        size_t page = hugepages_page_bytes();
        uint64_t bytes = 0;
        struct status status = sys_read_number(root->sysfs, path, &bytes);

        if (status_failed(&status) || bytes < page || bytes % page)
                return page * (page / sizeof(uint64_t));
        return (size_t)bytes;
}

static struct status pool_number(const struct sys_root *root, size_t bytes, const char *name,
                                 uint64_t *ret_number)
{
        char path[128];

        snprintf(path, sizeof(path), POOL_DIR, bytes / 1024, name);
        return sys_read_number(root->sysfs, path, ret_number);
}

struct privilege_todo hugepages_pool_todo(const struct sys_root *root, size_t bytes, uint64_t count)
{
        struct count preset = keyed_file(root->proc, "meminfo", "Hugepagesize");
        bool is_preset = preset.known && preset.value == bytes;
        char detail[120];

        snprintf(detail, sizeof(detail), "%" PRIu64, count);
        if (!is_preset)
                snprintf(detail, sizeof(detail), "%" PRIu64 " > /sys/" POOL_DIR, count,
                         bytes / 1024, "nr_hugepages");
        return privilege_todo(is_preset ? PRIVILEGE_HUGETLB : PRIVILEGE_HUGETLB_SIZE, detail);
}

struct status hugepages_pool_read(const struct sys_root *root, size_t bytes,
                                  struct hugepages_pool *ret_pool)
{
        struct hugepages_pool pool;

        TRY(pool_number(root, bytes, "nr_hugepages", &pool.total));
        TRY(pool_number(root, bytes, "free_hugepages", &pool.free));
        TRY(pool_number(root, bytes, "resv_hugepages", &pool.reserved));
        *ret_pool = pool;
        return status_ok();
}
