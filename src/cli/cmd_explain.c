/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain explain: for each chunk of a file or device, PMD or not, and the first thing in the way.
 */
#include "cli/cli.h"
#include "cli/explain_json.h"
#include "cli/explain_map.h"
#include "cli/explain_prove.h"
#include "cli/explain_target.h"
#include "cli/explain_text.h"

#include <inttypes.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
        { "map", 0, NULL, "draw every chunk" },
        { "json", 0, NULL, "print JSON" },
        { "prove", 0, NULL, "map it to be read, and see whether the kernel does as predicted" },
        { "offset", 0, "SIZE", "where in the file the mapping begins" },
        { "length", 0, "SIZE", "length of the mapping (default: to the end)" },
        { "address", 0, "ADDRESS", "virtual address (default: one that fits the offset)" },
        { "private", 0, NULL, "mapped MAP_PRIVATE" },
        { "write", 0, NULL, "to be written, not only read" },
        { "nohuge", 0, NULL, "with madvise(MADV_NOHUGEPAGE)" },
        { NULL },
};

struct request {
        bool map, json, prove, is_private, write, nohuge;
        struct count offset, bytes, address;
};

static struct status address_parse(const char *text, struct count *ret_address)
{
        unsigned long long value;
        char *end;

        errno = 0;
        value = strtoull(text, &end, 0);
        if (end == text || *end || errno || *text == '-')
                return status_make(STATUS_USAGE, "write it as 0x7f0000200000",
                                   "'%s' is not an address", text);
        *ret_address = count_of(value);
        return status_ok();
}

static struct status bytes_parse(const char *text, struct count *ret_bytes)
{
        uint64_t bytes;

        TRY(size_parse(text, &bytes));
        *ret_bytes = count_of(bytes);
        return status_ok();
}

static struct status take(void *context, const struct cli_option *option, const char *value)
{
        struct request *request = context;
        const struct {
                const char *name;
                bool *flag;
                struct count *number;
        } fields[] = {
                { "map", &request->map, NULL },       { "json", &request->json, NULL },
                { "prove", &request->prove, NULL },   { "private", &request->is_private, NULL },
                { "write", &request->write, NULL },   { "nohuge", &request->nohuge, NULL },
                { "offset", NULL, &request->offset }, { "length", NULL, &request->bytes },
        };

        if (strcmp(option->name, "address") == 0)
                return address_parse(value, &request->address);
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
                if (strcmp(option->name, fields[i].name) != 0)
                        continue;
                if (fields[i].number)
                        return bytes_parse(value, fields[i].number);
                *fields[i].flag = true;
        }
        return status_ok();
}

static struct status intent_check(const struct request *request,
                                  const struct explain_target *target)
{
        uint64_t page = target->place.page_bytes;
        bool any = request->offset.known || request->bytes.known || request->address.known ||
                   request->is_private || request->write || request->nohuge;

        if (target->place.kind == EXPLAIN_BLOCK && any)
                return status_make(STATUS_USAGE, "name a file on it",
                                   "%s is explained for files on it, not for a mapping",
                                   target->path);
        if (request->offset.value % page || request->address.value % page)
                return status_make(STATUS_USAGE, "give a multiple of the page size",
                                   "--offset and --address are multiples of %zu", (size_t)page);
        if (request->offset.known && request->offset.value >= target->place.bytes)
                return status_make(STATUS_USAGE, "give a smaller --offset",
                                   "%s ends before the mapping begins", target->path);
        if (request->bytes.known && !request->bytes.value)
                return status_make(STATUS_USAGE, "give a --length above 0",
                                   "a mapping of no bytes cannot be");
        return status_ok();
}

static struct explain_intent intent_of(const struct request *request,
                                       const struct explain_target *target)
{
        struct explain_intent intent = explain_target_intent(target);
        uint64_t page = target->place.page_bytes;

        intent.offset = request->offset.value;
        intent.bytes = target->place.bytes - intent.offset;
        if (request->bytes.known && request->bytes.value < intent.bytes)
                intent.bytes = (request->bytes.value + page - 1) / page * page;
        if (intent.bytes > target->place.bytes - intent.offset)
                intent.bytes = target->place.bytes - intent.offset;
        intent.address = request->address;
        intent.is_private = request->is_private;
        intent.write = request->write;
        intent.nohuge = request->nohuge;
        return intent;
}

/* Where the runs of a walk go. */
struct sinks {
        struct explain_totals totals;
        struct explain_map *map;
        bool json, any;
        struct explain_prover *prover;
};

static void run_take(void *context, const struct explain_run *run)
{
        struct sinks *sinks = context;

        explain_totals_add(&sinks->totals, run);
        if (sinks->map)
                explain_map_add(sinks->map, run);
        if (sinks->json)
                explain_json_run(run, &sinks->any, stdout);
        if (sinks->prover)
                explain_prover_add(sinks->prover, run);
}

/* One partition of a disk: its totals, as text or into `json`. */
struct partition_sink {
        struct json_object *json; /* NULL: text */
        bool any;
};

static void partition_take(void *context, const struct explain_target *partition)
{
        struct explain_intent intent = explain_target_intent(partition);
        struct partition_sink *sink = context;
        struct explain_totals totals = { 0 };

        explain_target_walk(partition, &intent, explain_totals_add, &totals);
        if (!sink->json && !sink->any)
                printf("\npartitions:\n");
        sink->any = true;
        if (sink->json)
                explain_json_partition(sink->json, partition, &totals);
        else
                explain_print_partition(partition, &totals, stdout);
}

static struct status finish(const struct request *request, const struct explain_target *target,
                            const struct explain_intent *intent, const struct sinks *sinks)
{
        const struct explain_proof *proof =
                sinks->prover ? explain_prover_proof(sinks->prover) : NULL;
        struct partition_sink partitions = { 0 };
        struct sys_root root = sys_root_real();

        if (request->json)
                partitions.json = json_object_new_array();
        else
                explain_print_totals(target, &sinks->totals, request->map, stdout);
        TRY(explain_target_partitions(&root, target, partition_take, &partitions));
        if (request->json) {
                explain_json_end(target, intent, &sinks->totals, proof, partitions.json, stdout);
        } else {
                if (proof)
                        explain_print_proof(proof, stdout);
                explain_print_notes(target, &sinks->totals, proof, stdout);
        }
        if (proof && proof->disagreed)
                return status_make(STATUS_INVALID, NULL,
                                   "the kernel did otherwise on %" PRIu64 " of %" PRIu64
                                   " chunks",
                                   proof->disagreed, proof->agreed + proof->disagreed);
        return status_ok();
}

static struct status explain(const struct request *request, const struct explain_target *target)
{
        struct explain_map map;
        struct explain_intent intent;
        struct sinks sinks = { .json = request->json };
        struct status status;

        TRY(intent_check(request, target));
        intent = intent_of(request, target);
        if (request->prove && intent.bytes)
                TRY(explain_prover_open(target, &intent, &sinks.prover));
        if (request->json)
                explain_json_begin(stdout);
        else
                explain_print_head(target, &intent, stdout);
        if (request->map && !request->json) {
                explain_map_begin(&map, intent.offset, target->place.pmd_bytes, stdout);
                sinks.map = &map;
        }
        status = explain_target_walk(target, &intent, run_take, &sinks);
        if (sinks.map) {
                explain_map_end(&map);
                printf("\n");
        }
        if (!status_failed(&status))
                status = finish(request, target, &intent, &sinks);
        explain_prover_close(sinks.prover);
        return status;
}

static enum exit_code explain_main(int argc, char **argv)
{
        struct sys_root root = sys_root_real();
        struct explain_target target;
        struct request request = { 0 };
        int first = argc;
        bool help;
        struct status status =
                cli_parse(&command_explain, argc, argv, take, &request, &first, &help);

        if (!status_failed(&status) && help) {
                cli_help(&command_explain, stdout);
                return EXIT_DONE;
        }
        if (!status_failed(&status) && argc - first != 1)
                status = status_make(STATUS_USAGE, "write pmdgain explain PATH",
                                     "explain takes one file or device");
        if (!status_failed(&status))
                status = explain_target_open(&root, argv[first], &target);
        if (!status_failed(&status)) {
                status = explain(&request, &target);
                explain_target_close(&target);
        }
        return status_failed(&status) ? cli_fail("explain", &status) : EXIT_DONE;
}

const struct cli_command command_explain = {
        .name = "explain",
        .summary = "Tells for each PMD-sized part of a file or DAX device what keeps it from a PMD",
        .arguments = "FILE|/dev/daxX.Y|/dev/pmemX",
        .options = options,
        .main = explain_main,
};
