/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which a trial calls what a workload is made of, and when it proves the mapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/trial.h"
#include "user_emulation.h"

#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES ((size_t)2 << 20)

enum { OP_OWN, OP_OWN_UNMAPS, OP_ACCESS };

/* What was called, one letter each; and which of the calls is to fail. */
struct calls {
        char letters[32];
        char fail;
        int fd;
};

static struct calls calls;

static struct status called(char letter)
{
        size_t length = strlen(calls.letters);

        assert_true(length + 1 < sizeof(calls.letters));
        calls.letters[length] = letter;
        if (calls.fail == letter)
                return status_make(STATUS_SYSTEM, NULL, "%c failed", letter);
        return status_ok();
}

static struct status make_present(struct trial *trial)
{
        TRY(mapping_attach(trial->mapping));
        return mapping_fault_in(trial->mapping);
}

static struct status on_lay_out(struct trial *trial)
{
        assert_false(trial->mapping->mapped);
        return called('l');
}

static struct status on_prepare(struct trial *trial)
{
        if (trial->cell->op->traits & OP_UNMAPS)
                TRY(make_present(trial));
        return called('p');
}

static void on_run(struct trial *trial, struct worker *worker)
{
        bool proven = trial->mapping->proof.proven != GRAIN_UNKNOWN;

        /* Proven before it is taken away, and not before it is there. */
        assert_int_equal(proven, trial->cell->op != &trial->cell->workload->ops[OP_OWN]);
        worker->status = called('r');
}

static struct status on_complete(struct trial *trial)
{
        TRY(make_present(trial));
        return called('c');
}

static struct status on_check(struct trial *trial)
{
        assert_int_equal(trial->mapping->proof.proven, GRAIN_PTE);
        return called('k');
}

static void on_finish(struct trial *trial)
{
        struct status status = called('f');

        (void)status;
}

static void on_settle(void *context)
{
        struct status status = called('s');

        (void)status;
}

static const struct workload_op ops[] = {
        [OP_OWN] = { .name = "own", .phase = PHASE_OWN },
        [OP_OWN_UNMAPS] = { .name = "unmaps", .phase = PHASE_OWN, .traits = OP_UNMAPS },
        [OP_ACCESS] = { .name = "access", .phase = PHASE_ACCESS },
        { 0 },
};

static const struct workload workload = {
        .name = "calls",
        .ops = ops,
        .lay_out = on_lay_out,
        .prepare = on_prepare,
        .run = on_run,
        .complete = on_complete,
        .check = on_check,
        .finish = on_finish,
};

static struct status fake_lay_out(const struct source *source,
                                  const struct layout_request *request,
                                  struct mapping *ret_mapping)
{
        *ret_mapping = (struct mapping){
                .fd = source->fd, .address = source->window, .bytes = request->bytes,
                .prot = PROT_READ | PROT_WRITE, .flags = MAP_SHARED, .asked = request->arm,
                .page_bytes = source->page_bytes, .pmd_bytes = source->pmd_bytes,
        };
        return status_ok();
}

static const struct source_class class = { .name = "fake", .lay_out = fake_lay_out };

static bool take(void *context, const struct sample *sample)
{
        *(struct sample *)context = *sample;
        return true;
}

/* One trial of a PTE cell; the clock stands still, so that a sample is one quantum. */
static struct sample trial_of(size_t op, char fail)
{
        struct plan_settings settings = { .samples = 1, .sample_ns = 0, .seed = 1 };
        struct cell cell = { .source = &class, .arm = { GRAIN_PTE, LEVER_NOHUGE },
                             .workload = &workload, .op = &ops[op], .bytes = BYTES, .threads = 1 };
        uint64_t content = 0;
        struct source source = { .class = &class, .fd = memfd_create("phase", 0), .twin_fd = -1,
                                 .bytes = BYTES, .page_bytes = (size_t)sysconf(_SC_PAGESIZE), .pmd_bytes = BYTES,
                                 .content = &content };
        struct clock clock = clock_monotonic();
        struct placement placement = { .node = -1 };
        struct counter_selection *selection = NULL;
        struct trial_setup setup = { .cell = &cell, .source = &source, .placement = &placement,
                                     .clock = &clock, .settings = &settings };
        struct sample sample = { .status = STATUS_SKIP };
        struct trial_sink sink = { .context = &sample, .take = take };

        clock.settle = on_settle;
        memset(&calls, 0, sizeof(calls));
        calls.fail = fail;
        assert_int_equal(ftruncate(source.fd, (off_t)BYTES), 0);
        source.window = mmap(NULL, BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(source.window != MAP_FAILED);
        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(counter_selection_make("", &selection).code, STATUS_OK);
        setup.selection = selection;
        trial_perform(&setup, &sink);
        counter_selection_free(selection);
        munmap(source.window, BYTES);
        close(source.fd);
        return sample;
}

static void each_phase_has_its_order(void **state)
{
        static const struct {
                size_t op;
                const char *letters;
        } rows[] = {
                { OP_OWN, "lspsrckf" },
                { OP_OWN_UNMAPS, "lspsrkf" },
                { OP_ACCESS, "lsprrrkf" }, /* calibration, warm-up, sample */
        };

        if (user_emulation())
                skip();
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct sample sample = trial_of(rows[i].op, 0);

                if (sample.status != STATUS_OK)
                        print_message("%s\n", sample.reason);
                assert_int_equal(sample.status, STATUS_OK);
                assert_string_equal(calls.letters, rows[i].letters);
                assert_int_equal(sample.proof.proven, GRAIN_PTE);
        }
}

/* Whatever fails is the row's reason, nothing else is called, and finish() always is. */
static void a_failure_ends_in_finish(void **state)
{
        static const struct {
                size_t op;
                char fail;
                const char *letters;
        } rows[] = {
                { OP_OWN, 'l', "lf" },
                { OP_OWN, 'p', "lspf" },
                { OP_OWN, 'r', "lspsrf" },
                { OP_OWN, 'c', "lspsrcf" },
                { OP_OWN, 'k', "lspsrckf" },
                { OP_OWN_UNMAPS, 'r', "lspsrf" },
                { OP_OWN_UNMAPS, 'k', "lspsrkf" },
                { OP_ACCESS, 'l', "lf" },
                { OP_ACCESS, 'p', "lspf" },
        };

        if (user_emulation())
                skip();
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct sample sample = trial_of(rows[i].op, rows[i].fail);

                assert_int_equal(sample.status, STATUS_SYSTEM);
                assert_int_equal(sample.reason[0], rows[i].fail);
                assert_string_equal(calls.letters, rows[i].letters);
                assert_false(sample.time_ns.known);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_phase_has_its_order),
                cmocka_unit_test(a_failure_ends_in_finish),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
