/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of samples.csv, over a made-up workload, source and counter set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "csv/reader.h"
#include "csv/samples.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/workload.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two counter sets that share a column; what the writer sees of a selection. */
struct counter_selection {
        size_t sets;
};

static const struct counter_column basic_columns[] = { { .name = "cycles" },
                                                       { .name = "instructions" },
                                                       { 0 } };
static const struct counter_column walk_columns[] = { { .name = "walks" },
                                                      { .name = "cycles" },
                                                      { 0 } };
static const struct counter_set sets[] = { { .name = "basic", .columns = basic_columns },
                                           { .name = "walk", .columns = walk_columns } };

size_t counter_selection_sets(const struct counter_selection *selection)
{
        return selection->sets;
}

const struct counter_set *counter_selection_set(const struct counter_selection *selection,
                                                size_t index)
{
        return &sets[index];
}

static const char *const isas[] = { "avx2", "avx512", NULL };
static const struct option_row chase_options[] = {
        { .name = "chains", .type = OPTION_COUNT },
        { .name = "stride", .column = "stride_bytes", .type = OPTION_SIZE },
        { 0 }
};
static const struct option_row stream_options[] = {
        { .name = "isa", .type = OPTION_CHOICE, .choices = isas },
        { .name = "chains", .type = OPTION_COUNT },
        { 0 },
};
static const struct workload_op ops[] = { { .name = "read", .unit = UNIT_NS_PER_OP },
                                          { .name = "copy", .unit = UNIT_GB_PER_S } };
static const struct workload chase = { .name = "chase", .ops = ops, .options = chase_options };
static const struct workload stream = { .name = "stream", .ops = ops, .options = stream_options };
static const struct workload bare = { .name = "bare", .ops = ops };
static const struct source_class class = { .name = "file", .traits = SOURCE_TWINS };
static const struct source_class device = { .name = "devdax" };
static const struct source_class memory = { .name = "anon", .traits = SOURCE_NO_MODES };

static const struct cell cells[] = {
        { .source = &class,
          .target = "/mnt/a \"b\",\nc",
          .arm = { GRAIN_PTE, LEVER_NOHUGE },
          .arm_source = &device,
          .arm_target = "/dev/dax1.0",
          .shift = MIB,
          .map = MAP_MODE_SYNC,
          .state = FILE_SPARSE,
          .workload = &chase,
          .op = &ops[0],
          .bytes = 4096,
          .threads = 2,
          .options = { { .count = 3 }, { .count = 64 } } },
        { .source = &memory,
          .target = "",
          .arm = { GRAIN_PMD, LEVER_ALIGNED },
          .workload = &stream,
          .op = &ops[1],
          .bytes = 8192,
          .threads = 1,
          .options = { { .count = 1 }, { .count = 5 } } },
        { .source = &memory,
          .target = NULL,
          .map = MAP_MODE_PRIVATE,
          .state = FILE_UNWRITTEN,
          .workload = &bare,
          .op = &ops[0],
          .arm = { GRAIN_AUTO, LEVER_ALIGNED } },
};

static const struct source source = {
        .class = &class, .fs = "xfs", .memmap = MEMMAP_PMEM, .dax = 1
};

static const struct sample whole = {
        .cell = 7,
        .block = 1,
        .trial = 2,
        .sample = 3,
        .ops = { true, 1000 },
        .time_ns = { true, 5000 },
        .run_minflt = { true, 0 },
        .switches = { true, 4 },
        .waited_ns = { true, 1200 },
        .proof = { .proven = GRAIN_MIXED,
                   .pmd_fraction = 0.123456789,
                   .zero_fraction = 0.25,
                   .methods = "pagemap+vmpte",
                   .minflt = { true, 9 },
                   .page_table_bytes = { true, 0 } },
        .after = { .proven = GRAIN_PTE, .pmd_fraction = 0, .methods = "pagemap" },
        .counters = { { .values = { { true, 11 }, { false, 0 } },
                        .enabled_ns = { true, 100 },
                        .running_ns = { true, 50 } },
                      { .values = { { true, 0 }, { true, 12 } } } },
};

static char dir[32], path[64];

static int make_dir(void **state)
{
        strcpy(dir, "/tmp/test_samples_XXXXXX");
        assert_non_null(mkdtemp(dir));
        snprintf(path, sizeof(path), "%s/samples.csv", dir);
        return 0;
}

static int remove_dir(void **state)
{
        unlink(path);
        return rmdir(dir);
}

static size_t read_file(char *text, size_t size)
{
        FILE *file = fopen(path, "r");
        size_t length;

        assert_non_null(file);
        length = fread(text, 1, size - 1, file);
        text[length] = '\0';
        fclose(file);
        return length;
}

static void the_header_and_rows_are_as_agreed(void **state)
{
        struct counter_selection selection = { 2 };
        struct samples_writer *writer;
        struct sample skipped = { .block = 4, .status = STATUS_SKIP, .reason = "no, \"not\" here" };
        char text[4096];

        assert_int_equal(samples_writer_open(dir, cells, 3, &selection, &writer).code, STATUS_OK);
        assert_int_equal(samples_writer_append(writer, &cells[0], &source, &whole).code, STATUS_OK);
        assert_int_equal(samples_writer_append(writer, &cells[1], NULL, &skipped).code, STATUS_OK);
        assert_int_equal(samples_writer_append(writer, &cells[2], NULL, &skipped).code, STATUS_OK);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
        read_file(text, sizeof(text));
        assert_string_equal(
                text,
                "block,trial,sample,cell,workload,op,unit,bytes,threads,opt_chains,opt_stride_bytes,"
                "opt_isa,source,target,fs,memmap,dax,map,file_state,lever,asked,arm_target,"
                "shift_bytes,proven,pmd_fraction,zero_fraction,proof,ops,time_ns,minflt,majflt,"
                "run_minflt,switches,waited_ns,migrations,"
                "page_table_bytes,pmd_fraction_after,ctr_cycles,ctr_instructions,"
                "ctr_basic_enabled_ns,ctr_basic_running_ns,ctr_walks,ctr_walk_cycles,"
                "ctr_walk_enabled_ns,ctr_walk_running_ns,status,reason\n"
                "1,2,3,7,chase,read,ns/op,4096,2,3,64,,file,\"/mnt/a \"\"b\"\",\nc\",xfs,pmem,yes,"
                "sync,sparse,nohuge,pte,devdax:/dev/dax1.0,1048576,mixed,0.123456789,0.25,pagemap+vmpte,1000,5000,9,,0,4,1200,,0,0,11,,100,50,0,12,,,ok,\n"
                "4,0,0,0,stream,copy,GB/s,8192,1,5,,avx512,anon,,,,,,,aligned,pmd,,,,,,,,,,,,,,,,,,,,,,,,,"
                "skip,\"no, \"\"not\"\" here\"\n"
                "4,0,0,0,bare,read,ns/op,0,0,,,,anon,,,,,private,unwritten,aligned,auto,,,,,,,,,,,,,,,,,,,,,,,,,"
                "skip,\"no, \"\"not\"\" here\"\n");
}

static void every_row_is_on_disk_at_once(void **state)
{
        struct samples_writer *writer;
        char text[4096];
        size_t before, after;

        assert_int_equal(samples_writer_open(dir, cells, 1, NULL, &writer).code, STATUS_OK);
        before = read_file(text, sizeof(text));
        assert_int_equal(text[before - 1], '\n');
        assert_int_equal(samples_writer_append(writer, &cells[0], &source, &whole).code, STATUS_OK);
        after = read_file(text, sizeof(text));
        assert_true(after > before);
        assert_int_equal(text[after - 1], '\n');
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
}

static void a_second_run_into_the_folder_is_refused(void **state)
{
        struct samples_writer *writer, *other = NULL;
        struct status status;
        char before[4096], after[4096];

        assert_int_equal(samples_writer_open(dir, cells, 1, NULL, &writer).code, STATUS_OK);
        read_file(before, sizeof(before));
        status = samples_writer_open(dir, cells, 1, NULL, &other);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.todo, "holds a run already"));
        assert_null(other);
        read_file(after, sizeof(after));
        assert_string_equal(before, after);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
}

/* A limit on the file's size stands for a full disk: it, too, takes a part of the last row. */
static void a_full_disk_leaves_whole_rows_only(void **state)
{
        struct rlimit old, low;
        struct samples_writer *writer;
        struct status status = status_ok();
        char text[65536];
        size_t rows = 0, length;

        assert_int_equal(samples_writer_open(dir, cells, 1, NULL, &writer).code, STATUS_OK);
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
        low = (struct rlimit){ .rlim_cur = 1000, .rlim_max = old.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
        while (rows < 100) {
                status = samples_writer_append(writer, &cells[0], &source, &whole);
                if (status_failed(&status))
                        break;
                rows++;
        }
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.todo, "make room"));
        assert_in_range(rows, 1, 20);
        length = read_file(text, sizeof(text));
        assert_int_equal(text[length - 1], '\n');
        assert_true(length < 1000);
        /* With room again it goes on where it was. */
        assert_int_equal(samples_writer_append(writer, &cells[0], &source, &whole).code, STATUS_OK);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
        {
                struct csv_reader *reader;
                bool more = true;
                size_t read = 0;

                assert_int_equal(csv_reader_open(path, &reader).code, STATUS_OK);
                while (assert_int_equal(csv_reader_next(reader, &more).code, STATUS_OK), more)
                        read++;
                assert_false(csv_reader_cut(reader));
                assert_int_equal(read, rows + 1);
                csv_reader_close(reader);
        }
}

static void append(struct samples_writer *writer)
{
        assert_int_equal(samples_writer_append(writer, &cells[0], &source, &whole).code, STATUS_OK);
}

/* Cut after any byte, it is taken up again with whole rows only. */
static void a_file_that_was_cut_off_is_gone_on_with(void **state)
{
        struct samples_writer *writer;
        char full[4096], text[4096];
        size_t length, header;

        assert_int_equal(samples_writer_open(dir, cells, 3, NULL, &writer).code, STATUS_OK);
        header = read_file(full, sizeof(full));
        append(writer);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
        length = read_file(full, sizeof(full));
        for (size_t cut = 0; cut <= length; cut++) {
                bool more = true;
                struct csv_reader *reader;

                assert_int_equal(truncate(path, (off_t)cut), 0);
                assert_int_equal(samples_writer_continue(dir, cells, 3, NULL, &writer).code,
                                 STATUS_OK);
                assert_int_equal(csv_reader_open(path, &reader).code, STATUS_OK);
                while (assert_int_equal(csv_reader_next(reader, &more).code, STATUS_OK), more)
                        assert_int_equal(cut, length);
                assert_int_equal(samples_writer_cut(writer, csv_reader_whole_bytes(reader)).code,
                                 STATUS_OK);
                csv_reader_close(reader);
                assert_int_equal(read_file(text, sizeof(text)), cut == length ? length : header);
                if (cut < length)
                        append(writer);
                assert_int_equal(samples_writer_sync(writer).code, STATUS_OK);
                assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
                assert_int_equal(read_file(text, sizeof(text)), length);
                assert_string_equal(text, full);
        }
}

static void a_file_with_other_columns_is_left_alone(void **state)
{
        struct samples_writer *writer = NULL;
        char before[4096], after[4096];
        struct status status;

        assert_int_equal(samples_writer_open(dir, cells, 3, NULL, &writer).code, STATUS_OK);
        append(writer);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
        writer = NULL;
        read_file(before, sizeof(before));
        status = samples_writer_continue(dir, cells, 1, NULL, &writer);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_null(writer);
        read_file(after, sizeof(after));
        assert_string_equal(before, after);
}

/* One field of the cell is another: each makes it another cell. */
static size_t others_make(struct cell *others)
{
        static const struct workload_op op = { .name = "copy" };
        size_t count = 0;

#define OTHER(field, value)                       \
        do {                                      \
                others[count] = cells[0];         \
                others[count++].field = (value);  \
        } while (0)
        OTHER(workload, &bare);
        OTHER(op, &op);
        OTHER(bytes, 8192);
        OTHER(threads, 1);
        OTHER(options[0].count, 4);
        OTHER(options[1].count, 128);
        OTHER(source, &device);
        OTHER(target, "/mnt/b");
        OTHER(map, MAP_MODE_PRIVATE);
        OTHER(state, FILE_UNWRITTEN);
        OTHER(arm.lever, LEVER_VA);
        OTHER(arm.grain, GRAIN_AUTO);
        OTHER(arm_source, NULL);
        OTHER(arm_target, "/dev/dax1.1");
        OTHER(shift, 2 * MIB);
#undef OTHER
        return count;
}

static void a_row_is_of_its_cell_and_of_no_other(void **state)
{
        struct samples_writer *writer;
        struct csv_reader *reader;
        struct cell others[20];
        size_t count = others_make(others);
        bool more;

        assert_int_equal(samples_writer_open(dir, cells, 3, NULL, &writer).code, STATUS_OK);
        append(writer);
        assert_int_equal(csv_reader_open(path, &reader).code, STATUS_OK);
        assert_int_equal(csv_reader_next(reader, &more).code, STATUS_OK);
        assert_true(more);
        assert_int_equal(samples_writer_match(writer, &cells[0], reader).code, STATUS_OK);
        assert_int_equal(samples_writer_match(writer, &cells[1], reader).code, STATUS_USAGE);
        for (size_t i = 0; i < count; i++) {
                struct status status = samples_writer_match(writer, &others[i], reader);

                if (status.code != STATUS_USAGE)
                        print_error("other %zu is taken for the same\n", i);
                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.what, "samples.csv:2: "));
        }
        csv_reader_close(reader);
        assert_int_equal(samples_writer_close(writer).code, STATUS_OK);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
        struct samples_writer *writer;
        struct status status = samples_writer_open("/nonexistent/x", cells, 1, NULL, &writer);

        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.what, "/nonexistent/x/samples.csv"));
        assert_non_null(strstr(status.todo, "make the folder first"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_header_and_rows_are_as_agreed, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(every_row_is_on_disk_at_once, make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(a_second_run_into_the_folder_is_refused, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(a_full_disk_leaves_whole_rows_only, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(a_file_that_was_cut_off_is_gone_on_with, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(a_file_with_other_columns_is_left_alone, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(a_row_is_of_its_cell_and_of_no_other, make_dir,
                                                remove_dir),
                cmocka_unit_test(a_folder_that_is_not_there_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
