/* SPDX-License-Identifier: Apache-2.0 */
/* Bencher Metric Format: https://bencher.dev/docs/reference/bencher-metric-format/ */
#include "trend/page.h"

#include "report/html.h"
#include "report/text.h"
#include "trend/output.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>

/* Of a name, so that the longest key fits; Bencher takes up to 1,024 bytes. */
#define NAME_CHARACTERS 250

static void add_number(struct json_object *object, const char *name, double value)
{
        char text[32];

        if (!isfinite(value))
                return;
        snprintf(text, sizeof(text), "%.6g", value);
        json_object_object_add(object, name, json_object_new_double_s(value, text));
}

static void add_cell(struct json_object *all, const struct trend_cell *cell,
                     const struct trend_point *point)
{
        struct json_object *benchmark = json_object_new_object();
        struct json_object *measure = json_object_new_object();
        char name[4 * NAME_CHARACTERS + 8];

        add_number(measure, "value", point->gain);
        add_number(measure, "lower_value", point->lo);
        add_number(measure, "upper_value", point->hi);
        json_object_object_add(benchmark, "gain", measure);
        text_line(cell->key, NAME_CHARACTERS, name, sizeof(name));
        json_object_object_add(all, name, benchmark);
}

static struct status write_all(struct json_object *all, const char *path)
{
        const char *text = json_object_to_json_string_ext(
                all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
        struct html_file file;
        struct output output;

        if (!text)
                return status_errno(ENOMEM, NULL, "cannot write %s", path);
        TRY(output_split(path, &output));
        TRY(html_file_open(output.dir, output.name, &file));
        fprintf(file.html.out, "%s\n", text);
        return html_file_close(&file);
}

struct status trend_bmf_write(const struct trend *trend, const char *path)
{
        const struct trend_machine *machine = &trend->machines[0];
        struct json_object *all;
        struct status status;

        if (trend->machine_count > 1)
                return status_make(STATUS_USAGE, "name the runs of one: Bencher's testbed",
                                   "--bmf takes one machine, and these runs are of %zu",
                                   trend->machine_count);
        all = json_object_new_object();
        if (!all)
                return status_errno(ENOMEM, NULL, "cannot write %s", path);
        for (size_t i = 0; i < machine->series_count; i++) {
                const struct trend_cell *cell = machine->order[i];
                const struct trend_point *newest = &cell->points[cell->count - 1];

                if (newest->run + 1 == machine->run_count && isfinite(newest->gain))
                        add_cell(all, cell, newest);
        }
        status = write_all(all, path);
        json_object_put(all);
        return status;
}
