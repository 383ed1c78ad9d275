/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "csv/file.h"
#include "csv/reader.h"
#include "csv/row.h"

#include <fcntl.h>
#include <math.h>
#include <pmdgain/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct status open_text(const char *text, struct csv_reader **ret_reader)
{
        return csv_reader_open_memory("t.csv", text, strlen(text), ret_reader);
}

static bool next(struct csv_reader *reader)
{
        bool more = false;
        struct status status = csv_reader_next(reader, &more);

        assert_int_equal(status.code, STATUS_OK);
        return more;
}

/* Reads all of it and returns the first failure. */
static struct status read_all(const char *text, size_t *ret_rows, bool *ret_cut)
{
        struct csv_reader *reader;
        struct status status = open_text(text, &reader);
        bool more = true;
        size_t rows = 0;

        if (status_failed(&status))
                return status;
        for (;;) {
                status = csv_reader_next(reader, &more);
                if (status_failed(&status) || !more)
                        break;
                rows++;
        }
        if (ret_rows)
                *ret_rows = rows;
        if (ret_cut)
                *ret_cut = csv_reader_cut(reader);
        csv_reader_close(reader);
        return status;
}

static void rows_are_quoted_where_needed(void **state)
{
        struct csv_row row = { 0 };
        static const char expected[] = "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",,7,,0.25,\n";

        csv_row_begin(&row);
        csv_row_text(&row, "plain");
        csv_row_text(&row, "a,b");
        csv_row_text(&row, "say \"x\"");
        csv_row_text(&row, "two\nlines");
        csv_row_text(&row, "");
        csv_row_count(&row, count_of(7));
        csv_row_count(&row, (struct count){ 0 });
        csv_row_real(&row, 0.25, 6);
        csv_row_real(&row, (double)NAN, 6);
        assert_int_equal(csv_row_end(&row).code, STATUS_OK);
        assert_int_equal(row.length, strlen(expected));
        assert_memory_equal(row.text, expected, row.length);
        csv_row_free(&row);
}

/* What a spreadsheet would take for a formula is no formula any more, and reads back unchanged. */
static void formulas_are_made_harmless_and_read_back(void **state)
{
        static const char *const texts[] = { "=1+1", "+1",  "-x",     "@a", "\tx",       "\rx",
                                             "'=x",  "''-", "'plain", "'",  "=\"a,b\"\n" };
        struct csv_row row = { 0 };
        struct csv_reader *reader;
        size_t count = sizeof(texts) / sizeof(texts[0]);

        csv_row_name(&row, "", "text");
        assert_int_equal(csv_row_end(&row).code, STATUS_OK);
        for (size_t i = 0; i < count; i++) {
                size_t before = row.length;
                char first;

                csv_row_text(&row, texts[i]);
                first = row.text[before] == '"' ? row.text[before + 1] : row.text[before];
                assert_null(strchr("=+-@\t\r", first));
                assert_int_equal(csv_row_end(&row).code, STATUS_OK);
        }
        assert_int_equal(csv_reader_open_memory("t", row.text, row.length, &reader).code,
                         STATUS_OK);
        for (size_t i = 0; i < count; i++) {
                assert_true(next(reader));
                assert_string_equal(csv_reader_field(reader, 0), texts[i]);
        }
        assert_false(next(reader));
        csv_reader_close(reader);
        csv_row_free(&row);
}

/* Names come from files too; a mark of UTF-8 at the start of a file is none of the first one's. */
static void names_are_quoted_like_texts(void **state)
{
        static const char *const names[][2] = {
                { "\xef\xbb\xbf" "a", "" }, { "opt_", "a,b" },     { "opt_", "say \"x\"\n" },
                { "", "=x" },                { "=", "y" },         { "ctr_", "=z" },
        };
        const size_t count = sizeof(names) / sizeof(names[0]);
        struct csv_row row = { 0 };
        struct csv_reader *reader;
        char name[32];

        for (size_t i = 0; i < count; i++)
                csv_row_name(&row, names[i][0], names[i][1]);
        assert_int_equal(csv_row_end(&row).code, STATUS_OK);
        assert_int_equal(csv_reader_open_memory("t", row.text, row.length, &reader).code,
                         STATUS_OK);
        assert_int_equal(csv_reader_columns(reader), count);
        for (size_t i = 0; i < count; i++) {
                snprintf(name, sizeof(name), "%s%s", names[i][0], names[i][1]);
                assert_string_equal(csv_reader_column_name(reader, i), name);
        }
        csv_reader_close(reader);
        csv_row_free(&row);
}

static void random_text_makes_a_round_trip(void **state)
{
        static const char letters[] = "a,\"\n\r=' +-@\t;\\\x01\x7f\xff\xc3\xa9\xe2<";
        struct random random = random_seeded(5);
        char texts[3][2000];

        for (size_t turn = 0; turn < 3000; turn++) {
                struct csv_row row = { 0 };
                struct csv_reader *reader;

                for (size_t i = 0; i < 3; i++) {
                        size_t most = turn % 50 ? 12 : sizeof(texts[i]);
                        size_t length = random_below(&random, most);

                        for (size_t k = 0; k < length; k++)
                                texts[i][k] = letters[random_below(&random, sizeof(letters) - 1)];
                        texts[i][length] = '\0';
                }
                for (size_t i = 0; i < 3; i++)
                        csv_row_name(&row, "c", &"abc"[i]);
                assert_int_equal(csv_row_end(&row).code, STATUS_OK);
                for (size_t i = 0; i < 3; i++)
                        csv_row_text(&row, texts[i]);
                assert_int_equal(csv_row_end(&row).code, STATUS_OK);
                assert_int_equal(csv_reader_open_memory("t", row.text, row.length, &reader).code,
                                 STATUS_OK);
                assert_true(next(reader));
                for (size_t i = 0; i < 3; i++)
                        assert_string_equal(csv_reader_field(reader, i), texts[i]);
                assert_false(next(reader));
                assert_false(csv_reader_cut(reader));
                csv_reader_close(reader);
                csv_row_free(&row);
        }
}

static void line_ends_blank_lines_and_a_mark_are_understood(void **state)
{
        struct csv_reader *reader;
        struct count count;

        assert_int_equal(open_text("\xef\xbb\xbf"
                                   "a,b\r\n\r\n1,\"x\r\ny\"\r\n\n2,z\n",
                                   &reader)
                                 .code,
                         STATUS_OK);
        assert_int_equal(csv_reader_find(reader, "a"), 0);
        assert_true(next(reader));
        assert_int_equal(csv_reader_line(reader), 3);
        assert_string_equal(csv_reader_field(reader, 1), "x\r\ny");
        assert_true(next(reader));
        assert_int_equal(csv_reader_line(reader), 6);
        assert_int_equal(csv_reader_count(reader, 0, &count).code, STATUS_OK);
        assert_int_equal(count.value, 2);
        assert_false(next(reader));
        csv_reader_close(reader);
}

/* Every way to cut the last row must be seen, and never give a row. */
static void a_row_that_was_cut_is_never_taken_for_a_whole_one(void **state)
{
        static const char whole[] = "a,b\n1,\"x\n\"\"y\"\n";
        char text[sizeof(whole)];

        for (size_t length = 5; length < sizeof(whole) - 1; length++) {
                size_t rows = 7;
                bool cut = false;

                snprintf(text, sizeof(text), "%.*s", (int)length, whole);
                assert_int_equal(read_all(text, &rows, &cut).code, STATUS_OK);
                assert_int_equal(rows, 0);
                assert_true(cut);
        }
        {
                size_t rows;
                bool cut;
                struct csv_reader *reader;

                assert_int_equal(read_all(whole, &rows, &cut).code, STATUS_OK);
                assert_int_equal(rows, 1);
                assert_false(cut);
                assert_int_equal(open_text("a,b\n1,2\n3", &reader).code, STATUS_OK);
                assert_true(next(reader));
                assert_false(next(reader));
                assert_int_equal(csv_reader_whole_bytes(reader), 8);
                csv_reader_close(reader);
        }
}

static void malformed_rows_name_their_line(void **state)
{
        static const struct {
                const char *text, *what;
        } rows[] = {
                { "a,b\n1,2\n1\n", "t.csv:3: the row has 1 fields, the header 2" },
                { "a,b\n1,2,3\n", "t.csv:2: the row has 3 fields, the header 2" },
                { "a,b\n1,x\"y\n2,3\n", "t.csv:2: a quote inside of a field that is not quoted" },
                { "a,b\n1,\"x\"y\n", "t.csv:2: text follows a closing quote" },
                { "a,b\n1\r2,3\n", "t.csv:2: a carriage return outside of quotes" },
                { "a,a\n", "t.csv:1: two columns have the same name" },
                { "", "t.csv:1: there is no whole header line" },
                { "a,b", "t.csv:1: there is no whole header line" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct status status = read_all(rows[i].text, NULL, NULL);

                assert_int_equal(status.code, STATUS_USAGE);
                assert_string_equal(status.what, rows[i].what);
        }
        {
                struct csv_reader *reader;
                struct status status;
                bool more;

                status = csv_reader_open_memory("t.csv", "a\n1\0\n", 5, &reader);
                assert_int_equal(status.code, STATUS_OK);
                assert_int_equal(csv_reader_next(reader, &more).code, STATUS_USAGE);
                csv_reader_close(reader);
        }
}

static void missing_columns_and_bad_numbers_are_told(void **state)
{
        struct csv_reader *reader;
        struct status status;
        struct count count = count_of(9);
        size_t column = 77;
        double real = 0;

        assert_int_equal(open_text("a,b,c\n1x,,18446744073709551616\n", &reader).code, STATUS_OK);
        status = csv_reader_need(reader, "time_ns", &column);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_string_equal(status.what, "t.csv:1: the column 'time_ns' is missing");
        assert_int_equal(column, 77);
        assert_int_equal(csv_reader_find(reader, "time_ns"), CSV_NO_COLUMN);
        assert_true(next(reader));
        status = csv_reader_count(reader, 0, &count);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_string_equal(status.what, "t.csv:2: '1x' in column 'a' is not a whole number");
        assert_int_equal(csv_reader_count(reader, 2, &count).code, STATUS_USAGE);
        assert_int_equal(csv_reader_real(reader, 0, &real).code, STATUS_USAGE);
        assert_int_equal(count.value, 9);
        assert_int_equal(csv_reader_count(reader, 1, &count).code, STATUS_OK);
        assert_false(count.known);
        assert_int_equal(csv_reader_real(reader, 1, &real).code, STATUS_OK);
        assert_true(isnan(real));
        assert_string_equal(csv_reader_field(reader, CSV_NO_COLUMN), "");
        csv_reader_close(reader);
}

static void a_row_or_quote_without_end_is_refused(void **state)
{
        size_t size = 3 * CSV_ROW_MAX;
        char *text = malloc(size);
        struct status status;

        memset(text, 'x', size);
        memcpy(text, "a\n", 2);
        text[size - 2] = '\n';
        text[size - 1] = '\0';
        status = read_all(text, NULL, NULL);
        assert_string_equal(status.what, "t.csv:2: the row is too long");
        memset(text + 2, '\n', size - 3);
        text[4] = '"';
        status = read_all(text, NULL, NULL);
        assert_string_equal(status.what, "t.csv:4: a quote opens here that is never closed");
        free(text);
}

/* A file larger than the reader's buffer, read back in full; and no trace of an abandoned one. */
static void files_are_whole_or_not_there(void **state)
{
        char dir[] = "/tmp/test_csv_XXXXXX", path[64];
        struct csv_file file;
        struct csv_row row = { 0 };
        struct csv_reader *reader;
        uint64_t rows = 0;

        assert_non_null(mkdtemp(dir));
        snprintf(path, sizeof(path), "%s/big.csv", dir);
        assert_int_equal(csv_file_begin(dir, "big.csv", &file).code, STATUS_OK);
        csv_row_name(&row, "", "number");
        csv_row_name(&row, "", "text");
        assert_int_equal(csv_file_write(&file, &row).code, STATUS_OK);
        for (uint64_t i = 0; i < 60000; i++) {
                csv_row_number(&row, i);
                csv_row_text(&row, i % 3 ? "plain text" : "quoted\n\"text\"");
                assert_int_equal(csv_file_write(&file, &row).code, STATUS_OK);
        }
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(csv_file_commit(&file).code, STATUS_OK);
        assert_int_equal(csv_reader_open(path, &reader).code, STATUS_OK);
        for (; next(reader); rows++) {
                struct count count;

                assert_int_equal(csv_reader_count(reader, 0, &count).code, STATUS_OK);
                assert_int_equal(count.value, rows);
                assert_string_equal(csv_reader_field(reader, 1),
                                    rows % 3 ? "plain text" : "quoted\n\"text\"");
        }
        assert_int_equal(rows, 60000);
        csv_reader_close(reader);
        assert_int_equal(unlink(path), 0);

        assert_int_equal(csv_file_begin(dir, "big.csv", &file).code, STATUS_OK);
        csv_file_abandon(&file);
        csv_row_free(&row);
        assert_int_equal(rmdir(dir), 0); /* nothing is left in it */
        assert_int_equal(csv_file_begin(dir, "big.csv", &file).code, STATUS_SYSTEM);
        assert_int_equal(csv_reader_open(path, &reader).code, STATUS_USAGE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_are_quoted_where_needed),
                cmocka_unit_test(formulas_are_made_harmless_and_read_back),
                cmocka_unit_test(names_are_quoted_like_texts),
                cmocka_unit_test(random_text_makes_a_round_trip),
                cmocka_unit_test(line_ends_blank_lines_and_a_mark_are_understood),
                cmocka_unit_test(a_row_that_was_cut_is_never_taken_for_a_whole_one),
                cmocka_unit_test(malformed_rows_name_their_line),
                cmocka_unit_test(missing_columns_and_bad_numbers_are_told),
                cmocka_unit_test(a_row_or_quote_without_end_is_refused),
                cmocka_unit_test(files_are_whole_or_not_there),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
