/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A way to see what grain the kernel mapped by. One file proof_NAME.c is one way, as
 * `const struct proof_method proof_method_NAME`; the list is in this folder's meson.build, the
 * surest first. A new way needs no other change, unless it has something to note beforehand:
 * that goes into struct proof_meter.
 */
#ifndef PMDGAIN_MAPPING_PROOF_METHOD_H
#define PMDGAIN_MAPPING_PROOF_METHOD_H

#include "mapping/proof.h"

#include <pmdgain/mapping.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What a method says: the fraction of the bytes that is mapped by PMD lies in [low, high]. An
 * exact method has low == high. One that cannot tell anything here says nothing.
 */
struct proof_reading {
        const char *method; /* set by who asked */
        bool speaks;
        bool partly; /* does not speak, as not all is present: low and high are of all the bytes */
        double low, high;
        double zero_fraction; /* the shared page of zeros; NaN when that is not told */
        char note[120];       /* why it says nothing; else what more it saw, or "" */
};

struct proof_method {
        const char *name;
        bool costly;      /* asked only where fewer than two others speak */
        bool needs_meter; /* compares with counts from before: not for proof_again() */
        bool lasts;       /* with the same meter it is right at any later time too */
        bool slows_faults; /* while it counts: not where faults are timed */
        bool (*applies)(unsigned traits); /* to a source with these traits (enum source_trait) */
        /* May be NULL: notes counts before the mapping is made present. */
        void (*begin)(struct proof_meter *meter);
        /* `meter` is NULL unless needs_meter. */
        struct proof_reading (*measure)(const struct proof_meter *meter,
                                        const struct mapping *mapping);
        /* May be NULL: gives back what begin() took. */
        void (*end)(struct proof_meter *meter);
};

/* Those that this program was built with, NULL-terminated. */
const struct proof_method *const *proof_methods(void);

struct proof_reading proof_says(double low, double high); /* cut to 0..1 */
struct proof_reading proof_partly(double fraction, double present);
struct proof_reading proof_silent(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What so many faults of fs/dax.c say; of those by PMD, `fallbacks` were not done. */
struct proof_reading tracepoints_say(const struct mapping *mapping, uint64_t pmds, uint64_t ptes,
                                     uint64_t fallbacks);

/* A result wider than this names no grain. */
#define PROOF_WIDTH_MAX 0.1

/*
 * What the readings come down to: the part that all which speak have in common. Sets proven,
 * pmd_fraction and methods: the fraction is `asked` when that is in the common part, else 1 or 0
 * when one of them is, else the middle. 1 is PMD, 0 is PTE, anything between is mixed.
 * STATUS_INVALID, and GRAIN_UNKNOWN, when two have nothing in common (both figures are given),
 * when none speaks (each one's note is given), or when what they say is too vague.
 */
struct status proof_combine(const struct proof_reading *readings, size_t count,
                            double asked, struct proof *proof);

#endif
