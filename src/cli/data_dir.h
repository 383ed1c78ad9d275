/* SPDX-License-Identifier: Apache-2.0 */
/* Where the plans and the plot scripts are: installed, or in the source tree. */
#ifndef PMDGAIN_CLI_DATA_DIR_H
#define PMDGAIN_CLI_DATA_DIR_H

#include <pmdgain/status.h>
#include <stddef.h>

/* The folder `name` ("plans", "plots") of the program's data. */
struct status data_dir_find(const char *name, char *path, size_t path_size);

#endif
