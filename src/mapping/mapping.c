/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping/proof.h"
#include "sys/root.h"

#include <errno.h>
#include <pmdgain/mapping.h>
#include <string.h>
#include <sys/prctl.h>

/* How many base pages the kernel maps around a read fault unless told otherwise
 * (mm/memory.c, fault_around_bytes: 64 KiB). */
#define FAULT_AROUND_BYTES ((size_t)65536)

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static struct status thp_disable(bool disable)
{
        if (prctl(PR_SET_THP_DISABLE, (unsigned long)disable, 0UL, 0UL, 0UL) != 0)
                return status_errno(errno, NULL, "prctl(PR_SET_THP_DISABLE) failed");
        return status_ok();
}

/* Anonymous memory gets PMDs by advice, for which it is too late once mmap() has populated. */
static struct status advice_not_needed(void)
{
        char choice[32];
        struct status status =
                sys_read_choice(sys_root_real().sysfs, "kernel/mm/transparent_hugepage/enabled",
                                choice, sizeof(choice));

        if (!status_failed(&status) && strcmp(choice, "always") == 0)
                return status_ok();
        return status_make(STATUS_SKIP,
                           "as root: echo always > /sys/kernel/mm/transparent_hugepage/enabled",
                           "MAP_POPULATE maps anonymous memory before it can be advised to "
                           "take huge pages");
}

struct status mapping_before_populate(const struct mapping *mapping)
{
        if (mapping->flags & MAP_ANONYMOUS && mapping->advice == MADV_HUGEPAGE)
                return advice_not_needed();
        return mapping->thp_disable ? thp_disable(true) : status_ok();
}

struct status mapping_after_populate(const struct mapping *mapping)
{
        return mapping->thp_disable ? thp_disable(false) : status_ok();
}

struct status mapping_refusal(const struct mapping *mapping, int error)
{
        if (error == EOPNOTSUPP && mapping->flags & MAP_SYNC)
                return status_make(STATUS_SKIP, "use a file on a file system mounted with DAX",
                                   "the kernel refuses MAP_SYNC here: %s", strerror(error));
        if (error == EINVAL && !(mapping->flags & MAP_SHARED))
                return status_make(STATUS_SKIP, "use map=shared",
                                   "the kernel refuses MAP_PRIVATE here: %s", strerror(error));
        return status_errno(error, NULL, "cannot map %zu bytes at offset %lld", mapping->bytes,
                            (long long)mapping->offset);
}

bool mapping_chunk_by_pmd(const struct mapping *mapping, size_t index)
{
        size_t chunks = mapping->bytes / mapping->pmd_bytes;
        size_t chosen = (size_t)(mapping_asked_fraction(mapping) * (double)chunks + 0.5);

        return (index + 1) * chosen / chunks > index * chosen / chunks;
}

static int advise(const struct mapping *mapping)
{
        if (mapping->advice && madvise(mapping->address, mapping->bytes, mapping->advice) != 0)
                return -1;
        for (size_t i = 0; mapping->nohuge_rest && i < mapping->bytes / mapping->pmd_bytes; i++)
                if (!mapping_chunk_by_pmd(mapping, i) &&
                    madvise(mapping->address + i * mapping->pmd_bytes, mapping->pmd_bytes,
                            MADV_NOHUGEPAGE) != 0)
                        return -1;
        return 0;
}

struct status mapping_advise(const struct mapping *mapping)
{
        if (advise(mapping) == 0)
                return status_ok();
        if (errno == ENOMEM)
                return status_errno(errno, "raise vm.max_map_count, or use a smaller --bytes",
                                    "advice by the chunk makes too many areas");
        return status_errno(errno, "use a kernel with transparent huge pages",
                            "madvise() of huge pages failed");
}

struct status mapping_attach(struct mapping *mapping)
{
        struct status status;

        if (mapping_mmap(mapping, 0) == MAP_FAILED)
                return mapping_refusal(mapping, errno);
        mapping->mapped = true;
        status = mapping_advise(mapping);
        if (status_failed(&status))
                mapping_detach(mapping);
        return status;
}

static void touch_read(const struct mapping *mapping)
{
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                (void)*(volatile char *)(mapping->address + at);
}

/* Writes back what it read: others may share the bytes, but nobody writes them meanwhile. */
static void touch_write(const struct mapping *mapping)
{
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes) {
                volatile char *byte = mapping->address + at;
                char value = *byte;

                *byte = value;
        }
}

/*
 * Populating walks every page at 170 ns each, and a fault taken by an access costs several times
 * what the same fault costs inside the system call. So fault one page in each stretch that the
 * kernel maps around it, then read every page: for what that left out.
 */
static int populate_sparsely(const struct mapping *mapping)
{
        size_t step =
                mapping->page_bytes > FAULT_AROUND_BYTES ? mapping->page_bytes : FAULT_AROUND_BYTES;

        for (size_t at = 0; at < mapping->bytes; at += step)
                if (madvise(mapping->address + at, mapping->page_bytes, MADV_POPULATE_READ) != 0)
                        return -1;
        touch_read(mapping);
        return 0;
}

/*
 * A page table in the place of each PMD, so that no PMD can be put there. A fault in an area that
 * does not cover the whole PMD makes one; so take the first page's permissions away, which splits
 * the area, fault the second page, and give them back.
 */
static int tables_make(const struct mapping *mapping)
{
        size_t page = mapping->page_bytes;

        for (size_t at = 0; at < mapping->bytes; at += mapping->pmd_bytes) {
                char *address = mapping->address + at;

                if (mapping_chunk_by_pmd(mapping, at / mapping->pmd_bytes))
                        continue;
                if (mprotect(address, page, PROT_NONE) != 0)
                        return -1;
                (void)*(volatile char *)(address + page);
                if (mprotect(address, page, mapping->prot) != 0)
                        return -1;
        }
        return 0;
}

struct status mapping_faults_alone(const struct mapping *mapping)
{
        if (!mapping->tables_first)
                return status_ok();
        return status_make(STATUS_SKIP, "use the arm pte:va, or Linux 6.12 or later",
                           "this kernel maps the file's huge pages by PMD in spite of nohuge");
}

static struct status fault_in(const struct mapping *mapping, bool write)
{
        int result;

        if (mapping->tables_first && tables_make(mapping) != 0)
                return status_errno(errno, NULL, "mprotect() failed");
        if (!write && mapping->read_faults_suffice && mapping->asked.grain == GRAIN_PTE)
                result = populate_sparsely(mapping);
        else
                result = madvise(mapping->address, mapping->bytes,
                                 write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
        if (result != 0 && errno == EINVAL) { /* a kernel before 5.14 */
                if (write)
                        touch_write(mapping);
                else
                        touch_read(mapping);
                return status_ok();
        }
        if (result != 0 && errno == EFAULT)
                return status_make(STATUS_SYSTEM,
                                   "see that the target is as long as the mapping, and that a "
                                   "devdax device is mapped as its alignment wants",
                                   "a page of the mapping cannot be had (EFAULT; an access would "
                                   "get SIGBUS)");
        if (result != 0 && errno == ENOMEM)
                return status_make(STATUS_SYSTEM, "use a smaller --bytes, or free memory",
                                   "out of memory while making %zu bytes present", mapping->bytes);
        if (result != 0)
                return status_errno(errno, NULL, "cannot make %zu bytes present", mapping->bytes);
        return status_ok();
}

struct status mapping_fault_in(struct mapping *mapping)
{
        return fault_in(mapping, mapping->prot & PROT_WRITE && !mapping->read_faults_suffice &&
                                         !mapping->read_only);
}

struct status mapping_fault_in_read(struct mapping *mapping)
{
        return fault_in(mapping, false);
}

struct status mapping_make(struct mapping *mapping, unsigned traits)
{
        TRY(mapping_attach(mapping));
        return proof_fault_in(mapping, traits);
}

struct status mapping_detach(struct mapping *mapping)
{
        mapping->mapped = false;
        if (!mapping->address)
                return status_ok();
        if (mmap(mapping->address, mapping->bytes, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
                return status_errno(errno, NULL, "cannot give %zu bytes of addresses back",
                                    mapping->bytes);
        return status_ok();
}
