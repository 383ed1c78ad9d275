/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of shared: proven each by itself, summed, and gone in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"
#include "user_emulation.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES (4u << 20)

extern const struct workload workload_shared;

enum { OP_POPULATE, OP_FIRST_TOUCH };

struct fixture {
        struct fake_trial fake;
        struct clock clock;
};

/* A memfd without huge pages, attached and not present. */
static void fixture_make(struct fixture *fixture, size_t op, uint64_t processes, enum grain asked)
{
        struct mapping *mapping = &fixture->fake.mapping;

        fake_make(&fixture->fake, &workload_shared, op, BYTES, 1);
        fixture->clock = clock_monotonic();
        fixture->fake.trial.clock = &fixture->clock;
        fixture->fake.cell.options[0].count = processes;
        mapping->fd = memfd_create("shared", 0);
        assert_true(mapping->fd >= 0);
        assert_int_equal(ftruncate(mapping->fd, BYTES), 0);
        mapping->asked = (struct arm){ asked, asked == GRAIN_PMD ? LEVER_ALIGNED : LEVER_NOHUGE };
        mapping->advice = MADV_NOHUGEPAGE;
        assert_int_equal(mapping_attach(mapping).code, STATUS_OK);
}

static void fixture_free(struct fixture *fixture)
{
        close(fixture->fake.mapping.fd);
        fake_free(&fixture->fake);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD); /* nobody is left */
}

static void what_all_processes_took_is_summed(void **state)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        if (user_emulation())
                skip();
        for (uint64_t processes = 1; processes <= 3; processes++) {
                for (size_t op = OP_POPULATE; op <= OP_FIRST_TOUCH; op++) {
                        struct fixture fixture;
                        struct proof *proof = &fixture.fake.mapping.proof;

                        fixture_make(&fixture, op, processes, GRAIN_PTE);
                        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
                        assert_int_equal(fake_run(&fixture.fake, 0, BYTES), BYTES);
                        assert_int_equal(fixture.fake.workers[0].status.code, STATUS_OK);
                        proof->minflt = count_of(1000000);
                        proof->page_table_bytes = count_of(1 << 30);
                        assert_int_equal(fake_check(&fixture.fake).code, STATUS_OK);
                        /* A table of 8-byte entries for each PMD that it fills, and a fault for
                         * 1 to 16 pages of them or more. */
                        assert_in_range(proof->page_table_bytes.value,
                                        (1 << 30) + (processes - 1) * (BYTES / (page / 8)) / page * page,
                                        (1 << 30) + (processes - 1) * 16 * page);
                        assert_true(processes == 1 || proof->minflt.value > 1000000);
                        fixture_free(&fixture);
                }
        }
}

static void a_count_that_one_process_lacks_is_missing(void **state)
{
        struct fixture fixture;

        if (user_emulation())
                skip();
        fixture_make(&fixture, OP_POPULATE, 2, GRAIN_PTE);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        fixture.fake.mapping.proof.minflt = (struct count){ 0 };
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_OK);
        assert_false(fixture.fake.mapping.proof.minflt.known);
        fixture_free(&fixture);
}

static void a_process_with_another_grain_is_invalid(void **state)
{
        struct fixture fixture;
        struct status status;

        if (user_emulation())
                skip();
        fixture_make(&fixture, OP_POPULATE, 3, GRAIN_PMD); /* which the memfd does not have */
        status = fake_prepare(&fixture.fake);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "asked for pmd"));
        fixture_free(&fixture);
}

static void bytes_of_their_own_are_not_shared(void **state)
{
        static const struct source_class fresh = { .name = "fresh", .traits = SOURCE_FRESH_BYTES },
                                         file = { .name = "file" };
        struct cell cell = { .source = &fresh, .workload = &workload_shared };

        cell.options[0].count = 2;
        assert_int_equal(workload_shared.accept(&cell).code, STATUS_SKIP);
        cell.options[0].count = 1;
        assert_int_equal(workload_shared.accept(&cell).code, STATUS_OK);
        cell.options[0].count = 2;
        cell.source = &file;
        assert_int_equal(workload_shared.accept(&cell).code, STATUS_OK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_all_processes_took_is_summed),
                cmocka_unit_test(a_count_that_one_process_lacks_is_missing),
                cmocka_unit_test(a_process_with_another_grain_is_invalid),
                cmocka_unit_test(bytes_of_their_own_are_not_shared),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
