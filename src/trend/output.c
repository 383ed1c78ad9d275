/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct status output_split(const char *path, struct output *ret_output)
{
        const char *slash = strrchr(path, '/');
        const char *name = slash ? slash + 1 : path;
        char dir[PATH_MAX] = ".";
        struct output output;

        if (!name[0] || strlen(name) > NAME_MAX || strlen(path) >= PATH_MAX)
                return status_make(STATUS_USAGE, "name a file", "'%.80s' is no name of a file",
                                   path);
        if (slash) {
                memcpy(dir, path, (size_t)(slash - path) + 1);
                dir[slash - path + 1] = '\0';
        }
        if (!realpath(dir, output.dir))
                return status_errno(errno, "make the folder first", "cannot write %s", path);
        memcpy(output.name, name, strlen(name) + 1);
        *ret_output = output;
        return status_ok();
}
