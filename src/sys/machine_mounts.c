/* SPDX-License-Identifier: Apache-2.0 */
/* Documentation/filesystems/dax.rst. */
#include "sys/filesystem.h"
#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/nvdimm.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Whether any option is about DAX; `ret_always`: all files get it ("dax", "dax=always"). */
static bool dax_option(const char *options, bool *ret_always)
{
        char option[64];
        bool found = false;

        *ret_always = false;
        for (const char *cursor = options; list_next(&cursor, option, sizeof(option));) {
                found = found || strcmp(option, "dax") == 0 || strncmp(option, "dax=", 4) == 0;
                *ret_always = *ret_always || strcmp(option, "dax") == 0 ||
                              strcmp(option, "dax=always") == 0;
        }
        return found;
}

/* The mount point itself; with dax=inode a folder hands its flag on to what is made in it. */
static bool point_has_dax(const char *path)
{
        struct statx facts;

        return statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &facts) == 0 &&
               facts.stx_attributes & facts.stx_attributes_mask & STATX_ATTR_DAX;
}

static void describe_mount(const struct sys_root *root, const struct filesystem_mount *mount,
                           struct json_object *mounts)
{
        dev_t device = makedev(mount->major, mount->minor);
        enum memmap memmap = nvdimm_memmap(root, S_IFBLK, device);
        struct json_object *object;
        bool always;

        if (!dax_option(mount->options, &always) && memmap == MEMMAP_UNKNOWN)
                return;
        object = json_add_object(mounts);
        json_set_text(object, "source", mount->source);
        json_set_text(object, "path", mount->point);
        json_set_text(object, "fs", mount->type);
        json_set_bool(object, "dax", always || point_has_dax(mount->point));
        json_set_text(object, "options", mount->options);
        json_set_text_known(object, "memmap", nvdimm_memmap_word(memmap));
        json_set_node(object, "numa_node", nvdimm_node(root, S_IFBLK, device));
}

void machine_dax_mounts(const struct sys_root *root, struct json_object *mounts)
{
        char path[512], *line = NULL;
        size_t size = 0;
        FILE *file;

        snprintf(path, sizeof(path), "%s/self/mountinfo", root->proc);
        file = fopen(path, "re");
        if (!file)
                return;
        while (getline(&line, &size, file) > 0) {
                struct filesystem_mount mount;

                if (filesystem_mount_parse(line, &mount))
                        describe_mount(root, &mount, mounts);
        }
        free(line);
        fclose(file);
}
