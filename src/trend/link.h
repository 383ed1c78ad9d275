/* SPDX-License-Identifier: Apache-2.0 */
/* Links from a page to files near it, that hold when all are moved together. */
#ifndef PMDGAIN_TREND_LINK_H
#define PMDGAIN_TREND_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The path from folder `from` to file `to`, both absolute, as a URL reference: what is not
 * unreserved (RFC 3986) is percent-encoded, so it can stand in any attribute. False when it does
 * not fit.
 */
bool link_relative(const char *from, const char *to, char *link, size_t link_size);

#endif
