/* SPDX-License-Identifier: Apache-2.0 */
#include "source/target.h"

#include "source/mark.h"
#include "sys/devdax.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pmdgain/privilege.h>
#include <pmdgain/random.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FILL_BYTES ((size_t)(4 * MIB))

/* What a path is, by a descriptor that can do nothing: opening a device may do harm. */
static struct status path_look(const char *path, int *ret_fd, struct stat *ret_about)
{
        int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return status_make(STATUS_USAGE, "name a target that this user may open",
                                   "cannot open %s: %s", path, strerror(errno));
        if (fstat(fd, ret_about) != 0) {
                int error = errno;

                close(fd);
                return status_errno(error, NULL, "cannot look at %s", path);
        }
        *ret_fd = fd;
        return status_ok();
}

/* The very thing that was looked at, for reading and writing; closes `look`. */
static struct status look_open(const char *path, int look, bool is_device, int *ret_fd)
{
        char link[64];
        int fd, error;

        snprintf(link, sizeof(link), "/proc/self/fd/%d", look);
        fd = open(link, O_RDWR | O_CLOEXEC);
        error = errno;
        close(look);
        if (fd < 0)
                return status_make(STATUS_USAGE,
                                   is_device ? privilege_todo(PRIVILEGE_DEVDAX, path).text
                                             : "run as a user that may read and write it",
                                   "cannot open %s: %s", path, strerror(error));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
                close(fd);
                return status_make(STATUS_USAGE, "wait for the other run to end",
                                   "%s is in use by another run", path);
        }
        *ret_fd = fd;
        return status_ok();
}

static struct status file_make(const struct source_request *request, struct target *ret_target)
{
        int fd = open(request->target, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        struct stat about;

        if (fd < 0)
                return status_make(STATUS_USAGE, "name a file in a folder that can be written to",
                                   "cannot make %s: %s", request->target, strerror(errno));
        mark_set(fd, request->run);
        if (fstat(fd, &about) != 0 || (!request->keep && unlink(request->target) != 0)) {
                int error = errno;

                close(fd);
                return status_errno(error, NULL, "cannot prepare %s", request->target);
        }
        flock(fd, LOCK_EX | LOCK_NB);
        *ret_target = (struct target) { .fd = fd, .made = true, .device = about.st_dev };
        return status_ok();
}

static struct status file_refuse(const struct source_request *request, const struct stat *about)
{
        const char *path = request->target;

        if (S_ISLNK(about->st_mode))
                return status_make(STATUS_USAGE, "name the file itself",
                                   "%s is a symbolic link, which is not followed", path);
        if (!S_ISREG(about->st_mode))
                return status_make(STATUS_USAGE, "name a regular file; devdax:PATH for /dev/dax*",
                                   "%s is not a regular file", path);
        if (!request->overwrite)
                return status_make(STATUS_USAGE, "give --overwrite, or name a file to be made",
                                   "%s exists, and its contents would be lost", path);
        if ((uint64_t)about->st_size < request->bytes)
                return status_make(STATUS_USAGE, "use a smaller --bytes or a longer file",
                                   "%s has %" PRIu64 " bytes, %" PRIu64 " are needed", path,
                                   (uint64_t)about->st_size, request->bytes);
        return status_ok();
}

/* The run may have been killed while it filled it: as if it were new. */
static struct status own_empty(const struct source_request *request, int fd)
{
        int error;

        if (ftruncate(fd, 0) == 0 && (request->keep || unlink(request->target) == 0))
                return status_ok();
        error = errno;
        close(fd);
        return status_errno(error, NULL, "cannot prepare %s", request->target);
}

struct status target_open_file(const struct source_request *request, struct target *ret_target)
{
        struct stat about = { 0 };
        struct status status;
        int look = -1, fd = -1;
        bool own;

        if (faccessat(AT_FDCWD, request->target, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
                return file_make(request, ret_target);
        TRY(path_look(request->target, &look, &about));
        own = mark_is(look, &about, request->run);
        status = own ? status_ok() : file_refuse(request, &about);
        if (status_failed(&status)) {
                close(look);
                return status;
        }
        TRY(look_open(request->target, look, false, &fd));
        if (own)
                TRY(own_empty(request, fd));
        *ret_target = (struct target) {
                .fd = fd, .made = own, .device = about.st_dev, .bytes = own ? 0 : about.st_size
        };
        return status_ok();
}

static struct status no_room(int fd, uint64_t bytes, const char *path)
{
        char wanted[UNITS_TEXT_MAX], there[UNITS_TEXT_MAX];
        struct statvfs about = { 0 };

        fstatvfs(fd, &about);
        return status_make(
                STATUS_SYSTEM, "free some space, use a smaller --bytes, or another path",
                "no room for %s at %s: its file system has %s left",
                size_format_human(bytes, wanted, sizeof(wanted)), path,
                size_format_human((uint64_t)about.f_bavail * about.f_frsize, there, sizeof(there)));
}

static struct status fill_failed(int error, int fd, uint64_t bytes, const char *path)
{
        if (error == ENOSPC || error == EDQUOT)
                return no_room(fd, bytes, path);
        return status_errno(error, NULL, "cannot fill %s", path);
}

static int words_write(int fd, uint64_t bytes, uint64_t seed)
{
        struct random random = random_seeded(seed);
        uint64_t *words = malloc(FILL_BYTES), done = 0;
        int error = words ? 0 : ENOMEM;

        while (!error && done < bytes) {
                size_t size = bytes - done < FILL_BYTES ? (size_t)(bytes - done) : FILL_BYTES;
                ssize_t written;

                for (size_t i = 0; i < FILL_BYTES / sizeof(*words); i++)
                        words[i] = random_next(&random);
                written = pwrite(fd, words, size, (off_t)done);
                if (written > 0)
                        done += (uint64_t)written;
                else if (written == 0 || errno != EINTR)
                        error = written == 0 ? EIO : errno;
        }
        free(words);
        return error;
}

/* What is asked for at once is aligned to its length, as far as there is room, where a whole file
 * at once is put wherever it fits. */
static int steps_allocate(int fd, uint64_t bytes, uint64_t step)
{
        for (uint64_t at = 0; at < bytes; at += step)
                if (fallocate(fd, 0, (off_t)at, (off_t)(bytes - at < step ? bytes - at : step)))
                        return errno;
        return 0;
}

struct status target_allocate(int fd, uint64_t bytes, uint64_t step,
                              const struct source_request *request)
{
        struct statvfs about;
        int error;

        if (fstatvfs(fd, &about) == 0 && (uint64_t)about.f_bavail * about.f_frsize < bytes)
                return no_room(fd, bytes, request->target);
        error = steps_allocate(fd, bytes, step);
        if (error == ENOSPC || error == EDQUOT)
                return no_room(fd, bytes, request->target);
        return status_ok();
}

struct status target_write(int fd, uint64_t bytes, const struct source_request *request)
{
        int error = words_write(fd, bytes, request->seed);

        if (!error && fsync(fd) != 0)
                error = errno;
        return error ? fill_failed(error, fd, bytes, request->target) : status_ok();
}

static struct status devdax_refuse(const struct source_request *request, const struct stat *about)
{
        const char *path = request->target;

        if (!S_ISCHR(about->st_mode) || !devdax_is(request->root, about->st_rdev))
                return status_make(STATUS_USAGE, "name a device such as /dev/dax0.0",
                                   "%s is not a DAX character device", path);
        if (!request->overwrite)
                return status_make(STATUS_USAGE, "give --overwrite if nothing on it is needed",
                                   "%s would be written to, and its contents lost", path);
        return status_ok();
}

struct status target_open_devdax(const struct source_request *request, struct target *ret_target)
{
        struct stat about = { 0 };
        struct status status;
        int look = -1, fd = -1;

        TRY(path_look(request->target, &look, &about));
        status = devdax_refuse(request, &about);
        if (status_failed(&status)) {
                close(look);
                return status;
        }
        TRY(look_open(request->target, look, true, &fd));
        *ret_target = (struct target) { .fd = fd, .device = about.st_rdev };
        return status_ok();
}
