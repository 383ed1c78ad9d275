/* SPDX-License-Identifier: Apache-2.0 */
#include "source/populate.h"

#include "mapping/proof.h"
#include "source/layout.h"
#include "sys/procself.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE /* Linux 6.1 */
#define MADV_COLLAPSE 25
#endif

#define OTHER_FAULTS 16 /* of the process itself, while pages are written */

static const struct arm by_pmd = { GRAIN_PMD, LEVER_ALIGNED };
static const struct arm by_pte = { GRAIN_PTE, LEVER_NOHUGE };
static const struct arm by_address = { GRAIN_PTE, LEVER_VA }; /* PTEs on every kernel */

struct status populate_memfd(unsigned flags, uint64_t bytes, int *ret_fd)
{
        int fd = memfd_create("pmdgain", MFD_CLOEXEC | flags);

        if (fd < 0)
                return status_errno(errno, NULL, "memfd_create() failed");
        if (ftruncate(fd, (off_t)bytes) != 0) {
                int error = errno;

                close(fd);
                return status_errno(error, NULL, "cannot size a memfd");
        }
        *ret_fd = fd;
        return status_ok();
}

static struct status lay_out(const struct source *source, int fd, struct arm arm, size_t bytes,
                             struct mapping *ret_mapping)
{
        const struct layout_request request = { .arm = arm, .bytes = bytes };

        return layout_file(source, fd, &request, ret_mapping);
}

static struct status fault_and_prove(const struct source *source, struct mapping *mapping)
{
        struct status status;

        TRY(mapping_attach(mapping));
        status = proof_fault_in(mapping, source->traits);
        mapping_detach(mapping);
        return status;
}

/* Pages of the base size first: there is nothing to collapse in a hole. */
static struct status collapse(struct mapping *mapping)
{
        struct status status;

        TRY(mapping_attach(mapping));
        status = mapping_fault_in(mapping);
        if (!status_failed(&status) &&
            madvise(mapping->address, mapping->bytes, MADV_COLLAPSE) != 0)
                status = status_errno(errno, NULL, "madvise(MADV_COLLAPSE) failed");
        mapping_detach(mapping);
        return status;
}

struct status populate_by_pmd(const struct source *source, int fd, size_t bytes,
                              struct populate_way way)
{
        struct mapping mapping;

        TRY(lay_out(source, fd, by_pmd, bytes, &mapping));
        mapping.read_faults_suffice = false; /* there is nothing to read yet */
        mapping.advice = way.advice;
        if (way.collapse)
                TRY(collapse(&mapping));
        return fault_and_prove(source, &mapping);
}

struct status populate_by_pte(const struct source *source, int fd, size_t bytes)
{
        struct mapping mapping;

        TRY(lay_out(source, fd, by_pte, bytes, &mapping));
        mapping.read_faults_suffice = false;
        return fault_and_prove(source, &mapping);
}

bool populate_nohuge_works(const struct source *source, int fd)
{
        struct mapping mapping;
        struct status status = lay_out(source, fd, by_pte, source->pmd_bytes, &mapping);

        if (status_failed(&status))
                return true;
        mapping.prot = PROT_READ; /* a hole of an existing file stays one */
        status = fault_and_prove(source, &mapping);
        return !(status_failed(&status) && mapping.proof.proven == GRAIN_PMD);
}

bool populate_read_faults_suffice(const struct source *source, int fd)
{
        struct count before, after;
        struct mapping mapping;
        struct status status = lay_out(source, fd, by_address, source->pmd_bytes, &mapping);

        if (status_failed(&status))
                return false;
        status = mapping_attach(&mapping);
        if (status_failed(&status))
                return false;
        for (size_t at = 0; at < mapping.bytes; at += mapping.page_bytes)
                (void)*(volatile char *)(mapping.address + at);
        before = procself_minflt();
        for (size_t at = 0; at < mapping.bytes; at += mapping.page_bytes) {
                volatile char *byte = mapping.address + at;
                char value = *byte;

                *byte = value;
        }
        after = procself_minflt();
        mapping_detach(&mapping);
        return before.known && after.known && after.value - before.value < OTHER_FAULTS;
}
