/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_json.h"

#include "sys/json_fields.h"
#include "sys/nvdimm.h"

static const char *compact(struct json_object *object)
{
        return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE);
}

void explain_json_begin(FILE *out)
{
        fputs("{\"runs\":[", out);
}

void explain_json_run(const struct explain_run *run, bool *any, FILE *out)
{
        struct json_object *object = json_object_new_object();

        json_set_number(object, "offset", run->offset);
        json_set_number(object, "bytes", run->bytes);
        json_set_number(object, "chunks", run->chunks);
        json_set_text(object, "cause", explain_cause_name(run->cause));
        json_set_text(object, "mapped_by", explain_outcome_name(run->outcome));
        json_set_number(object, "past_boundary_bytes", run->past);
        fprintf(out, "%s\n%s", *any ? "," : "", compact(object));
        json_object_put(object);
        *any = true;
}

static void set_place(struct json_object *object, const struct explain_target *target)
{
        static const char *const kinds[] = {
                [EXPLAIN_FILE] = "file",
                [EXPLAIN_DEVDAX] = "devdax",
                [EXPLAIN_BLOCK] = "block",
        };
        const struct explain_place *place = &target->place;
        const struct explain_about *about = &target->about;

        json_set_text(object, "target", target->path);
        json_set_text(object, "kind", kinds[place->kind]);
        json_set_number(object, "bytes", place->bytes);
        json_set_text_known(object, "fs", about->fs);
        json_set_text_known(object, "mount", target->mount);
        if (place->kind != EXPLAIN_DEVDAX && place->dax >= 0)
                json_set_bool(object, "dax", place->dax == 1);
        json_set_text_known(object, "device", about->device);
        json_set_text_known(object, "disk", about->disk);
        json_set_text_known(object, "namespace", about->namespace_name);
        json_set_text_known(object, "mode", about->mode);
        json_set_text_known(object, "memmap", nvdimm_memmap_word(place->memmap));
        json_set_count(object, "align_bytes", target->align);
        json_set_count(object, "data_start", target->data_start);
        json_set_number(object, "partition_start_bytes", place->partition_start);
        if (place->base.known)
                json_set_number(object, "past_boundary_bytes",
                                (place->base.value + place->partition_start) % place->pmd_bytes);
        json_set_number(object, "page_bytes", place->page_bytes);
        json_set_number(object, "pmd_bytes", place->pmd_bytes);
}

static void set_intent(struct json_object *object, const struct explain_intent *intent)
{
        json_set_number(object, "offset", intent->offset);
        json_set_number(object, "bytes", intent->bytes);
        json_set_count(object, "address", intent->address);
        json_set_bool(object, "private", intent->is_private);
        json_set_bool(object, "write", intent->write);
        json_set_bool(object, "nohuge", intent->nohuge);
        json_set_bool(object, "thp_disabled", intent->thp_disabled);
}

static void set_totals(struct json_object *object, const struct explain_target *target,
                       const struct explain_totals *totals)
{
        struct json_object *by = json_set_object(object, "chunks_mapped_by");
        struct json_object *causes;
        char text[EXPLAIN_TEXT_MAX];

        json_set_number(object, "chunks", totals->chunks);
        for (enum explain_outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
                json_set_number(by, explain_outcome_name(outcome),
                                explain_totals_of(totals, outcome));
        causes = json_set_array(object, "causes");
        for (size_t i = 0; i < (size_t)CAUSE_COUNT * OUTCOME_COUNT; i++) {
                enum explain_cause cause = (enum explain_cause)(i / OUTCOME_COUNT);
                enum explain_outcome outcome = (enum explain_outcome)(i % OUTCOME_COUNT);
                const struct explain_line *line = &totals->lines[cause][outcome];
                struct json_object *one;

                if (!line->chunks)
                        continue;
                one = json_add_object(causes);
                json_set_text(one, "cause", explain_cause_name(cause));
                json_set_text(one, "mapped_by", explain_outcome_name(outcome));
                json_set_number(one, "chunks", line->chunks);
                json_set_number(one, "bytes", line->bytes);
                json_set_text(one, "words",
                              explain_cause_words(&target->place, cause, line, text, sizeof(text)));
                json_set_text_known(
                        one, "fix",
                        explain_fix(&target->place, &target->about, cause, text, sizeof(text)));
        }
}

static void set_proof(struct json_object *object, const struct explain_proof *proof)
{
        struct json_object *list;

        json_set_bool(object, "by_pagemap", proof->by_pagemap);
        json_set_bool(object, "by_faults", proof->by_faults);
        json_set_bool(object, "by_tables", proof->by_tables);
        json_set_bool(object, "by_smaps", proof->by_smaps);
        json_set_number(object, "agreed", proof->agreed);
        json_set_number(object, "disagreed", proof->disagreed);
        json_set_number(object, "untold", proof->untold);
        json_set_number(object, "left_alone", proof->left_alone);
        list = json_set_object(object, "not_predicted");
        for (enum explain_seen seen = 0; seen < SEEN_COUNT; seen++)
                if (proof->open[seen])
                        json_set_number(list, explain_seen_name(seen), proof->open[seen]);
        list = json_set_array(object, "disagreements");
        for (uint64_t i = 0; i < proof->mismatches; i++) {
                struct json_object *one = json_add_object(list);

                json_set_number(one, "offset", proof->mismatch[i].offset);
                json_set_text(one, "predicted", explain_outcome_name(proof->mismatch[i].predicted));
                json_set_text(one, "seen", explain_seen_name(proof->mismatch[i].seen));
        }
}

void explain_json_end(const struct explain_target *target, const struct explain_intent *intent,
                      const struct explain_totals *totals, const struct explain_proof *proof,
                      struct json_object *partitions, FILE *out)
{
        struct json_object *object = json_object_new_object();

        set_place(object, target);
        if (target->place.kind != EXPLAIN_BLOCK)
                set_intent(json_set_object(object, "mapping"), intent);
        set_totals(object, target, totals);
        if (proof)
                set_proof(json_set_object(object, "proof"), proof);
        if (partitions)
                json_object_object_add(object, "partitions", partitions);
        /* The rest of the object that explain_json_begin() opened. */
        fprintf(out, "\n],\n%s\n", compact(object) + 1);
        json_object_put(object);
}

void explain_json_partition(struct json_object *partitions, const struct explain_target *partition,
                            const struct explain_totals *totals)
{
        struct json_object *object = json_add_object(partitions);

        set_place(object, partition);
        set_totals(object, partition, totals);
}
