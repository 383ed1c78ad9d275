/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of memory, filled by PMD once and then mapped by PMD or by PTE: the same bytes. The usual
 * setting shmem_enabled=never keeps a plain memfd from getting huge pages, so there are several
 * ways to try.
 */
#include "source/layout.h"
#include "source/populate.h"
#include "sys/memavail.h"
#include "sys/privns.h"
#include "sys/root.h"

#include <pmdgain/privilege.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct shmem_way {
        const char *name;
        struct status (*make)(const struct source_request *request, uint64_t bytes, int *ret_fd);
        struct populate_way populate;
};

static struct status tmpfs_make(const struct source_request *request, uint64_t bytes, int *ret_fd)
{
        return privns_huge_file(request->root, bytes, ret_fd);
}

static struct status memfd_make(const struct source_request *request, uint64_t bytes, int *ret_fd)
{
        return populate_memfd(0, bytes, ret_fd);
}

static struct status advised_make(const struct source_request *request, uint64_t bytes, int *ret_fd)
{
        char choice[32];

        TRY(sys_read_choice(request->root->sysfs, "kernel/mm/transparent_hugepage/shmem_enabled",
                            choice, sizeof(choice)));
        if (strcmp(choice, "never") == 0 || strcmp(choice, "deny") == 0)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_THP_SHMEM, NULL).text,
                                   "shmem_enabled is %s", choice);
        return memfd_make(request, bytes, ret_fd);
}

/* The surest first. */
static const struct shmem_way ways[] = {
        { "tmpfs with huge=always", tmpfs_make, { 0 } },
        { "memfd with MADV_HUGEPAGE", advised_make, { .advice = MADV_HUGEPAGE } },
        { "memfd with MADV_COLLAPSE", memfd_make, { .collapse = true } },
};

static struct status way_try(const struct shmem_way *way, struct source *source,
                             const struct source_request *request)
{
        uint64_t bytes = source->bytes + source->pmd_bytes; /* the arm `offset` needs more */
        struct status status;
        int fd;

        TRY(way->make(request, bytes, &fd));
        status = populate_by_pmd(source, fd, bytes, way->populate);
        if (status_failed(&status))
                close(fd);
        else
                source->fd = fd;
        return status;
}

/* "; not NAME: reason", as far as there is room. */
static void reason_append(char *text, size_t size, const char *name, const struct status *status)
{
        size_t used = strlen(text);
        /* What a proof advises is about files that users name. */
        const char *todo = status->code == STATUS_INVALID ? "" : status->todo;

        snprintf(text + used, size - used, "%snot by %s: %.120s%s%.80s", used ? "; " : "", name,
                 status->what, *todo ? "; " : "", todo);
}

/* The surest way's, but for a way that was not proven where another would only have to be allowed.
 */
static void todo_choose(struct status *chosen, const struct status *status)
{
        if (status_failed(chosen) &&
            (chosen->code != STATUS_INVALID || status->code == STATUS_INVALID))
                return;
        *chosen = *status;
}

static struct status shmem_open(struct source *source, const struct source_request *request)
{
        char reasons[sizeof(source->how)] = "";
        struct status chosen = status_ok();

        TRY(memavail_check(request->root, source->bytes + source->pmd_bytes));
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
                struct status status = way_try(&ways[i], source, request);

                if (!status_failed(&status)) {
                        snprintf(source->how, sizeof(source->how), "%s%s%.400s", ways[i].name,
                                 *reasons ? "; " : "", reasons);
                        break;
                }
                reason_append(reasons, sizeof(reasons), ways[i].name, &status);
                todo_choose(&chosen, &status);
        }
        if (source->fd < 0)
                return status_make(STATUS_SKIP, chosen.todo,
                                   "no file of huge pages can be had: %.280s", reasons);
        snprintf(source->fs, sizeof(source->fs), "tmpfs");
        if (populate_read_faults_suffice(source, source->fd))
                source->traits |= SOURCE_READ_FAULTS_SUFFICE;
        if (!populate_nohuge_works(source, source->fd))
                source->traits |= SOURCE_NOHUGE_IGNORED;
        return status_ok();
}

static struct status shmem_lay_out(const struct source *source,
                                   const struct layout_request *request,
                                   struct mapping *ret_mapping)
{
        switch (request->arm.lever) {
        case LEVER_ALIGNED:
        case LEVER_NOHUGE:
        case LEVER_VA:
        case LEVER_OFFSET:
                return layout_file(source, source->fd, request, ret_mapping);
        default:
                return layout_refusal(source, request->arm,
                                      "its bytes are in memory, not on a device");
        }
}

const struct source_class source_class_shmem = {
        .name = "shmem",
        .summary = "a memory-backed file: the same bytes by PMD and by PTE, no pmem needed",
        .needs = "Linux 5.2 and root or user namespaces, or shmem_enabled=advise, or Linux 6.1",
        .traits = SOURCE_FAULT_AROUND | SOURCE_IN_MEMORY,
        .open = shmem_open,
        .lay_out = shmem_lay_out,
};
