/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fake_trial.h"
#include "user_emulation.h"

#include <errno.h>
#include <pmdgain/clock.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES (8 * MIB) /* four PMDs */
#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define PAGES (BYTES / PAGE)

extern const struct workload workload_populate;

/* Private anonymous base pages: each is its own fault, whatever the machine's settings are. */
struct fixture {
        struct fake_trial fake;
        struct clock clock;
        char *region; /* the mapping with a PMD before and after it */
};

static size_t op_index(const char *name)
{
        const struct workload_op *ops = workload_populate.ops;
        size_t i = 0;

        while (strcmp(ops[i].name, name) != 0)
                i++;
        return i;
}

/* The mapping anew: nothing present, as mapping_attach() leaves it. */
static void attach_again(struct fixture *fixture)
{
        struct mapping *mapping = &fixture->fake.mapping;

        if (fixture->fake.cell.op->traits & OP_UNATTACHED)
                assert_int_equal(mapping_detach(mapping).code, STATUS_OK);
        else
                assert_int_equal(mapping_attach(mapping).code, STATUS_OK);
}

static void fixture_make(struct fixture *fixture, const char *op, unsigned threads)
{
        struct fake_trial *fake = &fixture->fake;
        size_t bytes = BYTES + 2 * (2 * MIB);

        fake_make(fake, &workload_populate, op_index(op), BYTES, threads);
        munmap(fake->mapping.address, BYTES);
        fixture->clock = clock_monotonic();
        fake->trial.clock = &fixture->clock;
        fixture->region = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                               -1, 0);
        assert_true(fixture->region != MAP_FAILED);
        assert_int_equal(madvise(fixture->region, bytes, MADV_NOHUGEPAGE), 0);
        memset(fixture->region, 7, bytes);
        fake->mapping.address = fixture->region + 2 * MIB;
        fake->mapping.flags = MAP_PRIVATE | MAP_ANONYMOUS;
        fake->mapping.advice = MADV_NOHUGEPAGE;
        fake->mapping.thp_disable = true;
        attach_again(fixture);
}

static void fixture_free(struct fixture *fixture)
{
        fake_free(&fixture->fake);
        munmap(fixture->region, BYTES + 2 * (2 * MIB));
}

static void neighbours_are_untouched(const struct fixture *fixture)
{
        for (size_t i = 0; i < 2 * MIB; i += PAGE) {
                assert_int_equal(fixture->region[i], 7);
                assert_int_equal(fixture->region[2 * MIB + BYTES + i], 7);
        }
}

static uint64_t minor_faults(void)
{
        struct rusage usage;

        getrusage(RUSAGE_THREAD, &usage);
        return (uint64_t)usage.ru_minflt;
}

static size_t pages_present(const struct mapping *mapping)
{
        unsigned char *present = malloc(PAGES);
        size_t count = 0;

        assert_non_null(present);
        assert_int_equal(mincore(mapping->address, BYTES, present), 0);
        for (size_t i = 0; i < PAGES; i++)
                count += present[i] & 1;
        free(present);
        return count;
}

/* All threads' part, one after the other; returns the minor faults. */
static uint64_t run_all(struct fixture *fixture)
{
        struct fake_trial *fake = &fixture->fake;
        uint64_t faults = minor_faults();

        for (unsigned i = 0; i < fake->trial.threads; i++)
                fake_run(fake, i, workload_populate.quantum(&fake->trial));
        return minor_faults() - faults;
}

/* A first time for what the test itself faults in (the shadow memory of a sanitizer), then one
 * that counts. False when this kernel lacks the call. */
static bool run_counted(struct fixture *fixture, uint64_t *ret_faults)
{
        struct fake_trial *fake = &fixture->fake;

        for (int time = 0; time < 2; time++) {
                attach_again(fixture);
                assert_int_equal(fake_prepare(fake).code, STATUS_OK);
                *ret_faults = run_all(fixture);
                if (fake->workers[0].status.code == STATUS_SKIP)
                        return false;
                for (unsigned i = 0; i < fake->trial.threads; i++)
                        assert_int_equal(fake->workers[i].status.code, STATUS_OK);
                assert_int_equal(pages_present(&fake->mapping), PAGES);
                assert_int_equal(fake_check(fake).code, STATUS_OK);
                if (time == 0)
                        workload_populate.finish(&fake->trial);
        }
        return true;
}

static void method_faults_each_page_once(const char *op, unsigned threads)
{
        struct fixture fixture;
        uint64_t faults, ops = 0;

        fixture_make(&fixture, op, threads);
        assert_int_equal(workload_populate.quantum(&fixture.fake.trial), BYTES / threads);
        if (run_counted(&fixture, &faults)) {
                assert_int_equal(faults, PAGES);
                for (unsigned i = 0; i < threads; i++)
                        ops += fixture.fake.workers[i].ops;
                assert_int_equal(ops, BYTES);
                neighbours_are_untouched(&fixture);
        } else {
                print_message("%s: %s\n", op, fixture.fake.workers[0].status.what);
        }
        fixture_free(&fixture);
}

static void every_method_faults_each_page_once(void **state)
{
        static const char *const methods[] = { "map_populate", "madvise_read", "madvise_write",
                                               "touch_read",   "touch_write",  "mlock" };

        if (user_emulation())
                skip();
        for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
                method_faults_each_page_once(methods[i], 1);
}

static void threads_touch_their_own_pages(void **state)
{
        for (unsigned threads = 2; threads <= FAKE_THREADS_MAX; threads++) {
                struct fixture fixture;
                uint64_t pages = 0;

                method_faults_each_page_once("touch_read", threads);
                method_faults_each_page_once("touch_write", threads);
                fixture_make(&fixture, "touch_write", threads);
                assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
                for (unsigned i = 0; i < threads; i++) {
                        pages += fake_run(&fixture.fake, i, 1) / PAGE;
                        assert_int_equal(fixture.fake.workers[i].ops % (2 * MIB), 0);
                        assert_int_equal(pages_present(&fixture.fake.mapping), pages);
                }
                assert_int_equal(pages, PAGES);
                fixture_free(&fixture);
        }
}

/* More threads than PMDs: the bounds are pages then. */
static void small_mappings_are_shared_too(void **state)
{
        struct fixture fixture;
        uint64_t ops = 0;

        fixture_make(&fixture, "touch_write", 3);
        fixture.fake.mapping.bytes = 2 * MIB;
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        for (unsigned i = 0; i < 3; i++) {
                uint64_t own = fake_run(&fixture.fake, i, 1);

                assert_in_range(own / PAGE, 2 * MIB / PAGE / 3, 2 * MIB / PAGE / 3 + 1);
                ops += own;
        }
        assert_int_equal(ops, 2 * MIB);
        assert_int_equal(pages_present(&fixture.fake.mapping), 2 * MIB / PAGE);
        fixture.fake.mapping.bytes = BYTES;
        fixture_free(&fixture);
}

static void a_touch_that_missed_a_page_is_noticed(void **state)
{
        struct fixture fixture;

        fixture_make(&fixture, "touch_write", 1);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        run_all(&fixture);
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_OK);
        fixture.fake.mapping.address[5 * PAGE] ^= 1;
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_INVALID);
        fixture_free(&fixture);
}

static void huge_pages_are_off_while_map_populate_faults(void **state)
{
        struct fixture fixture;

        if (user_emulation())
                skip();
        fixture_make(&fixture, "map_populate", 1);
        assert_int_equal(prctl(PR_GET_THP_DISABLE, 0L, 0L, 0L, 0L), 0);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        assert_int_equal(prctl(PR_GET_THP_DISABLE, 0L, 0L, 0L, 0L), 1);
        run_all(&fixture);
        assert_true(fixture.fake.mapping.mapped);
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_OK);
        assert_int_equal(prctl(PR_GET_THP_DISABLE, 0L, 0L, 0L, 0L), 0);
        workload_populate.finish(&fixture.fake.trial);

        /* After a failure only finish() is called. */
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        workload_populate.finish(&fixture.fake.trial);
        assert_int_equal(prctl(PR_GET_THP_DISABLE, 0L, 0L, 0L, 0L), 0);
        fixture_free(&fixture);
}

static void munmap_takes_away_this_mapping_only(void **state)
{
        struct fixture fixture;
        struct mapping *mapping = &fixture.fake.mapping;
        unsigned char present;

        if (user_emulation())
                skip();
        fixture_make(&fixture, "munmap", 1);
        memset(mapping->address, 7, BYTES);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        run_all(&fixture);
        assert_int_equal(fixture.fake.workers[0].ops, BYTES);
        assert_false(mapping->mapped);
        for (size_t at = 0; at < BYTES; at += PAGE) {
                assert_int_equal(mincore(mapping->address + at, PAGE, &present), -1);
                assert_int_equal(errno, ENOMEM);
        }
        neighbours_are_untouched(&fixture);
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_OK);
        /* The addresses are reserved again. */
        for (size_t at = 0; at < BYTES; at += PAGE)
                assert_int_equal(mincore(mapping->address + at, PAGE, &present), 0);
        fixture_free(&fixture);
}

static void a_mapping_that_stayed_is_noticed(void **state)
{
        struct fixture fixture;

        fixture_make(&fixture, "munmap", 1);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        assert_int_equal(fake_check(&fixture.fake).code, STATUS_INVALID);
        fixture_free(&fixture);
}

/* Kilobytes that this process has locked. */
static long locked_kib(void)
{
        FILE *file = fopen("/proc/self/status", "r");
        char line[128];
        long kib = -1;

        assert_non_null(file);
        while (fgets(line, sizeof(line), file))
                if (sscanf(line, "VmLck: %ld", &kib) == 1)
                        break;
        fclose(file);
        return kib;
}

static void what_mlock_locked_is_unlocked(void **state)
{
        struct fixture fixture;
        long before = locked_kib();

        fixture_make(&fixture, "mlock", 1);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        run_all(&fixture);
        if (fixture.fake.workers[0].status.code == STATUS_OK) {
                assert_int_equal(locked_kib() - before, BYTES / KIB);
                workload_populate.finish(&fixture.fake.trial);
                assert_int_equal(locked_kib(), before);
        }
        fixture_free(&fixture);
}

/* In a process of its own, without privilege and with a small limit. */
static void mlock_over_the_limit_says_what_to_do(void **state)
{
        struct fixture fixture;
        int result = 0;
        pid_t child;

        fixture_make(&fixture, "mlock", 1);
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        child = fork();
        if (child == 0) {
                const struct status *status = &fixture.fake.workers[0].status;
                struct rlimit limit = { 64 * KIB, 64 * KIB };

                if (setrlimit(RLIMIT_MEMLOCK, &limit) || (!getuid() && setuid(65534)))
                        _exit(2);
                run_all(&fixture);
                _exit(!(status->code == STATUS_SKIP && strstr(status->what, "limit of 64 KiB") &&
                        strstr(status->todo, "ulimit -l 8192")));
        }
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
        fixture_free(&fixture);
}

static void what_cannot_be_is_skipped(void **state)
{
        struct fixture fixture;
        struct mapping *mapping = &fixture.fake.mapping;

        fixture_make(&fixture, "map_populate", 1);
        mapping->advice = MADV_HUGEPAGE;
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_SKIP);
        fixture.fake.cell.op = &workload_populate.ops[op_index("touch_write")];
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        workload_populate.finish(&fixture.fake.trial);
        mapping->prot = PROT_READ;
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_SKIP);
        mapping->prot = PROT_READ | PROT_WRITE;
        mapping->tables_first = true;
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_SKIP);
        fixture.fake.cell.op = &workload_populate.ops[op_index("munmap")];
        assert_int_equal(fake_prepare(&fixture.fake).code, STATUS_OK);
        fixture_free(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_method_faults_each_page_once),
                cmocka_unit_test(threads_touch_their_own_pages),
                cmocka_unit_test(small_mappings_are_shared_too),
                cmocka_unit_test(a_touch_that_missed_a_page_is_noticed),
                cmocka_unit_test(huge_pages_are_off_while_map_populate_faults),
                cmocka_unit_test(munmap_takes_away_this_mapping_only),
                cmocka_unit_test(a_mapping_that_stayed_is_noticed),
                cmocka_unit_test(what_mlock_locked_is_unlocked),
                cmocka_unit_test(mlock_over_the_limit_says_what_to_do),
                cmocka_unit_test(what_cannot_be_is_skipped),
        };

        if (user_emulation_of_pages()) {
                print_message("pages that an emulator makes up do not fault\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
