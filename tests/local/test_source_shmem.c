/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded default on this machine: the same bytes by PMD and by PTE, as root or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local_source.h"
#include "sys/privns.h"
#include "sys/procself.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#define BYTES (256 * MIB)

static struct source shmem;

static int set_up(void **state)
{
        struct status status = local_open(&source_class_shmem, BYTES, &shmem);

        if (status_failed(&status))
                print_message("%s; %s\n", status.what, status.todo);
        return status_failed(&status) ? -1 : 0;
}

static int tear_down(void **state)
{
        source_close(&shmem);
        return 0;
}

static void both_grains_are_proven_twice_on_the_same_bytes(void **state)
{
        static const char *const arms[] = { "pmd", "pte:nohuge", "pte:va", "pte:offset" };
        uint64_t tables = BYTES / shmem.pmd_bytes * shmem.page_bytes;

        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                struct mapping mapping;

                local_map_proven(&shmem, arms[i], BYTES, &mapping);
                assert_non_null(strchr(mapping.proof.methods, '+'));
                assert_true(mapping.proof.page_table_bytes.known);
                if (mapping.asked.grain == GRAIN_PMD)
                        assert_in_range(mapping.proof.page_table_bytes.value, 0, tables / 8);
                else
                        assert_in_range(mapping.proof.page_table_bytes.value, tables,
                                        tables + tables / 8);
                assert_in_range(mapping.proof.minflt.value, 1, BYTES / shmem.page_bytes + 64);
                assert_int_equal(proof_again(&mapping, shmem.traits).code, STATUS_OK);
                mapping_detach(&mapping);
        }
}

static uint64_t stamp(uint64_t at)
{
        return at * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

/* Writes each page by PMD and reads it by each of the others; `offset` is a page further on. */
static void what_one_arm_writes_another_reads(void **state)
{
        static const char *const arms[] = { "pmd", "pte:nohuge", "pte:va", "pte:offset" };
        size_t page = shmem.page_bytes;
        struct mapping mapping;

        local_map_proven(&shmem, "pmd", BYTES, &mapping);
        for (size_t at = 0; at < BYTES; at += page)
                *(uint64_t *)(void *)(mapping.address + at) = stamp(at);
        mapping_detach(&mapping);
        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                size_t shift = strcmp(arms[i], "pte:offset") == 0 ? page : 0;

                local_map_proven(&shmem, arms[i], BYTES, &mapping);
                for (size_t at = 0; at + shift < BYTES; at += page)
                        assert_int_equal(*(uint64_t *)(void *)(mapping.address + at),
                                         stamp(at + shift));
                mapping_detach(&mapping);
        }
}

static void writing_after_the_fault_in_takes_no_fault(void **state)
{
        static const char *const arms[] = { "pmd", "pte:nohuge", "pte:va" };

        assert_true(shmem.traits & SOURCE_READ_FAULTS_SUFFICE);
        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                struct mapping mapping;
                uint64_t before;

                local_map_proven(&shmem, arms[i], BYTES, &mapping);
                before = procself_minflt().value;
                for (size_t at = 0; at < BYTES; at += shmem.page_bytes)
                        ((volatile char *)mapping.address)[at] = 1;
                assert_in_range(procself_minflt().value - before, 0, 64);
                mapping_detach(&mapping);
        }
}

/* On every kernel, as if this one ignored nohuge: the arm `pmd`, but with page tables first. */
static void page_tables_in_the_way_give_ptes(void **state)
{
        struct mapping mapping;

        local_lay_out(&shmem, "pmd", BYTES, &mapping);
        mapping.asked = (struct arm) { GRAIN_PTE, LEVER_NOHUGE };
        mapping.tables_first = true;
        assert_int_equal(local_map(&mapping, shmem.traits).code, STATUS_OK);
        assert_int_equal(mapping.proof.proven, GRAIN_PTE);
        assert_int_equal(mapping_faults_alone(&mapping).code, STATUS_SKIP);
        mapping_detach(&mapping);
}

static void map_populate_obeys_the_arm(void **state)
{
        static const char *const arms[] = { "pmd", "pte:nohuge", "pte:va" };

        for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
                struct proof_meter meter;
                struct mapping mapping;

                local_lay_out(&shmem, arms[i], BYTES, &mapping);
                if (mapping.tables_first)
                        continue;
                proof_begin(&meter, shmem.traits);
                assert_int_equal(mapping_before_populate(&mapping).code, STATUS_OK);
                assert_ptr_equal(mapping_mmap(&mapping, MAP_POPULATE), mapping.address);
                assert_int_equal(mapping_after_populate(&mapping).code, STATUS_OK);
                mapping.mapped = true;
                assert_int_equal(proof_end(&meter, &mapping, shmem.traits).code, STATUS_OK);
                mapping_detach(&mapping);
        }
}

static int child_maps(const void *context)
{
        struct mapping mapping;
        const struct layout_request request = { .arm = { GRAIN_PTE, LEVER_NOHUGE },
                                                .bytes = BYTES };
        struct status status = shmem.class->lay_out(&shmem, &request, &mapping);

        if (!status_failed(&status))
                status = local_map(&mapping, shmem.traits);
        if (status_failed(&status))
                return 1;
        *shmem.content = 4711;
        return *(uint64_t *)(void *)mapping.address == stamp(77) ? 0 : 2;
}

static void a_forked_trial_has_the_same_bytes_and_tells_of_them(void **state)
{
        struct mapping mapping;

        local_map_proven(&shmem, "pmd", BYTES, &mapping);
        *(uint64_t *)(void *)mapping.address = stamp(77);
        mapping_detach(&mapping);
        *shmem.content = 0;
        assert_int_equal(local_child(child_maps, NULL), 0);
        assert_int_equal(*shmem.content, 4711);
}

static void namespaces_of_the_caller_stay_as_they_are(void **state)
{
        static const char *const names[] = { "/proc/self/ns/mnt", "/proc/self/ns/user" };

        for (size_t i = 0; i < 2; i++) {
                char before[64] = "", after[64] = "";
                struct source other;

                assert_true(readlink(names[i], before, sizeof(before) - 1) > 0);
                assert_int_equal(local_open(&source_class_shmem, 4 * MIB, &other).code, STATUS_OK);
                source_close(&other);
                assert_true(readlink(names[i], after, sizeof(after) - 1) > 0);
                assert_string_equal(before, after);
        }
}

static void more_than_the_memory_is_the_users_mistake(void **state)
{
        struct source other = { .fd = 12345 };
        struct status status = local_open(&source_class_shmem, UINT64_C(1) << 50, &other);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.todo, "--bytes"));
        assert_int_equal(other.fd, 12345);
        assert_int_equal(local_open(&source_class_shmem, UINT64_MAX, &other).code, STATUS_USAGE);
}

static void a_private_tmpfs_is_the_first_choice(void **state)
{
        struct status status;
        int fd = -1;

        status = privns_huge_file(&local_root, 8 * MIB, &fd);
        if (status.code == STATUS_SKIP) {
                print_message("%s; %s\n", status.what, status.todo);
                assert_true(*status.todo);
                assert_non_null(strstr(shmem.how, "not by tmpfs"));
                skip();
        }
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(lseek(fd, 0, SEEK_END), 8 * MIB);
        close(fd);
        assert_memory_equal(shmem.how, "tmpfs with huge=always", 22);
}

#define CHILD_UNPRIVILEGED 40
#define CHILD_NO_SOURCE 41
#define CHILD_NO_GRAIN 42
#define CHILD_WRONG_WAY 43
#define CHILD_NO_REASON 44

/* Opens 64 MiB and maps them by both grains; `context` is the way that must have been taken. */
static int child_opens(const void *context)
{
        static const struct arm arms[] = { { GRAIN_PMD, LEVER_ALIGNED },
                                           { GRAIN_PTE, LEVER_NOHUGE } };
        const char *way = context;
        struct source source;
        struct status status = local_open(&source_class_shmem, 64 * MIB, &source);

        if (status.code == STATUS_SKIP) {
                printf("%s\n", status.what);
                fflush(stdout);
                return CHILD_UNPRIVILEGED;
        }
        if (status_failed(&status))
                return CHILD_NO_SOURCE;
        if (strstr(source.how, "memfd") && !strstr(source.how, "not by tmpfs"))
                return CHILD_NO_REASON;
        if (way && strncmp(source.how, way, strlen(way)) != 0) {
                printf("%s\n", source.how);
                fflush(stdout);
                return CHILD_WRONG_WAY;
        }
        for (size_t i = 0; i < 2; i++) {
                const struct layout_request request = { .arm = arms[i], .bytes = 64 * MIB };
                struct mapping mapping;

                status = source.class->lay_out(&source, &request, &mapping);
                if (!status_failed(&status))
                        status = local_map(&mapping, source.traits);
                if (status_failed(&status))
                        return CHILD_NO_GRAIN;
                mapping_detach(&mapping);
        }
        source_close(&source);
        return 0;
}

/* Linux 6.1, unless shmem_enabled is `deny`. */
static bool collapse_works(void)
{
        size_t pmd = shmem.pmd_bytes;
        char *address = shmem.window;
        int fd = memfd_create("test", MFD_CLOEXEC);
        bool works;

        assert_int_equal(ftruncate(fd, (off_t)pmd), 0);
        assert_ptr_equal(mmap(address, pmd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0),
                         address);
        memset(address, 1, pmd);
        works = madvise(address, pmd, 25 /* MADV_COLLAPSE */) == 0;
        mmap(address, pmd, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
             0);
        close(fd);
        return works;
}

static int child_as_nobody(const void *context)
{
        return local_drop_privilege() ? child_opens(context) : CHILD_UNPRIVILEGED;
}

/* Whether this machine lets users mount a tmpfs in namespaces of their own. */
static int child_mounts_as_nobody(const void *context)
{
        return local_drop_privilege() && unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
                               fsopen("tmpfs", FSOPEN_CLOEXEC) >= 0
                       ? 0
                       : 1;
}

static void it_needs_no_root(void **state)
{
        bool mounts = local_child(child_mounts_as_nobody, NULL) == 0;
        int result = local_child(child_as_nobody, mounts ? "tmpfs with huge=always" : NULL);

        if (result == CHILD_UNPRIVILEGED && !mounts && !collapse_works())
                skip(); /* the reason was printed */
        assert_int_equal(result, 0);
}

/* fsopen() and unshare() give EPERM from here on, as in a container. */
static bool namespaces_forbid(void)
{
        struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fsopen, 2, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_unshare, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        };
        struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

        return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0 &&
               prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, &program) == 0;
}

static int child_in_a_container(const void *context)
{
        return namespaces_forbid() ? child_opens(context) : CHILD_UNPRIVILEGED;
}

static void without_namespaces_another_way_is_taken_and_the_reason_told(void **state)
{
        int result = local_child(child_in_a_container, "memfd with MADV_");

        if (result == CHILD_UNPRIVILEGED && !collapse_works())
                skip(); /* the reason was printed */
        assert_int_equal(result, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_grains_are_proven_twice_on_the_same_bytes),
                cmocka_unit_test(what_one_arm_writes_another_reads),
                cmocka_unit_test(writing_after_the_fault_in_takes_no_fault),
                cmocka_unit_test(page_tables_in_the_way_give_ptes),
                cmocka_unit_test(map_populate_obeys_the_arm),
                cmocka_unit_test(a_forked_trial_has_the_same_bytes_and_tells_of_them),
                cmocka_unit_test(namespaces_of_the_caller_stay_as_they_are),
                cmocka_unit_test(more_than_the_memory_is_the_users_mistake),
                cmocka_unit_test(a_private_tmpfs_is_the_first_choice),
                cmocka_unit_test(it_needs_no_root),
                cmocka_unit_test(without_namespaces_another_way_is_taken_and_the_reason_told),
        };
        struct source probe;
        struct status status = local_open(&source_class_shmem, MIB, &probe);

        if (status.code == STATUS_SKIP) {
                printf("skipped: %s; %s\n", status.what, status.todo);
                return 77;
        }
        if (!status_failed(&status))
                source_close(&probe);
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
