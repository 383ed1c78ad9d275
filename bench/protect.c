/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a mapping that is present: permissions of all of it or of one page in each PMD's worth,
 * and moving it or parts of it. A PMD is one entry to change where PTEs are 512; but a change of
 * less than a PMD takes the PMD apart (or away, so that it is faulted again). What is left of the
 * PMDs is in the column pmd_fraction_after.
 *
 * Ops on one page take the page in the middle of each PMD's worth (a "chunk").
 */
#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>

/* Each moved page leaves three areas where there was one; the kernel allows 65,530 of them
 * (Documentation/admin-guide/sysctl/vm.rst, max_map_count). */
#define CHUNKS_MAX 16384

enum protect_op {
        PROTECT_RANGE,
        PROTECT_RANGE_WRITE,
        PROTECT_PAGE,
        PROTECT_PAGE_WRITE,
        PROTECT_MOVE_PAGE,
        PROTECT_MOVE,
};

static const struct workload_op protect_ops[] = {
        [PROTECT_RANGE] = { .name = "range",
                            .summary = "mprotect() of all to read-only, and back",
                            .unit = UNIT_NS_PER_MIB,
                            .phase = PHASE_CHANGE,
                            .traits = OP_WRITES | OP_ONE_THREAD },
        [PROTECT_RANGE_WRITE] = { .name = "range_write",
                                  .summary = "the same, then a store to each base page",
                                  .unit = UNIT_NS_PER_MIB,
                                  .phase = PHASE_CHANGE,
                                  .traits = OP_WRITES | OP_ONE_THREAD },
        [PROTECT_PAGE] = { .name = "page",
                           .summary = "mprotect() of one page in each PMD to read-only, and back",
                           .unit = UNIT_NS_PER_OP,
                           .phase = PHASE_CHANGE,
                           .traits = OP_WRITES | OP_ONE_THREAD },
        [PROTECT_PAGE_WRITE] = { .name = "page_write",
                                 .summary = "the same, then a store to each base page of it all",
                                 .unit = UNIT_NS_PER_OP,
                                 .phase = PHASE_CHANGE,
                                 .traits = OP_WRITES | OP_ONE_THREAD },
        [PROTECT_MOVE_PAGE] = { .name = "move_page",
                                .summary = "mremap() of one page out of each PMD",
                                .unit = UNIT_NS_PER_OP,
                                .phase = PHASE_CHANGE,
                                .traits = OP_WRITES | OP_ONE_THREAD },
        [PROTECT_MOVE] = { .name = "move",
                           .summary = "mremap() of all to other addresses, and back",
                           .unit = UNIT_NS_PER_MIB,
                           .phase = PHASE_CHANGE,
                           .traits = OP_WRITES | OP_ONE_THREAD },
        { 0 },
};

struct protect {
        enum protect_op op;
        uint64_t tag; /* chunk i's middle page begins with tag + i */
        size_t chunks;
        char *spare; /* reserved addresses to move to, or NULL */
        size_t spare_bytes;
};

static char *middle_of(const struct mapping *mapping, size_t chunk)
{
        return mapping->address + chunk * mapping->pmd_bytes + mapping->pmd_bytes / 2;
}

static char *spare_page(const struct trial *trial, size_t chunk)
{
        const struct protect *protect = trial->state;

        return protect->spare + chunk * trial->mapping->page_bytes;
}

/* As far into a PMD's worth as the mapping is, or a PMD could not be moved whole. */
static char *spare_whole(const struct trial *trial)
{
        const struct protect *protect = trial->state;
        const struct mapping *mapping = trial->mapping;
        uintptr_t pmd = mapping->pmd_bytes, start = (uintptr_t)protect->spare;
        uintptr_t past = (uintptr_t)mapping->address % pmd;

        return protect->spare + ((start + pmd - 1) / pmd * pmd - start) + past;
}

static struct status spare_reserve(struct protect *protect, const struct mapping *mapping)
{
        size_t bytes = protect->op == PROTECT_MOVE ? mapping->bytes + 2 * mapping->pmd_bytes
                                                   : protect->chunks * mapping->page_bytes;
        char *spare =
                mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (spare == MAP_FAILED)
                return status_errno(errno, "use fewer bytes, or raise ulimit -v",
                                    "cannot reserve %zu bytes of addresses", bytes);
        protect->spare = spare;
        protect->spare_bytes = bytes;
        return status_ok();
}

/* Beside the tags; without a load before it, which would be a fault of its own. */
static void store_everywhere(const struct mapping *mapping)
{
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                *(volatile char *)(mapping->address + at + sizeof(uint64_t)) = 1;
}

/*
 * What is timed is a few microseconds: neither the first call of a libc function nor lines that
 * another arm's way to the mapping left in the caches may be part of it.
 */
static void warm_up(const struct mapping *mapping)
{
        size_t page = mapping->page_bytes;
        char *pages = mmap(NULL, 2 * page, mapping->prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (pages != MAP_FAILED) {
                mprotect(pages, page, PROT_READ);
                mremap(pages, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, pages + page);
                munmap(pages, 2 * page);
        }
        store_everywhere(mapping);
}

static struct status protect_prepare(struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        struct protect *protect;

        if (!(mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable", "the mapping is read-only");
        protect = calloc(1, sizeof(*protect));
        if (!protect)
                return status_errno(ENOMEM, NULL, "cannot keep the state of protect");
        trial->state = protect;
        protect->op = (enum protect_op)(trial->cell->op - protect_ops);
        protect->tag = random_mix(trial->own_seed);
        protect->chunks = mapping->bytes / mapping->pmd_bytes;
        if (protect->op == PROTECT_MOVE_PAGE && protect->chunks > CHUNKS_MAX)
                protect->chunks = CHUNKS_MAX;
        for (size_t i = 0; i < protect->chunks; i++)
                *(uint64_t *)(void *)middle_of(mapping, i) = protect->tag + i;
        warm_up(mapping);
        if (protect->op == PROTECT_MOVE || protect->op == PROTECT_MOVE_PAGE)
                return spare_reserve(protect, mapping);
        return status_ok();
}

/* What an area cannot be split for is said once for mprotect() and mremap(). */
static struct status failure(const char *call, int error)
{
        if (error == EINVAL)
                return status_make(STATUS_SKIP, "leave this op out for this source",
                                   "%s: EINVAL: the source's areas are not split below a PMD, or "
                                   "not moved",
                                   call);
        return status_errno(error, NULL, "%s failed", call);
}

static struct status protect_and_back(const struct mapping *mapping, char *address, size_t bytes)
{
        if (mprotect(address, bytes, PROT_READ) != 0 ||
            mprotect(address, bytes, mapping->prot) != 0)
                return failure("mprotect", errno);
        return status_ok();
}

static struct status pages_protect(const struct trial *trial, uint64_t chunks)
{
        for (size_t i = 0; i < chunks; i++)
                TRY(protect_and_back(trial->mapping, middle_of(trial->mapping, i),
                                     trial->mapping->page_bytes));
        return status_ok();
}

static struct status move(char *from, char *to, size_t bytes)
{
        if (mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED)
                return failure("mremap", errno);
        return status_ok();
}

static struct status pages_move(const struct trial *trial, uint64_t chunks)
{
        const struct mapping *mapping = trial->mapping;

        for (size_t i = 0; i < chunks; i++)
                TRY(move(middle_of(mapping, i), spare_page(trial, i), mapping->page_bytes));
        return status_ok();
}

static struct status move_and_back(const struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        char *spare = spare_whole(trial);

        TRY(move(mapping->address, spare, mapping->bytes));
        return move(spare, mapping->address, mapping->bytes);
}

static void protect_run(struct trial *trial, struct worker *worker)
{
        const struct protect *protect = trial->state;
        const struct mapping *mapping = trial->mapping;

        switch (protect->op) {
        case PROTECT_RANGE:
        case PROTECT_RANGE_WRITE:
                worker->status = protect_and_back(mapping, mapping->address, mapping->bytes);
                break;
        case PROTECT_PAGE:
        case PROTECT_PAGE_WRITE:
                worker->status = pages_protect(trial, worker->ops);
                break;
        case PROTECT_MOVE_PAGE:
                worker->status = pages_move(trial, worker->ops);
                break;
        case PROTECT_MOVE:
                worker->status = move_and_back(trial);
                break;
        }
        if (protect->op == PROTECT_RANGE_WRITE || protect->op == PROTECT_PAGE_WRITE)
                store_everywhere(mapping);
}

/* Each tag is where its page must be now. */
static struct status protect_check(struct trial *trial)
{
        const struct protect *protect = trial->state;
        bool moved = protect->op == PROTECT_MOVE_PAGE;

        for (size_t i = 0; i < protect->chunks; i++) {
                const char *at = moved ? spare_page(trial, i) : middle_of(trial->mapping, i);
                uint64_t tag;

                memcpy(&tag, at, sizeof(tag));
                if (tag != protect->tag + i)
                        return status_make(STATUS_INVALID, NULL,
                                           "the page in the middle of PMD %zu holds other bytes "
                                           "than before",
                                           i);
        }
        if (moved && msync(middle_of(trial->mapping, 0), trial->mapping->page_bytes, MS_ASYNC) == 0)
                return status_make(STATUS_INVALID, NULL, "a page that was moved is still there");
        return status_ok();
}

static void protect_finish(struct trial *trial)
{
        struct protect *protect = trial->state;

        if (protect && protect->spare)
                munmap(protect->spare, protect->spare_bytes);
        free(protect);
        trial->state = NULL;
}

static uint64_t protect_quantum(const struct trial *trial)
{
        const struct protect *protect = trial->state;

        return trial->cell->op->unit == UNIT_NS_PER_MIB ? trial->mapping->bytes : protect->chunks;
}

const struct workload workload_protect = {
        .name = "protect",
        .summary = "mprotect and mremap of all of a mapping, and of one page in each PMD",
        .ops = protect_ops,
        .prepare = protect_prepare,
        .run = protect_run,
        .check = protect_check,
        .finish = protect_finish,
        .quantum = protect_quantum,
};
