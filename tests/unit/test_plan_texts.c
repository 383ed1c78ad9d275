/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that are texts: whatever they are, the plan in force reads back to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/plan.h"

#include <string.h>

static struct status make(const char *text, const char *scratch, struct plan **ret_plan)
{
        const struct plan_override override = { "scratch", scratch, "--option" };
        struct plan_request request = {
                .name = "test",
                .text = text,
                .origin = "test.ini",
                .overrides = &override,
                .override_count = scratch ? 1 : 0,
                .only_workloads = "",
        };

        return plan_make(&request, ret_plan);
}

static void comes_through(const char *given, const char *path)
{
        struct plan *plan = NULL, *again = NULL;
        struct status status = make("[null]\n", given, &plan);

        if (status_failed(&status))
                fail_msg("%s: %s", given, status.what);
        assert_string_equal(plan->settings.scratch, path);
        status = make(plan->text, NULL, &again);
        if (status_failed(&status))
                fail_msg("%s: %s: %s", given, plan->text, status.what);
        assert_string_equal(again->settings.scratch, path);
        plan_free(again);
        plan_free(plan);
}

static void refused(const char *given, const char *words)
{
        struct plan *plan = NULL;
        struct status status = make("[null]\n", given, &plan);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_null(plan);
        if (!strstr(status.what, words))
                fail_msg("'%s' does not say '%s'", status.what, words);
}

static void any_path_comes_through(void **state)
{
        char path[900];

        (void)state;
        comes_through("/tmp/plain", "/tmp/plain");
        comes_through("/tmp/a b,c", "/tmp/a b,c");
        comes_through("/tmp/a ;b", "/tmp/a ;b");
        comes_through(";", ";");
        comes_through("#a", "#a");
        comes_through("/tmp/a\\", "/tmp/a\\");
        comes_through("/tmp/\"a\"", "/tmp/\"a\"");
        comes_through("/tmp/a\tb", "/tmp/a\tb");
        comes_through("", "");
        for (size_t length = 60; length < sizeof(path); length += 7) {
                for (size_t i = 0; i < length; i++)
                        path[i] = "/ab ;#,\\x"[i * i % 9];
                path[0] = '/';
                path[length] = '\0';
                comes_through(path, path);
        }
}

static void quotes_are_taken_off(void **state)
{
        (void)state;
        comes_through("\"/tmp/a b\"", "/tmp/a b");
        comes_through("\" /tmp \"", " /tmp ");
        refused("\"/tmp", "is not closed");
        refused("\"/tmp\" /var", "goes on after a quote");
}

static void control_characters_are_refused(void **state)
{
        (void)state;
        refused("/tmp/a\nb", "line break or control character");
        refused("\n", "line break or control character");
        refused("/tmp/\x1b", "line break or control character");
        refused("\"/tmp/a\nb\"", "control character");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_path_comes_through),
                cmocka_unit_test(quotes_are_taken_off),
                cmocka_unit_test(control_characters_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
