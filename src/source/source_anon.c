/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Anonymous memory: new bytes for every mapping, so the arms do not share them. By PMD with
 * MADV_HUGEPAGE, by PTE with MADV_NOHUGEPAGE. A PMD keeps a page table in reserve.
 */
#include "mapping/proof.h"
#include "source/layout.h"
#include "sys/memavail.h"
#include "sys/root.h"

#include <pmdgain/privilege.h>
#include <string.h>

static struct status anon_lay_out(const struct source *source,
                                  const struct layout_request *request,
                                  struct mapping *ret_mapping)
{
        switch (request->arm.lever) {
        case LEVER_ALIGNED:
        case LEVER_NOHUGE:
                return layout_anonymous(source, request, ret_mapping);
        case LEVER_VA:
                return layout_refusal(source, request->arm,
                                      "a shifted address costs it the PMDs at both ends only; "
                                      "use pte:nohuge");
        default:
                return layout_refusal(source, request->arm,
                                      "there is no file; use pte:nohuge");
        }
}

/* One PMD, as a trial. */
static struct status anon_try(const struct source *source)
{
        const struct layout_request request = { .arm = { GRAIN_PMD, LEVER_ALIGNED },
                                                .bytes = source->pmd_bytes };
        struct mapping mapping;
        struct status status;

        TRY(layout_anonymous(source, &request, &mapping));
        TRY(mapping_attach(&mapping));
        status = proof_fault_in(&mapping, source->traits);
        mapping_detach(&mapping);
        return status;
}

static struct status anon_open(struct source *source, const struct source_request *request)
{
        static const char enabled[] = "kernel/mm/transparent_hugepage/enabled";
        struct status status;
        char choice[32];

        TRY(memavail_check(request->root, source->bytes));
        status = sys_read_choice(request->root->sysfs, enabled, choice, sizeof(choice));
        if (status_failed(&status))
                return status_make(STATUS_SKIP, "use a kernel with transparent huge pages",
                                   "this kernel has no transparent huge pages");
        if (strcmp(choice, "never") == 0)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_THP, NULL).text,
                                   "transparent huge pages are off (enabled is never)");
        status = anon_try(source);
        if (status_failed(&status))
                return status_make(STATUS_SKIP, status.todo, "no anonymous huge page: %.280s",
                                   status.what);
        return status_ok();
}

const struct source_class source_class_anon = {
        .name = "anon",
        .summary = "anonymous memory: new bytes for every trial, by transparent huge pages or not",
        .needs = "transparent huge pages: always or madvise",
        .traits = SOURCE_FRESH_BYTES | SOURCE_PMD_DEPOSITS | SOURCE_NO_MODES |
                  SOURCE_IN_MEMORY,
        .open = anon_open,
        .lay_out = anon_lay_out,
};
