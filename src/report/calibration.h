/* SPDX-License-Identifier: Apache-2.0 */
/* A calibration as people read it: in the terminal and on the page. */
#ifndef PMDGAIN_REPORT_CALIBRATION_H
#define PMDGAIN_REPORT_CALIBRATION_H

#include "report/page.h"
#include "report/summary.h"

#include <stdio.h>

/* `wanted`: twins were measured. Nothing when they were not. */
void calibration_print(const struct summary *summary, bool wanted, FILE *out);
void page_calibration(const struct page *page);

#endif
