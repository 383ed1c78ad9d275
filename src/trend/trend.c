/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/trend.h"

#include "report/summary_load.h"
#include "trend/trend_series.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NORMAL_95 1.959964 /* half an interval's width in standard errors, roughly */

static struct status no_memory(void)
{
        return status_errno(ENOMEM, "name fewer runs", "cannot keep what the runs hold");
}

/* The machine that a run is of; a new one when there is none yet. */
static struct status find_machine(struct trend *trend, const struct run_about *run,
                                  struct trend_machine **ret_machine)
{
        struct trend_machine *machines = trend->machines;

        for (size_t i = 0; i < trend->machine_count; i++) {
                if (run_same_machine(machines[i].runs[0], run)) {
                        *ret_machine = &machines[i];
                        return status_ok();
                }
        }
        machines = realloc(machines, (trend->machine_count + 1) * sizeof(*machines));
        if (!machines)
                return no_memory();
        trend->machines = machines;
        *ret_machine = &machines[trend->machine_count];
        **ret_machine = (struct trend_machine){ 0 };
        (*ret_machine)->runs = calloc(trend->runs.count, sizeof(*(*ret_machine)->runs));
        if (!(*ret_machine)->runs)
                return no_memory();
        run_machine_name(run, (*ret_machine)->name, sizeof((*ret_machine)->name));
        (*ret_machine)->emulated = strcmp(run->evidence, "emulated") == 0;
        trend->machine_count++;
        return status_ok();
}

static struct status add_run(struct trend *trend, const struct run_about *run,
                             const struct summary *summary)
{
        struct trend_machine *machine = NULL;
        struct status status;

        TRY(find_machine(trend, run, &machine));
        machine->runs[machine->run_count] = run;
        status = trend_add_rows(machine, machine->run_count, summary);
        if (!status_failed(&status))
                machine->run_count++;
        else if (!machine->run_count)
                trend_machine_free(&trend->machines[--trend->machine_count]);
        return status;
}

/* A run that cannot be used is left out, and told. */
static struct status read_runs(struct trend *trend)
{
        size_t i = 0;

        while (i < trend->runs.count) {
                const struct run_about *run = trend->runs.runs[i];
                struct summary *summary = NULL;
                struct status status = summary_load(run->dir, &summary);

                if (!status_failed(&status)) {
                        status = add_run(trend, run, summary);
                        summary_free(summary);
                        if (status.code == STATUS_SYSTEM)
                                return status;
                }
                if (status_failed(&status))
                        TRY(runs_reject(&trend->runs, i, &status));
                else
                        i++;
        }
        return status_ok();
}

static bool same_work(const struct summary_row *left, const struct summary_row *right)
{
        return strcmp(left->workload, right->workload) == 0 && strcmp(left->op, right->op) == 0 &&
               strcmp(left->source, right->source) == 0 && strcmp(left->target, right->target) == 0;
}

/* A size that one long run had must not stand for a workload that was measured otherwise. */
static void leave_out_rare(struct trend_machine *machine)
{
        struct summary_row *rows = machine->cells.rows;

        for (size_t i = 0; i < machine->series_count; i++) {
                struct trend_cell *cell = &machine->series[i];
                size_t most = 0;

                rows[cell->row].gain = NAN;
                for (size_t k = 0; k < machine->series_count; k++) {
                        const struct trend_cell *other = &machine->series[k];

                        if (other->measured > most && same_work(&rows[cell->row], &rows[other->row]))
                                most = other->measured;
                }
                for (size_t k = cell->count; k-- > 0 && 2 * cell->measured >= most && most;) {
                        rows[cell->row].gain = cell->points[k].gain;
                        if (isfinite(cell->points[k].gain))
                                break;
                }
        }
}

static struct status choose_panels(struct trend_machine *machine, size_t *panels)
{
        struct trend_cell **by_row;

        leave_out_rare(machine);
        TRY(view_make(&machine->cells, &machine->view));
        machine->order = calloc(machine->series_count + 1, sizeof(*machine->order));
        by_row = calloc(machine->series_count + 1, sizeof(struct trend_cell *));
        if (!machine->order || !by_row) {
                free(by_row);
                return no_memory();
        }
        for (size_t i = 0; i < machine->series_count; i++)
                by_row[machine->series[i].row] = &machine->series[i];
        for (size_t i = 0; i < machine->series_count; i++) {
                const struct summary_row *row = machine->view.rows[i];

                machine->order[i] = by_row[row - machine->cells.rows];
                machine->order[i]->headline =
                        machine->order[i]->measured && view_is_headline(&machine->view, row);
                *panels += machine->order[i]->headline;
        }
        free(by_row);
        return status_ok();
}

/* Half the interval in logarithms is some two standard errors. */
static double standard_error(const struct trend_point *point)
{
        return isfinite(point->lo) && isfinite(point->hi)
                       ? log(point->hi / point->lo) / (2 * NORMAL_95)
                       : (double)NAN;
}

static struct status find_changes(struct trend_cell *cell, double alpha, double least)
{
        double *values = calloc(2 * cell->measured, sizeof(*values));
        struct status status = no_memory();
        struct change_input input = { .values = values,
                                      .errors = values + cell->measured,
                                      .count = cell->measured,
                                      .alpha = alpha,
                                      .least = log1p(least),
                                      .seed = 1 };
        size_t at = 0;

        cell->places = calloc(cell->measured, sizeof(*cell->places));
        for (size_t i = 0; values && cell->places && i < cell->count; i++) {
                if (!isfinite(cell->points[i].gain))
                        continue;
                cell->places[at] = i;
                values[at] = log(cell->points[i].gain);
                values[cell->measured + at++] = standard_error(&cell->points[i]);
        }
        if (values && cell->places)
                status = change_find(&input, &cell->parts);
        free(values);
        return status;
}

static int compare_machines(const void *left_machine, const void *right_machine)
{
        const struct trend_machine *left = left_machine, *right = right_machine;
        int64_t a = left->runs[left->run_count - 1]->started;
        int64_t b = right->runs[right->run_count - 1]->started;

        return a != b ? (a < b) - (a > b) : strcmp(left->name, right->name);
}

static struct status fill(struct trend *trend, const struct trend_request *request)
{
        TRY(runs_find(request->dirs, request->dir_count, &trend->runs));
        TRY(read_runs(trend));
        if (!trend->runs.count)
                return trend->runs.faults[0].status;
        qsort(trend->machines, trend->machine_count, sizeof(*trend->machines), compare_machines);
        for (size_t i = 0; i < trend->machine_count; i++)
                TRY(choose_panels(&trend->machines[i], &trend->panels));
        for (size_t i = 0; i < trend->machine_count; i++) {
                struct trend_machine *machine = &trend->machines[i];

                for (size_t k = 0; k < machine->series_count; k++) {
                        if (!machine->series[k].headline)
                                continue;
                        TRY(find_changes(&machine->series[k],
                                         trend->alpha / (double)trend->panels, trend->least));
                        trend->changes += machine->series[k].parts.count - 1;
                }
        }
        return status_ok();
}

struct status trend_make(const struct trend_request *request, struct trend **ret_trend)
{
        struct trend *trend = calloc(1, sizeof(*trend));
        struct status status;

        if (!trend)
                return no_memory();
        trend->alpha = request->alpha;
        trend->least = request->least;
        status = fill(trend, request);
        if (status_failed(&status))
                trend_free(trend);
        else
                *ret_trend = trend;
        return status;
}

void trend_free(struct trend *trend)
{
        if (!trend)
                return;
        for (size_t i = 0; i < trend->machine_count; i++)
                trend_machine_free(&trend->machines[i]);
        free(trend->machines);
        runs_free(&trend->runs);
        free(trend);
}

const struct summary_row *trend_row(const struct trend_machine *machine,
                                    const struct trend_cell *cell)
{
        return &machine->cells.rows[cell->row];
}

char *trend_label(const struct trend_machine *machine, const struct trend_cell *cell, char *text,
                  size_t text_size)
{
        return view_label(&machine->view, trend_row(machine, cell), LABEL_ALL, " · ", text,
                          text_size);
}

static const struct run_about *run_of(const struct trend_machine *machine,
                                      const struct trend_cell *cell, size_t place)
{
        return machine->runs[cell->points[cell->places[place]].run];
}

const struct run_about *trend_run_after(const struct trend_machine *machine,
                                        const struct trend_cell *cell, size_t index)
{
        return run_of(machine, cell, cell->parts.parts[index].first);
}

const struct run_about *trend_run_before(const struct trend_machine *machine,
                                         const struct trend_cell *cell, size_t index)
{
        return run_of(machine, cell, cell->parts.parts[index].first - 1);
}

double trend_step(const struct trend_cell *cell, size_t index)
{
        return exp(cell->parts.parts[index].level.value - cell->parts.parts[index - 1].level.value);
}

char *trend_date(const struct run_about *run, bool time_too, char *text, size_t text_size)
{
        time_t started = (time_t)run->started;
        struct tm tm;

        gmtime_r(&started, &tm);
        strftime(text, text_size, time_too ? "%Y-%m-%d %H:%M" : "%Y-%m-%d", &tm);
        return text;
}
