/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"
#include "user_emulation.h"

#include <errno.h>
#include <pmdgain/units.h>

#define BYTES (8 * MIB)
#define CHUNKS 4

extern const struct workload workload_protect;

enum { RANGE, RANGE_WRITE, PAGE, PAGE_WRITE, MOVE_PAGE, MOVE, OPS };

static uint64_t *tag(char *from, size_t chunk)
{
        return (uint64_t *)(void *)(from + chunk * (2 * MIB) + MIB);
}

static void make(struct fake_trial *fake, size_t op)
{
        fake_make(fake, &workload_protect, op, BYTES, 1);
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
}

static void run(struct fake_trial *fake)
{
        uint64_t ops = workload_protect.quantum(&fake->trial);

        assert_int_equal(ops, fake->cell.op->unit == UNIT_NS_PER_MIB ? BYTES : CHUNKS);
        assert_int_equal(fake_run(fake, 0, ops), ops);
}

static bool is_mapped(const struct mapping *mapping, size_t at)
{
        unsigned char present;

        return mincore(mapping->address + at, mapping->page_bytes, &present) == 0;
}

static void every_op_leaves_the_bytes_and_the_permissions(void **state)
{
        for (size_t op = 0; op < OPS; op++) {
                struct fake_trial fake;

                make(&fake, op);
                run(&fake);
                assert_int_equal(fake.workers[0].status.code, STATUS_OK);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                for (size_t at = 0; at < BYTES; at += fake.mapping.page_bytes) {
                        bool middle = at % (2 * MIB) == MIB;

                        assert_int_equal(is_mapped(&fake.mapping, at),
                                         op != MOVE_PAGE || !middle);
                        if (!middle) /* writable, and as it was */
                                assert_int_equal(fake.mapping.address[at]++, (char)FAKE_FILL);
                }
                fake_free(&fake);
        }
}

static void bytes_that_changed_are_noticed(void **state)
{
        struct fake_trial fake;

        make(&fake, PAGE);
        run(&fake);
        ++*tag(fake.mapping.address, 2);
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

/* Nothing at the other end: nothing was moved. */
static void a_page_that_was_not_moved_is_noticed(void **state)
{
        struct fake_trial fake;

        if (user_emulation_of_pages())
                skip();
        make(&fake, MOVE_PAGE);
        run(&fake);
        assert_true(mmap(tag(fake.mapping.address, 0), 4096, PROT_READ,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

static void what_cannot_be_split_is_skipped(void **state)
{
        struct fake_trial fake;

        make(&fake, PAGE);
        fake.mapping.address += 8; /* EINVAL, as an area of huge pages gives for a single page */
        fake_run(&fake, 0, 1);
        assert_int_equal(fake.workers[0].status.code, STATUS_SKIP);
        assert_non_null(strstr(fake.workers[0].status.what, "EINVAL"));
        fake.mapping.address -= 8;
        workload_protect.finish(&fake.trial);
        fake.mapping.prot = PROT_READ;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_op_leaves_the_bytes_and_the_permissions),
                cmocka_unit_test(bytes_that_changed_are_noticed),
                cmocka_unit_test(a_page_that_was_not_moved_is_noticed),
                cmocka_unit_test(what_cannot_be_split_is_skipped),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
