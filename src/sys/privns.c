/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/privns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child says: the step that failed and its errno; 0 when a descriptor comes along. */
struct message {
        int error;
        char step[64];
};

static struct message failed(const char *step)
{
        struct message message = { .error = errno };

        snprintf(message.step, sizeof(message.step), "%s", step);
        return message;
}

static bool text_write(const char *path, const char *text)
{
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

        if (fd >= 0)
                close(fd);
        return done;
}

/* The same user and group inside as outside, but with every capability (user_namespaces(7)). */
static struct message namespace_enter(void)
{
        unsigned user = geteuid(), group = getegid();
        char map[64];

        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
                return failed("unshare(CLONE_NEWUSER)");
        snprintf(map, sizeof(map), "%u %u 1", user, user);
        if (!text_write("/proc/self/setgroups", "deny") || !text_write("/proc/self/uid_map", map))
                return failed("mapping the user into the namespace");
        snprintf(map, sizeof(map), "%u %u 1", group, group);
        if (!text_write("/proc/self/gid_map", map))
                return failed("mapping the group into the namespace");
        return (struct message) { 0 };
}

/* On a file system context: *ret_fd is the file on success. */
static struct message file_make(int context, uint64_t bytes, int *ret_fd)
{
        char size[32];
        int mount, fd;

        snprintf(size, sizeof(size), "%" PRIu64, bytes);
        if (fsconfig(context, FSCONFIG_SET_STRING, "huge", "always", 0) != 0)
                return failed("tmpfs with huge=always");
        if (fsconfig(context, FSCONFIG_SET_STRING, "size", size, 0) != 0 ||
            fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
                return failed("making a tmpfs");
        mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
        if (mount < 0)
                return failed("fsmount(tmpfs)");
        fd = openat(mount, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
                return failed("opening a file on the tmpfs");
        if (ftruncate(fd, (off_t)bytes) != 0)
                return failed("sizing the file on the tmpfs");
        *ret_fd = fd;
        return (struct message) { 0 };
}

static struct message tmpfs_make(uint64_t bytes, int *ret_fd)
{
        int context = fsopen("tmpfs", FSOPEN_CLOEXEC);

        if (context < 0 && errno == EPERM) {
                struct message message = namespace_enter();

                if (message.error)
                        return message;
                context = fsopen("tmpfs", FSOPEN_CLOEXEC);
        }
        if (context < 0)
                return failed("fsopen(tmpfs)");
        return file_make(context, bytes, ret_fd);
}

/* Room for one descriptor beside a message (cmsg(3)). */
union control {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
};

static void message_send(int socket, struct message *message, int fd)
{
        struct iovec part = { .iov_base = message, .iov_len = sizeof(*message) };
        union control control = { 0 };
        struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

        if (fd >= 0) {
                struct cmsghdr *rights;

                header.msg_control = control.bytes;
                header.msg_controllen = sizeof(control.bytes);
                rights = CMSG_FIRSTHDR(&header);
                rights->cmsg_level = SOL_SOCKET;
                rights->cmsg_type = SCM_RIGHTS;
                rights->cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
        }
        sendmsg(socket, &header, MSG_NOSIGNAL);
}

/* False when the child ended without a word. */
static bool message_take(int socket, struct message *ret_message, int *ret_fd)
{
        struct message message = { 0 };
        struct iovec part = { .iov_base = &message, .iov_len = sizeof(message) };
        union control control = { 0 };
        struct msghdr header = { .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control.bytes,
                                 .msg_controllen = sizeof(control.bytes) };
        struct cmsghdr *rights;
        ssize_t length;

        do {
                length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
        } while (length < 0 && errno == EINTR);
        if (length != (ssize_t)sizeof(message))
                return false;
        rights = CMSG_FIRSTHDR(&header);
        if (rights && rights->cmsg_type == SCM_RIGHTS)
                memcpy(ret_fd, CMSG_DATA(rights), sizeof(*ret_fd));
        *ret_message = message;
        return true;
}

static void child_wait(pid_t child)
{
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
                ;
}

struct privilege_todo privns_todo(const struct sys_root *root)
{
        static const struct {
                const char *path;
                uint64_t forbids;
                enum privilege privilege;
        } rows[] = {
                { "sys/user/max_user_namespaces", 0, PRIVILEGE_NAMESPACES_COUNT },
                { "sys/kernel/unprivileged_userns_clone", 0, PRIVILEGE_NAMESPACES_CLONE },
                { "sys/kernel/apparmor_restrict_unprivileged_userns", 1,
                  PRIVILEGE_NAMESPACES_APPARMOR },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                uint64_t value;
                struct status status = sys_read_number(root->proc, rows[i].path, &value);

                if (!status_failed(&status) && value == rows[i].forbids)
                        return privilege_todo(rows[i].privilege, NULL);
        }
        return privilege_todo(PRIVILEGE_NAMESPACES, NULL);
}

struct status privns_huge_file(const struct sys_root *root, uint64_t bytes, int *ret_fd)
{
        struct message message = { 0 };
        int sockets[2], fd = -1;
        bool told;
        pid_t child;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
                return status_errno(errno, NULL, "cannot make a socket pair");
        child = fork();
        if (child == 0) {
                message = tmpfs_make(bytes, &fd);
                message_send(sockets[1], &message, fd);
                _exit(0);
        }
        if (child < 0)
                message = failed("fork");
        close(sockets[1]);
        told = child > 0 && message_take(sockets[0], &message, &fd);
        close(sockets[0]);
        if (child > 0)
                child_wait(child);
        if (child > 0 && !told)
                return status_make(STATUS_SKIP, NULL, "the process making a tmpfs died");
        if (message.error)
                return status_make(STATUS_SKIP, privns_todo(root).text, "%s: %s", message.step,
                                   strerror(message.error));
        *ret_fd = fd;
        return status_ok();
}
