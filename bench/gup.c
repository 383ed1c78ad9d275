/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls for which the kernel looks up and pins the pages of the mapping (get_user_pages):
 * direct I/O from it and into it, vmsplice, and reading another process' memory. By PTE each page
 * is looked up by itself; by PMD one entry answers for all of a call's pages. What the call does
 * with the pages after that (the device, a copy) costs both alike and dilutes the gain.
 *
 * A call moves `block` bytes; calls go through the mapping in order and begin again at its end. The
 * value is per MiB: a 256th of it is for 4 KiB, and times block / 1 MiB it is for a call.
 *
 * vm_readv reads this process' own mapping: the kernel takes the same way as for another's
 * (mm/process_vm_access.c), and it is this process' mapping whose grain is proven.
 *
 * A mapping without struct pages cannot be pinned: EFAULT is the result then, kept as the reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <pmdgain/random.h>
#include <pmdgain/scratch.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define SCRATCH_BYTES (8 * MIB) /* calls go around in it; at least a block */
#define CHECKED_CALLS 16        /* of the last ones */
#define PIPE_BYTES ((int)MIB)   /* pipe-max-size of a user without privilege (pipe(7)) */

enum gup_state { STATE_FAULTED, STATE_UNFAULTED, STATE_READ_FAULTED };

static const char *const gup_states[] = { "faulted", "unfaulted", "read_faulted", NULL };

static const struct option_row gup_options[] = {
        { .name = "block",
          .column = "block_bytes",
          .type = OPTION_SIZE,
          .preset = "64k",
          .min = 4 * KIB,
          .max = 2 * MIB,
          .help = "bytes of a call, a power of 2" },
        { .name = "present",
          .type = OPTION_CHOICE,
          .preset = "faulted",
          .choices = gup_states,
          .help = "of the mapping before: present and writable, not present, or read only" },
        { 0 },
};

enum gup_op { GUP_DIRECT_WRITE, GUP_DIRECT_READ, GUP_VMSPLICE, GUP_VM_READV };

static const struct workload_op gup_ops[] = {
        [GUP_DIRECT_WRITE] = { .name = "direct_write",
                               .summary = "O_DIRECT write from the mapping to a scratch file",
                               .unit = UNIT_NS_PER_MIB,
                               .traits = OP_ONE_THREAD },
        [GUP_DIRECT_READ] = { .name = "direct_read",
                              .summary = "O_DIRECT read from a scratch file into the mapping",
                              .unit = UNIT_NS_PER_MIB,
                              .traits = OP_WRITES | OP_ONE_THREAD },
        [GUP_VMSPLICE] = { .name = "vmsplice",
                           .summary = "vmsplice into a pipe, and the pipe into /dev/null",
                           .unit = UNIT_NS_PER_MIB,
                           .traits = OP_ONE_THREAD },
        [GUP_VM_READV] = { .name = "vm_readv",
                           .summary = "process_vm_readv of the mapping",
                           .unit = UNIT_NS_PER_MIB,
                           .traits = OP_ONE_THREAD },
        { 0 },
};

struct gup {
        enum gup_op op;
        size_t block;
        uint64_t calls; /* of all samples */
        int file;       /* scratch, O_DIRECT; -1 */
        uint64_t file_bytes;
        int pipe[2], sink; /* -1 */
        char *buffer;      /* a block */
};

static enum workload_phase gup_phase(const struct cell *cell)
{
        switch ((enum gup_state)cell_option(cell, "present").count) {
        case STATE_UNFAULTED:
                return PHASE_FAULT;
        case STATE_READ_FAULTED:
                return PHASE_DIRTY;
        default:
                return PHASE_ACCESS;
        }
}

static struct status gup_accept(const struct cell *cell)
{
        uint64_t block = cell_option(cell, "block").count;

        if (block & (block - 1))
                return status_make(STATUS_USAGE, "write block=4k, 64k, 2m or the like",
                                   "block must be a power of 2");
        return status_ok();
}

static struct status pipe_open(struct gup *gup)
{
        if (pipe2(gup->pipe, O_CLOEXEC) != 0)
                return status_errno(errno, "raise ulimit -n", "cannot make a pipe");
        /* Less is slower, and said by nothing but the time: so it is no failure. */
        if (gup->block > 64 * KIB)
                fcntl(gup->pipe[1], F_SETPIPE_SZ, PIPE_BYTES);
        gup->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (gup->sink < 0)
                return status_errno(errno, NULL, "cannot open /dev/null");
        return status_ok();
}

static struct status gup_prepare(struct trial *trial)
{
        struct gup *gup = calloc(1, sizeof(*gup));

        if (!gup)
                return status_errno(ENOMEM, NULL, "cannot keep the state of gup");
        trial->state = gup;
        gup->op = (enum gup_op)(trial->cell->op - gup_ops);
        gup->block = cell_option(trial->cell, "block").count;
        gup->file = gup->sink = gup->pipe[0] = gup->pipe[1] = -1;
        gup->file_bytes = gup->block > SCRATCH_BYTES ? gup->block : SCRATCH_BYTES;
        gup->buffer = aligned_alloc(4 * KIB, gup->block);
        if (!gup->buffer)
                return status_errno(ENOMEM, NULL, "cannot keep a block");
        memset(gup->buffer, 0, gup->block);
        if (gup->op == GUP_DIRECT_READ && !(trial->mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable", "the mapping is read-only");
        if (gup->op == GUP_DIRECT_WRITE || gup->op == GUP_DIRECT_READ)
                return scratch_open(trial->scratch, trial->source, gup->file_bytes,
                                    random_mix(trial->own_seed), &gup->file);
        return gup->op == GUP_VMSPLICE ? pipe_open(gup) : status_ok();
}

static char *place_of(const struct trial *trial, uint64_t call)
{
        const struct gup *gup = trial->state;

        return trial->mapping->address + call * gup->block % trial->mapping->bytes;
}

static off_t file_place(const struct gup *gup, uint64_t call)
{
        return (off_t)(call * gup->block % gup->file_bytes);
}

/* 0, or -1 and errno. */
static int splice_out(const struct gup *gup, char *from)
{
        for (size_t left = gup->block; left;) {
                struct iovec piece = { from, left };
                ssize_t in = vmsplice(gup->pipe[1], &piece, 1, 0);

                if (in <= 0)
                        return -1;
                from += in;
                left -= (size_t)in;
                while (in > 0) {
                        ssize_t out = splice(gup->pipe[0], NULL, gup->sink, NULL, (size_t)in, 0);

                        if (out <= 0)
                                return -1;
                        in -= out;
                }
        }
        return 0;
}

/* A call that stopped short of a page met one that it could not have. */
static int whole(const struct gup *gup, ssize_t done)
{
        if (done >= 0 && (size_t)done < gup->block)
                errno = EFAULT;
        return done == (ssize_t)gup->block ? 0 : -1;
}

static int call_once(const struct trial *trial, uint64_t call)
{
        const struct gup *gup = trial->state;
        char *at = place_of(trial, call);
        struct iovec here = { gup->buffer, gup->block }, there = { at, gup->block };

        switch (gup->op) {
        case GUP_DIRECT_WRITE:
                return whole(gup, pwrite(gup->file, at, gup->block, file_place(gup, call)));
        case GUP_DIRECT_READ:
                return whole(gup, pread(gup->file, at, gup->block, file_place(gup, call)));
        case GUP_VMSPLICE:
                return splice_out(gup, at);
        case GUP_VM_READV:
                return whole(gup, process_vm_readv(getpid(), &here, 1, &there, 1, 0));
        }
        return -1;
}

static struct status failure(const struct trial *trial, int error)
{
        const char *op = trial->cell->op->name;

        if (error == EFAULT && trial->source->traits & SOURCE_NO_PAGES)
                return status_make(STATUS_SKIP, "it is so for any memory without struct pages",
                                   "%s: EFAULT: no struct pages, so nothing can be pinned", op);
        if (error == EFAULT)
                return status_make(STATUS_SYSTEM, "see that the target is as long as the mapping",
                                   "%s: EFAULT: a page of the mapping cannot be pinned", op);
        return status_errno(error, NULL, "%s failed", op);
}

static void gup_run(struct trial *trial, struct worker *worker)
{
        struct gup *gup = trial->state;

        for (uint64_t done = 0; done < worker->ops; done += gup->block) {
                if (call_once(trial, gup->calls) != 0) {
                        worker->status = failure(trial, errno);
                        return;
                }
                gup->calls++;
        }
}

/* The block that a call moved, as it is at the other end. */
static struct status other_end(const struct trial *trial, uint64_t call)
{
        struct gup *gup = trial->state;
        struct iovec piece = { place_of(trial, call), gup->block };
        ssize_t done = (ssize_t)gup->block;

        if (gup->op == GUP_VMSPLICE) {
                done = vmsplice(gup->pipe[1], &piece, 1, 0);
                if (done > 0)
                        done = read(gup->pipe[0], gup->buffer, (size_t)done);
        } else if (gup->op != GUP_VM_READV) {
                done = pread(gup->file, gup->buffer, gup->block, file_place(gup, call));
        }
        if (done <= 0)
                return status_errno(errno, NULL, "cannot see what %s moved", trial->cell->op->name);
        if (memcmp(gup->buffer, piece.iov_base, (size_t)done) != 0)
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "%s moved other bytes than the mapping holds",
                                   trial->cell->op->name);
        return status_ok();
}

static uint64_t least(uint64_t one, uint64_t two)
{
        return one < two ? one : two;
}

/* The last calls, as far as no later one overwrote what they moved. */
static struct status gup_check(struct trial *trial)
{
        const struct gup *gup = trial->state;
        uint64_t checked = least(gup->calls, gup->op == GUP_VM_READV ? 1 : CHECKED_CALLS);

        checked = least(checked, least(gup->file_bytes, trial->mapping->bytes) / gup->block);
        for (uint64_t back = 1; back <= checked; back++)
                TRY(other_end(trial, gup->calls - back));
        return status_ok();
}

static void descriptor_close(int fd)
{
        if (fd >= 0)
                close(fd);
}

static void gup_finish(struct trial *trial)
{
        struct gup *gup = trial->state;

        if (!gup)
                return;
        descriptor_close(gup->file);
        descriptor_close(gup->pipe[0]);
        descriptor_close(gup->pipe[1]);
        descriptor_close(gup->sink);
        free(gup->buffer);
        free(gup);
        trial->state = NULL;
}

/* Where the mapping is to be made present or changed, all of it. */
static uint64_t gup_quantum(const struct trial *trial)
{
        const struct gup *gup = trial->state;

        return gup_phase(trial->cell) == PHASE_ACCESS ? gup->block : trial->mapping->bytes;
}

const struct workload workload_gup = {
        .name = "gup",
        .summary = "calls that pin the mapping's pages: direct I/O, vmsplice, process_vm_readv",
        .ops = gup_ops,
        .options = gup_options,
        .accept = gup_accept,
        .phase = gup_phase,
        .prepare = gup_prepare,
        .run = gup_run,
        .check = gup_check,
        .finish = gup_finish,
        .quantum = gup_quantum,
};
