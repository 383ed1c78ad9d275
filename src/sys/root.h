/* SPDX-License-Identifier: Apache-2.0 */
/* Where sysfs and procfs are: the real ones, or recorded trees in tests. */
#ifndef PMDGAIN_SYS_ROOT_H
#define PMDGAIN_SYS_ROOT_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

struct sys_root {
        const char *sysfs; /* "/sys" */
        const char *proc;  /* "/proc" */
        const char *dev;   /* "/dev" */
};

/* The machine's own. */
struct sys_root sys_root_real(void);

/* Reads a small file below `base` ("/sys"), or what fits of it, into `text` without its trailing
 * newline.
 * STATUS_SYSTEM names the file; STATUS_SKIP when it is not there. */
struct status sys_read_text(const char *base, const char *path, char *text, size_t text_size);

/* The same, as a whole number: STATUS_SYSTEM where the file holds more than one. */
struct status sys_read_number(const char *base, const char *path, uint64_t *ret_value);

/* A NUMA node; -1 when there is no such file, or it names none. */
int sys_read_node(const char *base, const char *path);

/* The chosen word of a file such as "always [madvise] never". */
struct status sys_read_choice(const char *base, const char *path, char *word, size_t word_size);

#endif
