/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pmdgain/random.h>
#include <pmdgain/scratch.h>
#include <pmdgain/units.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define ALIGN 4096 /* of what O_DIRECT takes: no file system wants more than a page */
#define ADVICE "name a folder on another file system with --option scratch=DIR"

static struct status folder_check(const char *folder, const struct source *source)
{
        struct stat there, here;
        struct statfs about;

        if (!folder || !*folder)
                return status_make(STATUS_SKIP, ADVICE, "there is no folder for a scratch file");
        if (stat(folder, &there) != 0 || statfs(folder, &about) != 0)
                return status_make(STATUS_SKIP, ADVICE, "no scratch file in %.200s: %s", folder,
                                   strerror(errno));
        if (about.f_type == TMPFS_MAGIC)
                return status_make(STATUS_SKIP, ADVICE,
                                   "the scratch folder %.200s is a tmpfs, whose direct I/O copies",
                                   folder);
        if (source->fd >= 0 && fstat(source->fd, &here) == 0 && here.st_dev == there.st_dev &&
            !S_ISCHR(here.st_mode))
                return status_make(STATUS_SKIP, ADVICE,
                                   "the scratch folder %.200s is on the target's file system",
                                   folder);
        return status_ok();
}

static struct status file_make(const char *folder, int *ret_fd)
{
        int fd = open(folder, O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC, 0600);

        if (fd < 0)
                return status_make(STATUS_SKIP, ADVICE, "no file for direct I/O in %.200s: %s",
                                   folder, strerror(errno));
        *ret_fd = fd;
        return status_ok();
}

static struct status file_write(int fd, uint64_t bytes, uint64_t seed)
{
        size_t chunk = bytes < MIB ? bytes : MIB;
        uint64_t *words = aligned_alloc(ALIGN, chunk);
        struct random random = random_seeded(seed);
        struct status status = status_ok();

        if (!words)
                return status_errno(ENOMEM, NULL, "cannot fill a scratch file");
        for (uint64_t at = 0; at < bytes && !status_failed(&status); at += chunk) {
                size_t length = bytes - at < chunk ? (size_t)(bytes - at) : chunk;

                for (size_t i = 0; i < length / sizeof(*words); i++)
                        words[i] = random_next(&random);
                if (pwrite(fd, words, length, (off_t)at) != (ssize_t)length)
                        status = status_make(STATUS_SKIP, ADVICE,
                                             "the scratch file cannot be written: %s",
                                             strerror(errno));
        }
        free(words);
        return status;
}

struct status scratch_open(const char *folder, const struct source *source, uint64_t bytes,
                           uint64_t seed, int *ret_fd)
{
        struct status status;
        int fd = -1;

        TRY(folder_check(folder, source));
        TRY(file_make(folder, &fd));
        status = file_write(fd, bytes, seed);
        if (status_failed(&status))
                close(fd);
        else
                *ret_fd = fd;
        return status;
}
