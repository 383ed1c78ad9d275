/* SPDX-License-Identifier: Apache-2.0 */
/* A machine made up for the tests of counters: its procfs and sysfs in a folder of its own, and a
 * kernel that refuses what it is told to. */
#ifndef PMDGAIN_TEST_COUNTERS_FAKE_H
#define PMDGAIN_TEST_COUNTERS_FAKE_H

#include "counters/open.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fake {
        char dir[64], sysfs[80], proc[80];
        const char *present;     /* libpfm4's PMU that is here; NULL: none */
        int kernel_error;        /* for events that count the kernel */
        int user_error;          /* for all others, too */
        int pmu_error;           /* for hardware events */
        uint64_t lacks;          /* hardware event with this config is ENOENT; 0: none */
        unsigned group_max;      /* hardware events of a group that open; 0: any */
        unsigned runs_max;       /* hardware events of a group that get counters; 0: any */
        unsigned opens_left;     /* then EMFILE; 0: no limit */
        unsigned opened, in_group;
        struct perf_event_attr last;
};

static inline void fake_write(const struct fake *fake, const char *path, const char *text)
{
        char full[256];
        FILE *file;

        snprintf(full, sizeof(full), "%s/%s", fake->dir, path);
        for (char *slash = strchr(full + strlen(fake->dir) + 1, '/'); slash;
             slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                mkdir(full, 0700);
                *slash = '/';
        }
        file = fopen(full, "w");
        if (!file || fputs(text, file) < 0 || fclose(file) != 0)
                abort();
}

static inline void fake_x86(const struct fake *fake, const char *vendor, unsigned family,
                            unsigned model, const char *flags)
{
        char text[512];

        snprintf(text, sizeof(text),
                 "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\n"
                 "model name\t: A CPU model : 7\nmodel\t\t: %u\n"
                 "flags\t\t: fpu vme %s\n\nprocessor\t: 1\n"
                 "vendor_id\t: Other\n",
                 vendor, family, model, flags);
        fake_write(fake, "proc/cpuinfo", text);
}

static inline bool fake_present(void *context, const char *pmu)
{
        const struct fake *fake = context;

        return fake->present && strcmp(fake->present, pmu) == 0;
}

static inline int fake_open(void *context, const struct perf_event_attr *attr, int leader)
{
        struct fake *fake = context;
        bool hardware = attr->type != PERF_TYPE_SOFTWARE;
        int fd;

        if (leader < 0)
                fake->in_group = 0;
        if (fake->kernel_error && !attr->exclude_kernel)
                return -fake->kernel_error;
        if (fake->user_error)
                return -fake->user_error;
        if (hardware && fake->pmu_error)
                return -fake->pmu_error;
        if (hardware && fake->lacks && attr->config == fake->lacks)
                return -ENOENT;
        if (hardware && fake->group_max && fake->in_group == fake->group_max)
                return -EINVAL;
        if (fake->opens_left && --fake->opens_left == 0) {
                fake->opens_left = 1; /* none from now on */
                return -EMFILE;
        }
        fake->in_group += hardware;
        fake->opened++;
        fake->last = *attr;
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                abort();
        return fd;
}

static inline bool fake_runs(void *context, int leader)
{
        const struct fake *fake = context;

        return !fake->runs_max || fake->in_group <= fake->runs_max;
}

/* A bare machine with permission to count all and an unknown CPU without a PMU. */
static inline void fake_make(struct fake *fake)
{
        memset(fake, 0, sizeof(*fake));
        snprintf(fake->dir, sizeof(fake->dir), "/tmp/pmdgain-test-XXXXXX");
        if (!mkdtemp(fake->dir))
                abort();
        snprintf(fake->sysfs, sizeof(fake->sysfs), "%s/sys", fake->dir);
        snprintf(fake->proc, sizeof(fake->proc), "%s/proc", fake->dir);
        fake_write(fake, "sys/bus/event_source/devices/software/type", "1\n");
        fake_write(fake, "proc/sys/kernel/perf_event_paranoid", "1\n");
        fake_write(fake, "proc/sys/kernel/nmi_watchdog", "0\n");
}

static inline int fake_unlink(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
        return remove(path);
}

static inline void fake_remove(struct fake *fake)
{
        nftw(fake->dir, fake_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct counter_backend fake_backend(struct fake *fake)
{
        return (struct counter_backend){
                .root = { .sysfs = fake->sysfs, .proc = fake->proc },
                .pmu_present = fake_present,
                .open = fake_open,
                .runs = fake_runs,
                .context = fake,
        };
}

/* The column of that name in set `index`; -1 when there is none. */
static inline int fake_column(const struct counter_selection *selection, size_t index,
                              const char *name)
{
        const struct counter_set *set = counter_selection_set(selection, index);

        for (int i = 0; set->columns[i].name; i++)
                if (strcmp(set->columns[i].name, name) == 0)
                        return i;
        return -1;
}

#endif
