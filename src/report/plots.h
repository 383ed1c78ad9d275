/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plots: C chooses the rows and writes DIR/plots/NAME.csv, the script plots/NAME.gp reads it
 * by column name and makes DIR/plots/NAME.svg. A plot for which there is no data is left out.
 */
#ifndef PMDGAIN_REPORT_PLOTS_H
#define PMDGAIN_REPORT_PLOTS_H

#include "report/view.h"

#include <json-c/json.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdio.h>

#define PLOT_COUNT 7

struct plot_input {
        const struct view *view;
        struct json_object *machine; /* may be NULL */
        const char *dir;
};

struct plot_result {
        bool data;           /* its CSV file was written */
        bool drawn;          /* its SVG file was made */
        size_t shown, total; /* panels or rows, when there are too many for one picture */
};

struct plot_kind {
        const char *name;    /* of the script, the data and the picture */
        const char *caption; /* what the picture shows, one or two sentences */
        struct status (*write)(const struct plot_input *input, const char *name,
                               struct plot_result *result);
};

extern const struct plot_kind plot_kinds[PLOT_COUNT];

/* Writes the data files into DIR/plots, which it makes, and removes what an earlier report left
 * there. Fills results[PLOT_COUNT]. */
struct status plots_write(const struct plot_input *input, struct plot_result *results);

/*
 * Runs gnuplot on each plot that has data; `scripts` is where the .gp files are. The result is the
 * first failure, with gnuplot's own words; STATUS_SKIP when there is no gnuplot.
 */
struct status plots_draw(const char *dir, const char *scripts, bool png,
                         struct plot_result *results);

/* One of them: plots/NAME.gp on DIR/plots/NAME.csv. `scripts` is an absolute path. */
struct status plot_draw(const char *dir, const char *scripts, const char *name, bool png);
/* The same with gnuplot commands of this program ("panels=3"); STATUS_SKIP when there is no
 * gnuplot. */
struct status plot_draw_with(const char *dir, const char *scripts, const char *name,
                             const char *settings);

/* Makes DIR/plots where it is not there. STATUS_USAGE where that is a link. */
struct status plots_folder(const char *dir);

/* For the files that write data. */
struct status plot_file_open(const struct plot_input *input, const char *name, FILE **ret_file);
struct status plot_file_close(const struct plot_input *input, const char *name, FILE *file);
/* A quoted field that gnuplot can read, then `end` ("," or "\n"). */
void plot_text(FILE *file, const char *text, const char *end);
/* A number, or nothing when it is missing. */
void plot_number(FILE *file, double value, const char *end);

struct status plot_write_gain(const struct plot_input *input, const char *name,
                              struct plot_result *result);
struct status plot_write_bars(const struct plot_input *input, const char *name,
                              struct plot_result *result);
struct status plot_write_panels(const struct plot_input *input, const char *name,
                                struct plot_result *result);

#endif
