/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain on this machine, which has no DAX: what it reads of files, and that --prove sees what the
 * kernel does and says so when a prediction is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/explain_prove.h"
#include "cli/explain_target.h"
#include "sys/fiemap.h"
#include "sys/privns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_CHUNKS 4

static const struct sys_root root = { .sysfs = "/sys", .proc = "/proc" };

/* A descriptor as a path. */
static const char *path_of(int fd, char *path, size_t size)
{
        snprintf(path, size, "/proc/self/fd/%d", fd);
        return path;
}

static void target_open(int fd, struct explain_target *target)
{
        static char path[64];
        struct status status = explain_target_open(&root, path_of(fd, path, sizeof(path)), target);

        if (status_failed(&status))
                print_message("%s\n", status.what);
        assert_int_equal(status.code, STATUS_OK);
}

/* Huge pages in the page cache; skips the test where this machine has none. */
static int huge_file(uint64_t bytes)
{
        struct status status;
        int fd;

        status = privns_huge_file(&root, bytes, &fd);
        if (status_failed(&status)) {
                print_message("%s\n", status.what);
                skip();
        }
        return fd;
}

static int plain_file(uint64_t bytes)
{
        char name[] = "/var/tmp/pmdgain-explain-XXXXXX";
        int fd = mkstemp(name);

        assert_true(fd >= 0);
        unlink(name);
        assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
        return fd;
}

struct pieces {
        int fd;
        uint64_t end, bytes, unwritten;
};

/* What FIEMAP calls written must be data to lseek(), and what lies between must be a hole. */
static void piece_check(void *context, const struct fiemap_piece *piece)
{
        struct pieces *pieces = context;

        assert_true(piece->logical >= pieces->end);
        if (piece->logical > pieces->end)
                assert_int_equal(lseek(pieces->fd, (off_t)pieces->end, SEEK_HOLE), pieces->end);
        if (!piece->unwritten)
                assert_int_equal(lseek(pieces->fd, (off_t)piece->logical, SEEK_DATA),
                                 piece->logical);
        else
                pieces->unwritten += piece->bytes;
        pieces->end = piece->logical + piece->bytes;
        pieces->bytes += piece->bytes;
}

static void extents_are_those_that_lseek_sees(void **state)
{
        int fd = plain_file(4 * MIB);
        struct pieces pieces = { .fd = fd };
        char block[64 * KIB];
        struct status status;

        memset(block, 1, sizeof(block));
        for (off_t at = (off_t)MIB; at < (off_t)(3 * MIB); at += (off_t)(512 * KIB))
                assert_int_equal(pwrite(fd, block, sizeof(block), at), sizeof(block));
        if (fallocate(fd, 0, (off_t)(3 * MIB), (off_t)(256 * KIB)) != 0) {
                close(fd);
                skip();
        }
        assert_int_equal(fsync(fd), 0);
        status = fiemap_walk(fd, 0, 4 * MIB, piece_check, &pieces);
        if (status.code == STATUS_SKIP) {
                print_message("%s\n", status.what);
                close(fd);
                skip();
        }
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(pieces.bytes, (4 * 64 + 256) * KIB);
        assert_int_equal(pieces.unwritten, 256 * KIB);
        /* A part: only what touches it, which may reach out of it. */
        pieces = (struct pieces) { .fd = fd, .end = MIB };
        status = fiemap_walk(fd, MIB, MIB, piece_check, &pieces);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(pieces.bytes, 2 * 64 * KIB);
        close(fd);
}

/* More extents than are asked for at once. */
static void many_extents_are_all_told(void **state)
{
        int fd = plain_file(8 * MIB);
        struct pieces pieces = { .fd = fd };
        char block[4 * KIB];
        struct status status;

        memset(block, 1, sizeof(block));
        for (off_t at = 0; at < (off_t)(8 * MIB); at += (off_t)(8 * KIB))
                assert_int_equal(pwrite(fd, block, sizeof(block), at), sizeof(block));
        assert_int_equal(fsync(fd), 0);
        status = fiemap_walk(fd, 0, 8 * MIB, piece_check, &pieces);
        if (status.code == STATUS_SKIP) {
                close(fd);
                skip();
        }
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(pieces.bytes, 4 * MIB);
        close(fd);
}

static void page_cache_is_no_dax(void **state)
{
        struct explain_totals totals = { 0 };
        struct explain_target target;
        struct explain_intent intent;
        struct stat before, after;
        int fd = plain_file(5 * MIB);

        assert_int_equal(fstat(fd, &before), 0);
        target_open(fd, &target);
        assert_int_equal(target.place.kind, EXPLAIN_FILE);
        assert_int_equal(target.place.dax, 0);
        assert_int_equal(target.place.bytes, 5 * MIB);
        intent = explain_target_intent(&target);
        assert_int_equal(explain_target_walk(&target, &intent, explain_totals_add, &totals).code,
                         STATUS_OK);
        assert_int_equal(totals.chunks,
                         (5 * MIB + target.place.pmd_bytes - 1) / target.place.pmd_bytes);
        assert_int_equal(totals.lines[CAUSE_DAX_OFF][OUTCOME_CACHE].bytes, 5 * MIB);
        explain_target_close(&target);
        assert_int_equal(fstat(fd, &after), 0);
        assert_memory_equal(&before, &after, sizeof(before));
        close(fd);
}

static void what_is_no_file_is_refused(void **state)
{
        static const char *const paths[] = { "/", "/dev/null", "/no/such/file", "" };
        char dir[] = "/tmp/pmdgain-explain-XXXXXX", fifo[64];
        struct explain_target target = { .fd = 77 };

        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
                assert_int_equal(explain_target_open(&root, paths[i], &target).code, STATUS_USAGE);
        assert_non_null(mkdtemp(dir));
        snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
        assert_int_equal(mkfifo(fifo, 0600), 0);
        assert_int_equal(explain_target_open(&root, fifo, &target).code, STATUS_USAGE);
        assert_int_equal(target.fd, 77);
        unlink(fifo);
        rmdir(dir);
}

/* A prediction for all chunks of the file. */
static struct explain_run predicted(const struct explain_target *target,
                                    enum explain_outcome outcome, bool blank)
{
        return (struct explain_run) { .bytes = target->place.bytes,
                                      .chunks = target->place.bytes / target->place.pmd_bytes,
                                      .outcome = outcome,
                                      .blank = blank };
}

/* Proves one prediction for the whole target. */
static struct explain_proof prove(const struct explain_target *target,
                                  const struct explain_intent *intent, struct explain_run run)
{
        struct explain_prover *prover = NULL;
        struct explain_proof proof;
        struct status status = explain_prover_open(target, intent, &prover);

        if (status_failed(&status))
                print_message("%s\n", status.what);
        assert_int_equal(status.code, STATUS_OK);
        explain_prover_add(prover, &run);
        proof = *explain_prover_proof(prover);
        explain_prover_close(prover);
        return proof;
}

/* Huge pages of shmem are mapped by PMD, and by PTE with nohuge: seen, though not predicted. */
static void what_the_page_cache_gives_is_seen(void **state)
{
        struct explain_target target;
        struct explain_intent intent;
        struct explain_proof proof;
        int fd = huge_file(FILE_CHUNKS * 2 * MIB);
        uint64_t chunks;

        target_open(fd, &target);
        chunks = target.place.bytes / target.place.pmd_bytes;
        intent = explain_target_intent(&target);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_CACHE, false));
        assert_int_equal(proof.open[SEEN_PMD], chunks);
        intent.nohuge = true;
        proof = prove(&target, &intent, predicted(&target, OUTCOME_CACHE, false));
        /* Kernels before 6.12 map huge pages by PMD all the same. */
        assert_int_equal(proof.open[SEEN_PTE] + proof.open[SEEN_PMD], chunks);
        intent.nohuge = false;
        intent.address = count_of(target.place.page_bytes);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_CACHE, false));
        assert_int_equal(proof.open[SEEN_PTE], chunks);
        assert_int_equal(proof.agreed + proof.disagreed, 0);
        explain_target_close(&target);
        close(fd);
}

/* A prediction that is wrong is told, chunk by chunk; what is right agrees. */
static void a_wrong_prediction_is_told(void **state)
{
        struct explain_target target;
        struct explain_intent intent;
        struct explain_proof proof;
        int fd = huge_file(FILE_CHUNKS * 2 * MIB);
        uint64_t chunks;

        target_open(fd, &target);
        target.place.dax = 1; /* so that faults are counted as under DAX */
        chunks = target.place.bytes / target.place.pmd_bytes;
        intent = explain_target_intent(&target);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_PMD, false));
        assert_true(proof.by_faults);
        assert_int_equal(proof.agreed, chunks);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_PTE, false));
        assert_int_equal(proof.disagreed, chunks);
        assert_int_equal(proof.mismatches,
                         chunks < EXPLAIN_MISMATCHES_MAX ? chunks : EXPLAIN_MISMATCHES_MAX);
        assert_int_equal(proof.mismatch[1].offset, target.place.pmd_bytes);
        assert_int_equal(proof.mismatch[1].seen, SEEN_PMD);
        assert_int_equal(proof.kept_by_page, 0);
        explain_target_close(&target);
        close(fd);
}

/* The same with base pages; the faults of both ways of reading are counted as under DAX. */
static void ptes_are_told_from_pmds(void **state)
{
        struct explain_target target;
        struct explain_intent intent;
        struct explain_proof proof;
        int fd = plain_file(FILE_CHUNKS * 2 * MIB);
        uint64_t chunks;

        target_open(fd, &target);
        target.place.dax = 1;
        chunks = target.place.bytes / target.place.pmd_bytes;
        intent = explain_target_intent(&target);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_PTE, false));
        assert_int_equal(proof.agreed, chunks);
        proof = prove(&target, &intent, predicted(&target, OUTCOME_ZERO_PMD, false));
        assert_int_equal(proof.disagreed, chunks);
        assert_int_equal(proof.kept_by_page, chunks);
        assert_int_equal(proof.mismatch[0].seen, SEEN_PTE);
        intent.nohuge = true;
        proof = prove(&target, &intent, predicted(&target, OUTCOME_PTE, false));
        assert_int_equal(proof.agreed, chunks);
        /* Such a mapping would spoil chunks that hold no data yet. */
        proof = prove(&target, &intent, predicted(&target, OUTCOME_PTE, true));
        assert_int_equal(proof.left_alone, chunks);
        assert_int_equal(proof.agreed + proof.disagreed, 0);
        explain_target_close(&target);
        close(fd);
}

/* Bytes that cannot be had are seen as such, and end nobody with SIGBUS. */
static void what_is_refused_is_seen(void **state)
{
        int fd = plain_file(FILE_CHUNKS * 2 * MIB);
        struct explain_prover *prover = NULL;
        struct explain_target target;
        struct explain_intent intent;
        struct explain_run run;

        target_open(fd, &target);
        intent = explain_target_intent(&target);
        assert_int_equal(explain_prover_open(&target, &intent, &prover).code, STATUS_OK);
        assert_int_equal(ftruncate(fd, 0), 0);
        run = predicted(&target, OUTCOME_REFUSED, false);
        explain_prover_add(prover, &run);
        assert_int_equal(explain_prover_proof(prover)->agreed, run.chunks);
        explain_prover_close(prover);
        explain_target_close(&target);
        close(fd);
}

static void what_only_a_write_shows_is_not_proven(void **state)
{
        int fd = plain_file(2 * MIB);
        struct explain_prover *prover = NULL;
        struct explain_target target;
        struct explain_intent intent;

        target_open(fd, &target);
        intent = explain_target_intent(&target);
        intent.write = true;
        assert_int_equal(explain_prover_open(&target, &intent, &prover).code, STATUS_USAGE);
        assert_null(prover);
        intent.write = false;
        target.place.kind = EXPLAIN_BLOCK;
        assert_int_equal(explain_prover_open(&target, &intent, &prover).code, STATUS_USAGE);
        target.place.kind = EXPLAIN_DEVDAX;
        target.place.align = 2 * MIB;
        intent.offset = 4 * KIB;
        assert_int_equal(explain_prover_open(&target, &intent, &prover).code, STATUS_USAGE);
        assert_null(prover);
        explain_target_close(&target);
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(extents_are_those_that_lseek_sees),
                cmocka_unit_test(many_extents_are_all_told),
                cmocka_unit_test(page_cache_is_no_dax),
                cmocka_unit_test(what_is_no_file_is_refused),
                cmocka_unit_test(what_the_page_cache_gives_is_seen),
                cmocka_unit_test(a_wrong_prediction_is_told),
                cmocka_unit_test(ptes_are_told_from_pmds),
                cmocka_unit_test(what_is_refused_is_seen),
                cmocka_unit_test(what_only_a_write_shows_is_not_proven),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
