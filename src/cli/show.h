/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the report of a run's folder, or of one with runs below it, and shows the gains; used by
 * run and report. */
#ifndef PMDGAIN_CLI_SHOW_H
#define PMDGAIN_CLI_SHOW_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdio.h>

struct status report_show(const char *dir, bool png, FILE *out);

#endif
