/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of passes on a memfd: what a cell may be, what is expected of it, and what it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES (4u << 20)

extern const struct workload workload_passes;

enum { OP_MAP, OP_LOCK, OP_FIRST, OP_LATER, OP_UNMAP, OPS };
enum { LOCK_NONE, LOCK_MLOCK, LOCK_MLOCKALL, LOCK_LATE };
enum { PROT_RW, PROT_RO };
enum { ACCESS_BOTH, ACCESS_READ, ACCESS_WRITE };

/* In the order of the workload's options. */
struct choices {
        uint64_t lock, populate, prot, access;
};

struct fixture {
        struct fake_trial fake;
        struct clock clock;
};

static void choices_set(struct cell *cell, const struct choices *choices)
{
        cell->options[0].count = choices->lock;
        cell->options[1].count = choices->populate;
        cell->options[2].count = choices->prot;
        cell->options[3].count = choices->access;
}

/* A file of 0xa5 in place of the anonymous memory; nothing mapped but the addresses. */
static void fixture_make(struct fixture *fixture, size_t op, int flags, struct choices choices)
{
        struct mapping *mapping = &fixture->fake.mapping;

        fake_make(&fixture->fake, &workload_passes, op, BYTES, 1);
        fixture->clock = clock_monotonic();
        fixture->fake.trial.clock = &fixture->clock;
        choices_set(&fixture->fake.cell, &choices);
        mapping->fd = memfd_create("passes", 0);
        assert_true(mapping->fd >= 0);
        assert_int_equal(write(mapping->fd, mapping->address, BYTES), BYTES);
        mapping->flags = flags;
        assert_int_equal(mapping_detach(mapping).code, STATUS_OK);
        fixture->fake.content = 7;
}

static void fixture_free(struct fixture *fixture)
{
        close(fixture->fake.mapping.fd);
        fake_free(&fixture->fake);
}

static uint64_t locked_bytes(void)
{
        FILE *file = fopen("/proc/self/status", "re");
        char line[128];
        unsigned long long kib = 0;

        assert_non_null(file);
        while (fgets(line, sizeof(line), file))
                if (sscanf(line, "VmLck: %llu", &kib) == 1)
                        break;
        fclose(file);
        return kib * 1024;
}

static uint64_t stored(const struct fixture *fixture)
{
        uint64_t word = 0;

        assert_int_equal(pread(fixture->fake.mapping.fd, &word, sizeof(word), BYTES - 4096),
                         sizeof(word));
        return word;
}

static void what_cannot_be_is_skipped_with_the_reason(void **state)
{
        static const struct {
                size_t op;
                struct choices choices;
                enum status_code code;
        } rows[] = {
                { OP_MAP, { LOCK_NONE, 0, PROT_RW, ACCESS_BOTH }, STATUS_OK },
                { OP_MAP, { LOCK_NONE, 0, PROT_RO, ACCESS_READ }, STATUS_OK },
                { OP_MAP, { LOCK_NONE, 0, PROT_RO, ACCESS_BOTH }, STATUS_SKIP },
                { OP_MAP, { LOCK_NONE, 0, PROT_RO, ACCESS_WRITE }, STATUS_SKIP },
                { OP_LOCK, { LOCK_NONE, 1, PROT_RW, ACCESS_BOTH }, STATUS_SKIP },
                { OP_LOCK, { LOCK_LATE, 1, PROT_RW, ACCESS_BOTH }, STATUS_OK },
                { OP_LOCK, { LOCK_MLOCKALL, 1, PROT_RW, ACCESS_BOTH }, STATUS_OK },
                { OP_UNMAP, { LOCK_NONE, 1, PROT_RW, ACCESS_WRITE }, STATUS_OK },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct cell cell = { .workload = &workload_passes,
                                     .op = &workload_passes.ops[rows[i].op] };
                struct status status;

                choices_set(&cell, &rows[i].choices);
                status = workload_passes.accept(&cell);
                assert_int_equal(status.code, rows[i].code);
                assert_int_equal(*status.todo != 0, rows[i].code == STATUS_SKIP);
        }
}

/* Of a private mapping, what is written, and what is populated or locked while it can be written,
 * is copied, to base pages. */
static void copies_are_expected_to_be_base_pages(void **state)
{
        static const struct {
                struct choices choices;
                int flags;
                bool copies, twice; /* in the arm pmd */
                bool twice_by_pte;
        } rows[] = {
                { { LOCK_NONE, 0, PROT_RW, ACCESS_BOTH }, MAP_SHARED, false, false, false },
                { { LOCK_NONE, 1, PROT_RW, ACCESS_BOTH }, MAP_SHARED, false, true, true },
                { { LOCK_MLOCK, 0, PROT_RW, ACCESS_WRITE }, MAP_SHARED, false, true, true },
                { { LOCK_MLOCK, 1, PROT_RW, ACCESS_READ }, MAP_SHARED, false, false, false },
                { { LOCK_LATE, 0, PROT_RW, ACCESS_BOTH }, MAP_SHARED, false, false, false },
                { { LOCK_MLOCK, 1, PROT_RO, ACCESS_READ }, MAP_SHARED, false, false, false },
                { { LOCK_NONE, 0, PROT_RW, ACCESS_READ }, MAP_PRIVATE, false, false, false },
                { { LOCK_NONE, 0, PROT_RW, ACCESS_BOTH }, MAP_PRIVATE, true, false, false },
                { { LOCK_NONE, 1, PROT_RW, ACCESS_READ }, MAP_PRIVATE, true, false, false },
                { { LOCK_MLOCKALL, 0, PROT_RW, ACCESS_READ }, MAP_PRIVATE, true, false, false },
                { { LOCK_LATE, 0, PROT_RW, ACCESS_READ }, MAP_PRIVATE, true, false, true },
                { { LOCK_MLOCK, 1, PROT_RO, ACCESS_READ }, MAP_PRIVATE, false, false, false },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (int by_pte = 0; by_pte <= 1; by_pte++) {
                        struct fixture fixture;
                        struct mapping *mapping = &fixture.fake.mapping;

                        fixture_make(&fixture, OP_MAP, rows[i].flags, rows[i].choices);
                        mapping->asked.grain = by_pte ? GRAIN_PTE : GRAIN_PMD;
                        assert_int_equal(workload_passes.lay_out(&fixture.fake.trial).code,
                                         STATUS_OK);
                        assert_true(mapping_asked_fraction(mapping) ==
                                    (by_pte || rows[i].copies ? 0 : 1));
                        assert_int_equal(mapping->faulted_twice,
                                         by_pte ? rows[i].twice_by_pte : rows[i].twice);
                        assert_int_equal(mapping->prot, rows[i].choices.prot == PROT_RO
                                                                ? PROT_READ
                                                                : PROT_READ | PROT_WRITE);
                        fixture_free(&fixture);
                }
        }
}

/* Whether the mapping is locked once a step is done. */
static bool locked_after(size_t op, uint64_t lock)
{
        if (op == OP_MAP || op == OP_UNMAP)
                return false;
        return lock == LOCK_MLOCK || (lock == LOCK_LATE && op != OP_FIRST);
}

/* Up to the end of run(). */
static struct status begin(struct fixture *fixture, size_t op, uint64_t lock)
{
        struct trial *trial = &fixture->fake.trial;

        TRY(workload_passes.lay_out(trial));
        TRY(workload_passes.prepare(trial));
        assert_int_equal(workload_passes.quantum(trial), BYTES);
        assert_int_equal(fake_run(&fixture->fake, 0, BYTES), BYTES);
        TRY(fixture->fake.workers[0].status);
        if (lock != LOCK_MLOCKALL) /* the sanitizers have no mlockall() */
                assert_int_equal(locked_bytes(), locked_after(op, lock) ? BYTES : 0);
        return status_ok();
}

static void every_combination_does_all_its_steps(void **state)
{
        static const int all_flags[] = { MAP_SHARED, MAP_PRIVATE };
        unsigned ran = 0;

        /* Locking waits for other CPUs: with it, one choice of populate each. */
        for (unsigned i = 0; i < 2u * OPS * 4 * 2 * 2 * 3; i++) {
                int flags = all_flags[i % 2];
                size_t op = i / 2 % OPS;
                struct choices choices = { i / 2 / OPS % 4, i / 2 / OPS / 4 % 2,
                                           i / 2 / OPS / 8 % 2, i / 2 / OPS / 16 % 3 };
                bool writes = choices.access != ACCESS_READ;
                struct fixture fixture;
                struct trial *trial = &fixture.fake.trial;

                if (choices.lock != LOCK_NONE && choices.populate != choices.lock % 2)
                        continue;
                fixture_make(&fixture, op, flags, choices);
                if (workload_passes.accept(&fixture.fake.cell).code == STATUS_OK) {
                        assert_int_equal(begin(&fixture, op, choices.lock).code, STATUS_OK);
                        assert_int_equal(fixture.fake.mapping.mapped, op != OP_UNMAP);
                        if (op != OP_UNMAP)
                                assert_int_equal(workload_passes.complete(trial).code, STATUS_OK);
                        assert_int_equal(workload_passes.check(trial).code, STATUS_OK);
                        assert_int_equal(stored(&fixture) == UINT64_C(0xa5a5a5a5a5a5a5a5),
                                         !writes || flags == MAP_PRIVATE);
                        assert_int_equal(fixture.fake.content,
                                         writes && flags == MAP_SHARED ? 0 : 7);
                        assert_int_equal(locked_bytes(), 0);
                        ran++;
                }
                fixture_free(&fixture);
        }
        /* Shared or private; read-only has one access, else three; none has no lock to time. */
        assert_int_equal(ran, 2 * (1 + 3) * (2 * (OPS - 1) + 3 * OPS));
}

/* Between the passes somebody else writes. */
static void other_bytes_than_written_or_read_before_are_invalid(void **state)
{
        static const struct {
                struct choices choices;
                int flags;
        } rows[] = {
                { { LOCK_NONE, 0, PROT_RO, ACCESS_READ }, MAP_SHARED },
                { { LOCK_MLOCK, 0, PROT_RO, ACCESS_READ }, MAP_SHARED },
                { { LOCK_NONE, 1, PROT_RW, ACCESS_READ }, MAP_SHARED },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct fixture fixture;
                struct status status;

                fixture_make(&fixture, OP_FIRST, rows[i].flags, rows[i].choices);
                assert_int_equal(begin(&fixture, OP_FIRST, rows[i].choices.lock).code, STATUS_OK);
                assert_int_equal(pwrite(fixture.fake.mapping.fd, "x", 1, 64), 1);
                status = workload_passes.complete(&fixture.fake.trial);
                assert_int_equal(status.code, STATUS_INVALID);
                assert_non_null(strstr(status.what, "pass 2"));
                fixture_free(&fixture);
        }
}

/* A private mapping that writes through, or a shared one that does not, as a broken kernel would. */
static void writes_that_reach_the_wrong_place_are_invalid(void **state)
{
        static const int asked[] = { MAP_SHARED, MAP_PRIVATE };

        for (size_t i = 0; i < 2; i++) {
                struct fixture fixture;
                struct status status;
                struct choices choices = { LOCK_NONE, 0, PROT_RW, ACCESS_WRITE };

                fixture_make(&fixture, OP_LATER, asked[1 - i], choices);
                assert_int_equal(begin(&fixture, OP_LATER, LOCK_NONE).code, STATUS_OK);
                fixture.fake.mapping.flags = asked[i];
                status = workload_passes.complete(&fixture.fake.trial);
                assert_int_equal(status.code, STATUS_INVALID);
                assert_non_null(strstr(status.what, i ? "is in the file" : "is not in the file"));
                fixture_free(&fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_cannot_be_is_skipped_with_the_reason),
                cmocka_unit_test(copies_are_expected_to_be_base_pages),
                cmocka_unit_test(every_combination_does_all_its_steps),
                cmocka_unit_test(other_bytes_than_written_or_read_before_are_invalid),
                cmocka_unit_test(writes_that_reach_the_wrong_place_are_invalid),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
