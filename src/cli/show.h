/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the report of a folder and shows the gain table; used by run and report. */
#ifndef PMDGAIN_CLI_SHOW_H
#define PMDGAIN_CLI_SHOW_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdio.h>

struct status report_show(const char *dir, bool png, FILE *out);

#endif
