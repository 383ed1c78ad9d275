/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chase_reference PATH pmd|nohuge BYTES [SAMPLES [SEED]]
 *
 * Maps the first BYTES of a file that is at least that long, by PMD where the file system and the
 * kernel give them, or with MADV_NOHUGEPAGE; writes a shuffled ring of pointers into it (the
 * bytes it held are lost) and prints the ns of a dependent load, one sample a line. Plain C and
 * libc, to check pmdgain's chase against.
 */
#include "textbook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PMD_BYTES (UINT64_C(2) << 20)
#define SAMPLE_NS UINT64_C(50000000)

static int failed(const char *what)
{
        fprintf(stderr, "chase_reference: %s: %s\n", what, strerror(errno));
        return 1;
}

/* PMD-aligned addresses for `bytes`, mapped from the file; NULL with errno on failure. */
static char *map_file(int fd, uint64_t bytes, int huge)
{
        char *room = mmap(NULL, bytes + PMD_BYTES, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        char *base;

        if (room == MAP_FAILED)
                return NULL;
        base = room + (PMD_BYTES - (uintptr_t)room % PMD_BYTES) % PMD_BYTES;
        if (mmap(base, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
                return NULL;
        if (!huge && madvise(base, bytes, MADV_NOHUGEPAGE) != 0)
                return NULL;
        return base;
}

/* The loads that take about SAMPLE_NS; warms up on the way. */
static uint64_t calibrate(void ***at)
{
        uint64_t loads = 4096, start, ns;

        for (;;) {
                start = textbook_now_ns();
                *at = textbook_load(*at, loads);
                ns = textbook_now_ns() - start;
                if (ns >= SAMPLE_NS)
                        return loads;
                loads *= 2;
        }
}

int main(int argc, char **argv)
{
        uint64_t bytes = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
        unsigned long samples = argc > 4 ? strtoul(argv[4], NULL, 0) : 10;
        uint64_t seed = argc > 5 ? strtoull(argv[5], NULL, 0) : 1;
        struct stat about;
        uint64_t loads;
        void **at;
        char *base;
        int fd;

        if (argc < 4 || argc > 6 || bytes < TEXTBOOK_LINE || bytes / TEXTBOOK_LINE > UINT32_MAX ||
            (strcmp(argv[2], "pmd") != 0 && strcmp(argv[2], "nohuge") != 0)) {
                fprintf(stderr, "usage: chase_reference PATH pmd|nohuge BYTES [SAMPLES [SEED]]\n");
                return 2;
        }
        fd = open(argv[1], O_RDWR | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &about) != 0)
                return failed(argv[1]);
        if (S_ISREG(about.st_mode) && (uint64_t)about.st_size < bytes) {
                fprintf(stderr, "chase_reference: %s is shorter than %s bytes\n", argv[1], argv[3]);
                return 1;
        }
        base = map_file(fd, bytes, strcmp(argv[2], "pmd") == 0);
        if (!base)
                return failed("mmap");
        if (textbook_write(base, (uint32_t)(bytes / TEXTBOOK_LINE), 0, seed) != 0)
                return failed("index array");
        at = textbook_start(base, 0);
        loads = calibrate(&at);
        for (unsigned long i = 0; i < samples; i++) {
                uint64_t start = textbook_now_ns();

                at = textbook_load(at, loads);
                printf("%.3f\n", (double)(textbook_now_ns() - start) / (double)loads);
        }
        return at ? 0 : 1;
}
