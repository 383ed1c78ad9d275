/* SPDX-License-Identifier: Apache-2.0 */
/* From folders of runs to the page, Prometheus' and Bencher's files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/text.h"
#include "runs_tree.h"
#include "trend/page.h"

#include <math.h>
#include <pmdgain/random.h>
#include <unistd.h>

#define SCRIPTS FIXTURES "/../../plots"
#define NASTY "a\\\"\\n<script>alert(1)</script>\\\\"

static struct trend *made(void)
{
        const char *dirs[] = { tree };
        struct trend *trend = NULL;
        struct status status = trend_make(
                &(struct trend_request){ dirs, 1, .alpha = 0.05, .least = 0.02 }, &trend);

        assert_string_equal(status.what, "");
        return trend;
}

/* Days `first` to `last`: gains that scatter by 1 %. */
static void nights(unsigned first, unsigned last, const char *kernel, double gain)
{
        struct random random = random_seeded(first);
        char name[16];

        for (unsigned day = first; day <= last; day++) {
                snprintf(name, sizeof(name), "%03u", day);
                tree_run(name, day, kernel, "X",
                         tree_row("chase", gain * (0.99 + 0.02 * random_unit(&random))));
        }
}

static void a_step_is_flagged_with_its_date_and_kernel(void **state)
{
        const struct trend_cell *cell;
        struct trend *trend;
        char date[32];

        nights(1, 20, "6.1", 1.5);
        nights(21, 32, "6.2", 1.4);
        trend = made();
        assert_int_equal(trend->machine_count, 1);
        assert_int_equal(trend->panels, 1);
        assert_int_equal(trend->changes, 1);
        cell = trend->machines[0].order[0];
        assert_int_equal(cell->parts.count, 2);
        assert_string_equal(trend_run_after(&trend->machines[0], cell, 1)->kernel, "6.2");
        assert_string_equal(trend_run_before(&trend->machines[0], cell, 1)->kernel, "6.1");
        trend_date(trend_run_after(&trend->machines[0], cell, 1), false, date, sizeof(date));
        assert_string_equal(date, "2026-01-21");
        assert_true(fabs(trend_step(cell, 1) - 1.4 / 1.5) < 0.01);
        trend_free(trend);
}

static void other_machines_have_panels_of_their_own(void **state)
{
        struct trend *trend;

        nights(1, 20, "6.1", 1.5);
        for (unsigned day = 21; day < 41; day++) {
                char name[16];

                snprintf(name, sizeof(name), "%03u", day);
                tree_run(name, day, "6.1", "Y", tree_row("chase", 1.4));
        }
        trend = made();
        assert_int_equal(trend->machine_count, 2);
        assert_int_equal(trend->panels, 2);
        assert_int_equal(trend->changes, 0);
        assert_string_equal(trend->machines[0].name, "Y, microcode 0x1, KVM, 8 GiB");
        trend_free(trend);
}

static void gaps_are_kept(void **state)
{
        const struct trend_cell *cell;
        struct trend *trend;

        nights(1, 3, "6.1", 1.5);
        tree_run("004", 4, "6.1", "X",
                 "chase,read,8192,1,file,ext4,ram,yes,nohuge,,,ns/op,,,,0,invalid,virtual,4,/mnt/a,"
                 "asked pmd but proven pte,\n");
        tree_run("005", 5, "6.1", "X", "");
        nights(6, 7, "6.1", 1.5);
        trend = made();
        cell = trend->machines[0].order[0];
        assert_int_equal(trend->machines[0].run_count, 7);
        assert_int_equal(cell->count, 6);
        assert_int_equal(cell->measured, 5);
        assert_int_equal(cell->points[3].verdict, VERDICT_INVALID);
        assert_string_equal(cell->points[3].reason, "asked pmd but proven pte");
        assert_int_equal(cell->points[4].run, 5);
        assert_int_equal(cell->places[3], 4);
        trend_free(trend);
}

static void one_long_run_does_not_take_the_panel(void **state)
{
        struct trend *trend;
        char rows[1024];

        nights(1, 8, "6.1", 1.5);
        snprintf(rows, sizeof(rows),
                 "%schase,read,1073741824,1,file,ext4,ram,yes,nohuge,200,100,ns/op,2,1.9,2.1,11,"
                 "pmd_faster,virtual,4,/mnt/a,,\n",
                 tree_row("chase", 1.5));
        tree_run("009", 9, "6.1", "X", rows);
        trend = made();
        assert_int_equal(trend->panels, 1);
        for (size_t i = 0; i < trend->machines[0].series_count; i++) {
                const struct trend_cell *cell = &trend->machines[0].series[i];

                assert_int_equal(cell->headline,
                                 trend_row(&trend->machines[0], cell)->bytes == 8192);
        }
        trend_free(trend);
}

static void a_run_that_cannot_be_read_is_left_out_and_told(void **state)
{
        struct trend *trend;
        char rows[1024];

        tree_run("000", 1, "6.0", "Z", "chase,read\n");
        nights(2, 3, "6.1", 1.5);
        snprintf(rows, sizeof(rows), "%s%s", tree_row("chase", 1.5), "");
        strcat(rows, tree_row("chase", 1.6));
        tree_run("004", 4, "6.1", "X", rows);
        trend = made();
        assert_int_equal(trend->runs.count, 2);
        assert_int_equal(trend->machine_count, 1);
        assert_int_equal(trend->runs.fault_count, 2);
        assert_non_null(strstr(trend->runs.faults[0].status.what, "summary.csv:2:"));
        assert_non_null(strstr(trend->runs.faults[1].status.what, "are one cell"));
        trend_free(trend);
}

static void files_are(const char *made_name, const char *golden)
{
        char path[512], *text = tree_text(made_name), *expected = NULL;
        size_t size = 0;
        FILE *file;

        snprintf(path, sizeof(path), FIXTURES "/trend/%s", golden);
        file = fopen(path, "re");
        assert_non_null(text);
        if (!file || getdelim(&expected, &size, '\0', file) < 0)
                fail_msg("cannot read %s; it should be:\n%s", path, text);
        fclose(file);
        assert_string_equal(text, expected);
        free(text);
        free(expected);
}

/* Names with everything that could end a label, a line, a string or an element. */
static void nasty_run(const char *folder, unsigned day)
{
        char rows[2048];

        snprintf(rows, sizeof(rows),
                 "%s\"a\"\"<script>alert(1)</script>\\\",\"r\nd\",8192,2,file,ext4,ram,yes,nohuge,"
                 "150,100,ns/op,1.5,,,3,unresolved,virtual,,\"/mnt/\"\"}\nx\",,\n"
                 "stream,copy,8192,1,file,ext4,ram,yes,nohuge,,,GB/s,,,,0,skipped,virtual,,/mnt/a,"
                 "\"no <memory> & \"\"'\",\n",
                 tree_row("chase", 1.25));
        tree_run(folder, day, NASTY, NASTY, rows);
}

static void prometheus_and_bencher_get_what_they_can_read(void **state)
{
        struct trend *trend;
        struct status status;

        nasty_run("001", 1);
        nasty_run("002", 2);
        trend = made();
        status = trend_openmetrics_write(trend, tree_path("gain.prom"));
        assert_string_equal(status.what, "");
        status = trend_bmf_write(trend, tree_path("bmf.json"));
        assert_string_equal(status.what, "");
        files_are("gain.prom", "gain.prom");
        files_are("bmf.json", "bmf.json");
        trend_free(trend);
}

/* The text format of Prometheus, by its grammar. */
static void every_line_is_of_the_format(void **state)
{
        struct trend *trend;
        char *text, *line, *rest;

        nasty_run("001", 1);
        nights(2, 3, "6.1", 1.5);
        trend = made();
        assert_int_equal(trend_openmetrics_write(trend, tree_path("x.prom")).code, STATUS_OK);
        text = tree_text("x.prom");
        assert_non_null(strstr(text, "\n# EOF\n"));
        for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
                bool quoted = false;
                char *end;

                if (*line == '#')
                        continue;
                line += strspn(line, "abcdefghijklmnopqrstuvwxyz_");
                assert_int_equal(*line, '{');
                for (end = line + 1; *end && (quoted || *end != '}'); end++) {
                        if (*end == '\\' && quoted) {
                                assert_non_null(strchr("\\\"n", end[1]));
                                end++;
                        } else if (*end == '"') {
                                quoted = !quoted;
                        }
                }
                assert_int_equal(strncmp(end, "} ", 2), 0);
                strtod(end + 2, &end);
                assert_int_equal(*end, '\0');
        }
        free(text);
        trend_free(trend);
}

static void bencher_takes_one_machine(void **state)
{
        struct trend *trend;
        struct status status;

        tree_run("1", 1, "6.1", "X", tree_row("chase", 1.5));
        tree_run("2", 2, "6.1", "Y", tree_row("chase", 1.5));
        trend = made();
        status = trend_bmf_write(trend, tree_path("bmf.json"));
        assert_int_equal(status.code, STATUS_USAGE);
        assert_int_not_equal(access(tree_path("bmf.json"), F_OK), 0);
        trend_free(trend);
}

static size_t occurrences(const char *text, const char *of)
{
        size_t count = 0;

        for (const char *at = strstr(text, of); at; at = strstr(at + 1, of))
                count++;
        return count;
}

static void the_page_shows_panels_and_leads_to_reports(void **state)
{
        char warning[320] = "untouched", *text;
        struct trend *trend;
        struct status status;

        nights(1, 20, "6.1", 1.5);
        nights(21, 32, "6.2<script>", 1.4);
        nasty_run("033", 33);
        tree_file("032", "report.html", "x");
        tree_folder("pages");
        trend = made();
        status = trend_page_write(trend, tree_path("pages/trend.html"), SCRIPTS, warning);
        assert_string_equal(status.what, "");
        text = tree_text("pages/trend.html");
        assert_non_null(text);
        assert_null(strstr(text, "<script"));
        assert_null(strstr(text, "http://localhost"));
        assert_true(occurrences(text, "href=\"../032/report.html\"") >= 2); /* point and list */
        assert_int_equal(occurrences(text, "report.html\""),
                         occurrences(text, "href=\"../032/report.html\""));
        assert_non_null(strstr(text, "2026-01-21 03:00, 6.2&lt;script&gt;"));
        assert_non_null(strstr(text, "never measured"));
        assert_non_null(strstr(text, "skipped: no &lt;memory&gt;"));
        if (strstr(warning, "no gnuplot"))
                skip();
        assert_string_equal(warning, "");
        /* A picture and the links over it for the panels of both machines. */
        assert_int_equal(occurrences(text, "class=\"links\""), trend->panels);
        assert_int_equal(occurrences(text, "<div class=\"panel\">"), trend->panels);
        free(text);
        trend_free(trend);
}

static void without_gnuplot_the_page_says_so(void **state)
{
        char warning[320] = "", *text, *path = strdup(getenv("PATH"));
        struct trend *trend;
        struct status status;

        nights(1, 2, "6.1", 1.5);
        trend = made();
        setenv("PATH", "/nonexistent", 1);
        status = trend_page_write(trend, tree_path("trend.html"), SCRIPTS, warning);
        setenv("PATH", path, 1);
        assert_string_equal(status.what, "");
        assert_non_null(strstr(warning, "no gnuplot"));
        text = tree_text("trend.html");
        assert_non_null(strstr(text, "no gnuplot"));
        assert_null(strstr(text, "class=\"links\""));
        free(text);
        free(path);
        trend_free(trend);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_make, tree_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_TREE(a_step_is_flagged_with_its_date_and_kernel),
                IN_TREE(other_machines_have_panels_of_their_own),
                IN_TREE(gaps_are_kept),
                IN_TREE(one_long_run_does_not_take_the_panel),
                IN_TREE(a_run_that_cannot_be_read_is_left_out_and_told),
                IN_TREE(prometheus_and_bencher_get_what_they_can_read),
                IN_TREE(every_line_is_of_the_format),
                IN_TREE(bencher_takes_one_machine),
                IN_TREE(the_page_shows_panels_and_leads_to_reports),
                IN_TREE(without_gnuplot_the_page_says_so),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
