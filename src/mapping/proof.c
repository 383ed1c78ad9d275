/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping/proof.h"

#include "mapping/presence.h"
#include "mapping/proof_method.h"
#include "sys/procself.h"

#include <inttypes.h>
#include <math.h>
#include <pmdgain/source.h>
#include <stdio.h>

#define METHODS_MAX 16
#define ENOUGH 2       /* methods that speak; costly ones are not asked then */
#define ENOUGH_AGAIN 1 /* the same for proof_again() */

#define FRACTION_ROUNDING 1e-9 /* far below one chunk of any mapping */

struct readings {
        struct proof_reading list[METHODS_MAX];
        size_t count, speaking;
};

static bool takes_part(const struct proof_method *method, const struct proof_meter *meter,
                       unsigned traits)
{
        return method->applies(traits) && !(meter && meter->timed && method->slows_faults);
}

static void begin(struct proof_meter *meter, unsigned traits, bool timed)
{
        struct sys_root root = sys_root_real();

        *meter = (struct proof_meter) { .fallbacks = procself_thp_fallbacks(&root),
                                        .timed = timed };
        meter->vmpte = procself_page_tables(&root);
        for (const struct proof_method *const *each = proof_methods(); *each; each++)
                if ((*each)->begin && takes_part(*each, meter, traits))
                        (*each)->begin(meter);
        meter->minflt = procself_minflt(); /* last: what came before took faults itself */
        meter->majflt = procself_majflt();
        meter->faults = procself_faults();
}

void proof_begin(struct proof_meter *meter, unsigned traits)
{
        begin(meter, traits, false);
}

void proof_begin_timed(struct proof_meter *meter, unsigned traits)
{
        begin(meter, traits, true);
}

void proof_drop(struct proof_meter *meter, unsigned traits)
{
        for (const struct proof_method *const *each = proof_methods(); *each; each++)
                if ((*each)->end && takes_part(*each, meter, traits))
                        (*each)->end(meter);
}

static void method_ask(const struct proof_method *method, const struct proof_meter *meter,
                       const struct mapping *mapping, struct readings *readings)
{
        struct proof_reading *reading = &readings->list[readings->count];

        if (readings->count == METHODS_MAX || (method->needs_meter && !meter))
                return;
        *reading = method->measure(method->needs_meter ? meter : NULL, mapping);
        reading->method = method->name;
        readings->speaking += reading->speaks;
        readings->count++;
}

static void methods_ask(const struct proof_meter *meter, const struct mapping *mapping,
                        unsigned traits, size_t enough, struct readings *readings)
{
        for (int costly = 0; costly <= 1; costly++) {
                if (costly && readings->speaking >= enough)
                        break;
                for (const struct proof_method *const *each = proof_methods(); *each; each++)
                        if ((*each)->costly == costly && takes_part(*each, meter, traits))
                                method_ask(*each, meter, mapping, readings);
        }
}

static struct count growth(struct count before, struct count after)
{
        if (!before.known || !after.known || after.value < before.value)
                return (struct count) { 0 };
        return count_of(after.value - before.value);
}

/* Where a PMD was asked for: what may have kept the kernel from it. */
static const char *pmd_advice(const struct proof_meter *meter, const struct readings *readings,
                              unsigned traits, char *text, size_t size)
{
        struct sys_root root = sys_root_real();
        struct count fallbacks = growth(meter->fallbacks, procself_thp_fallbacks(&root));

        if (procself_thp_disabled())
                return "this process may use no huge pages: it inherited PR_SET_THP_DISABLE";
        for (size_t i = 0; i < readings->count; i++)
                if (readings->list[i].speaks && *readings->list[i].note)
                        return readings->list[i].note;
        if (traits & SOURCE_FAULT_AROUND)
                return "the page cache has no huge pages of these bytes: name a file on a DAX file "
                       "system, or on a tmpfs mounted with huge=always";
        if (!(traits & SOURCE_DAX_FAULTS) || !fallbacks.known)
                return NULL;
        snprintf(text, size, "thp_fault_fallback grew by %" PRIu64 ": %s", fallbacks.value,
                 fallbacks.value ? "PMD faults were tried and fell back"
                                 : "no PMD fault was tried");
        return text;
}

/* Pages of zeros that all mappings share cost less than any others, so they are no result. */
static struct status zero_pages_refuse(const struct mapping *mapping, unsigned traits)
{
        double fraction = mapping->proof.zero_fraction;

        if (!(fraction > 0) || mapping->blank)
                return status_ok();
        if (traits & SOURCE_FRESH_BYTES)
                return status_make(STATUS_SKIP, "use an operation that writes",
                                   "reads of new memory map the shared page of zeros");
        return status_make(STATUS_INVALID,
                           "write the file before it is measured, or say state=unwritten",
                           "%.4g of the bytes are the shared page of zeros: unwritten extents, or "
                           "holes",
                           fraction);
}

/* Any grain of its own accord is what `auto` asks for. */
static bool is_as_asked(const struct mapping *mapping)
{
        if (mapping->asked.grain == GRAIN_AUTO && !mapping->partly)
                return true;
        return fabs(mapping->proof.pmd_fraction - mapping_asked_fraction(mapping)) <=
               FRACTION_ROUNDING;
}

static struct status prove(const struct proof_meter *meter, struct mapping *mapping,
                           unsigned traits)
{
        struct sys_root root = sys_root_real();
        struct proof *proof = &mapping->proof;
        double asked = mapping_asked_fraction(mapping);
        struct readings readings = { 0 };
        char wanted[40], advice[120];

        /* First of all: the proofs themselves take faults. */
        proof->minflt = growth(meter->minflt, procself_minflt());
        proof->majflt = growth(meter->majflt, procself_majflt());
        proof->page_table_bytes = growth(meter->vmpte, procself_page_tables(&root));
        if (traits & SOURCE_NO_PAGES)
                TRY(presence_check(mapping, proof->minflt));
        methods_ask(meter, mapping, traits, ENOUGH, &readings);
        TRY(proof_combine(readings.list, readings.count, asked, proof));
        TRY(zero_pages_refuse(mapping, traits));
        if (is_as_asked(mapping))
                return status_ok();
        if (mapping->partly)
                snprintf(wanted, sizeof(wanted), "a PMD fraction of %.4g", asked);
        else
                arm_format(mapping->asked, wanted, sizeof(wanted));
        return status_make(STATUS_INVALID,
                           proof->pmd_fraction < asked
                                   ? pmd_advice(meter, &readings, traits, advice, sizeof(advice))
                                   : NULL,
                           "asked for %s, but the kernel mapped by %s (PMD fraction %.4g by %s)",
                           wanted, grain_name(proof->proven), proof->pmd_fraction, proof->methods);
}

struct status proof_end(struct proof_meter *meter, struct mapping *mapping, unsigned traits)
{
        struct status status = prove(meter, mapping, traits);

        proof_drop(meter, traits);
        return status;
}

struct status proof_fault_in(struct mapping *mapping, unsigned traits)
{
        struct proof_meter meter;
        struct status status;

        proof_begin(&meter, traits);
        status = mapping_fault_in(mapping);
        if (!status_failed(&status))
                return proof_end(&meter, mapping, traits);
        proof_drop(&meter, traits);
        return status;
}

struct status proof_again(const struct mapping *mapping, unsigned traits)
{
        struct readings readings = { 0 };
        struct proof proof;

        methods_ask(NULL, mapping, traits, ENOUGH_AGAIN, &readings);
        if (!readings.speaking)
                return status_ok();
        TRY(proof_combine(readings.list, readings.count, mapping->proof.pmd_fraction, &proof));
        if (fabs(proof.pmd_fraction - mapping->proof.pmd_fraction) <= FRACTION_ROUNDING)
                return status_ok();
        return status_make(STATUS_INVALID, "see whether khugepaged or memory pressure changed it",
                           "mapped by %s at first and by %s in the end (PMD fraction %.4g by %s)",
                           grain_name(mapping->proof.proven), grain_name(proof.proven),
                           proof.pmd_fraction, proof.methods);
}

/* One method's word on the mapping as it is; false when it has none. */
static bool method_look(const struct proof_method *method, const struct proof_meter *meter,
                        const struct mapping *mapping, struct proof *proof)
{
        struct proof_reading reading;
        struct status status;

        if (method->needs_meter && !method->lasts)
                return false;
        reading = method->measure(method->needs_meter ? meter : NULL, mapping);
        reading.method = method->name;
        reading.speaks |= reading.partly;
        status = proof_combine(&reading, 1, mapping_asked_fraction(mapping), proof);
        return !status_failed(&status);
}

void proof_look(const struct proof_meter *meter, const struct mapping *mapping, unsigned traits,
                struct proof *ret_proof)
{
        struct proof proof = proof_none();
        bool told = false;

        for (int costly = 0; costly <= 1; costly++)
                for (const struct proof_method *const *each = proof_methods(); *each; each++)
                        if (!told && (*each)->costly == costly && (*each)->applies(traits))
                                told = method_look(*each, meter, mapping, &proof);
        *ret_proof = proof;
}
