/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a run: plots (gnuplot) and one self-contained HTML page. */
#ifndef PMDGAIN_REPORT_REPORT_H
#define PMDGAIN_REPORT_REPORT_H

#include "report/summary.h"

#include <pmdgain/status.h>
#include <stdio.h>

struct report_request {
        const char *dir;      /* the run's folder */
        const char *plots_dir; /* where the gnuplot scripts are */
        bool png;             /* PNG beside SVG */
};

/* Makes DIR/summary.csv, DIR/reach.csv, DIR/plots/NAME.csv and NAME.svg (and .png) and
 * DIR/report.html from DIR/samples.csv and DIR/machine.json alone. Without gnuplot, or when it
 * fails, the page is made without those pictures and `ret_warning` (320 bytes) says so; it is ""
 * otherwise. Only the files named are written; those of an earlier report are replaced. */
struct status report_make(const struct report_request *request, char *ret_warning);

/* The gain table for a terminal: one line a row, widths fitted to `columns`. */
void report_print_table(const struct summary *summary, FILE *out, unsigned columns);

#endif
