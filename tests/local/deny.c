/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deny SYSCALL[,SYSCALL...] COMMAND...: runs the command where these system calls fail with EPERM,
 * as a container's seccomp filter makes them (seccomp(2), SECCOMP_SET_MODE_FILTER).
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
        const char *name;
        unsigned number;
} calls[] = {
        { "perf_event_open", SYS_perf_event_open },
        { "unshare", SYS_unshare },
        { "mount", SYS_mount },
        { "memfd_create", SYS_memfd_create },
        { "sched_setaffinity", SYS_sched_setaffinity },
        { "mbind", SYS_mbind },
        { "set_mempolicy", SYS_set_mempolicy },
        { "get_mempolicy", SYS_get_mempolicy },
        { "madvise", SYS_madvise },
        { "mlock", SYS_mlock },
        { "statx", SYS_statx },
        { "flock", SYS_flock },
        { "fallocate", SYS_fallocate },
        { "ioctl", SYS_ioctl },
        { "prctl", SYS_prctl },
        { "fsync", SYS_fsync },
        { "pipe2", SYS_pipe2 },
};

static int number_find(const char *name, size_t length, unsigned *ret_number)
{
        for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
                if (strlen(calls[i].name) == length && memcmp(calls[i].name, name, length) == 0) {
                        *ret_number = calls[i].number;
                        return 0;
                }
        return -1;
}

/* Loads the call's number; each name adds a comparison and a refusal; the rest is allowed. */
static int filter_install(const char *names)
{
        struct sock_filter code[64];
        struct sock_fprog program = { .filter = code };
        unsigned short at = 0;
        unsigned number = 0;

        code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                  offsetof(struct seccomp_data, nr));
        for (size_t length; *names; names += length + (names[length] == ',')) {
                length = strcspn(names, ",");
                if (at + 3 > 64 || number_find(names, length, &number) != 0) {
                        fprintf(stderr, "deny: %.*s is not in its list\n", (int)length, names);
                        return -1;
                }
                code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
                code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
                                                          SECCOMP_RET_ERRNO | EPERM);
        }
        code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        program.len = at;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
                perror("deny: no seccomp filter can be set here");
                return -1;
        }
        return 0;
}

int main(int argc, char **argv)
{
        if (argc < 3) {
                fprintf(stderr, "usage: deny SYSCALL[,SYSCALL...] COMMAND...\n");
                return 2;
        }
        if (filter_install(argv[1]) != 0)
                return 77;
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        return 127;
}
