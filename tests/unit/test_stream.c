/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../bench/stream/choose.h"
#include "fake_trial.h"

#include <pmdgain/random.h>

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define ROOM (4 * PAGE) /* bytes between the guard pages */
#define CANARY 0xa5

extern const struct workload workload_stream;

static const uint64_t word = UINT64_C(0x4747474747474747);

/* Bytes with a page on each side that nobody may touch. */
static char *guarded_make(void)
{
        char *all = mmap(NULL, ROOM + 2 * PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        assert_true(all != MAP_FAILED);
        assert_int_equal(mprotect(all, PAGE, PROT_NONE), 0);
        assert_int_equal(mprotect(all + PAGE + ROOM, PAGE, PROT_NONE), 0);
        return all + PAGE;
}

static void guarded_free(char *room)
{
        munmap(room - PAGE, ROOM + 2 * PAGE);
}

/* Fills with random bytes; the same ones for the same seed. */
static void scatter(char *room, uint64_t seed)
{
        struct random random = random_seeded(seed);

        for (size_t i = 0; i < ROOM; i++)
                room[i] = (char)random_next(&random);
}

static uint64_t sum_of(const char *at, size_t bytes)
{
        uint64_t sum = 0, part;

        for (size_t i = 0; i < bytes; i += sizeof(part)) {
                memcpy(&part, at + i, sizeof(part));
                sum += part;
        }
        return sum;
}

struct rooms {
        char *to, *from;         /* guarded */
        char *due_to, *due_from; /* what they should hold */
};

static void rooms_make(struct rooms *rooms)
{
        *rooms = (struct rooms){ guarded_make(), guarded_make(), malloc(ROOM), malloc(ROOM) };
        assert_true(rooms->due_to && rooms->due_from);
}

static void rooms_free(struct rooms *rooms)
{
        guarded_free(rooms->to);
        guarded_free(rooms->from);
        free(rooms->due_to);
        free(rooms->due_from);
}

/* One call of a loop, `bytes` at `at_to` and `at_from`: the result and every byte of both rooms. */
static void pass_is_right(const struct rooms *rooms, stream_pass *pass, enum stream_op op,
                          size_t at_to, size_t at_from, size_t bytes)
{
        uint64_t result;

        scatter(rooms->to, 1);
        scatter(rooms->due_to, 1);
        scatter(rooms->from, 2);
        scatter(rooms->due_from, 2);
        if (op == STREAM_COPY)
                memcpy(rooms->due_to + at_to, rooms->from + at_from, bytes);
        else if (op != STREAM_READ)
                memset(rooms->due_to + at_to, 0x47, bytes);
        result = pass(rooms->to + at_to, rooms->from + at_from, bytes, word);
        assert_int_equal(result,
                         op == STREAM_READ ? sum_of(rooms->from + at_from, bytes) : 0);
        assert_memory_equal(rooms->to, rooms->due_to, ROOM);
        assert_memory_equal(rooms->from, rooms->due_from, ROOM);
}

static void loop_is_right(stream_pass *pass, enum stream_op op)
{
        static const size_t lines[] = { 1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 31, 64, 67, 255, 256 };
        struct rooms rooms;

        rooms_make(&rooms);
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
                size_t bytes = lines[i] * LINE_BYTES, end = ROOM - bytes;

                pass_is_right(&rooms, pass, op, 0, 0, bytes);
                pass_is_right(&rooms, pass, op, end, end, bytes);
                pass_is_right(&rooms, pass, op, end / 2 / LINE_BYTES * LINE_BYTES, end, bytes);
                pass_is_right(&rooms, pass, op, end, 0, bytes);
        }
        rooms_free(&rooms);
}

static void every_loop_does_its_bytes_and_no_others(void **state)
{
        unsigned tried[STREAM_COPY + 1] = { 0 };

        for (int op = 0; op <= STREAM_COPY; op++)
                for (int isa = 0; isa < ISA_COUNT; isa++)
                        for (int back = 0; back <= WRITEBACK_CLFLUSHOPT; back++) {
                                struct stream_wish wish = { (enum stream_op)op,
                                                            (enum stream_isa)isa,
                                                            (enum stream_writeback)back, ROOM };
                                struct status status;
                                stream_pass *pass = NULL;

                                status = stream_choose(&wish, &pass);
                                if (status_failed(&status)) {
                                        assert_int_equal(status.code, STATUS_SKIP);
                                        assert_null(pass);
                                        assert_string_not_equal(status.todo, "");
                                        continue;
                                }
                                loop_is_right(pass, wish.op);
                                tried[op]++;
                        }
        assert_true(tried[STREAM_READ] && tried[STREAM_WRITE] && tried[STREAM_COPY]);
#ifdef __x86_64__
        assert_true(tried[STREAM_NTWRITE]);
#endif
}

static void auto_takes_string_instructions_for_large_writes_only(void **state)
{
        struct stream_wish rep = { .op = STREAM_COPY, .isa = ISA_REP };
        struct stream_wish wish = { .op = STREAM_COPY };
        stream_pass *by_rep, *small, *large;
        struct status status = stream_choose(&rep, &by_rep);

        if (status_failed(&status))
                skip();
        wish.bytes = 4 * KIB;
        assert_int_equal(stream_choose(&wish, &small).code, STATUS_OK);
        wish.bytes = GIB;
        assert_int_equal(stream_choose(&wish, &large).code, STATUS_OK);
        assert_ptr_not_equal(small, by_rep);
        assert_ptr_equal(large, by_rep);
        rep.op = STREAM_READ;
        assert_int_equal(stream_choose(&rep, &large).code, STATUS_SKIP);
}

static bool prepare(struct fake_trial *fake, enum stream_op op, uint64_t bytes, unsigned threads)
{
        fake_make(fake, &workload_stream, (size_t)op, bytes, threads);
        if (workload_stream.accept(&fake->cell).code == STATUS_SKIP) { /* flush, ntwrite */
                fake_free(fake);
                return false;
        }
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
        return true;
}

/* The lines of the working set that a pass of thread `index` alone writes, as first and end. */
static void lines_written(enum stream_op op, uint64_t bytes, unsigned threads, unsigned index,
                          size_t *ret_first, size_t *ret_end)
{
        struct fake_trial fake;
        size_t first = 0, end, length;

        fake_make(&fake, &workload_stream, (size_t)op, bytes, threads);
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        length = fake.mapping.bytes;
        memset(fake.mapping.address, CANARY, length);
        if (op == STREAM_COPY) {
                first = bytes / 2 / LINE_BYTES;
                memset(fake.mapping.address, 1, first * LINE_BYTES);
        }
        fake_run(&fake, index, bytes / threads + 2 * LINE_BYTES);
        while (first < length / LINE_BYTES &&
               fake.mapping.address[first * LINE_BYTES] == (char)CANARY)
                first++;
        for (end = first; fake.mapping.address[end * LINE_BYTES] != (char)CANARY; end++)
                ;
        for (size_t at = end * LINE_BYTES; at < length; at++)
                assert_int_equal((unsigned char)fake.mapping.address[at], CANARY);
        *ret_first = first;
        *ret_end = end;
        fake_free(&fake);
}

static void threads_share_the_lines_and_leave_none_out(void **state)
{
        static const uint64_t sizes[] = { 8 * 64, 37 * 64 + 13, 1000 * 64, MIB + 64 };

        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
                for (unsigned threads = 1; threads <= FAKE_THREADS_MAX; threads++) {
                        size_t lines = sizes[i] / LINE_BYTES, half = sizes[i] / 2 / LINE_BYTES;
                        size_t written = 0, copied = half;

                        for (unsigned index = 0; index < threads; index++) {
                                size_t first, end;

                                lines_written(STREAM_WRITE, sizes[i], threads, index, &first, &end);
                                assert_int_equal(first, written);
                                assert_true(end - first >= lines / threads);
                                written = end;
                                lines_written(STREAM_COPY, sizes[i], threads, index, &first, &end);
                                assert_int_equal(first, copied);
                                copied = end;
                        }
                        assert_int_equal(written, lines);
                        assert_int_equal(copied, 2 * half);
                }
}

static void operations_are_bytes_in_whole_lines(void **state)
{
        for (int op = 0; op <= STREAM_COPY; op++) {
                unsigned moves = op == STREAM_COPY ? 2 : 1;
                struct fake_trial fake;

                if (!prepare(&fake, (enum stream_op)op, 100 * 64 * moves, 1))
                        continue;
                assert_int_equal(workload_stream.quantum(&fake.trial), 100 * 64 * moves);
                assert_int_equal(fake_run(&fake, 0, moves), 64 * moves);
                assert_int_equal(fake_run(&fake, 0, 130 * moves), 192 * moves);
                assert_int_equal(fake_run(&fake, 0, 1000 * 64 * moves), 1000 * 64 * moves);
                fake_free(&fake);
        }
}

static void a_run_goes_on_where_the_last_one_stopped(void **state)
{
        struct fake_trial fake;
        const char *bytes;

        assert_true(prepare(&fake, STREAM_WRITE, 10 * 64, 1));
        bytes = fake.mapping.address;
        fake_run(&fake, 0, 3 * 64);
        fake_run(&fake, 0, 4 * 64);
        for (size_t i = 0; i < 10 * 64; i++)
                assert_int_equal(bytes[i], i < 7 * 64 ? 1 : 0); /* prepare() put the zeros */
        fake_run(&fake, 0, 5 * 64);
        for (size_t i = 0; i < 10 * 64; i++)
                assert_int_equal(bytes[i], i < 2 * 64 ? 2 : 1);
        fake_free(&fake);
}

static void check_accepts_what_the_operations_did_and_nothing_else(void **state)
{
        static const uint64_t runs[] = { 64, 7 * 64, 40 * 64, 40 * 64 * 9 + 64 };

        for (int op = 0; op <= STREAM_COPY; op++)
                for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
                        unsigned moves = op == STREAM_COPY ? 2 : 1;
                        struct fake_trial fake;
                        char *wrong;

                        if (!prepare(&fake, (enum stream_op)op, 80 * 64 * moves, 2))
                                continue;
                        if (op == STREAM_READ)
                                scatter(fake.mapping.address, 3);
                        fake_run(&fake, 0, runs[i] * moves);
                        fake_run(&fake, 1, runs[i] * moves);
                        assert_int_equal(fake_check(&fake).code, STATUS_OK);
                        /* Both slices' first lines differ now: whichever thread is looked at. */
                        wrong = fake.mapping.address + (op == STREAM_COPY ? 80 * 64 : 0);
                        wrong[5] ^= 0x10;
                        wrong[40 * 64 + 5] ^= 0x10;
                        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                        fake_free(&fake);
                }
}

static void check_sees_that_nothing_was_done(void **state)
{
        for (int op = STREAM_WRITE; op <= STREAM_COPY; op++) {
                struct fake_trial fake;
                char *copy = malloc(2 * MIB);

                assert_non_null(copy);
                if (prepare(&fake, (enum stream_op)op, MIB, 1)) {
                        memcpy(copy, fake.mapping.address, MIB);
                        fake_run(&fake, 0, 2 * MIB);
                        memcpy(fake.mapping.address, copy, MIB);
                        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                        fake_free(&fake);
                }
                free(copy);
        }
}

/* The zeros of a new file would be copied faster than other bytes. */
static void a_copy_finds_no_zeros(void **state)
{
        struct fake_trial fake;
        const uint64_t *words;

        fake_make(&fake, &workload_stream, STREAM_COPY, MIB, 3);
        memset(fake.mapping.address, 0, MIB);
        fake.mapping.address[MIB] = 1;
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        words = (const uint64_t *)(const void *)fake.mapping.address;
        for (size_t i = 0; i < MIB / 2 / sizeof(*words); i++)
                assert_int_not_equal(words[i], 0);
        assert_int_equal(fake.mapping.address[MIB], 1);
        fake_free(&fake);
}

static void cells_that_cannot_be_are_refused_beforehand(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_stream, STREAM_COPY, 4 * 128 - 1, 4);
        assert_int_equal(workload_stream.accept(&fake.cell).code, STATUS_USAGE);
        fake.cell.bytes++;
        assert_int_equal(workload_stream.accept(&fake.cell).code, STATUS_OK);
        fake.cell.op = &workload_stream.ops[STREAM_NTWRITE];
        fake.cell.options[0].count = ISA_PLAIN;
        assert_int_equal(workload_stream.accept(&fake.cell).code, STATUS_SKIP);
        fake_free(&fake);

        fake_make(&fake, &workload_stream, STREAM_WRITE, MIB, 1);
        fake.mapping.prot = PROT_READ;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_loop_does_its_bytes_and_no_others),
                cmocka_unit_test(auto_takes_string_instructions_for_large_writes_only),
                cmocka_unit_test(threads_share_the_lines_and_leave_none_out),
                cmocka_unit_test(operations_are_bytes_in_whole_lines),
                cmocka_unit_test(a_run_goes_on_where_the_last_one_stopped),
                cmocka_unit_test(check_accepts_what_the_operations_did_and_nothing_else),
                cmocka_unit_test(check_sees_that_nothing_was_done),
                cmocka_unit_test(a_copy_finds_no_zeros),
                cmocka_unit_test(cells_that_cannot_be_are_refused_beforehand),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
