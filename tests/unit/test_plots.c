/* SPDX-License-Identifier: Apache-2.0 */
/* What the plots show of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plots_folder.h"
#include "report/facts.h"

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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_plot_names_what_it_shows),
                cmocka_unit_test(what_has_no_data_is_left_out_and_old_pictures_go),
                cmocka_unit_test(hostile_labels_stay_text),
                cmocka_unit_test(extremes_can_be_drawn),
                cmocka_unit_test(intervals_and_arms_may_be_missing),
                cmocka_unit_test(populate_shows_nothing_else),
                cmocka_unit_test(an_option_can_be_the_axis),
                cmocka_unit_test(many_rows_are_cut_down_and_said),
                cmocka_unit_test(an_emulated_cpu_has_no_colours),
        };

        if (!has_gnuplot())
                return EXIT_SKIP;
        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
