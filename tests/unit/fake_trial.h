/* SPDX-License-Identifier: Apache-2.0 */
/* A trial of a workload on anonymous memory, without engine or source. */
#ifndef TESTS_FAKE_TRIAL_H
#define TESTS_FAKE_TRIAL_H

#include <assert.h>
#include <pmdgain/workload.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FAKE_THREADS_MAX 4
#define FAKE_FILL 0xa5 /* what the bytes hold at first */

struct fake_trial {
        struct trial trial;
        struct cell cell;
        struct mapping mapping;
        struct source source;
        struct worker workers[FAKE_THREADS_MAX];
        uint64_t content;
};

/* `bytes` of working set in a mapping rounded up to 2 MiB; options at their presets. */
static inline void fake_make(struct fake_trial *fake, const struct workload *workload, size_t op,
                             uint64_t bytes, unsigned threads)
{
        size_t length;
        void *address;

        assert(threads <= FAKE_THREADS_MAX);
        *fake = (struct fake_trial) {
                .trial = { .cell = &fake->cell,
                           .mapping = &fake->mapping,
                           .source = &fake->source,
                           .seed = 42,
                           .threads = threads,
                           .workers = fake->workers },
                .cell = { .arm = { GRAIN_PMD, LEVER_ALIGNED },
                          .workload = workload,
                          .op = &workload->ops[op],
                          .bytes = bytes,
                          .threads = threads },
                .mapping = { .fd = -1,
                             .prot = PROT_READ | PROT_WRITE,
                             .flags = MAP_SHARED,
                             .page_bytes = (size_t)sysconf(_SC_PAGESIZE),
                             .pmd_bytes = 2 << 20 },
                .source = { .fd = -1, .twin_fd = -1, .content = &fake->content },
        };
        for (unsigned i = 0; i < threads; i++)
                fake->workers[i].index = i;
        for (size_t i = 0; workload->options && workload->options[i].name; i++) {
                const struct option_row *row = &workload->options[i];
                struct status status = option_parse(row, row->preset, &fake->cell.options[i]);

                assert(!status_failed(&status));
                (void)status;
        }
        length = cell_map_bytes(&fake->cell, fake->mapping.pmd_bytes);
        address = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(address != MAP_FAILED);
        fake->mapping.address = memset(address, FAKE_FILL, length);
        fake->mapping.bytes = length;
}

static inline void fake_free(struct fake_trial *fake)
{
        if (fake->cell.workload->finish)
                fake->cell.workload->finish(&fake->trial);
        munmap(fake->mapping.address, fake->mapping.bytes);
}

static inline struct status fake_prepare(struct fake_trial *fake)
{
        return fake->cell.workload->prepare(&fake->trial);
}

/* One sample of one thread; returns the operations done. */
static inline uint64_t fake_run(struct fake_trial *fake, unsigned thread, uint64_t ops)
{
        fake->workers[thread].ops = ops;
        fake->cell.workload->run(&fake->trial, &fake->workers[thread]);
        return fake->workers[thread].ops;
}

static inline struct status fake_check(struct fake_trial *fake)
{
        return fake->cell.workload->check(&fake->trial);
}

#endif
