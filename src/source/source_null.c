/* SPDX-License-Identifier: Apache-2.0 */
/* No bytes at all: for workloads of known cost, which test the suite itself. */
#include <pmdgain/source.h>

static struct status null_open(struct source *source, const struct source_request *request)
{
        return status_ok();
}

static struct status null_lay_out(const struct source *source,
                                  const struct layout_request *request,
                                  struct mapping *ret_mapping)
{
        *ret_mapping = (struct mapping) {
                .fd = -1,
                .bytes = request->bytes,
                .asked = request->arm,
                .proof = proof_none(),
                .page_bytes = source->page_bytes,
                .pmd_bytes = source->pmd_bytes,
        };
        return status_ok();
}

const struct source_class source_class_null = {
        .name = "null",
        .summary = "no memory: for the workload of known cost that tests the suite",
        .needs = "nothing",
        .traits = SOURCE_NO_MEMORY | SOURCE_NO_MODES,
        .open = null_open,
        .lay_out = null_lay_out,
};
