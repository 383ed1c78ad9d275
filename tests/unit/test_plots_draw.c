/* SPDX-License-Identifier: Apache-2.0 */
/* How plots are drawn and put into the page, and what happens when they cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plots_folder.h"
#include "report/facts.h"
#include "report/page.h"

static void a_hostile_folder_name_runs_nothing(void **state)
{
        char path[512];

        snprintf(path, sizeof(path), "%s/x", dir);
        assert_false(exists(path));
        snprintf(path, sizeof(path), "%s/plots/x", dir);
        assert_false(exists(path));
        snprintf(path, sizeof(path), "%s/plots/gnuplot.log", dir);
        assert_false(exists(path));
        assert_false(exists("x"));
}

static void pictures_stand_in_the_page(void **state)
{
        struct status status;
        struct view view;
        char path[512];
        char *text, *end;
        size_t size = 0, used;
        FILE *file;

        made_run(&made);
        draw(NULL, false);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = page_make(&view, NULL, results, dir, "");
        view_free(&view);
        assert_string_equal(status.what, "");
        snprintf(path, sizeof(path), "%s/report.html", dir);
        file = fopen(path, "re");
        assert_non_null(file);
        text = NULL;
        assert_true((used = (size_t)getdelim(&text, &size, '\0', file)) > 10000);
        fclose(file);
        assert_has(text, "id=\"gain-gnuplot_plot_1\"");
        assert_has(text, "xlink:href='#reach-gpPt");
        assert_null(strstr(text, "<title>Gnuplot"));
        end = strstr(text, "</html>");
        assert_true(end && (size_t)(end - text) < used);
        free(text);
}

static void a_failure_is_told_and_the_others_are_drawn(void **state)
{
        char scripts[128], path[192];
        struct status status;
        struct view view;
        FILE *file;

        made_run(&made);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = plots_write(&(struct plot_input) { &view, NULL, dir }, results);
        view_free(&view);
        assert_int_equal(status.code, STATUS_OK);
        snprintf(scripts, sizeof(scripts), "%s/scripts", top);
        assert_int_equal(mkdir(scripts, 0700), 0);
        for (size_t i = 0; i < PLOT_COUNT; i++) {
                snprintf(path, sizeof(path), "%s/%s.gp", scripts, plot_kinds[i].name);
                file = fopen(path, "we");
                assert_non_null(file);
                fputs(i == 0 ? "plot nonsense(\n" : "print 'fine'\n", file);
                fclose(file);
        }
        status = plots_draw(dir, scripts, false, results);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.what, "plot gain: gnuplot failed: "));
        assert_false(results[0].drawn);
        assert_true(results[1].drawn);
}

static void without_gnuplot_there_is_a_reason(void **state)
{
        char *search = strdup(getenv("PATH"));
        struct status status;
        struct view view;

        made_run(&made);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = plots_write(&(struct plot_input) { &view, NULL, dir }, results);
        view_free(&view);
        assert_int_equal(status.code, STATUS_OK);
        setenv("PATH", "/nonexistent", 1);
        status = plots_draw(dir, SCRIPTS, false, results);
        setenv("PATH", search, 1);
        free(search);
        assert_int_equal(status.code, STATUS_SKIP);
        for (size_t i = 0; i < PLOT_COUNT; i++)
                assert_false(results[i].drawn);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_hostile_folder_name_runs_nothing),
                cmocka_unit_test(pictures_stand_in_the_page),
                cmocka_unit_test(a_failure_is_told_and_the_others_are_drawn),
                cmocka_unit_test(without_gnuplot_there_is_a_reason),
        };

        if (!has_gnuplot())
                return EXIT_SKIP;
        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
