/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user who is not root may be kept from, and what allows it: the one place for these words,
 * so that a row which was skipped names the same remedy as `pmdgain probe`.
 */
#ifndef PMDGAIN_PRIVILEGE_H
#define PMDGAIN_PRIVILEGE_H

enum privilege {
        PRIVILEGE_NAMESPACES,          /* mounting a tmpfs; the reason why not is not known */
        PRIVILEGE_NAMESPACES_COUNT,    /* ... user.max_user_namespaces is 0 */
        PRIVILEGE_NAMESPACES_CLONE,    /* ... Debian's kernel.unprivileged_userns_clone is 0 */
        PRIVILEGE_NAMESPACES_APPARMOR, /* ... Ubuntu's AppArmor restricts them */
        PRIVILEGE_LOCK,                /* mlock(); detail: KiB, or "unlimited" */
        PRIVILEGE_HUGETLB,             /* pages of the preset size; detail: how many */
        PRIVILEGE_HUGETLB_SIZE,        /* ... of another; detail: "COUNT > FILE" */
        PRIVILEGE_THP,                 /* huge pages of anonymous memory */
        PRIVILEGE_THP_SHMEM,           /* ... of a memfd */
        PRIVILEGE_PERF,                /* perf_event_open() */
        PRIVILEGE_TRACEFS,             /* reading below tracefs; detail: where it is mounted */
        PRIVILEGE_TRACEFS_MOUNT,       /* it is not mounted; detail: where it should be */
        PRIVILEGE_PLACES,              /* where namespaces and devices begin in memory */
        PRIVILEGE_PFN,                 /* page frame numbers in /proc/self/pagemap */
        PRIVILEGE_KPAGEFLAGS,          /* /proc/kpageflags */
        PRIVILEGE_DEVDAX,              /* a DAX device; detail: its path */
        PRIVILEGE_VFIO,                /* /dev/vfio/vfio; detail: its path */
        PRIVILEGE_VFIO_GROUP,          /* an IOMMU group; detail: its path */
        PRIVILEGE_COUNT,
};

struct privilege_todo {
        char text[320]; /* one line */
};

/* `detail` may be NULL where none is told of above. */
struct privilege_todo privilege_todo(enum privilege privilege, const char *detail);

#endif
