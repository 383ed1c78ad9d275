/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *csv_write_advice(int error)
{
        switch (error) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
                return "make room on that disk, or use a folder on another one; what was written "
                       "before is whole";
        case EROFS:
                return "that disk is read-only: use a folder on another one";
        case EACCES:
        case EPERM:
                return "use a folder of your own";
        case EEXIST:
                return "that folder holds a run already: name a new one";
        case ENOENT:
        case ENOTDIR:
                return "make the folder first, or name another one";
        }
        return NULL;
}

FILE *file_anew(const char *path)
{
        int fd = -1, error;
        FILE *file;

        if (unlink(path) == 0 || errno == ENOENT)
                fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0)
                return NULL;
        file = fdopen(fd, "w");
        if (!file) {
                error = errno;
                close(fd);
                errno = error;
        }
        return file;
}

static struct status cannot_write(const struct csv_file *file, int error)
{
        return status_errno(error, csv_write_advice(error), "cannot write %s", file->path);
}

struct status csv_file_begin(const char *dir, const char *name, struct csv_file *ret_file)
{
        struct csv_file file = { 0 };
        int length = snprintf(file.path, sizeof(file.path), "%s/%s", dir, name);
        int fd, error;

        if (length < 0 || (size_t)length >= sizeof(file.path) ||
            (size_t)snprintf(file.temporary, sizeof(file.temporary), "%s/.%s.%ld", dir, name,
                             (long)getpid()) >= sizeof(file.temporary))
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the path of the results folder is too long");
        fd = open(file.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0)
                return cannot_write(&file, errno);
        file.stream = fdopen(fd, "w");
        if (!file.stream) {
                error = errno;
                close(fd);
                unlink(file.temporary);
                return cannot_write(&file, error);
        }
        *ret_file = file;
        return status_ok();
}

struct status csv_file_write(struct csv_file *file, struct csv_row *row)
{
        TRY(csv_row_end(row));
        if (fwrite(row->text, 1, row->length, file->stream) != row->length)
                return cannot_write(file, errno);
        csv_row_begin(row);
        return status_ok();
}

struct status csv_file_commit(struct csv_file *file)
{
        bool written = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
        int error = written ? 0 : errno;

        if (fclose(file->stream) != 0 && !error)
                error = errno;
        if (!error && rename(file->temporary, file->path) != 0)
                error = errno;
        if (error) {
                unlink(file->temporary);
                return cannot_write(file, error);
        }
        return status_ok();
}

void csv_file_abandon(struct csv_file *file)
{
        fclose(file->stream);
        unlink(file->temporary);
}
