/* SPDX-License-Identifier: Apache-2.0 */
/* A calibration as people read it: in the terminal and on the page. */
#ifndef PMDGAIN_REPORT_CALIBRATION_H
#define PMDGAIN_REPORT_CALIBRATION_H

#include "report/page.h"
#include "report/summary.h"

#include <stdio.h>

/* Nothing when the summary has none. */
void calibration_print(const struct summary *summary, FILE *out);
void page_calibration(const struct page *page);

#endif
