/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources have in common when they lay a mapping out. */
#ifndef PMDGAIN_SOURCE_LAYOUT_H
#define PMDGAIN_SOURCE_LAYOUT_H

#include <pmdgain/mapping.h>
#include <pmdgain/source.h>
#include <pmdgain/status.h>

/*
 * Bytes of a file, readable and writable, at the window's start; `va` shifts the address by a base
 * page, `offset` the file offset. `nohuge` advises. The other levers map plainly: the target was
 * set up so. Sources refuse arms that they do not have beforehand.
 */
struct status layout_file(const struct source *source, int fd,
                          const struct layout_request *request, struct mapping *ret_mapping);

/* The same for anonymous memory, always MAP_PRIVATE; only `aligned` and `nohuge` make sense. */
struct status layout_anonymous(const struct source *source, const struct layout_request *request,
                               struct mapping *ret_mapping);

/* STATUS_SKIP: the source has no such arm, and why. */
struct status layout_refusal(const struct source *source, struct arm arm, const char *why);

#endif
