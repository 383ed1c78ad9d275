/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files beside the named one, on the same file system and without a name, for bytes that it cannot
 * have: blank ones, whose state writes would end, and ones whose extents are off.
 */
#ifndef PMDGAIN_SOURCE_TWINS_H
#define PMDGAIN_SOURCE_TWINS_H

#include <pmdgain/mapping.h>
#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stdint.h>

struct twins;

/*
 * Makes those that `request` names; source->fd is open. Fails only for want of memory: a twin that
 * cannot be had keeps its status, for who asks for it. Free with twins_free().
 */
struct status twins_make(const struct source *source, const struct source_request *request,
                         struct twins **ret_twins);
void twins_free(struct twins *twins); /* NULL is none */

/* The blank one, made anew: nothing may have it mapped. */
struct status twins_blank(const struct twins *twins, const struct source *source,
                          enum file_state state, int *ret_fd);

/*
 * The one whose extents lie `shift` bytes past where 2 MiB mappings of it would need them. It was
 * allocated in steps of the PMD size and its first bytes collapsed (fallocate(2),
 * FALLOC_FL_COLLAPSE_RANGE), so that all else moved down in the file and stayed in place; FIEMAP,
 * the partition's start and the namespace's data said that it is so.
 */
struct status twins_shifted(const struct twins *twins, uint64_t shift, int *ret_fd);

#endif
