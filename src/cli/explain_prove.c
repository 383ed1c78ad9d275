/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_prove.h"

#include "sys/pagemap.h"
#include "sys/procself.h"
#include "sys/smaps.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct explain_prover {
        const struct explain_target *target;
        const struct explain_intent *intent;
        char *window; /* reserved addresses */
        size_t window_bytes;
        char *address; /* where intent->offset is mapped */
        bool refused;  /* mmap() did */
        bool primes;   /* chunks are first read through a mapping that allows PMDs */
        int sink;      /* a file in memory that takes the bytes read */
        struct explain_proof proof;
};

const char *explain_seen_name(enum explain_seen seen)
{
        static const char *const names[SEEN_COUNT] = {
                [SEEN_NOTHING] = "unknown", [SEEN_PMD] = "pmd",           [SEEN_PTE] = "pte",
                [SEEN_REFUSED] = "refused", [SEEN_CONFLICT] = "conflict",
        };

        return names[seen];
}

static uint64_t page_up(const struct explain_prover *prover, uint64_t bytes)
{
        uint64_t page = prover->target->place.page_bytes;

        return (bytes + page - 1) / page * page;
}

static uint64_t fit_of(const struct explain_target *target)
{
        uint64_t pmd = target->place.pmd_bytes, align = target->place.align;

        return align > pmd ? align : pmd;
}

/* Reads one byte in the kernel, where a fault that cannot be served is an error and no SIGBUS. The
 * bare system call: a sanitizer's pwrite() would look at its own memory, and fault there. */
static bool byte_read(const struct explain_prover *prover, const char *byte)
{
        return syscall(SYS_pwrite64, prover->sink, byte, (size_t)1, (off_t)0) == 1;
}

static struct status window_reserve(struct explain_prover *prover, uint64_t bytes)
{
        uint64_t fit = fit_of(prover->target);

        prover->window_bytes = page_up(prover, bytes) + 2 * fit;
        prover->window = mmap(NULL, prover->window_bytes, PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (prover->window == MAP_FAILED) {
                prover->window = NULL;
                return status_errno(errno, "take a part of it with --offset and --length",
                                    "cannot reserve addresses for %s", prover->target->path);
        }
        return status_ok();
}

/* An address in the window that has this remainder modulo the alignment. */
static char *window_place(const struct explain_prover *prover, uint64_t remainder)
{
        uint64_t fit = fit_of(prover->target);
        uint64_t start = ((uintptr_t)prover->window + fit - 1) / fit * fit;

        return prover->window + (start + remainder % fit - (uintptr_t)prover->window);
}

/* Whether the mapping asked for would fault by page what PMDs could map. */
static bool would_spoil(const struct explain_prover *prover)
{
        const struct explain_intent *intent = prover->intent;
        const struct explain_place *place = &prover->target->place;
        uint64_t end = intent->offset + intent->bytes, pmd = place->pmd_bytes;

        if (place->kind != EXPLAIN_FILE || place->dax == 0)
                return false;
        return intent->nohuge || intent->thp_disabled || intent->offset % pmd ||
               (end % pmd && end < place->bytes) ||
               (intent->address.known && (intent->address.value - intent->offset) % pmd);
}

/* Reads a byte of each chunk through a mapping in which it may have its PMD. */
static struct status chunks_prime(struct explain_prover *prover)
{
        const struct explain_intent *intent = prover->intent;
        uint64_t pmd = prover->target->place.pmd_bytes, start = intent->offset / pmd * pmd;
        uint64_t end = (intent->offset + intent->bytes + pmd - 1) / pmd * pmd;
        uint64_t file_end = page_up(prover, prover->target->place.bytes);
        size_t bytes = (size_t)((end < file_end ? end : file_end) - start);
        char *address = window_place(prover, 0);

        if (mmap(address, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, prover->target->fd,
                 (off_t)start) == MAP_FAILED)
                return status_errno(errno, NULL, "cannot map %s", prover->target->path);
        if (intent->thp_disabled)
                prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
        for (size_t at = 0; at < bytes; at += pmd)
                byte_read(prover, address + at);
        if (intent->thp_disabled)
                prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
        munmap(address, bytes);
        return status_ok();
}

static struct status target_map(struct explain_prover *prover)
{
        const struct explain_intent *intent = prover->intent;
        int flags = intent->is_private ? MAP_PRIVATE : MAP_SHARED;
        size_t bytes = (size_t)page_up(prover, intent->bytes);

        prover->address = window_place(prover, intent->address.known ? intent->address.value
                                                                     : intent->offset);
        if (mmap(prover->address, bytes, PROT_READ, flags | MAP_FIXED, prover->target->fd,
                 (off_t)intent->offset) == MAP_FAILED) {
                if (errno != EINVAL || prover->target->place.kind != EXPLAIN_DEVDAX)
                        return status_errno(errno, NULL, "cannot map %s", prover->target->path);
                prover->refused = true;
        } else if (intent->nohuge && madvise(prover->address, bytes, MADV_NOHUGEPAGE) != 0) {
                return status_errno(errno, NULL, "madvise(MADV_NOHUGEPAGE) failed");
        }
        return status_ok();
}

static struct status prover_check(const struct explain_target *target,
                                  const struct explain_intent *intent)
{
        if (target->place.kind == EXPLAIN_BLOCK)
                return status_make(STATUS_USAGE, "name a file on it",
                                   "--prove maps files and DAX devices, not %s", target->path);
        if (intent->write)
                return status_make(STATUS_USAGE, "leave out --write or --prove",
                                   "--prove only reads, and cannot show what a write gets");
        if (target->place.kind == EXPLAIN_DEVDAX && intent->offset % target->place.align)
                return status_make(STATUS_USAGE, "give a multiple of the device's alignment",
                                   "--offset does not fit %s", target->path);
        return status_ok();
}

static struct status prover_prepare(struct explain_prover *prover)
{
        const struct explain_place *place = &prover->target->place;
        struct pagemap_figures figures;
        struct status status;

        prover->sink = memfd_create("pmdgain-explain", MFD_CLOEXEC);
        if (prover->sink < 0)
                return status_errno(errno, NULL, "memfd_create() failed");
        /* Room for the chunks that the mapping cuts at both its ends. */
        TRY(window_reserve(prover, prover->intent->bytes + 2 * place->pmd_bytes));
        byte_read(prover, (const char *)prover);
        status = pagemap_scan(prover->window, place->page_bytes, &figures);
        /* The walker would split entries above PMD. */
        prover->proof.by_pagemap = !status_failed(&status) && place->align <= place->pmd_bytes;
        prover->proof.by_faults = place->kind == EXPLAIN_DEVDAX || place->dax != 0;
        prover->proof.by_tables = prover->proof.by_faults && !prover->proof.by_pagemap &&
                                  place->align <= place->pmd_bytes;
        prover->primes = would_spoil(prover);
        if (prover->primes)
                TRY(chunks_prime(prover));
        return target_map(prover);
}

struct status explain_prover_open(const struct explain_target *target,
                                  const struct explain_intent *intent,
                                  struct explain_prover **ret_prover)
{
        struct explain_prover *prover;
        struct status status;

        TRY(prover_check(target, intent));
        prover = calloc(1, sizeof(*prover));
        if (!prover)
                return status_make(STATUS_SYSTEM, NULL, "out of memory");
        prover->target = target;
        prover->intent = intent;
        prover->sink = -1;
        status = prover_prepare(prover);
        if (status_failed(&status))
                explain_prover_close(prover);
        else
                *ret_prover = prover;
        return status;
}

/* Page tables of this process. */
static struct count tables_read(const struct explain_prover *prover)
{
        struct sys_root root = sys_root_real();

        return prover->proof.by_tables ? procself_page_tables(&root) : (struct count) { 0 };
}

/* What reading the last page of a chunk adds, once its first page was read. */
static enum explain_seen seen_by_faults(const struct explain_prover *prover, const char *first,
                                        uint64_t bytes)
{
        const char *last = first + page_up(prover, bytes) - prover->target->place.page_bytes;
        struct count before, after;

        if (last == first)
                return SEEN_NOTHING;
        before = procself_faults();
        if (!byte_read(prover, last))
                return SEEN_REFUSED;
        after = procself_faults();
        if (!before.known || !after.known)
                return SEEN_NOTHING;
        return after.value == before.value ? SEEN_PMD : SEEN_PTE;
}

static enum explain_seen seen_by_pagemap(const struct explain_prover *prover, const char *first,
                                         uint64_t bytes)
{
        struct pagemap_figures figures;
        uint64_t whole = page_up(prover, bytes);
        struct status status = pagemap_scan(first, (size_t)whole, &figures);

        if (status_failed(&status) || !figures.present_bytes)
                return SEEN_NOTHING;
        return figures.huge_bytes == whole ? SEEN_PMD
               : figures.huge_bytes == 0   ? SEEN_PTE
                                           : SEEN_CONFLICT;
}

/* A table of PMDs holds as many as a page has entries: the first chunk in its range may need it. */
static enum explain_seen seen_by_tables(const struct explain_prover *prover, const char *first,
                                        uint64_t bytes, struct count before)
{
        const struct explain_place *place = &prover->target->place;
        uint64_t range = place->pmd_bytes * (place->page_bytes / sizeof(uint64_t));
        struct count after = tables_read(prover);

        if (!before.known || !after.known)
                return SEEN_NOTHING;
        if (after.value <= before.value)
                return SEEN_PMD;
        if (first == prover->address || (uintptr_t)first % range + bytes > range ||
            (uintptr_t)first % range < place->pmd_bytes)
                return SEEN_NOTHING;
        return SEEN_PTE;
}

static enum explain_seen both(enum explain_seen one, enum explain_seen other)
{
        if (one == SEEN_NOTHING || one == other)
                return other;
        return other == SEEN_NOTHING ? one : SEEN_CONFLICT;
}

static enum explain_seen chunk_see(const struct explain_prover *prover, uint64_t offset,
                                   uint64_t bytes)
{
        const char *first = prover->address + (offset - prover->intent->offset);
        struct count tables = tables_read(prover);
        enum explain_seen seen = SEEN_NOTHING;

        if (prover->refused || !byte_read(prover, first))
                return SEEN_REFUSED;
        if (prover->proof.by_faults)
                seen = seen_by_faults(prover, first, bytes);
        if (prover->proof.by_pagemap)
                seen = both(seen, seen_by_pagemap(prover, first, bytes));
        if (prover->proof.by_tables)
                seen = both(seen, seen_by_tables(prover, first, bytes, tables));
        return seen;
}

static enum explain_seen expected(enum explain_outcome outcome)
{
        switch (outcome) {
        case OUTCOME_PMD:
        case OUTCOME_ZERO_PMD:
        case OUTCOME_PUD:
                return SEEN_PMD;
        case OUTCOME_PTE:
                return SEEN_PTE;
        case OUTCOME_REFUSED:
                return SEEN_REFUSED;
        default:
                return SEEN_NOTHING;
        }
}

static void compare(struct explain_proof *proof, const struct explain_run *run, uint64_t offset,
                    enum explain_seen seen)
{
        enum explain_seen wanted = expected(run->outcome);

        if (wanted == SEEN_NOTHING) {
                proof->open[seen]++;
                return;
        }
        if (seen == SEEN_NOTHING) {
                proof->untold++;
                return;
        }
        if (seen == wanted) {
                proof->agreed++;
                return;
        }
        proof->disagreed++;
        proof->kept_by_page += wanted == SEEN_PMD && seen == SEEN_PTE;
        if (proof->mismatches < EXPLAIN_MISMATCHES_MAX)
                proof->mismatch[proof->mismatches++] = (struct explain_mismatch) {
                        .offset = offset, .predicted = run->outcome, .seen = seen
                };
}

void explain_prover_add(struct explain_prover *prover, const struct explain_run *run)
{
        uint64_t pmd = prover->target->place.pmd_bytes;
        uint64_t end = run->offset + run->bytes;

        if (prover->primes && run->blank) {
                prover->proof.left_alone += run->chunks;
                return;
        }
        for (uint64_t at = run->offset; at < end; at = at / pmd * pmd + pmd) {
                uint64_t next = at / pmd * pmd + pmd;

                compare(&prover->proof, run, at,
                        chunk_see(prover, at, (next < end ? next : end) - at));
        }
}

/* What smaps knows of all chunks of the page cache together. It is blind to DAX. */
static void proof_by_smaps(struct explain_prover *prover)
{
        struct explain_proof *proof = &prover->proof;
        struct smaps_figures figures;
        struct status status = smaps_read(prover->address,
                                          (size_t)page_up(prover, prover->intent->bytes), &figures);
        uint64_t by_pmd;

        if (status_failed(&status))
                return;
        by_pmd = figures.pmd_bytes / prover->target->place.pmd_bytes;
        if (by_pmd > proof->open[SEEN_NOTHING])
                return;
        proof->by_smaps = true;
        proof->open[SEEN_PMD] += by_pmd;
        proof->open[SEEN_PTE] += proof->open[SEEN_NOTHING] - by_pmd;
        proof->open[SEEN_NOTHING] = 0;
}

const struct explain_proof *explain_prover_proof(struct explain_prover *prover)
{
        if (prover->proof.open[SEEN_NOTHING] && !prover->proof.by_pagemap &&
            prover->target->place.kind == EXPLAIN_FILE && prover->target->place.dax == 0)
                proof_by_smaps(prover);
        return &prover->proof;
}

void explain_prover_close(struct explain_prover *prover)
{
        if (!prover)
                return;
        if (prover->window)
                munmap(prover->window, prover->window_bytes);
        if (prover->sink >= 0)
                close(prover->sink);
        free(prover);
}
