/* SPDX-License-Identifier: Apache-2.0 */
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <string.h>

#define DETAIL '@' /* the detail's place */

/* capabilities(7), user_namespaces(7), Documentation/admin-guide/sysctl/kernel.rst */
static const char *const rows[PRIVILEGE_COUNT] = {
        [PRIVILEGE_NAMESPACES] = "run as root, with CAP_SYS_ADMIN, or where user namespaces are "
                                 "allowed: unshare(2), in a container's filter too",
        [PRIVILEGE_NAMESPACES_COUNT] =
                "run as root, or as root: sysctl user.max_user_namespaces=10000",
        [PRIVILEGE_NAMESPACES_CLONE] =
                "run as root, or as root: sysctl kernel.unprivileged_userns_clone=1",
        [PRIVILEGE_NAMESPACES_APPARMOR] = "run as root, or as root: sysctl "
                                          "kernel.apparmor_restrict_unprivileged_userns=0",
        [PRIVILEGE_LOCK] = "ulimit -l @ as root, or CAP_IPC_LOCK",
        [PRIVILEGE_HUGETLB] = "as root: sysctl vm.nr_hugepages=@",
        [PRIVILEGE_HUGETLB_SIZE] = "as root: echo @",
        [PRIVILEGE_THP] = "as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
        [PRIVILEGE_THP_SHMEM] =
                "as root: echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled",
        [PRIVILEGE_PERF] = "as root: sysctl kernel.perf_event_paranoid=1, or run with CAP_PERFMON",
        [PRIVILEGE_TRACEFS] = "run as root, or as root: mount -o remount,gid=GROUP,mode=750 @, "
                              "GROUP one of this user's",
        [PRIVILEGE_TRACEFS_MOUNT] = "as root: mount -t tracefs tracefs @",
        [PRIVILEGE_PLACES] = "run as root, or with CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN",
        [PRIVILEGE_PFN] = "run as root, or with CAP_SYS_ADMIN",
        [PRIVILEGE_KPAGEFLAGS] = "run as root, or with CAP_DAC_READ_SEARCH",
        [PRIVILEGE_DEVDAX] = "run as root, or as root: chown USER @; for good by a udev rule: "
                             "SUBSYSTEM==\"dax\", OWNER=\"USER\"",
        [PRIVILEGE_VFIO] = "run as root, or as root: chmod 666 @",
        [PRIVILEGE_VFIO_GROUP] = "run as root, or as root: chown USER @; for good by a udev rule: "
                                 "SUBSYSTEM==\"vfio\", OWNER=\"USER\"",
};

struct privilege_todo privilege_todo(enum privilege privilege, const char *detail)
{
        const char *row = rows[privilege], *at = strchr(row, DETAIL);
        struct privilege_todo todo;

        if (at)
                snprintf(todo.text, sizeof(todo.text), "%.*s%s%s", (int)(at - row), row,
                         detail ? detail : "", at + 1);
        else
                snprintf(todo.text, sizeof(todo.text), "%s", row);
        return todo;
}
