/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What disturbed a run: looked for at its start, after blocks and at its end, and in its samples;
 * judged once, at the end, by the thresholds below. A disturbance spoils no sample by itself (the
 * interval shows the scatter); it says where the scatter is from, or what all samples share.
 */
#ifndef PMDGAIN_ENGINE_DISTURB_H
#define PMDGAIN_ENGINE_DISTURB_H

#include "engine/engine.h"
#include "sys/conditions.h"

#include <pmdgain/sample.h>

/* Time between looks after blocks. */
#define DISTURB_EVERY_NS UINT64_C(10000000000)

/* A frequency, or the time of a fixed loop, that differs so much between two looks. Both arms of a
 * block have it alike, but times of different blocks and runs cannot be compared. */
#define DISTURB_DRIFT 0.05
/* Of the time of the CPUs measured on, taken by the hypervisor. */
#define DISTURB_STEAL 0.01
/* Of the time of samples, waited for a CPU that another process had. */
#define DISTURB_WAIT 0.01
/* Of samples, with an involuntary context switch; judged where the kernel tells no waiting. */
#define DISTURB_SWITCHED 0.1
/* Of all memory, left to the system at the least. */
#define DISTURB_MEMORY 0.05

struct disturb {
        bool looked;
        uint64_t looked_ns;      /* when it was done last, on the run's clock */
        struct conditions first, last;
        uint64_t mhz_min, mhz_max, spin_min, spin_max; /* 0: not known */
        uint64_t available_min;  /* bytes; UINT64_MAX: not known */
        char thp_other[96];      /* settings that differed from the first; "" when none did */
        /* Over samples that are ok. */
        size_t samples, switched, multiplexed;
        uint64_t time_ns, waited_ns, migrations;
        bool waits_known;
};

/* Looks at the CPUs that the plan's threads run on: `now`, else if DISTURB_EVERY_NS have passed. */
void disturb_watch(struct disturb *disturb, const struct engine_request *request, bool now);

/* What disturb_watch() saw; `spin` may be missing. */
void disturb_look(struct disturb *disturb, const struct conditions *conditions,
                  struct count spin);
void disturb_sample(struct disturb *disturb, const struct sample *sample);
void disturb_judge(const struct disturb *disturb, struct warnings *warnings);

#endif
