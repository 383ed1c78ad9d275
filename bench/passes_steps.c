/* SPDX-License-Identifier: Apache-2.0 */
#include "passes_steps.h"

#include "lock.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES ((size_t)64)

bool passes_private(const struct mapping *mapping)
{
        return mapping->fd >= 0 && (mapping->flags & MAP_TYPE) == MAP_PRIVATE;
}

static struct status step_map(struct mapping *mapping, const struct passes *passes)
{
        if (mapping_mmap(mapping, passes->populate ? MAP_POPULATE : 0) == MAP_FAILED)
                return mapping_refusal(mapping, errno);
        mapping->mapped = true;
        return status_ok();
}

static struct status step_settle(const struct mapping *mapping, struct passes *passes)
{
        if (passes->held)
                TRY(mapping_after_populate(mapping));
        passes->held = false;
        return mapping_advise(mapping);
}

static bool locks(const struct passes *passes, enum step step)
{
        return passes->lock == LOCK_MLOCK || passes->lock == LOCK_MLOCKALL ||
               (passes->lock == LOCK_LATE && step >= STEP_LOCK_2);
}

static struct status lock_on(const struct mapping *mapping, struct passes *passes)
{
        bool all = passes->lock == LOCK_MLOCKALL;

        if ((all ? mlockall(MCL_CURRENT | MCL_FUTURE) : lock_pages(mapping)) != 0)
                return lock_failure(all ? "mlockall" : "mlock", mapping->bytes, errno);
        passes->locked = true;
        return status_ok();
}

struct status passes_unlock(const struct mapping *mapping, struct passes *passes)
{
        bool all = passes->lock == LOCK_MLOCKALL, locked = passes->locked;

        passes->locked = false;
        if (locked && (all ? munlockall() : unlock_pages(mapping)) != 0)
                return status_errno(errno, NULL, "%s failed", all ? "munlockall" : "munlock");
        return status_ok();
}

/* A sanitizer's shadow of what is touched is memory too, and would count as page tables. */
#define UNSHADOWED __attribute__((no_sanitize("address")))

static uint64_t word_of(const struct passes *passes, size_t at)
{
        return passes->word + at / LINE_BYTES;
}

UNSHADOWED static void pass_write(const struct mapping *mapping, const struct passes *passes)
{
        for (size_t at = 0; at < mapping->bytes; at += LINE_BYTES)
                *(volatile uint64_t *)(void *)(mapping->address + at) = word_of(passes, at);
}

UNSHADOWED static uint64_t pass_read(const struct mapping *mapping)
{
        uint64_t sum = 0;

        for (size_t at = 0; at < mapping->bytes; at += LINE_BYTES)
                sum += *(volatile uint64_t *)(void *)(mapping->address + at);
        return sum;
}

static struct status step_pass(const struct mapping *mapping, struct passes *passes, unsigned pass)
{
        if (passes->access != ACCESS_READ) {
                pass_write(mapping, passes);
                passes->wrote = true;
        }
        if (passes->access != ACCESS_WRITE)
                passes->sums[pass] = pass_read(mapping);
        return status_ok();
}

static bool has_file(const struct mapping *mapping)
{
        struct stat about;

        return mapping->fd >= 0 && fstat(mapping->fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* What was written is in the mapping, and in the file if and only if they share it. */
static struct status verify_page(const struct mapping *mapping, const struct passes *passes,
                                 size_t at, bool file)
{
        uint64_t mapped = *(volatile uint64_t *)(void *)(mapping->address + at), stored = 0;

        if (mapped != word_of(passes, at))
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "what was written %zu bytes in is not there", at);
        if (!file)
                return status_ok();
        if (pread(mapping->fd, &stored, sizeof(stored), mapping->offset + (off_t)at) !=
            (ssize_t)sizeof(stored))
                return status_errno(errno, NULL, "cannot read the file %zu bytes in", at);
        if ((stored == mapped) == passes_private(mapping))
                return status_make(STATUS_INVALID, NULL,
                                   "what was written to the mapping %zu bytes in is %s the file",
                                   at, stored == mapped ? "in" : "not in");
        return status_ok();
}

static struct status step_verify(const struct mapping *mapping, const struct passes *passes)
{
        bool file = has_file(mapping);

        for (unsigned i = 1; i < PASSES; i++)
                if (passes->sums[i] != passes->sums[0])
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "pass %u read other bytes than the first", i + 1);
        for (size_t at = 0; passes->wrote && at < mapping->bytes; at += mapping->page_bytes)
                TRY(verify_page(mapping, passes, at, file));
        return status_ok();
}

static struct status step_unmap(struct mapping *mapping)
{
        if (munmap(mapping->address, mapping->bytes) != 0)
                return status_errno(errno, NULL, "munmap of %zu bytes failed", mapping->bytes);
        mapping->mapped = false;
        return status_ok();
}

struct status passes_step(struct mapping *mapping, struct passes *passes, enum step step)
{
        switch (step) {
        case STEP_MAP:
                return step_map(mapping, passes);
        case STEP_SETTLE:
                return step_settle(mapping, passes);
        case STEP_LOCK_1:
        case STEP_LOCK_2:
        case STEP_LOCK_3:
                return locks(passes, step) ? lock_on(mapping, passes) : status_ok();
        case STEP_PASS_1:
        case STEP_PASS_2:
        case STEP_PASS_3:
                return step_pass(mapping, passes, (step - STEP_PASS_1) / 3);
        case STEP_UNLOCK_1:
        case STEP_UNLOCK_2:
        case STEP_UNLOCK_3:
                return passes_unlock(mapping, passes);
        case STEP_VERIFY:
                return step_verify(mapping, passes);
        case STEP_UNMAP:
                return step_unmap(mapping);
        case STEP_COUNT:
                break;
        }
        return status_ok();
}
