/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/data_dir.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Beside the program: PREFIX/bin/pmdgain and PREFIX/share/pmdgain. */
static bool beside_program(const char *name, char *path, size_t path_size)
{
        char program[1024];
        ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

        if (length <= 0)
                return false;
        program[length] = '\0';
        snprintf(path, path_size, "%s/../share/pmdgain/%s", dirname(program), name);
        return access(path, R_OK | X_OK) == 0;
}

struct status data_dir_find(const char *name, char *path, size_t path_size)
{
        char found[1200];

        if (!beside_program(name, found, sizeof(found))) {
                snprintf(found, sizeof(found), "%s/%s%s", PMDGAIN_SOURCE_ROOT,
                         strcmp(name, "plans") == 0 ? "bench/" : "", name);
                if (access(found, R_OK | X_OK))
                        snprintf(found, sizeof(found), "%s/%s", PMDGAIN_DATA_DIR, name);
        }
        if (access(found, R_OK | X_OK) || strlen(found) >= path_size)
                return status_make(STATUS_SYSTEM, "install pmdgain again",
                                   "the folder of %s is not at %.200s", name, found);
        snprintf(path, path_size, "%s", found);
        return status_ok();
}
