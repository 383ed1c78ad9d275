/* SPDX-License-Identifier: Apache-2.0 */
/* The plots through gnuplot itself, in a folder with a name that no shell and no script survives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/plots.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define SCRIPTS FIXTURES "/../../plots"

static struct made made;
static char top[64], dir[256];
static struct plot_result results[PLOT_COUNT];

static bool has_gnuplot(void)
{
        int result;
        pid_t child = fork();

        if (child == 0) {
                execlp("gnuplot", "gnuplot", "--version", (char *)NULL);
                _exit(127);
        }
        return child > 0 && waitpid(child, &result, 0) == child && result == 0;
}

static int dir_make(void **state)
{
        snprintf(top, sizeof(top), "/tmp/test_plots_XXXXXX");
        if (!mkdtemp(top))
                return -1;
        snprintf(dir, sizeof(dir), "%s/a 'b\" $(touch x) `touch x` ;touch x\n%%s\\", top);
        return mkdir(dir, 0700);
}

static void folder_remove(const char *path)
{
        DIR *folder = opendir(path);
        struct dirent *entry;

        while (folder && (entry = readdir(folder))) {
                char inner[1024];

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
                if (entry->d_type == DT_DIR)
                        folder_remove(inner);
                else
                        unlink(inner);
        }
        if (folder)
                closedir(folder);
        rmdir(path);
}

static int dir_remove(void **state)
{
        folder_remove(top);
        return 0;
}

static char *picture_text(const char *name, const char *ending)
{
        char path[512];
        struct stat about;
        FILE *file;
        char *text;

        snprintf(path, sizeof(path), "%s/plots/%s%s", dir, name, ending);
        file = fopen(path, "re");
        if (!file)
                return NULL;
        assert_int_equal(fstat(fileno(file), &about), 0);
        text = calloc(1, (size_t)about.st_size + 1);
        assert_non_null(text);
        assert_int_equal(fread(text, 1, (size_t)about.st_size, file), about.st_size);
        fclose(file);
        return text;
}

static void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("not in the picture: \"%s\"", part);
}

/* Writes the data of `made` and draws it. */
static void draw(struct json_object *machine, bool png)
{
        struct status status;
        struct view view;

        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = plots_write(&(struct plot_input) { &view, machine, dir }, results);
        view_free(&view);
        assert_string_equal(status.what, "");
        status = plots_draw(dir, SCRIPTS, png, results);
        assert_string_equal(status.what, "");
}

static void assert_picture(const char *name, const char *const *texts)
{
        char *svg = picture_text(name, ".svg");

        assert_non_null(svg);
        assert_has(svg, "</svg>");
        for (; *texts; texts++)
                assert_has(svg, *texts);
        free(svg);
}

static void every_plot_names_what_it_shows(void **state)
{
        static const struct {
                const char *name;
                const char *texts[8];
        } pictures[] = {
                { "gain",
                  { "Gain of PMD over PTE", "chase load · chains=8 · 1 GiB", "20.4 [19.8–21.0]",
                    "Example CPU 9000 · Linux 6.1.0-example", "virtual: KVM guest",
                    "stream ntwrite · 1 GiB · 2 threads" } },
                { "latency",
                  { "ns per operation", "L1d 48 KiB", "L3 32 MiB", "PTE (nohuge)", "PMD",
                    "64 MiB" } },
                { "reach",
                  { "level 1: 3011 pages; a miss +21.4 ns", "CPUID: L2 3072", "base pages visited",
                    "65536" } },
                { "populate", { "ns per MiB", "map_populate · 256 MiB", "212,000", "10,392" } },
                { "bandwidth", { "GB/s", "ntwrite · 1 GiB · 2 threads", "24.2" } },
        };
        struct json_object *machine = json_object_from_file(FIXTURES "/report_machine.json");

        assert_non_null(machine);
        made_run(&made);
        draw(machine, true);
        json_object_put(machine);
        for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
                char *png = picture_text(pictures[i].name, ".png");

                assert_picture(pictures[i].name, pictures[i].texts);
                assert_non_null(png);
                assert_memory_equal(png, "\x89PNG", 4);
                free(png);
        }
}

static bool exists(const char *path)
{
        return access(path, F_OK) == 0;
}

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

static void what_has_no_data_is_left_out_and_old_pictures_go(void **state)
{
        made_begin(&made);
        made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        draw(NULL, false);
        for (size_t i = 0; i < PLOT_COUNT; i++) {
                bool is_gain = strcmp(plot_kinds[i].name, "gain") == 0;
                char *svg = picture_text(plot_kinds[i].name, ".svg");
                char *png = picture_text(plot_kinds[i].name, ".png");

                assert_int_equal(results[i].drawn, is_gain);
                assert_int_equal(svg != NULL, is_gain);
                assert_null(png);
                free(svg);
        }
        made_begin(&made);
        made_left_out(&made, "chase", "load", VERDICT_SKIPPED, "no");
        draw(NULL, false);
        for (size_t i = 0; i < PLOT_COUNT; i++)
                assert_false(results[i].data);
}

/* Names from data are text in the picture: no markup, no script, no format, no column. */
static void hostile_labels_stay_text(void **state)
{
        char *svg;

        made_begin(&made);
        made_row(&made, "a_b^{c} <i>&\"'", "@x,%d;\\n{/:Bold y}", "ns/op", GIB, 131, 1.27, 1.01);
        made_row(&made, "\xff`touch x`", "$(touch x)", "ns/op", GIB, 131, 0.8, 1.01);
        draw(NULL, false);
        svg = picture_text("gain", ".svg");
        assert_non_null(svg);
        assert_has(svg, "a_b^{c} &lt;i>&amp;'' @x;%d;/n{/:Bold y} · 1 GiB");
        assert_has(svg, "\xef\xbf\xbd`touch x` $(touch x) · 1 GiB");
        free(svg);
        assert_false(exists("x"));
}

/* gnuplot complains of ranges that are empty or upside down: none may be. */
static void extremes_can_be_drawn(void **state)
{
        static const double gains[] = { 0.004, 0.99, 1, 20, 900 };
        static const double values[] = { 0.01, 1e7 };

        for (size_t g = 0; g < sizeof(gains) / sizeof(gains[0]); g++) {
                for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
                        double gain = gains[g], value = values[v];

                        made_begin(&made);
                        made_row(&made, "populate", "mlock", "ns/MiB", GIB, value, gain, 1.0001);
                        made_row(&made, "stream", "read", "GB/s", GIB, value, gain, 2);
                        for (uint64_t bytes = MIB; bytes <= 4 * MIB; bytes *= 2) {
                                made_row(&made, "chase", "load", "ns/op", bytes, value, gain, 1);
                                made_row(&made, "reach", "read", "ns/op", bytes, value, gain, 9);
                        }
                        draw(NULL, false);
                }
        }
}

static void intervals_and_arms_may_be_missing(void **state)
{
        char *svg;

        made_begin(&made);
        for (uint64_t bytes = MIB; bytes <= 8 * MIB; bytes *= 2) {
                struct summary_row *row =
                        made_row(&made, "chase", "load", "ns/op", bytes, 9, 1.1, 1.1);

                row->gain_lo = row->gain_hi = NAN;
                row->pte.value_lo = row->pte.value_hi = NAN;
                row->verdict = VERDICT_UNRESOLVED;
        }
        made.rows[1].pmd.value = made.rows[1].gain = NAN;
        draw(NULL, false);
        assert_true(results[0].drawn);
        made_row(&made, "stream", "read", "GB/s", GIB, 9, 1.1, 1.1)->pte.value = NAN;
        draw(NULL, false);
        svg = picture_text("bandwidth", ".svg");
        assert_non_null(svg);
        assert_has(svg, "9.90");
        free(svg);
        svg = picture_text("latency", ".svg");
        assert_non_null(svg);
        free(svg);
}

/* Other workloads are measured per MiB too. */
static void populate_shows_nothing_else(void **state)
{
        char *svg;

        made_begin(&made);
        made_row(&made, "populate", "mlock", "ns/MiB", GIB, 9, 1.1, 1.1);
        made_row(&made, "gup", "vmsplice", "ns/MiB", GIB, 9, 1.1, 1.1);
        draw(NULL, false);
        svg = picture_text("populate", ".svg");
        assert_non_null(svg);
        assert_has(svg, "mlock");
        assert_null(strstr(svg, "vmsplice"));
        free(svg);
}

static void an_option_can_be_the_axis(void **state)
{
        static const char *const parts[] = { "100", "0", "50" };
        char *data;

        made_begin(&made);
        made.option_names[0] = (char *)"aligned_percent";
        for (size_t i = 0; i < 6; i++)
                made_row(&made, "mixed", i < 3 ? "populate" : "read", "ns/op", GIB, 9, 1.1, 1.01)
                        ->options[0] = (char *)parts[i % 3];
        draw(NULL, false);
        data = picture_text("mixed", ".csv");
        assert_has(data, "\n1,\"mixed populate · 1 GiB (ns/op)\",0,\"PMD\",0,");
        assert_true(strstr(data, "\"PMD\",50,") < strstr(data, "\"PMD\",100,"));
        assert_has(data, "\n2,\"mixed read · 1 GiB (ns/op)\",1,\"PTE (nohuge)\",100,");
        free(data);
}

static void many_rows_are_cut_down_and_said(void **state)
{
        size_t panels = 0;

        made_begin(&made);
        for (size_t i = 0; i < 40; i++) {
                char op[16];

                snprintf(op, sizeof(op), "op%zu", i);
                for (uint64_t bytes = MIB; bytes <= 4 * MIB; bytes *= 2)
                        made_row(&made, "chase", op, "ns/op", bytes, 9, 1.1, 1.01);
        }
        draw(NULL, false);
        for (size_t i = 0; i < PLOT_COUNT; i++) {
                if (strcmp(plot_kinds[i].name, "gain") == 0) {
                        assert_int_equal(results[i].total, 120);
                        assert_int_equal(results[i].shown, 40);
                } else if (strcmp(plot_kinds[i].name, "latency") == 0) {
                        assert_int_equal(results[i].total, 40);
                        panels = results[i].shown;
                }
        }
        assert_in_range(panels, 4, 10);
}

/* The blue of PMD, however gnuplot writes it. */
static bool has_colours(const char *svg)
{
        static const char *const forms[] = { "#0072b2", "rgb(0,114,178)", "rgb(  0, 114, 178)" };

        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
                if (strcasestr(svg, forms[i]))
                        return true;
        return false;
}

static void an_emulated_cpu_has_no_colours(void **state)
{
        for (size_t emulated = 0; emulated < 2; emulated++) {
                made_run(&made);
                snprintf(made.summary.evidence, sizeof(made.summary.evidence), "%s",
                         emulated ? "emulated" : "hardware");
                draw(NULL, false);
                for (size_t i = 0; i < PLOT_COUNT; i++) {
                        char *svg = picture_text(plot_kinds[i].name, ".svg");

                        assert_int_equal(svg != NULL, results[i].drawn);
                        if (!svg)
                                continue;
                        assert_has(svg, emulated ? "times are no evidence about hardware"
                                                 : "hardware (no hypervisor)");
                        assert_int_equal(has_colours(svg), !emulated);
                        free(svg);
                }
        }
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
                cmocka_unit_test(every_plot_names_what_it_shows),
                cmocka_unit_test(a_hostile_folder_name_runs_nothing),
                cmocka_unit_test(what_has_no_data_is_left_out_and_old_pictures_go),
                cmocka_unit_test(hostile_labels_stay_text),
                cmocka_unit_test(extremes_can_be_drawn),
                cmocka_unit_test(intervals_and_arms_may_be_missing),
                cmocka_unit_test(populate_shows_nothing_else),
                cmocka_unit_test(an_option_can_be_the_axis),
                cmocka_unit_test(many_rows_are_cut_down_and_said),
                cmocka_unit_test(an_emulated_cpu_has_no_colours),
                cmocka_unit_test(pictures_stand_in_the_page),
                cmocka_unit_test(a_failure_is_told_and_the_others_are_drawn),
                cmocka_unit_test(without_gnuplot_there_is_a_reason),
        };

        if (!has_gnuplot())
                return EXIT_SKIP;
        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
