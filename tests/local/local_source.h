/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of sources on this machine have in common. */
#ifndef PMDGAIN_TESTS_LOCAL_SOURCE_H
#define PMDGAIN_TESTS_LOCAL_SOURCE_H

#include "mapping/proof.h"
#include "sys/root.h"

#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct source_class source_class_shmem, source_class_hugetlb, source_class_anon,
        source_class_file;

static const struct sys_root local_root = { .sysfs = "/sys", .proc = "/proc" };

__attribute__((unused)) static struct status local_open(const struct source_class *class,
                                                        uint64_t bytes, struct source *source)
{
        struct source_request request = {
                .root = &local_root, .target = "", .bytes = bytes, .seed = 1
        };

        return source_open(class, &request, source);
}

/* A mapping of an arm; skips the test where the source has no such arm. */
__attribute__((unused)) static void local_lay_out(const struct source *source, const char *arm_text,
                                                  size_t bytes, struct mapping *mapping)
{
        struct layout_request request = { .bytes = bytes, .writes = true };
        struct status status;

        assert_int_equal(arm_parse(arm_text, &request.arm).code, STATUS_OK);
        status = source->class->lay_out(source, &request, mapping);
        if (status.code != STATUS_OK)
                print_message("%s: %s\n", arm_text, status.what);
        assert_int_equal(status.code, STATUS_OK);
}

/* Maps, makes present and proves; the caller detaches. */
__attribute__((unused)) static struct status local_map(struct mapping *mapping, unsigned traits)
{
        TRY(mapping_attach(mapping));
        return proof_fault_in(mapping, traits);
}

__attribute__((unused)) static void local_map_proven(const struct source *source,
                                                     const char *arm_text, size_t bytes,
                                                     struct mapping *mapping)
{
        struct status status;

        local_lay_out(source, arm_text, bytes, mapping);
        status = local_map(mapping, source->traits);
        if (status_failed(&status))
                print_message("%s: %s; %s\n", arm_text, status.what, status.todo);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(mapping->proof.proven, mapping->asked.grain);
}

/* Runs in a child, which ends by the value returned, or by a signal: then 128 and its number. */
__attribute__((unused)) static int local_child(int (*work)(const void *context),
                                               const void *context)
{
        pid_t child;
        int state;

        fflush(NULL);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
                _exit(work(context));
        assert_int_equal(waitpid(child, &state, 0), child);
        return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

/* In a child: goes on as nobody, with a /proc/self of its own again. */
__attribute__((unused)) static bool local_drop_privilege(void)
{
        if (geteuid() != 0)
                return true;
        return setgid(65534) == 0 && setuid(65534) == 0 &&
               prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL) == 0;
}

#endif
