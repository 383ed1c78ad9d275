/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/tracepoint.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Why `folder`/id cannot be read. */
static struct status id_failure(const struct sys_root *root, const char *event)
{
        char path[512], events[sizeof(path) + 8];

        snprintf(path, sizeof(path), "%s/kernel/tracing", root->sysfs);
        if (access(path, F_OK) != 0)
                return status_make(STATUS_SKIP, "use a kernel with CONFIG_FTRACE=y",
                                   "this kernel has no tracefs");
        if (access(path, X_OK) != 0)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_TRACEFS, path).text,
                                   "this user may not use tracefs");
        snprintf(events, sizeof(events), "%s/events", path);
        if (access(events, F_OK) != 0)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_TRACEFS_MOUNT, path).text,
                                   "tracefs is not mounted");
        return status_make(STATUS_SKIP, "use a kernel with CONFIG_FS_DAX=y",
                           "this kernel has no tracepoint %s", event);
}

static struct status id_read(const struct sys_root *root, const char *event, uint64_t *ret_id)
{
        static const char *const folders[] = { "kernel/tracing", "kernel/debug/tracing" };

        for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
                char path[256];
                struct status status;

                snprintf(path, sizeof(path), "%s/events/%s/id", folders[i], event);
                status = sys_read_number(root->sysfs, path, ret_id);
                if (!status_failed(&status))
                        return status;
        }
        return id_failure(root, event);
}

static struct status open_failure(const char *event, int error)
{
        if (error == EACCES || error == EPERM)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_PERF, NULL).text,
                                   "perf_event_open() of a tracepoint is not permitted");
        if (error == ENOSYS)
                return status_make(STATUS_SKIP, "use a kernel with CONFIG_PERF_EVENTS=y",
                                   "perf_event_open() does not exist here");
        if (error == EMFILE || error == ENFILE)
                return status_make(STATUS_SYSTEM, "raise ulimit -n",
                                   "no file descriptor left for tracepoint %s", event);
        return status_errno(error, NULL, "cannot count tracepoint %s", event);
}

struct status tracepoint_open(const struct sys_root *root, const char *event, const char *filter,
                              int *ret_fd)
{
        struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
                                        .size = sizeof(attr),
                                        .disabled = 1 };
        uint64_t id = 0;
        int fd;

        TRY(id_read(root, event, &id));
        attr.config = id;
        fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
        if (fd < 0)
                return open_failure(event, errno);
        if (ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter) != 0 ||
            ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) != 0) {
                int error = errno;

                close(fd);
                return status_errno(error, NULL, "cannot filter tracepoint %s by '%s'", event,
                                    filter);
        }
        *ret_fd = fd;
        return status_ok();
}

struct count tracepoint_read(int fd)
{
        uint64_t value;

        if (fd < 0 || read(fd, &value, sizeof(value)) != (ssize_t)sizeof(value))
                return (struct count) { 0 };
        return count_of(value);
}
