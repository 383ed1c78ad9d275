/* SPDX-License-Identifier: Apache-2.0 */
/* Where a file that the user named is to be written. */
#ifndef PMDGAIN_TREND_OUTPUT_H
#define PMDGAIN_TREND_OUTPUT_H

#include <limits.h>
#include <pmdgain/status.h>

struct output {
        char dir[PATH_MAX]; /* absolute, without links */
        char name[NAME_MAX + 1];
};

/* STATUS_USAGE when the path names no file in a folder that there is. */
struct status output_split(const char *path, struct output *ret_output);

#endif
