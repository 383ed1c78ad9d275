/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of a comparison, with names that would break them. Golden files: compare.* of the
 * fixtures; PMDGAIN_UPDATE_GOLDEN=1 writes them anew, to be looked at in git's difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/compare_output.h"
#include "csv/reader.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE "=cmd|\"/x\"\n<script>alert(1)</script>, '`*_[a](b)\xff"

#define HOSTILE_OP "=r|\"e<b>\n`_*"

static struct compare_difference differences[] = {
        { "CPU", true, "A | B", "<i>C</i>" },
        { "kernel", false, "6.1", "6.12" },
};

static struct compare_cell cells[] = {
        {
                .name = { .kind = COMPARE_ARM,
                          .workload = "populate",
                          .op = "munmap",
                          .unit = "ns/MiB",
                          .bytes = 268435456,
                          .threads = 1,
                          .source = "file",
                          .target = HOSTILE,
                          .fs = "ext4",
                          .memmap = "ram",
                          .dax = "yes",
                          .map = "private", .state = "hole", .arm = "pte:nohuge" },
                .base = { .present = true, .value = 1024, .values = 6, .runs = 1, .trials = 6 },
                .new = { .present = true, .value = 1280, .values = 6, .runs = 1, .trials = 6 },
                .ratio = 1.25,
                .lo = 1.1875,
                .hi = 1.3125,
                .p = 0.0009765625,
                .q = 0.00390625,
                .found_lo = 1.125,
                .found_hi = 1.375,
                .verdict = COMPARE_WORSE,
                .beyond = true,
        },
        {
                .name = { .kind = COMPARE_GAIN,
                          .workload = "chase",
                          .op = "read",
                          .unit = "gain",
                          .bytes = 1073741824,
                          .threads = 2,
                          .options = "chains=8",
                          .source = "file",
                          .target = HOSTILE,
                          .fs = "ext4",
                          .memmap = "ram",
                          .dax = "yes",
                          .arm = "pte:nohuge" },
                .base = { .present = true, .value = 1.5, .values = 6, .runs = 1, .trials = 12 },
                .new = { .present = true, .value = 1.5, .values = 6, .runs = 1, .trials = 12 },
                .ratio = 1,
                .lo = 0.984375,
                .hi = 1.015625,
                .p = 1,
                .q = 1,
                .found_lo = NAN,
                .found_hi = NAN,
                .verdict = COMPARE_SAME,
        },
        {
                .name = { .kind = COMPARE_ARM,
                          .workload = "chase",
                          .op = HOSTILE_OP,
                          .unit = "ns/op",
                          .bytes = 4096,
                          .threads = 1,
                          .source = "shmem",
                          .arm = "pmd" },
                .base = { .present = true, .value = 2, .values = 6, .runs = 1, .trials = 6 },
                .new = { .present = true,
                         .value = NAN,
                         .runs = 0,
                         .invalid = 6,
                         .reason = HOSTILE },
                .ratio = NAN,
                .lo = NAN,
                .hi = NAN,
                .p = NAN,
                .q = NAN,
                .found_lo = NAN,
                .found_hi = NAN,
                .verdict = COMPARE_INVALID,
                .beyond = true,
        },
        {
                .name = { .kind = COMPARE_ARM,
                          .workload = "stream",
                          .op = "read",
                          .unit = "GB/s",
                          .bytes = 4096,
                          .threads = 1,
                          .source = "shmem",
                          .arm = "pmd" },
                .base = { .present = true, .value = 16, .values = 4, .runs = 1, .trials = 4 },
                .new = { .present = true, .value = 8, .values = 6, .runs = 1, .trials = 6 },
                .ratio = 2,
                .lo = NAN,
                .hi = NAN,
                .p = NAN,
                .q = NAN,
                .found_lo = NAN,
                .found_hi = NAN,
                .verdict = COMPARE_UNRESOLVED,
        },
        {
                .name = { .kind = COMPARE_ARM,
                          .workload = "stream",
                          .op = "copy",
                          .unit = "GB/s",
                          .bytes = 4096,
                          .threads = 1,
                          .source = "shmem",
                          .arm = "pmd" },
                .base = { .value = NAN },
                .new = { .present = true, .value = 8, .values = 6, .runs = 1, .trials = 6 },
                .ratio = NAN,
                .lo = NAN,
                .hi = NAN,
                .p = NAN,
                .q = NAN,
                .found_lo = NAN,
                .found_hi = NAN,
                .verdict = COMPARE_ONLY_NEW,
        },
};

static const struct comparison comparison = {
        .threshold = 0.0625,
        .base_runs = 1,
        .new_runs = 1,
        .base = "runs/" HOSTILE,
        .new = "runs/new",
        .evidence = "emulated",
        .clock = "time",
        .differences = differences,
        .difference_count = 2,
        .cells = cells,
        .cell_count = sizeof(cells) / sizeof(cells[0]),
        .counts = { [COMPARE_WORSE] = 1,
                    [COMPARE_SAME] = 1,
                    [COMPARE_INVALID] = 1,
                    [COMPARE_UNRESOLVED] = 1,
                    [COMPARE_ONLY_NEW] = 1 },
        .tested = 2,
        .regressions = 2,
        .changes = 2,
        .cut_runs = 1,
};

/* What a format makes of it; the caller frees it. */
static char *written(struct status (*write)(const struct comparison *, FILE *))
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        struct status status;

        assert_non_null(out);
        status = write(&comparison, out);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(strlen(text), size);
        return text;
}

static void golden_is(const char *name, const char *text)
{
        char path[4096], golden[32768] = "";
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", FIXTURES, name);
        if (getenv("PMDGAIN_UPDATE_GOLDEN")) {
                file = fopen(path, "we");
                assert_non_null(file);
                fputs(text, file);
                fclose(file);
        }
        file = fopen(path, "re");
        assert_non_null(file);
        fread(golden, 1, sizeof(golden) - 1, file);
        fclose(file);
        if (strcmp(text, golden) != 0)
                fail_msg("%s is otherwise now:\n%s", name, text);
}

static void text_is_as_it_was(void **state)
{
        char *text = written(compare_write_text);

        golden_is("compare.txt", text);
        free(text);
}

static size_t count_bars(const char *line)
{
        size_t bars = 0;

        for (; *line && *line != '\n'; line++)
                bars += *line == '|';
        return bars;
}

static void markdown_keeps_its_tables(void **state)
{
        char *text = written(compare_write_markdown);
        size_t rows = 0;

        golden_is("compare.md", text);
        assert_null(strstr(text, "<script"));
        for (const char *line = text; line && *line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, "| worse", 7) == 0 || strncmp(line, "| invalid", 9) == 0) {
                        assert_int_equal(count_bars(line), 8);
                        rows++;
                }
        }
        assert_int_equal(rows, 2);
        free(text);
}

static void csv_gives_back_what_was_put_in(void **state)
{
        char *text = written(compare_write_csv);
        struct csv_reader *reader = NULL;
        struct status status = csv_reader_open_memory("made", text, strlen(text), &reader);
        bool more = false;
        size_t rows = 0;

        golden_is("compare.csv", text);
        assert_int_equal(status.code, STATUS_OK);
        for (;; rows++) {
                status = csv_reader_next(reader, &more);
                assert_int_equal(status.code, STATUS_OK);
                if (!more)
                        break;
                assert_string_equal(csv_reader_field(reader, csv_reader_find(reader, "target")),
                                    cells[rows].name.target);
                assert_string_equal(csv_reader_field(reader, csv_reader_find(reader, "op")),
                                    cells[rows].name.op);
        }
        assert_int_equal(rows, comparison.cell_count);
        csv_reader_close(reader);
        free(text);
}

static void json_can_be_read(void **state)
{
        char *text = written(compare_write_json);
        struct json_object *object = json_tokener_parse(text), *list = NULL, *value = NULL;

        golden_is("compare.json", text);
        assert_true(json_object_object_get_ex(object, "cells", &list));
        assert_int_equal(json_object_array_length(list), comparison.cell_count);
        assert_false(
                json_object_object_get_ex(json_object_array_get_idx(list, 2), "ratio", &value));
        assert_true(json_object_object_get_ex(json_object_array_get_idx(list, 0), "ratio", &value));
        assert_true(json_object_get_double(value) == 1.25);
        json_object_put(object);
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_is_as_it_was),
                cmocka_unit_test(markdown_keeps_its_tables),
                cmocka_unit_test(csv_gives_back_what_was_put_in),
                cmocka_unit_test(json_can_be_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
