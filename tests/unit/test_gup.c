/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch_file.h"
#include "user_emulation.h"

#include <pmdgain/random.h>
#include <pmdgain/units.h>

#define BYTES (4 * MIB)

extern const struct workload workload_gup;

enum { DIRECT_WRITE, DIRECT_READ, VMSPLICE, VM_READV, OPS };
enum { FAULTED, UNFAULTED, READ_FAULTED };

static void make(struct fake_trial *fake, size_t op, uint64_t block)
{
        fake_make(fake, &workload_gup, op, BYTES, 1);
        fake->trial.scratch = SCRATCH_DIR;
        fake->cell.options[0].count = block;
        for (size_t i = 0; i < BYTES / 8; i++)
                ((uint64_t *)(void *)fake->mapping.address)[i] = random_mix(i);
}

static bool can(size_t op)
{
        return op > DIRECT_READ || scratch_here();
}

static size_t changed(const struct fake_trial *fake)
{
        size_t count = 0;

        for (size_t i = 0; i < BYTES / 8; i++)
                count += ((uint64_t *)(void *)fake->mapping.address)[i] != random_mix(i);
        return count;
}

/* One and a half times through the mapping, by every op and block. */
static void bytes_arrive_as_they_are(void **state)
{
        static const uint64_t blocks[] = { 4 * KIB, 64 * KIB, 2 * MIB };

        if (user_emulation())
                skip();
        for (size_t op = 0; op < OPS; op++) {
                for (size_t i = 0; i < 3 && can(op); i++) {
                        struct fake_trial fake;

                        make(&fake, op, blocks[i]);
                        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                        assert_int_equal(workload_gup.quantum(&fake.trial), blocks[i]);
                        assert_int_equal(fake_run(&fake, 0, BYTES), BYTES);
                        assert_int_equal(fake.workers[0].status.code, STATUS_OK);
                        assert_int_equal(fake_check(&fake).code, STATUS_OK);
                        fake_run(&fake, 0, BYTES / 2);
                        assert_int_equal(fake_check(&fake).code, STATUS_OK);
                        if (op == DIRECT_READ)
                                assert_true(changed(&fake) == BYTES / 8);
                        else
                                assert_int_equal(changed(&fake), 0);
                        fake_free(&fake);
                }
        }
}

static void bytes_that_did_not_arrive_are_noticed(void **state)
{
        static const size_t ops[] = { DIRECT_WRITE, DIRECT_READ, VM_READV };

        if (user_emulation())
                skip();
        for (size_t i = 0; i < 3; i++) {
                struct fake_trial fake;

                if (!can(ops[i]))
                        continue;
                make(&fake, ops[i], 64 * KIB);
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                fake_run(&fake, 0, 3 * 64 * KIB);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                fake.mapping.address[2 * 64 * KIB + 5] ^= 1;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                fake_free(&fake);
        }
}

static void the_state_decides_the_phase(void **state)
{
        static const enum workload_phase phases[] = { PHASE_ACCESS, PHASE_FAULT, PHASE_DIRTY };
        struct fake_trial fake;

        make(&fake, VM_READV, 64 * KIB);
        for (size_t i = 0; i < 3; i++) {
                fake.cell.options[1].count = i;
                assert_int_equal(cell_phase(&fake.cell), phases[i]);
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                assert_int_equal(workload_gup.quantum(&fake.trial), i ? BYTES : 64 * KIB);
                workload_gup.finish(&fake.trial);
        }
        fake.cell.options[0].count = 12 * KIB;
        assert_int_equal(workload_gup.accept(&fake.cell).code, STATUS_USAGE);
        fake_free(&fake);
}

/* The kernel's own page in this process: VM_PFNMAP, as device memory is. Returns its address. */
static char *pfnmap_find(void)
{
        FILE *maps = fopen("/proc/self/maps", "r");
        uintptr_t address = 0;
        char line[256];

        assert_non_null(maps);
        while (!address && fgets(line, sizeof(line), maps))
                if (strstr(line, "[vvar]"))
                        address = strtoull(line, NULL, 16);
        fclose(maps);
        return (char *)address;
}

static void without_struct_pages_efault_is_the_result(void **state)
{
        if (user_emulation())
                skip();
        for (size_t op = 0; op < OPS; op++) {
                struct fake_trial fake;
                char *address;

                if (!can(op))
                        continue;
                make(&fake, op, 4 * KIB);
                address = fake.mapping.address;
                assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
                assert_int_equal(mprotect(address, BYTES, PROT_NONE), 0);
                fake_run(&fake, 0, 4 * KIB);
                assert_int_equal(fake.workers[0].status.code, STATUS_SYSTEM);
                assert_non_null(strstr(fake.workers[0].status.what, "EFAULT"));

                fake.source.traits = SOURCE_NO_PAGES;
                fake.workers[0].status = status_ok();
                fake.mapping.address = pfnmap_find();
                if (fake.mapping.address) {
                        fake_run(&fake, 0, 4 * KIB);
                        assert_int_equal(fake.workers[0].status.code, STATUS_SKIP);
                        assert_non_null(
                                strstr(fake.workers[0].status.what, "EFAULT: no struct pages"));
                }
                fake.mapping.address = address;
                fake_free(&fake);
        }
}

static struct status prepare_in(struct fake_trial *fake, const char *folder)
{
        fake->trial.scratch = folder;
        workload_gup.finish(&fake->trial);
        return fake_prepare(fake);
}

static void scratch_folders_that_do_not_serve_are_skipped(void **state)
{
        struct fake_trial fake;
        struct status status;

        if (user_emulation())
                skip();
        make(&fake, DIRECT_READ, 64 * KIB);
        assert_int_equal(prepare_in(&fake, "").code, STATUS_SKIP);
        assert_int_equal(prepare_in(&fake, "/no/such/folder").code, STATUS_SKIP);
        assert_int_equal(prepare_in(&fake, "/proc").code, STATUS_SKIP);
        status = prepare_in(&fake, "/dev/shm");
        assert_int_equal(status.code, STATUS_SKIP);
        assert_non_null(strstr(status.what, "tmpfs"));
        if (scratch_here()) {
                fake.source.fd = open(SCRATCH_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
                status = prepare_in(&fake, SCRATCH_DIR);
                assert_int_equal(status.code, STATUS_SKIP);
                assert_non_null(strstr(status.what, "target's file system"));
                close(fake.source.fd);
        }
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bytes_arrive_as_they_are),
                cmocka_unit_test(bytes_that_did_not_arrive_are_noticed),
                cmocka_unit_test(the_state_decides_the_phase),
                cmocka_unit_test(without_struct_pages_efault_is_the_result),
                cmocka_unit_test(scratch_folders_that_do_not_serve_are_skipped),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
