/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct sys_root sys_root_real(void)
{
        return (struct sys_root){ .sysfs = "/sys", .proc = "/proc", .dev = "/dev" };
}

/* `ret_fits`: nothing of the file was left out. */
static struct status read_start(const char *base, const char *path, char *text, size_t text_size,
                                bool *ret_fits)
{
        char full[512];
        ssize_t length;
        int error;
        int fd;

        snprintf(full, sizeof(full), "%s/%s", base, path);
        fd = open(full, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
                return status_make(STATUS_SKIP, NULL, "%s is not there", full);
        if (fd < 0)
                return status_errno(errno, NULL, "cannot open %s", full);
        length = read(fd, text, text_size - 1);
        error = errno;
        close(fd);
        if (length < 0)
                return status_errno(error, NULL, "cannot read %s", full);
        *ret_fits = (size_t)length < text_size - 1;
        while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
                length--;
        text[length] = '\0';
        return status_ok();
}

struct status sys_read_text(const char *base, const char *path, char *text, size_t text_size)
{
        bool fits;

        return read_start(base, path, text, text_size, &fits);
}

struct status sys_read_number(const char *base, const char *path, uint64_t *ret_value)
{
        char text[64];
        bool fits;

        TRY(read_start(base, path, text, sizeof(text), &fits));
        if (!fits)
                return status_make(STATUS_SYSTEM, NULL, "%s/%s is no number", base, path);
        return count_parse(text, ret_value);
}

int sys_read_node(const char *base, const char *path)
{
        uint64_t node = 0;
        struct status status = sys_read_number(base, path, &node);

        return status_failed(&status) || node > INT_MAX ? -1 : (int)node;
}

struct status sys_read_choice(const char *base, const char *path, char *word, size_t word_size)
{
        char text[256];
        const char *open_mark, *close_mark;

        TRY(sys_read_text(base, path, text, sizeof(text)));
        open_mark = strchr(text, '[');
        close_mark = open_mark ? strchr(open_mark, ']') : NULL;
        if (!close_mark)
                return status_make(STATUS_SYSTEM, NULL, "%s/%s has no [choice]", base, path);
        snprintf(word, word_size, "%.*s", (int)(close_mark - open_mark - 1), open_mark + 1);
        return status_ok();
}
