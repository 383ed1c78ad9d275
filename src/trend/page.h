/* SPDX-License-Identifier: Apache-2.0 */
/* What `pmdgain trend` writes. Each replaces its file as a whole. */
#ifndef PMDGAIN_TREND_PAGE_H
#define PMDGAIN_TREND_PAGE_H

#include "trend/trend.h"

#include <pmdgain/status.h>

/*
 * The dashboard: one HTML file with everything in it but the reports it links to. `plots_dir` is
 * where the gnuplot scripts are. Without gnuplot, or when it fails, the page goes without
 * pictures and `ret_warning` (320 bytes) says so; it is "" otherwise.
 */
struct status trend_page_write(const struct trend *trend, const char *path, const char *plots_dir,
                               char *ret_warning);

/*
 * The newest run of each machine for Prometheus, as a file for node_exporter's textfile collector:
 * its text format, which is OpenMetrics too where that has no other rule (gauges, "# EOF").
 */
struct status trend_openmetrics_write(const struct trend *trend, const char *path);

/*
 * The newest run as Bencher Metric Format: {"CELL": {"gain": {"value", "lower_value",
 * "upper_value"}}}. Cells without a gain are left out. Bencher keeps machines apart by its
 * testbeds, so more than one machine is STATUS_USAGE.
 */
struct status trend_bmf_write(const struct trend *trend, const char *path);

#endif
