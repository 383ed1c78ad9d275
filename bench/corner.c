/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single cases that went wrong once, or must go wrong in one way only, timed and checked. (Others
 * of the kind are ops elsewhere: a page moved out of a PMD, fork, pinning.)
 *
 * The last three are what a DAX device must refuse whose alignment is above a base page: a private
 * mapping and a misaligned one at mmap() (drivers/dax/device.c, check_vma()), and a base page where
 * huge pages are off by SIGBUS.
 */
#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum corner_op {
        CORNER_POPULATE_OFF,
        CORNER_UPGRADE,
        CORNER_DEVDAX_PRIVATE,
        CORNER_DEVDAX_SHIFTED,
        CORNER_DEVDAX_NOHUGE,
};

static const struct workload_op corner_ops[] = {
        [CORNER_POPULATE_OFF] = { .name = "populate_off",
                                  .summary = "MAP_POPULATE two pages past a PMD boundary",
                                  .unit = UNIT_NS_PER_MIB,
                                  .phase = PHASE_OWN,
                                  .traits = OP_ONE_THREAD },
        [CORNER_UPGRADE] = { .name = "upgrade",
                             .summary = "a read-only mapping made writable, a store to each page",
                             .unit = UNIT_NS_PER_MIB,
                             .phase = PHASE_OWN,
                             .traits = OP_ONE_THREAD | OP_WRITES },
        [CORNER_DEVDAX_PRIVATE] = { .name = "devdax_private",
                                    .summary = "MAP_PRIVATE of a device: must be EINVAL",
                                    .unit = UNIT_NS_PER_OP,
                                    .phase = PHASE_UNMAP,
                                    .traits = OP_ONE_THREAD },
        [CORNER_DEVDAX_SHIFTED] = { .name = "devdax_shifted",
                                    .summary = "a device mapped a page off: must be EINVAL",
                                    .unit = UNIT_NS_PER_OP,
                                    .phase = PHASE_UNMAP,
                                    .traits = OP_ONE_THREAD },
        [CORNER_DEVDAX_NOHUGE] = { .name = "devdax_nohuge",
                                   .summary = "fork, load after MADV_NOHUGEPAGE: must be SIGBUS",
                                   .unit = UNIT_NS_PER_OP,
                                   .phase = PHASE_UNMAP,
                                   .traits = OP_ONE_THREAD },
        { 0 },
};

struct corner {
        enum corner_op op;
        char byte; /* what upgrade stores */
        bool held; /* mapping_before_populate() awaits its end */
};

static bool is_device_case(const struct trial *trial)
{
        return trial->cell->op >= &corner_ops[CORNER_DEVDAX_PRIVATE];
}

static bool is_private(const struct mapping *mapping)
{
        return (mapping->flags & MAP_TYPE) == MAP_PRIVATE;
}

static struct status possible(const struct trial *trial)
{
        bool coarse = trial->source->align > trial->source->page_bytes;

        if (is_device_case(trial) && !coarse)
                return status_make(STATUS_SKIP, "use a devdax source aligned to the PMD size",
                                   "corner %s is about a device that maps no base pages",
                                   trial->cell->op->name);
        if (trial->cell->op == &corner_ops[CORNER_POPULATE_OFF] && coarse)
                return status_make(STATUS_SKIP, "use a file",
                                   "the device is mapped at multiples of its alignment alone");
        if (trial->cell->op == &corner_ops[CORNER_POPULATE_OFF] &&
            trial->mapping->flags & MAP_ANONYMOUS)
                return status_make(STATUS_SKIP, "use a file",
                                   "new memory has PMDs between its ends at any address");
        return status_ok();
}

static struct status corner_lay_out(struct trial *trial)
{
        struct mapping *mapping = trial->mapping;
        struct corner *corner;

        TRY(possible(trial));
        corner = calloc(1, sizeof(*corner));
        if (!corner)
                return status_errno(ENOMEM, NULL, "cannot keep the state of corner");
        trial->state = corner;
        corner->op = (enum corner_op)(trial->cell->op - corner_ops);
        corner->byte = (char)(1 + random_mix(trial->own_seed ^ clock_now(trial->clock)) % 127);
        if (corner->op == CORNER_POPULATE_OFF) {
                mapping->address += 2 * mapping->page_bytes;
                mapping->partly = true; /* no PMD can be mapped there, in any arm */
                mapping->fraction = 0;
        } else if (corner->op == CORNER_UPGRADE) {
                mapping->prot = PROT_READ;
                mapping->faulted_twice = true;
                mapping->partly = is_private(mapping); /* the stores make copies, of base pages */
                mapping->fraction = 0;
        }
        return status_ok();
}

static struct status corner_prepare(struct trial *trial)
{
        struct corner *corner = trial->state;
        struct mapping *mapping = trial->mapping;

        if (corner->op == CORNER_POPULATE_OFF) {
                if (mapping->advice == MADV_HUGEPAGE)
                        mapping->advice = 0; /* MAP_POPULATE faults before it can be given */
                TRY(mapping_before_populate(mapping));
                corner->held = true;
        } else if (corner->op == CORNER_UPGRADE) {
                TRY(mapping_attach(mapping));
                TRY(mapping_fault_in(mapping));
        }
        return status_ok();
}

static struct status populate_off(struct mapping *mapping)
{
        if (mapping_mmap(mapping, MAP_POPULATE) == MAP_FAILED)
                return mapping_refusal(mapping, errno);
        mapping->mapped = true;
        return status_ok();
}

/* A sanitizer's shadow of what is touched is memory too, and would count as page tables. */
__attribute__((no_sanitize("address"))) static struct status upgrade(struct mapping *mapping,
                                                                     char byte)
{
        if (mprotect(mapping->address, mapping->bytes, PROT_READ | PROT_WRITE) != 0)
                return status_errno(errno, NULL, "mprotect() of %zu bytes failed", mapping->bytes);
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                *(volatile char *)(mapping->address + at) = byte;
        return status_ok();
}

/* One PMD's worth of the device once more, in the reserved addresses past the mapping. */
static void *device_mmap(const struct mapping *mapping, int flags, size_t shift)
{
        return mmap(mapping->address + mapping->bytes + shift, mapping->pmd_bytes, mapping->prot,
                    flags | MAP_FIXED, mapping->fd, mapping->offset);
}

static void device_unmap(const struct mapping *mapping)
{
        struct mapping past = *mapping;

        past.address += past.bytes;
        past.bytes = 2 * past.pmd_bytes;
        mapping_detach(&past);
}

static struct status refused(const struct mapping *mapping, int flags, size_t shift)
{
        if (device_mmap(mapping, flags, shift) != MAP_FAILED)
                return status_make(STATUS_INVALID, NULL, "the device did not refuse it");
        if (errno != EINVAL)
                return status_make(STATUS_INVALID, NULL, "the device refused it by %s, not EINVAL",
                                   strerror(errno));
        return status_ok();
}

static struct status sigbus(const struct mapping *mapping)
{
        pid_t child = fork();
        int end = 0;

        if (child < 0)
                return status_errno(errno, "end some processes", "fork failed");
        if (child == 0) {
                char *address = device_mmap(mapping, MAP_SHARED, 0);

                signal(SIGBUS, SIG_DFL); /* a sanitizer would report it instead */
                if (address == MAP_FAILED ||
                    madvise(address, mapping->pmd_bytes, MADV_NOHUGEPAGE) != 0)
                        _exit(1);
                (void)*(volatile char *)address;
                _exit(0);
        }
        while (waitpid(child, &end, 0) < 0)
                if (errno != EINTR)
                        return status_errno(errno, NULL, "cannot wait for a child");
        if (WIFSIGNALED(end) && WTERMSIG(end) == SIGBUS)
                return status_ok();
        return status_make(STATUS_INVALID, NULL, "a load after MADV_NOHUGEPAGE got no SIGBUS: %s",
                           WIFSIGNALED(end)   ? "it was killed otherwise"
                           : WEXITSTATUS(end) ? "the device could not be mapped so"
                                              : "it succeeded");
}

static void corner_run(struct trial *trial, struct worker *worker)
{
        const struct corner *corner = trial->state;
        struct mapping *mapping = trial->mapping;

        worker->ops = is_device_case(trial) ? 1 : mapping->bytes;
        switch (corner->op) {
        case CORNER_POPULATE_OFF:
                worker->status = populate_off(mapping);
                break;
        case CORNER_UPGRADE:
                worker->status = upgrade(mapping, corner->byte);
                break;
        case CORNER_DEVDAX_PRIVATE:
                worker->status = refused(mapping, MAP_PRIVATE, 0);
                break;
        case CORNER_DEVDAX_SHIFTED:
                worker->status = refused(mapping, MAP_SHARED, mapping->page_bytes);
                break;
        case CORNER_DEVDAX_NOHUGE:
                worker->status = sigbus(mapping);
                break;
        }
}

static struct status corner_complete(struct trial *trial)
{
        struct corner *corner = trial->state;

        if (!corner->held)
                return status_ok();
        corner->held = false;
        TRY(mapping_after_populate(trial->mapping));
        return mapping_advise(trial->mapping);
}

static struct status corner_check(struct trial *trial)
{
        const struct corner *corner = trial->state;
        const struct mapping *mapping = trial->mapping;

        for (size_t at = 0; corner->op == CORNER_UPGRADE && at < mapping->bytes;
             at += mapping->page_bytes)
                if (mapping->address[at] != corner->byte)
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "upgrade did not write the page %zu bytes in", at);
        return status_ok();
}

static void corner_finish(struct trial *trial)
{
        struct corner *corner = trial->state;

        if (corner && corner->held)
                mapping_after_populate(trial->mapping);
        if (corner && is_device_case(trial))
                device_unmap(trial->mapping);
        free(corner);
        trial->state = NULL;
}

static uint64_t corner_quantum(const struct trial *trial)
{
        return is_device_case(trial) ? 1 : trial->mapping->bytes;
}

const struct workload workload_corner = {
        .name = "corner",
        .summary = "single cases that hung or must be refused",
        .ops = corner_ops,
        .lay_out = corner_lay_out,
        .prepare = corner_prepare,
        .run = corner_run,
        .complete = corner_complete,
        .check = corner_check,
        .finish = corner_finish,
        .quantum = corner_quantum,
};
