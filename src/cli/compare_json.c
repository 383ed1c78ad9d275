/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_output.h"
#include "cli/compare_words.h"
#include "sys/json_fields.h"

#include <math.h>

static void set_real(struct json_object *object, const char *key, double value)
{
        if (isfinite(value))
                json_object_object_add(object, key, json_object_new_double(value));
}

static void set_interval(struct json_object *object, const char *key, double lo, double hi)
{
        struct json_object *list;

        if (!isfinite(lo) || !isfinite(hi))
                return;
        list = json_set_array(object, key);
        json_object_array_add(list, json_object_new_double(lo));
        json_object_array_add(list, json_object_new_double(hi));
}

static void set_side(struct json_object *object, const char *key, const struct compare_side *side)
{
        struct json_object *to;

        if (!side->present)
                return;
        to = json_set_object(object, key);
        set_real(to, "value", side->value);
        json_set_number(to, "values", side->values);
        json_set_number(to, "runs", side->runs);
        json_set_number(to, "trials", side->trials);
        json_set_number(to, "invalid", side->invalid);
        json_set_number(to, "skipped", side->skipped);
        json_set_text_known(to, "reason", side->reason);
}

static void set_name(struct json_object *object, const struct compare_name *name)
{
        json_set_text(object, "kind", name->kind == COMPARE_GAIN ? "gain" : "arm");
        json_set_text(object, "workload", name->workload);
        json_set_text(object, "op", name->op);
        json_set_number(object, "bytes", name->bytes);
        json_set_number(object, "threads", name->threads);
        json_set_text_known(object, "options", name->options);
        json_set_text(object, "source", name->source);
        json_set_text_known(object, "target", name->target);
        json_set_text_known(object, "fs", name->fs);
        json_set_text_known(object, "memmap", name->memmap);
        json_set_text_known(object, "dax", name->dax);
        json_set_text_known(object, "map", name->map);
        json_set_text_known(object, "file_state", name->state);
        json_set_text(object, "arm", name->arm);
        json_set_text(object, "unit", name->unit);
}

static void add_cell(struct json_object *list, const struct compare_cell *cell)
{
        struct json_object *object = json_add_object(list);

        json_set_text(object, "verdict", compare_verdict_name(cell->verdict));
        json_set_bool(object, "beyond", cell->beyond);
        set_name(object, &cell->name);
        set_side(object, "base", &cell->base);
        set_side(object, "new", &cell->new);
        set_real(object, "ratio", cell->ratio);
        set_interval(object, "interval", cell->lo, cell->hi);
        set_real(object, "p", cell->p);
        set_real(object, "q", cell->q);
        set_interval(object, "found_interval", cell->found_lo, cell->found_hi);
}

static void add_differences(struct json_object *object, const struct comparison *comparison)
{
        struct json_object *list = json_set_array(object, "differences");

        for (size_t i = 0; i < comparison->difference_count; i++) {
                const struct compare_difference *difference = &comparison->differences[i];
                struct json_object *one = json_add_object(list);

                json_set_text(one, "what", difference->what);
                json_set_bool(one, "unsound", difference->unsound);
                json_set_text(one, "base", difference->base);
                json_set_text(one, "new", difference->new);
        }
}

static void add_head(struct json_object *object, const struct comparison *comparison)
{
        char text[COMPARE_WORDS_MAX];
        struct json_object *counts, *notes;

        add_differences(object, comparison);
        json_set_text(object, "base", comparison->base);
        json_set_number(object, "base_runs", comparison->base_runs);
        json_set_text(object, "new", comparison->new);
        json_set_number(object, "new_runs", comparison->new_runs);
        json_set_text(object, "evidence", comparison->evidence);
        json_set_text(object, "clock", comparison->clock);
        json_set_text(object, "values_are", comparison->pooled ? "runs" : "blocks");
        set_real(object, "threshold", comparison->threshold);
        set_real(object, "false_discovery_rate", COMPARE_RATE);
        notes = json_set_array(object, "notes");
        for (size_t i = 0; compare_note(comparison, i, text, sizeof(text)); i++)
                json_add_text(notes, text);
        counts = json_set_object(object, "counts");
        for (size_t i = 0; i < COMPARE_VERDICTS; i++)
                json_set_number(counts, compare_verdict_name((enum compare_verdict)i),
                                comparison->counts[i]);
        json_set_number(object, "tested", comparison->tested);
        json_set_number(object, "regressions", comparison->regressions);
        json_set_number(object, "changes", comparison->changes);
}

struct status compare_write_json(const struct comparison *comparison, FILE *out)
{
        struct json_object *object = json_object_new_object();
        struct json_object *cells;

        add_head(object, comparison);
        cells = json_set_array(object, "cells");
        for (size_t i = 0; i < comparison->cell_count; i++)
                add_cell(cells, &comparison->cells[i]);
        fprintf(out, "%s\n",
                json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
        return status_ok();
}
