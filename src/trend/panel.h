/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of one cell: plots/trend.gp draws it from panel-N.csv, and links to the reports of the
 * runs are laid over it. Runs stand side by side in the order of time.
 */
#ifndef PMDGAIN_TREND_PANEL_H
#define PMDGAIN_TREND_PANEL_H

#include "report/html.h"
#include "trend/trend.h"

#include <pmdgain/status.h>

/* Pixels, as in plots/trend.gp. */
#define PANEL_WIDTH 900
#define PANEL_HEIGHT 250
#define PANEL_LEFT 58
#define PANEL_RIGHT (PANEL_WIDTH - 44)
#define PANEL_TOP 44
#define PANEL_BOTTOM (PANEL_HEIGHT - 30)

/* Writes DIR/plots/panel-NUMBER.csv. */
struct status panel_write(const struct trend_machine *machine, const struct trend_cell *cell,
                          const char *dir, size_t number);

/* The gains that the axis shows: all of them, and most of their intervals. */
struct panel_range {
        double lo, hi;
};
struct panel_range panel_range(const struct trend_cell *cell);

/* "2026-11-22 10:58 · 6.12.9 · 1.52 [1.50, 1.54]", or why there is no gain. */
char *panel_tip(const struct trend_machine *machine, const struct trend_point *point, char *text,
                size_t text_size);

/* A link over each run's place in the picture; `from` is the folder of the page, absolute. */
void panel_links(struct html *html, const struct trend_machine *machine,
                 const struct trend_cell *cell, const char *from);

#endif
