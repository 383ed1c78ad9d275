/* SPDX-License-Identifier: Apache-2.0 */
#include "lock.h"

#include <errno.h>
#include <pmdgain/privilege.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int lock_pages(const struct mapping *mapping)
{
        return (int)syscall(SYS_mlock, mapping->address, mapping->bytes);
}

int unlock_pages(const struct mapping *mapping)
{
        return (int)syscall(SYS_munlock, mapping->address, mapping->bytes);
}

struct status lock_failure(const char *call, size_t bytes, int error)
{
        size_t kib = (bytes + KIB - 1) / KIB;
        struct rlimit limit;
        char wanted[24];

        if ((error != ENOMEM && error != EPERM) || getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
            limit.rlim_cur >= bytes)
                return status_errno(error, NULL, "%s of %zu bytes failed", call, bytes);
        snprintf(wanted, sizeof(wanted), "%zu", kib);
        return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_LOCK, wanted).text,
                           "%s of %zu KiB is over the limit of %zu KiB (RLIMIT_MEMLOCK)", call, kib,
                           (size_t)(limit.rlim_cur / KIB));
}
