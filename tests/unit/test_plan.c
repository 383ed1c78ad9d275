/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plan/expand.h"
#include "plan/plan.h"

#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct status make(const char *text, const struct plan_override *overrides, size_t count,
                          const char *only, struct plan **ret_plan)
{
        struct plan_request request = {
                .name = "test",
                .text = text,
                .origin = "test.ini",
                .overrides = overrides,
                .override_count = count,
                .only_workloads = only,
        };

        return plan_make(&request, ret_plan);
}

/* The plan is refused as bad usage, with `words` in what it says. */
static void refused(const char *text, const char *words)
{
        struct plan *plan = NULL;
        struct status status = make(text, NULL, 0, "", &plan);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_null(plan);
        if (!strstr(status.what, words))
                fail_msg("'%s' does not say '%s'", status.what, words);
}

static void lists_multiply_and_arms_share_a_group(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[global]\nsource = null\n[a]\nworkload = null\n"
                                    "bytes = 4k 8k 16k\nthreads = 1 2\nratio = 1.1 1.2\n",
                                    NULL, 0, "", &plan);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->group_count, 3 * 2 * 2);
        assert_int_equal(plan->cell_count, 2 * 3 * 2 * 2);
        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];

                assert_int_equal(cell->index, i);
                assert_int_equal(cell->group, i / 2);
                assert_int_equal(cell->arm.grain, i % 2 ? GRAIN_PTE : GRAIN_PMD);
                assert_string_equal(cell->source->name, "null");
        }
        assert_true(cell_option(&plan->cells[0], "ratio").real == 1.1);
        assert_true(cell_option(&plan->cells[2], "ratio").real == 1.2);
        assert_int_equal(plan->cells[plan->cell_count - 1].bytes, 16 * KIB);
        plan_free(plan);
}

static void the_command_line_wins_over_job_and_global(void **state)
{
        const struct plan_override overrides[] = {
                { "bytes", "64k", "command line" },
                { "seed", "9", "command line" },
                { "ratio", "3", "command line" },
        };
        struct plan *plan = NULL;
        struct status status = make("[global]\nbytes = 1m\nsource = null\n[null]\nbytes = 2m\n",
                                    overrides, 3, "", &plan);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->cells[0].bytes, 64 * KIB);
        assert_int_equal(plan->settings.seed, 9);
        assert_true(cell_option(&plan->cells[0], "ratio").real == 3.0);
        /* The plan in force reads back to the same cells. */
        {
                struct plan *again = NULL;

                status = make(plan->text, NULL, 0, "", &again);
                assert_int_equal(status.code, STATUS_OK);
                assert_int_equal(again->cell_count, plan->cell_count);
                assert_int_equal(again->settings.seed, 9);
                plan_free(again);
        }
        plan_free(plan);
}

/* The path comes through, and so it does once more from the plan in force. */
static void target_survives(const char *spec, const char *path)
{
        const struct plan_override override = { "source", spec, "--source" };
        struct plan *plan = NULL, *again = NULL;
        struct status status = make("[random]\n", &override, 1, "", &plan);

        if (status_failed(&status))
                fail_msg("%s: %s", spec, status.what);
        assert_string_equal(plan->cells[0].target, path);
        status = make(plan->text, NULL, 0, "", &again);
        if (status_failed(&status))
                fail_msg("%s: %s: %s", spec, plan->text, status.what);
        assert_int_equal(again->cell_count, plan->cell_count);
        for (size_t i = 0; i < plan->cell_count; i++)
                assert_string_equal(again->cells[i].target, plan->cells[i].target);
        plan_free(again);
        plan_free(plan);
}

static void quotes_take_any_path(void **state)
{
        char spec[600], path[256];

        target_survives("file:/plain", "/plain");
        target_survives("file:\"/a b/c,d\"", "/a b/c,d");
        target_survives("\"file:/a b\"", "/a b");
        target_survives("file:/a\" \"b null", "/a b");
        target_survives("file:\"say \"\"hi\"\"\"", "say \"hi\"");
        target_survives("file:\"/x ;y ;;z\"", "/x ;y ;;z");
        target_survives("\"file:;\"", ";");
        target_survives("file:\"a\tb\"", "a\tb");
        target_survives("file:\"a \",null", "a ");
        target_survives("file:a\\ null", "a\\");
        target_survives("file:a=b:[c] null", "a=b:[c]");
        target_survives("file:\xc3\xa4", "\xc3\xa4");
        for (size_t length = 80; length < sizeof(path); length += 5) {
                for (size_t i = 0; i < length; i++)
                        path[i] = "/ab ;\"#,\\x"[i * i % 10];
                path[0] = '/';
                path[length] = '\0';
                snprintf(spec, sizeof(spec), "file:\"");
                for (const char *at = path; *at; at++)
                        snprintf(spec + strlen(spec), sizeof(spec) - strlen(spec), "%c%s", *at,
                                 *at == '"' ? "\"" : "");
                snprintf(spec + strlen(spec), sizeof(spec) - strlen(spec), "\" null");
                target_survives(spec, path);
        }
}

/* Wherever the plan in force breaks a long name into lines: at blanks, quotes, semicolons. */
static void quotes_go_on_in_the_next_line(void **state)
{
        static const char *const fillings[] = { " ", "a b; ", "\"", " ;", "\\ ", "#", "x", "; \"" };
        char spec[600], path[250];

        for (size_t i = 0; i < sizeof(fillings) / sizeof(fillings[0]); i++) {
                size_t length = strlen(fillings[i]), used;

                for (size_t shift = 0; shift < 8; shift++) {
                        for (size_t at = 0; at < sizeof(path) - 1; at++)
                                path[at] = at <= shift ? "/abcdefgh"[at] : fillings[i][at % length];
                        path[sizeof(path) - 1] = '\0';
                        used = (size_t)snprintf(spec, sizeof(spec), "file:\"");
                        for (const char *at = path; *at; at++) {
                                if (*at == '"')
                                        spec[used++] = '"';
                                spec[used++] = *at;
                        }
                        snprintf(spec + used, sizeof(spec) - used, "\" null");
                        target_survives(spec, path);
                }
        }
}

static void quotes_are_closed_and_names_have_one_line(void **state)
{
        const struct plan_override newline = { "source", "file:\"a\nb\"", "--source" };
        struct plan *plan = NULL;
        struct status status = make("[random]\n", &newline, 1, "", &plan);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "--source: a name with a line break"));
        refused("[random]\nsource = file:/a\x01\" b\"\n", "a name with a line break or control");
        refused("[random]\nsource = file:\"/a b\n", "test.ini:2: the quote before '/a b'");
        refused("[random]\nsource = \"\"\n", "'' is not a source");
        refused("[random]\nsource = file:\"\"\n", "needs a target");
}

static void mistakes_are_named_with_their_line(void **state)
{
        refused("[global]\nbudget = 5\n[null]\nsource = null\n", "test.ini:2: budget");
        refused("[global]\nbudgets = 5s\n[null]\nsource = null\n", "test.ini:2");
        refused("bytes = 1m\n", "test.ini:1");
        refused("[null]\nsource = null\nrattio = 1\n", "test.ini:3: null has no option 'rattio'");
        refused("[null]\nsource = null\nratio = 100\n", "test.ini:3: ratio");
        refused("[x]\nworkload = chasse\n", "test.ini:2: 'chasse' is not a workload");
        refused("[null]\nsource = nul\n", "test.ini:2: 'nul' is not a source");
        refused("[null]\nsource = null:x\n", "takes no target");
        refused("[null]\nsource = file\n", "needs a target");
        refused("[null]\nsource = null\narm = pmd pmd\n", "named twice");
        refused("[null]\nsource = null\nbytes = 4m 4096k\n", "bytes: '4096k' is named twice");
        refused("[null]\nsource = null\nthreads = 1, 1\n", "threads: '1' is named twice");
        refused("[chase]\nop = read read\n", "op: 'read' is named twice");
        refused("[chase]\nsource = shmem anon shmem\n", "source: 'shmem' is named twice");
        refused("[chase]\nsource = file:/a file:\"/a\"\n", "source: 'file:/a' is named twice");
        refused("[chase]\nchains = 1 2 1\n", "chains: '1' is named twice");
        refused("[null]\nsource = null\nratio = 1.5 1.50\n", "ratio: '1.50' is named twice");
        refused("[null]\nsource = null\narm = huge\n", "'huge' is not an arm");
        refused("[null]\nsource = null\nbytes = 0\n", "not between 1");
        refused("[null]\nsource = null\nbytes =\n", "test.ini:3");
        refused("[null]\nsource = null\nop = reed\n", "null has no op 'reed'");
        refused("[null]\nsource = null\nsource = null\n", "given twice");
        refused("[null]\nsource null\n", "test.ini:2");
        refused("[null\nsource = null\n", "test.ini:1");
        refused("; nothing\n", "no job");
}

static void modes_and_states_make_groups(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[populate]\nsource = file:/a\nop = munmap\narm = pmd auto\n"
                                    "map = shared private sync\nstate = written sparse\n",
                                    NULL, 0, "", &plan);
        char text[200];

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->group_count, 6);
        assert_int_equal(plan->cell_count, 12);
        assert_int_equal(plan->cells[0].map, MAP_MODE_SHARED);
        assert_int_equal(plan->cells[0].state, FILE_WRITTEN);
        assert_int_equal(plan->cells[11].map, MAP_MODE_SYNC);
        assert_int_equal(plan->cells[11].state, FILE_SPARSE);
        assert_string_equal(cell_describe(&plan->cells[11], text, sizeof(text)),
                            "populate munmap 256m map=sync state=sparse auto");
        plan_free(plan);
        refused("[populate]\nsource = file:/a\nmap = shard\n", "test.ini:3: map: 'shard'");
        refused("[populate]\nsource = file:/a\nstate = sparse sparse\n", "named twice");
        refused("[populate]\nsource = file:/a\nstate =\n", "test.ini:3");
}

/* An arm for each shift, but only where a file so shifted is made for it. */
static void shifts_multiply_the_arm_extent(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[populate]\nsource = file:/a shmem\nop = munmap\n"
                                    "arm = pmd pte:extent pte:extent@file:/b\nshift = page 1m\n",
                                    NULL, 0, "", &plan);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->group_count, 2);
        assert_int_equal(plan->cell_count, 4 + 3);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(plan->cells[i].group, 0);
        assert_int_equal(plan->cells[0].shift, 0);
        assert_int_equal(plan->cells[1].shift, sysconf(_SC_PAGESIZE));
        assert_int_equal(plan->cells[2].shift, MIB);
        assert_int_equal(plan->cells[3].shift, 0);
        assert_int_equal(plan->cells[5].shift, 0);
        plan_free(plan);
        refused("[populate]\nsource = file:/a\nshift = 6k\n", "no multiple of 4k");
        refused("[populate]\nsource = file:/a\nshift = 17g\n", "not between");
        refused("[populate]\nsource = file:/a\nshift = 4k 4096\n", "named twice");
}

static void an_arm_may_lie_elsewhere(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[populate]\nsource = devdax:/dev/a\nop = munmap\n"
                                    "arm = pmd@devdax:/dev/a pte:namespace@devdax:/dev/b\n",
                                    NULL, 0, "", &plan);
        char text[200];

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->group_count, 1);
        assert_null(plan->cells[0].arm_source); /* that is where the others are */
        assert_string_equal(cell_place_target(&plan->cells[0]), "/dev/a");
        assert_string_equal(plan->cells[1].target, "/dev/a");
        assert_string_equal(cell_place(&plan->cells[1])->name, "devdax");
        assert_string_equal(cell_place_target(&plan->cells[1]), "/dev/b");
        assert_string_equal(cell_describe(&plan->cells[1], text, sizeof(text)),
                            "populate munmap 256m pte:namespace@devdax:/dev/b");
        plan_free(plan);
        refused("[populate]\nsource = file:/a\narm = pte:extent@\n", "'' is not a source");
        refused("[populate]\nsource = file:/a\narm = pte:extent@file\n", "needs a target");
        refused("[populate]\nsource = file:/a\narm = auto@file:/b auto@file:/b\n", "named twice");
}

static void a_long_line_is_refused_not_cut(void **state)
{
        char text[2000] = "[null]\nsource = null\nbytes = ";

        for (int i = 0; i < 100; i++)
                strcat(text, "4096 ");
        refused(text, "test.ini:3: the line is longer");
}

static void an_indented_line_goes_on_with_the_list(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[null]\nsource = null\nbytes = 4k\n        8k 16k\n", NULL, 0,
                                    "", &plan);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->group_count, 3);
        plan_free(plan);
}

static void the_plan_in_force_reads_back_however_long_its_lists(void **state)
{
        char text[2000] = "[null]\nsource = null\nbytes =";
        struct plan *plan = NULL, *again = NULL;

        for (int i = 1; i <= 60; i++)
                sprintf(text + strlen(text), "%s%d00000", i % 20 ? " " : "\n ", i);
        strcat(text, "\n");
        assert_int_equal(make(text, NULL, 0, "", &plan).code, STATUS_OK);
        assert_int_equal(plan->group_count, 60);
        assert_int_equal(make(plan->text, NULL, 0, "", &again).code, STATUS_OK);
        assert_int_equal(again->group_count, 60);
        plan_free(plan);
        plan_free(again);
}

static void an_empty_section_is_a_job_by_its_name(void **state)
{
        struct plan *plan = NULL;
        struct status status = make("[global]\nsource = null\n[null]\n", NULL, 0, "", &plan);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(plan->cell_count, 2);
        plan_free(plan);
}

static void workloads_can_be_picked(void **state)
{
        const char *text = "[null]\nsource = null\n[chase]\n[again]\nworkload = chase\n";
        struct plan *plan = NULL;
        struct status status = make(text, NULL, 0, "chase", &plan);

        assert_int_equal(status.code, STATUS_OK);
        for (size_t i = 0; i < plan->cell_count; i++)
                assert_string_equal(plan->cells[i].workload->name, "chase");
        assert_int_equal(plan->group_count, 2);
        plan_free(plan);
        plan = NULL;
        assert_int_equal(make(text, NULL, 0, "stream", &plan).code, STATUS_USAGE);
}

/* A plan could not tell which of the two is meant. */
static void no_option_has_the_name_of_a_key(void **state)
{
        for (const struct workload *const *each = workloads(); *each; each++)
                for (const struct option_row *row = (*each)->options; row && row->name; row++) {
                        assert_null(job_key_find(row->name));
                        for (const struct option_row *set = plan_setting_rows(); set->name; set++)
                                assert_string_not_equal(set->name, row->name);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lists_multiply_and_arms_share_a_group),
                cmocka_unit_test(the_command_line_wins_over_job_and_global),
                cmocka_unit_test(quotes_take_any_path),
                cmocka_unit_test(quotes_go_on_in_the_next_line),
                cmocka_unit_test(quotes_are_closed_and_names_have_one_line),
                cmocka_unit_test(mistakes_are_named_with_their_line),
                cmocka_unit_test(modes_and_states_make_groups),
                cmocka_unit_test(shifts_multiply_the_arm_extent),
                cmocka_unit_test(an_arm_may_lie_elsewhere),
                cmocka_unit_test(a_long_line_is_refused_not_cut),
                cmocka_unit_test(an_indented_line_goes_on_with_the_list),
                cmocka_unit_test(the_plan_in_force_reads_back_however_long_its_lists),
                cmocka_unit_test(an_empty_section_is_a_job_by_its_name),
                cmocka_unit_test(workloads_can_be_picked),
                cmocka_unit_test(no_option_has_the_name_of_a_key),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
