/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch_file.h"

#include <pmdgain/clock.h>
#include <pmdgain/units.h>

#define BYTES (4 * MIB)
#define PAGES (BYTES / 4096)

extern const struct workload workload_sync;

enum { MSYNC, FSYNC, FLUSH, DIRTY_MSYNC, DIRTY_FSYNC, DIRTY_FLUSH, OPS };

static struct clock wall;

static void make(struct fake_trial *fake, size_t op, uint64_t dirty, uint64_t stride)
{
        fake_make(fake, &workload_sync, op, BYTES, 1);
        fake->trial.clock = &wall;
        fake->source.dax = -1;
        fake->cell.options[0].count = dirty;
        fake->cell.options[1].count = stride;
}

static void run(struct fake_trial *fake)
{
        uint64_t ops = fake_run(fake, 0, workload_sync.quantum(&fake->trial));

        assert_int_equal(ops, BYTES / fake->cell.options[1].count);
        assert_int_equal(fake->workers[0].status.code, STATUS_OK);
        assert_int_equal(fake_check(fake).code, STATUS_OK);
}

/* Exactly the pieces changed. */
static void assert_pieces(const struct fake_trial *fake, uint64_t dirty, uint64_t stride)
{
        for (size_t at = 0; at < BYTES; at++)
                assert_int_equal(fake->mapping.address[at] == (char)FAKE_FILL,
                                 at % stride >= dirty);
}

static void every_op_writes_the_pieces_and_nothing_else(void **state)
{
        for (size_t op = 0; op < OPS; op++) {
                bool flush = op == FLUSH || op == DIRTY_FLUSH;
                struct fake_trial fake;

                make(&fake, op, 128, 8192);
                fake.source.traits = flush ? SOURCE_IN_MEMORY : 0;
                if (!flush && !scratch_here())
                        continue;
                if (!flush)
                        scratch_map(&fake);
                if (workload_sync.accept(&fake.cell).code == STATUS_SKIP) {
                        fake_free(&fake);
                        continue;
                }
                assert_int_equal(workload_sync.lay_out(&fake.trial).code, STATUS_OK);
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                run(&fake);
                assert_pieces(&fake, 128, 8192);
                fake.mapping.address[3 * 8192 + 127] ^= 1;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                if (!flush)
                        close(fake.mapping.fd);
                fake_free(&fake);
        }
}

/* The faults of the writes are in dirty_ and not in the others; and they come again after each
 * sync, which thus has cleaned the pages. */
static void a_sync_makes_the_next_writes_fault(void **state)
{
        static const size_t ops[] = { DIRTY_MSYNC, DIRTY_FSYNC };

        for (size_t i = 0; i < 2 && scratch_here(); i++) {
                struct fake_trial fake;

                make(&fake, ops[i], 64, 4096);
                scratch_map(&fake);
                scratch_read(&fake.mapping);
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                for (int time = 0; time < 3; time++) {
                        uint64_t faults = minor_faults();

                        fake_run(&fake, 0, PAGES);
                        faults = minor_faults() - faults;
                        assert_in_range(faults, PAGES, PAGES + 16); /* and the code itself */
                }
                workload_sync.finish(&fake.trial);
                fake.cell.op = &workload_sync.ops[ops[i] - DIRTY_MSYNC];
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                for (int time = 0; time < 2; time++) {
                        uint64_t faults = minor_faults();

                        fake_run(&fake, 0, PAGES);
                        assert_in_range(minor_faults() - faults, 0, 16);
                }
                close(fake.mapping.fd);
                fake_free(&fake);
        }
}

static void sources_without_the_call_are_skipped(void **state)
{
        struct fake_trial fake;
        struct status status;

        make(&fake, MSYNC, 64, 4096);
        fake.source.traits = SOURCE_IN_MEMORY;
        status = workload_sync.lay_out(&fake.trial);
        assert_int_equal(status.code, STATUS_SKIP);
        assert_non_null(strstr(status.what, "in memory"));
        fake.mapping.fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
        status = workload_sync.lay_out(&fake.trial);
        assert_int_equal(status.code, STATUS_SKIP);
        assert_non_null(strstr(status.what, "devdax"));
        fake.cell.op = &workload_sync.ops[FLUSH];
        fake.source.dax = 1;
        assert_int_equal(workload_sync.lay_out(&fake.trial).code, STATUS_OK);
        assert_int_equal(fake.mapping.flags, MAP_SHARED_VALIDATE | MAP_SYNC);
        close(fake.mapping.fd);
        fake.source.dax = 0;
        if (scratch_here()) {
                scratch_map(&fake);
                fake.source.traits = 0;
                assert_int_equal(workload_sync.lay_out(&fake.trial).code, STATUS_SKIP);
                close(fake.mapping.fd);
        }
        fake_free(&fake);
}

static void patterns_that_make_no_sense_are_refused(void **state)
{
        struct fake_trial fake;

        make(&fake, MSYNC, 96, 4096);
        assert_int_equal(workload_sync.accept(&fake.cell).code, STATUS_USAGE);
        fake.cell.options[0].count = 8192;
        assert_int_equal(workload_sync.accept(&fake.cell).code, STATUS_SKIP);
        fake.cell.options[0].count = 4096;
        assert_int_equal(workload_sync.accept(&fake.cell).code, STATUS_OK);
        fake.mapping.bytes = 2 * MIB; /* one piece does not fit */
        fake.cell.op = &workload_sync.ops[FLUSH];
        fake.cell.options[1].count = 4 * MIB;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake.mapping.bytes = BYTES;
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_op_writes_the_pieces_and_nothing_else),
                cmocka_unit_test(a_sync_makes_the_next_writes_fault),
                cmocka_unit_test(sources_without_the_call_are_skipped),
                cmocka_unit_test(patterns_that_make_no_sense_are_refused),
        };

        wall = clock_monotonic();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
