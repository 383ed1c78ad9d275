/* SPDX-License-Identifier: Apache-2.0 */
/* The engine end to end on the null source with a clock of its own: no hardware, exact times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "engine/supervise.h"
#include "engine/trial.h"
#include "user_emulation.h"

#include <pmdgain/workload.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#define ROWS_MAX 400

struct seen {
        struct sample rows[ROWS_MAX];
        size_t count;
        size_t fail_at; /* refuse this row; 0 never */
        int interrupt_fd;
        size_t interrupt_at;
        bool backwards; /* the clock */
        const struct past *past; /* of the run that is continued */
};

static uint64_t fake_now(void *context)
{
        return *(uint64_t *)context;
}

static uint64_t backwards_now(void *context)
{
        return *(uint64_t *)context -= 1000;
}

static void fake_spend(void *context, uint64_t ns)
{
        *(uint64_t *)context += ns;
}

static struct status on_sources(void *context, const struct engine_source *sources, size_t count)
{
        return status_ok();
}

static struct status on_sample(void *context, const struct cell *cell, const struct source *source,
                               const struct sample *sample)
{
        struct seen *seen = context;
        uint64_t one = 1;

        assert_int_equal(cell->index, sample->cell);
        assert_true(seen->count < ROWS_MAX);
        seen->rows[seen->count++] = *sample;
        if (seen->interrupt_at && seen->count == seen->interrupt_at)
                assert_int_equal(write(seen->interrupt_fd, &one, sizeof(one)), sizeof(one));
        if (seen->fail_at && seen->count == seen->fail_at)
                return status_make(STATUS_SYSTEM, "free some", "disk full");
        return status_ok();
}

static struct status engine(const char *text, struct seen *seen, struct engine_result *result)
{
        static const struct sys_root root = { .sysfs = "/sys", .proc = "/proc" };
        uint64_t now = seen->backwards ? UINT64_MAX / 2 : 0;
        struct clock clock = { .now_ns = seen->backwards ? backwards_now : fake_now, .spend_ns = fake_spend, .context = &now };
        struct engine_observer observer = { .context = seen,
                                            .sources = on_sources,
                                            .sample = on_sample };
        struct plan_request plan_request = { .name = "t", .text = text, .origin = "t.ini" };
        struct placement placement = { .node = -1 };
        struct engine_request request = { .root = &root,
                                          .clock = &clock,
                                          .placement = &placement,
                                          .interrupt_fd = seen->interrupt_at ? seen->interrupt_fd :
                                                                               -1,
                                          .observer = &observer,
                                          .past = seen->past };
        struct counter_selection *selection = NULL;
        struct status status;

        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(counter_selection_make("", &selection).code, STATUS_OK);
        status = plan_make(&plan_request, &request.plan);
        assert_int_equal(status.code, STATUS_OK);
        request.selection = selection;
        status = engine_run(&request, result);
        plan_free(request.plan);
        counter_selection_free(selection);
        return status;
}

static void the_null_source_costs_what_it_should(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status = engine("[global]\nsource = null\nmax_blocks = 4\nsamples = 2\n"
                                      "sample_time = 1ms\n[null]\nratio = 1.5\n",
                                      seen, result);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(result->blocks, 4);
        assert_int_equal(seen->count, 4 * 2 * 2);
        for (size_t i = 0; i < seen->count; i++) {
                const struct sample *row = &seen->rows[i];
                double per_op = (double)row->time_ns.value / (double)row->ops.value;

                assert_int_equal(row->status, STATUS_OK);
                assert_true(row->time_ns.value >= 1000000);
                /* Cells 0 and 1 are pmd and pte:nohuge at a cost of 100 ns. */
                assert_true(per_op > (row->cell ? 149.0 : 99.0));
                assert_true(per_op < (row->cell ? 151.0 : 101.0));
                assert_int_equal(row->proof.proven, row->cell ? GRAIN_PTE : GRAIN_PMD);
        }
        free(seen);
        free(result);
}

static void a_clock_that_steps_back_gives_no_number(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));

        seen->backwards = true;
        assert_int_equal(engine("[global]\nsource = null\nmax_blocks = 1\n[null]\n", seen, result)
                                 .code,
                         STATUS_OK);
        assert_true(seen->count > 0);
        for (size_t i = 0; i < seen->count; i++) {
                assert_int_equal(seen->rows[i].status, STATUS_INVALID);
                assert_non_null(strstr(seen->rows[i].reason, "went backwards"));
                assert_false(seen->rows[i].time_ns.known);
        }
        assert_int_equal(result->rows_invalid, seen->count);
        free(seen);
        free(result);
}

static void what_cannot_be_is_a_row_with_its_reason(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status = engine("[global]\nsource = null\nmax_blocks = 2\n"
                                      "sample_time = 1ms\n[null]\n[chase]\n",
                                      seen, result);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(result->rows_skip, 2); /* once each, not in every block */
        for (size_t i = 0; i < seen->count; i++) {
                if (seen->rows[i].status != STATUS_SKIP)
                        continue;
                assert_false(seen->rows[i].ops.known);
                assert_false(seen->rows[i].time_ns.known);
                assert_non_null(strstr(seen->rows[i].reason, "memory"));
        }
        free(seen);
        free(result);
}

/* What a cell asks of a source that has no such thing is told before anything is mapped. */
static void modes_that_mean_nothing_are_skipped(void **state)
{
        static const struct {
                const char *job, *words;
        } rows[] = {
                { "[null]\narm = auto\n", "maps nothing whose grain could be seen" },
                { "[null]\nmap = private\n", "no file to map private" },
                { "[null]\nstate = sparse\n", "no sparse bytes" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct seen *seen = calloc(1, sizeof(*seen));
                struct engine_result *result = calloc(1, sizeof(*result));
                char text[200];

                snprintf(text, sizeof(text), "[global]\nsource = null\nmax_blocks = 2\n%s",
                         rows[i].job);
                assert_int_equal(engine(text, seen, result).code, STATUS_OK);
                assert_int_equal(result->rows_ok, 0);
                assert_true(result->rows_skip > 0);
                assert_non_null(strstr(seen->rows[0].reason, rows[i].words));
                free(seen);
                free(result);
        }
}

static void a_full_disk_ends_the_run_at_once(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status;

        seen->fail_at = 3;
        status = engine("[global]\nsource = null\nsample_time = 1ms\n[null]\n", seen, result);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_string_equal(status.what, "disk full");
        assert_int_equal(seen->count, 3);
        free(seen);
        free(result);
}

static void an_interruption_keeps_what_there_is(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status;

        seen->interrupt_fd = eventfd(0, EFD_CLOEXEC);
        seen->interrupt_at = 5;
        status = engine("[global]\nsource = null\nsample_time = 1ms\n[null]\n", seen, result);
        assert_int_equal(status.code, STATUS_OK);
        assert_true(result->interrupted);
        assert_in_range(seen->count, 5, 12);
        close(seen->interrupt_fd);
        free(seen);
        free(result);
}

/* The text of the first warning of that kind; NULL for none. */
static const char *warning_of(const struct engine_result *result, enum warning_code code)
{
        for (size_t i = 0; i < result->warnings.count; i++)
                if (result->warnings.list[i].code == code)
                        return result->warnings.list[i].text;
        return NULL;
}

/* Of the second comparison, whose samples scatter by 15 %, there are more blocks than of the first,
 * which is known exactly at once. */
static void time_goes_to_what_is_not_known_yet(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status = engine("[global]\nsource = null\nmax_blocks = 30\nsamples = 1\n"
                                      "sample_time = 1ms\nprecision = 1%\n[null]\nnoise = 0 15\n",
                                      seen, result);
        unsigned rows[4] = { 0 };

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(result->blocks, 30);
        for (size_t i = 0; i < seen->count; i++)
                rows[seen->rows[i].cell]++;
        assert_int_equal(rows[0], 10); /* looks at 8 and 10 pairs */
        assert_int_equal(rows[1], 10);
        assert_int_equal(rows[2], 30);
        assert_int_equal(rows[3], 30);
        assert_non_null(warning_of(result, WARNING_IMPRECISE));
        assert_non_null(strstr(warning_of(result, WARNING_IMPRECISE), "1 of 2 comparisons"));
        free(seen);
        free(result);
}

static void a_run_ends_once_all_is_known(void **state)
{
        struct seen *seen = calloc(1, sizeof(*seen));
        struct engine_result *result = calloc(1, sizeof(*result));
        struct status status = engine("[global]\nsource = null\nsample_time = 1ms\n[null]\n", seen,
                                      result);

        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(result->blocks, 10);
        assert_null(warning_of(result, WARNING_IMPRECISE));
        assert_null(warning_of(result, WARNING_FEW_BLOCKS));
        assert_false(result->out_of_time);
        free(seen);
        free(result);
}

static bool has_row(const struct tally_row *rows, size_t count, const struct sample *wanted)
{
        size_t found = 0;

        for (size_t i = 0; i < count; i++)
                found += rows[i].cell == wanted->cell && rows[i].block == wanted->block &&
                         rows[i].trial == wanted->trial;
        return found == 1;
}

/* Cut off after any number of rows and continued, a run ends with the trials it would have had. */
static void a_continued_run_ends_with_the_same_trials(void **state)
{
        static const char plan[] = "[global]\nsource = null\nmax_blocks = 12\nsamples = 1\n"
                                   "sample_time = 1ms\nprecision = 2%\n"
                                   "[null]\nnoise = 0 9\n[chase]\n";
        struct seen *whole = calloc(1, sizeof(*whole)), *rest = calloc(1, sizeof(*rest));
        struct tally_row *rows = calloc(2 * ROWS_MAX, sizeof(*rows));
        struct engine_result *result = calloc(2, sizeof(*result));
        struct past past;

        assert_int_equal(engine(plan, whole, &result[0]).code, STATUS_OK);
        assert_int_equal(whole->count, 2 + 20 + 24);
        for (size_t i = 0; i < whole->count; i++) {
                const struct sample *row = &whole->rows[i];

                rows[i] = (struct tally_row){ row->cell, row->block, row->trial, row->status, NAN };
                if (row->status == STATUS_OK)
                        rows[i].time = (double)row->time_ns.value / (double)row->ops.value;
        }
        for (size_t cut = 0; cut <= whole->count; cut++) {
                past = (struct past){ 0 };
                for (size_t i = 0; i < cut; i++)
                        assert_int_equal(past_add(&past, &rows[i]).code, STATUS_OK);
                assert_int_equal(past_close(&past).code, STATUS_OK);
                *rest = (struct seen){ .past = &past };
                assert_int_equal(engine(plan, rest, &result[1]).code, STATUS_OK);
                assert_int_equal(rest->count, whole->count - cut);
                for (size_t i = 0; i < rest->count; i++)
                        assert_true(has_row(rows + cut, whole->count - cut, &rest->rows[i]));
                assert_int_equal(result[1].rows_ok, result[0].rows_ok);
                assert_int_equal(result[1].rows_skip, result[0].rows_skip);
                assert_int_equal(result[1].blocks, result[0].blocks);
                past_free(&past);
        }
        free(whole);
        free(rest);
        free(rows);
        free(result);
}

/* Children that go wrong, one way each. */
static void perform_sigbus(void *context, const struct trial_sink *sink)
{
        signal(SIGBUS, SIG_DFL); /* a sanitizer would report it instead */
        raise(SIGBUS);
}

static void perform_hang(void *context, const struct trial_sink *sink)
{
        pause();
}

/* As a hang in the kernel looks from outside: killed, and it does not end, because a process that
 * traces it does not let it. */
static void perform_unkillable(void *context, const struct trial_sink *sink)
{
        int ready[2];
        char byte = 0;

        if (pipe(ready))
                _exit(77);
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0UL, 0UL, 0UL); /* fails where nobody asks */
        if (fork() == 0) {
                close(STDOUT_FILENO); /* whoever reads them need not wait */
                close(STDERR_FILENO);
                if (ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0)
                        byte = 1;
                if (write(ready[1], &byte, 1) == 1)
                        sleep(30);
                _exit(0);
        }
        if (read(ready[0], &byte, 1) != 1 || !byte)
                _exit(77); /* tracing is forbidden here */
        pause();
}

static void perform_nothing(void *context, const struct trial_sink *sink)
{
}

static struct status count_rows(void *context, const struct sample *sample)
{
        ++*(unsigned *)context;
        return status_ok();
}

static void a_trial_that_dies_hangs_or_is_silent_is_told_apart(void **state)
{
        static const struct {
                void (*perform)(void *, const struct trial_sink *);
                uint64_t limit_ns;
                const char *words;
        } rows[] = {
                { perform_sigbus, UINT64_C(20000000000), "SIGBUS" },
                { perform_hang, 300000000, "still running after 0 s" },
                { perform_unkillable, 3000000000, "could not be killed" }, /* it gets ready first */
                { perform_nothing, UINT64_C(20000000000), "no result" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                unsigned count = 0;
                struct supervise_request request = {
                        .perform = rows[i].perform,
                        .limit_ns = rows[i].limit_ns,
                        .grace_ns = 500000000,
                        .interrupt_fd = -1,
                        .take = count_rows,
                        .take_context = &count,
                };
                enum supervise_end end = SUPERVISE_DONE;
                struct status cause = status_ok();

                if (user_emulation() && rows[i].perform == perform_unkillable)
                        continue;
                assert_int_equal(supervise(&request, &end, &cause).code, STATUS_OK);
                assert_int_equal(end, SUPERVISE_DIED);
                assert_int_equal(cause.code, STATUS_SYSTEM);
                if (strstr(cause.what, "exit code 77"))
                        continue;
                assert_non_null(strstr(cause.what, rows[i].words));
                assert_int_equal(count, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_null_source_costs_what_it_should),
                cmocka_unit_test(a_clock_that_steps_back_gives_no_number),
                cmocka_unit_test(what_cannot_be_is_a_row_with_its_reason),
                cmocka_unit_test(modes_that_mean_nothing_are_skipped),
                cmocka_unit_test(a_full_disk_ends_the_run_at_once),
                cmocka_unit_test(an_interruption_keeps_what_there_is),
                cmocka_unit_test(time_goes_to_what_is_not_known_yet),
                cmocka_unit_test(a_run_ends_once_all_is_known),
                cmocka_unit_test(a_continued_run_ends_with_the_same_trials),
                cmocka_unit_test(a_trial_that_dies_hangs_or_is_silent_is_told_apart),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
