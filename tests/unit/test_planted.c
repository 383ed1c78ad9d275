/* SPDX-License-Identifier: Apache-2.0 */
/* Links that somebody put into a folder of results lead no write elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csv/file.h"
#include "csv/samples.h"
#include "made_summary.h"
#include "report/html.h"
#include "report/plots.h"
#include "tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TREE_DIR_MAX], mine[100];
static struct made made;

/* A folder of results, and beside them a file that nobody may touch. */
static int folder_make(void **state)
{
        tree_unpack_text("run\nother\n mine = precious\n", dir);
        snprintf(mine, sizeof(mine), "%s/other/mine", dir);
        return chmod(dir, 0755);
}

static int folder_remove(void **state)
{
        tree_remove(dir);
        return 0;
}

static const char *inside(const char *name)
{
        static char path[200];

        snprintf(path, sizeof(path), "%s/run/%s", dir, name);
        return path;
}

static void plant(const char *name)
{
        assert_int_equal(symlink(mine, inside(name)), 0);
}

static void assert_untouched(void)
{
        char text[64] = "";
        FILE *file = fopen(mine, "re");

        assert_non_null(file);
        assert_non_null(fgets(text, sizeof(text), file));
        assert_string_equal(text, "precious\n");
        fclose(file);
}

static bool is_file(const char *name)
{
        struct stat about;

        return lstat(inside(name), &about) == 0 && S_ISREG(about.st_mode);
}

static void a_new_file_takes_the_name(void **state)
{
        FILE *file;

        plant("x");
        file = file_anew(inside("x"));
        assert_non_null(file);
        fputs("new", file);
        fclose(file);
        assert_true(is_file("x"));
        assert_untouched();
        assert_null(file_anew(inside("no/folder")));
        assert_int_equal(errno, ENOENT);
        assert_null(file_anew(inside("../other"))); /* a folder */
}

static void the_page_is_not_written_through_a_link(void **state)
{
        struct html_file page;

        plant("report.html.tmp");
        plant("report.html");
        assert_int_equal(html_file_open(inside(""), "report.html", &page).code, STATUS_OK);
        html_raw(&page.html, "page");
        assert_int_equal(html_file_close(&page).code, STATUS_OK);
        assert_true(is_file("report.html"));
        assert_untouched();
}

/* Were it followed, an empty file would get its header. */
static void samples_are_not_appended_through_a_link(void **state)
{
        struct samples_writer *writer = NULL;
        struct stat about;

        assert_int_equal(truncate(mine, 0), 0);
        plant("samples.csv");
        assert_int_equal(samples_writer_continue(inside(""), NULL, 0, NULL, &writer).code,
                         STATUS_USAGE);
        assert_int_equal(unlink(inside("samples.csv")), 0);
        assert_int_equal(link(mine, inside("samples.csv")), 0); /* a hard one */
        assert_int_equal(samples_writer_continue(inside(""), NULL, 0, NULL, &writer).code,
                         STATUS_USAGE);
        assert_int_equal(stat(mine, &about), 0);
        assert_int_equal(about.st_size, 0);
        assert_int_equal(unlink(inside("samples.csv")), 0);
        assert_int_equal(mkfifo(inside("samples.csv"), 0600),
                         0); /* and does not wait for a reader */
        assert_int_equal(samples_writer_continue(inside(""), NULL, 0, NULL, &writer).code,
                         STATUS_USAGE);
        assert_null(writer);
}

static struct status plots_make(void)
{
        struct plot_result results[PLOT_COUNT];
        struct status status;
        struct view view;

        made_run(&made);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = plots_write(&(struct plot_input) { &view, NULL, inside("") }, results);
        view_free(&view);
        return status;
}

static void plots_are_not_written_through_a_link(void **state)
{
        char other[100];

        snprintf(other, sizeof(other), "%s/other", dir);
        assert_int_equal(symlink(other, inside("plots")), 0);
        assert_int_equal(plots_make().code, STATUS_USAGE);
        assert_int_equal(unlink(inside("plots")), 0);
        assert_int_equal(mkdir(inside("plots"), 0755), 0);
        plant("plots/run.csv");
        plant("plots/gain.csv");
        assert_int_equal(plots_make().code, STATUS_OK);
        assert_true(is_file("plots/run.csv"));
        assert_true(is_file("plots/gain.csv"));
        assert_untouched();
}

static void a_picture_is_not_read_through_a_link(void **state)
{
        FILE *file = fopen(mine, "we");
        struct html html = { .out = tmpfile() };

        assert_non_null(file);
        fputs("<svg id='secret'></svg>\n", file);
        fclose(file);
        plant("gain.svg");
        assert_int_not_equal(html_svg(&html, inside("gain.svg"), "gain").code, STATUS_OK);
        assert_int_equal(html_svg(&html, mine, "gain").code, STATUS_OK);
        fclose(html.out);
}

/* A program in place of gnuplot writes what it is and sees. */
static void gnuplot_put(const char *path)
{
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        fputs("#!/bin/sh\n{ id -u; echo \"lib=$GNUPLOT_LIB\"; } >plots/gain.svg\n", file);
        fclose(file);
        assert_int_equal(chmod(path, 0755), 0);
}

static struct status draw_with_path(const char *search)
{
        char scripts[100], *old = strdup(getenv("PATH"));
        struct status status;

        snprintf(scripts, sizeof(scripts), "%s/other", dir);
        setenv("PATH", search, 1);
        status = plot_draw(inside(""), scripts, "gain", false);
        setenv("PATH", old, 1);
        free(old);
        return status;
}

static void drawn_make(void)
{
        char path[120];

        snprintf(path, sizeof(path), "%s/other/gain.gp", dir);
        fclose(fopen(path, "we"));
        snprintf(path, sizeof(path), "%s/other/gnuplot", dir);
        gnuplot_put(path);
        assert_int_equal(mkdir(inside("plots"), 0755), 0);
}

/* gnuplot runs in the folder of the results: "." of PATH must not mean that. */
static void no_gnuplot_of_the_folder_is_run(void **state)
{
        static const char *const searches[] = { ".", "", ":/nonexistent", "plots/..:/nonexistent" };

        char here[1000];

        assert_non_null(getcwd(here, sizeof(here)));
        drawn_make();
        gnuplot_put(inside("gnuplot"));
        assert_int_equal(chdir(inside("")), 0);
        for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
                assert_int_equal(draw_with_path(searches[i]).code, STATUS_SKIP);
                assert_false(is_file("plots/gain.svg"));
        }
        assert_int_equal(chdir(here), 0);
}

static void gnuplot_draws_as_the_folders_owner_through_no_link(void **state)
{
        char search[200], text[100] = "", expected[100];
        unsigned owner = geteuid() == 0 ? 65534 : geteuid();
        FILE *file;

        drawn_make();
        assert_int_equal(chown(inside("plots"), owner, (gid_t)-1), 0);
        plant("plots/gain.svg");
        plant("plots/gnuplot.log");
        setenv("GNUPLOT_LIB", "/somewhere", 1);
        snprintf(search, sizeof(search), "relative:%s/other:/usr/bin:/bin", dir);
        assert_int_equal(draw_with_path(search).code, STATUS_OK);
        unsetenv("GNUPLOT_LIB");
        assert_untouched();
        assert_true(is_file("plots/gain.svg"));
        file = fopen(inside("plots/gain.svg"), "re");
        assert_non_null(file);
        assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
        fclose(file);
        snprintf(expected, sizeof(expected), "%u\nlib=\n", owner);
        assert_string_equal(text, expected);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
        const struct CMUnitTest tests[] = {
                TEST(a_new_file_takes_the_name),
                TEST(the_page_is_not_written_through_a_link),
                TEST(samples_are_not_appended_through_a_link),
                TEST(plots_are_not_written_through_a_link),
                TEST(a_picture_is_not_read_through_a_link),
                TEST(no_gnuplot_of_the_folder_is_run),
                TEST(gnuplot_draws_as_the_folders_owner_through_no_link),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
