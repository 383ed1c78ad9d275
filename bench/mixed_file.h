/* SPDX-License-Identifier: Apache-2.0 */
/* A file of which only some chunks can be mapped by PMD, for its extents. */
#ifndef BENCH_MIXED_FILE_H
#define BENCH_MIXED_FILE_H

#include <pmdgain/workload.h>

/*
 * Makes a file without a name beside the source's target, as long as the trial's mapping and
 * written. The chunks that mapping_chunk_by_pmd() leaves out are moved down by a block inside their
 * extents, so that their blocks are not where a PMD could map them; the others are left as they
 * were allocated, in steps of 2 MiB. (In arms without PMDs too: by `aligned`, not by the arm.)
 * STATUS_SKIP where the source is no file, or its file system cannot shift a file's blocks.
 */
struct status mixed_file_make(const struct trial *trial, int *ret_fd);

#endif
