/* SPDX-License-Identifier: Apache-2.0 */
/* Files of lines such as "VmPTE:   2052 kB" or "thp_fault_fallback 12". */
#ifndef PMDGAIN_SYS_KEYED_H
#define PMDGAIN_SYS_KEYED_H

#include <pmdgain/units.h>

/* The number on a line that starts with `key`; in bytes when "kB" follows it. Missing otherwise. */
struct count keyed_line(const char *line, const char *key);

/* The first line of `base`/`path` that has the key. Missing when the file or the key is. */
struct count keyed_file(const char *base, const char *path, const char *key);

#endif
