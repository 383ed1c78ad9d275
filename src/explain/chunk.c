/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/explain.h"

/* One chunk under examination. */
struct subject {
        const struct explain_place *place;
        const struct explain_intent *intent;
        const struct explain_content *content;
        uint64_t start;    /* of the chunk in the file */
        uint64_t from, to; /* what of it is mapped */
        uint64_t holes;    /* bytes */
};

/* What a check finds; the outcome is PTE unless it says otherwise. */
struct finding {
        enum explain_outcome outcome;
        uint64_t past;
};

static uint64_t page_up(const struct explain_place *place, uint64_t bytes)
{
        return (bytes + place->page_bytes - 1) / place->page_bytes * place->page_bytes;
}

static bool is_devdax(const struct subject *subject)
{
        return subject->place->kind == EXPLAIN_DEVDAX;
}

static bool dax_off(const struct subject *subject, struct finding *finding)
{
        finding->outcome = OUTCOME_CACHE;
        return !is_devdax(subject) && subject->place->dax == 0;
}

static bool no_memmap(const struct subject *subject, struct finding *finding)
{
        if (subject->place->kind == EXPLAIN_BLOCK)
                finding->outcome = OUTCOME_CACHE; /* today's kernels refuse DAX on it */
        return subject->place->memmap == MEMMAP_NONE;
}

static bool file_system(const struct subject *subject, struct finding *finding)
{
        return subject->place->no_pmd_faults;
}

/* Bytes by which address and offset differ modulo the PMD size. */
static uint64_t mismatch(const struct subject *subject)
{
        const struct explain_intent *intent = subject->intent;

        return intent->address.known
                       ? (intent->address.value - intent->offset) % subject->place->pmd_bytes
                       : 0;
}

static bool address(const struct subject *subject, struct finding *finding)
{
        const struct count *address = &subject->intent->address;
        uint64_t align = is_devdax(subject) ? subject->place->align : subject->place->pmd_bytes;

        if (!address->known)
                return false;
        finding->past = address->value % align;
        if (is_devdax(subject)) {
                finding->outcome = OUTCOME_REFUSED;
                return finding->past != 0;
        }
        return finding->past != 0 && mismatch(subject) != 0;
}

static bool offset(const struct subject *subject, struct finding *finding)
{
        uint64_t align = is_devdax(subject) ? subject->place->align : subject->place->pmd_bytes;

        finding->past = subject->intent->offset % align;
        if (is_devdax(subject)) {
                finding->outcome = OUTCOME_UNKNOWN; /* mmap() takes it; the manual does not */
                return finding->past != 0;
        }
        return mismatch(subject) != 0 || subject->from > subject->start;
}

static bool length(const struct subject *subject, struct finding *finding)
{
        const struct explain_place *place = subject->place;
        uint64_t end = subject->intent->offset + subject->intent->bytes;

        if (is_devdax(subject)) {
                finding->outcome = OUTCOME_REFUSED;
                finding->past = end % place->align;
                return finding->past != 0;
        }
        finding->past = subject->to - subject->start;
        return subject->to < subject->start + place->pmd_bytes &&
               subject->to < page_up(place, place->bytes);
}

/* Without PMD faults, devdax can map nothing unless it maps single pages. */
static void refuse_large(const struct subject *subject, struct finding *finding)
{
        if (is_devdax(subject) && subject->place->align > subject->place->page_bytes)
                finding->outcome = OUTCOME_REFUSED;
}

static bool thp_disabled(const struct subject *subject, struct finding *finding)
{
        refuse_large(subject, finding);
        return subject->intent->thp_disabled;
}

static bool nohuge(const struct subject *subject, struct finding *finding)
{
        refuse_large(subject, finding);
        return subject->intent->nohuge;
}

static bool is_private(const struct subject *subject, struct finding *finding)
{
        if (is_devdax(subject))
                finding->outcome = OUTCOME_REFUSED;
        return subject->intent->is_private && (is_devdax(subject) || subject->intent->write);
}

/* The kernel rounds the end of the file up to a page. */
static bool end_of_file(const struct subject *subject, struct finding *finding)
{
        uint64_t end = page_up(subject->place, subject->place->bytes);

        finding->past = end - subject->start;
        return !is_devdax(subject) && finding->past < subject->place->pmd_bytes;
}

/* A write fault can make blocks for a part of a PMD only. */
static bool falls_short(const struct subject *subject)
{
        return subject->intent->write && subject->place->fault_max &&
               subject->place->fault_max < subject->place->pmd_bytes;
}

static bool hole(const struct subject *subject, struct finding *finding)
{
        if (subject->holes == subject->place->pmd_bytes && !falls_short(subject))
                finding->outcome = subject->intent->write ? OUTCOME_UNKNOWN : OUTCOME_ZERO_PMD;
        return !is_devdax(subject) && subject->holes > 0;
}

/* A first write turns a whole unwritten extent into a written one where it is, if it can do so at
 * once. */
static bool unwritten(const struct subject *subject, struct finding *finding)
{
        const struct explain_content *content = subject->content;

        if (is_devdax(subject) || !content->unwritten)
                return false;
        if (content->pieces > 1 || falls_short(subject))
                return true;
        finding->outcome = OUTCOME_ZERO_PMD;
        return !subject->intent->write;
}

static bool shared_extent(const struct subject *subject, struct finding *finding)
{
        finding->outcome = OUTCOME_UNKNOWN;
        return subject->intent->write && subject->content->shared;
}

static bool short_extent(const struct subject *subject, struct finding *finding)
{
        return !is_devdax(subject) && subject->content->pieces > 1;
}

static bool unplaced(const struct subject *subject, struct finding *finding)
{
        finding->outcome = OUTCOME_UNKNOWN;
        return !is_devdax(subject) &&
               (!subject->place->base.known || subject->content->unplaced > 0);
}

/* Where the partition or disk begins in memory, modulo the PMD size. */
static uint64_t ground(const struct explain_place *place)
{
        return (place->base.value + place->partition_start) % place->pmd_bytes;
}

/* Whether the chunk's bytes begin at a boundary in memory, whatever the parts are. */
static bool is_placed_well(const struct subject *subject)
{
        const struct explain_place *place = subject->place;

        return (ground(place) + subject->content->physical) % place->pmd_bytes == 0;
}

static bool partition(const struct subject *subject, struct finding *finding)
{
        const struct explain_place *place = subject->place;

        finding->past = ground(place);
        return !is_devdax(subject) && !is_placed_well(subject) && finding->past != 0 &&
               place->partition_start % place->pmd_bytes != 0;
}

static bool namespace_data(const struct subject *subject, struct finding *finding)
{
        const struct explain_place *place = subject->place;

        if (is_devdax(subject))
                return place->align < place->pmd_bytes;
        finding->past = ground(place);
        return !is_placed_well(subject) && finding->past != 0;
}

static bool extent(const struct subject *subject, struct finding *finding)
{
        finding->past = subject->content->physical % subject->place->pmd_bytes;
        return !is_devdax(subject) && !is_placed_well(subject);
}

/* In the order of enum explain_cause. */
static const struct {
        enum explain_cause cause;
        bool (*in_the_way)(const struct subject *subject, struct finding *finding);
} checks[] = {
        { CAUSE_DAX_OFF, dax_off },
        { CAUSE_NO_MEMMAP, no_memmap },
        { CAUSE_FILE_SYSTEM, file_system },
        { CAUSE_ADDRESS, address },
        { CAUSE_OFFSET, offset },
        { CAUSE_LENGTH, length },
        { CAUSE_THP_DISABLED, thp_disabled },
        { CAUSE_NOHUGE, nohuge },
        { CAUSE_PRIVATE, is_private },
        { CAUSE_END_OF_FILE, end_of_file },
        { CAUSE_HOLE, hole },
        { CAUSE_UNWRITTEN, unwritten },
        { CAUSE_SHARED_EXTENT, shared_extent },
        { CAUSE_SHORT_EXTENT, short_extent },
        { CAUSE_UNPLACED, unplaced },
        { CAUSE_PARTITION, partition },
        { CAUSE_NAMESPACE, namespace_data },
        { CAUSE_EXTENT, extent },
};

struct explain_run explain_chunk(const struct explain_place *place,
                                 const struct explain_intent *intent, uint64_t chunk,
                                 const struct explain_content *content)
{
        struct subject subject = { place, intent, content, .start = chunk * place->pmd_bytes };
        uint64_t end = intent->offset + intent->bytes;
        struct explain_run run = { .chunks = 1, .outcome = OUTCOME_PMD };

        subject.from = subject.start < intent->offset ? intent->offset : subject.start;
        subject.to = subject.start + place->pmd_bytes;
        subject.to = page_up(place, subject.to < end ? subject.to : end);
        subject.holes =
                place->pmd_bytes - content->written - content->unwritten - content->unplaced;
        run.offset = subject.from;
        run.bytes = (subject.to < end ? subject.to : end) - subject.from;
        run.blank = place->kind == EXPLAIN_FILE && (subject.holes || content->unwritten);
        if (place->kind == EXPLAIN_DEVDAX && place->align > place->pmd_bytes)
                run.outcome = OUTCOME_PUD;
        for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
                struct finding finding = { .outcome = OUTCOME_PTE };

                if (checks[i].in_the_way(&subject, &finding)) {
                        run.cause = checks[i].cause;
                        run.outcome = finding.outcome;
                        run.past = finding.past;
                        break;
                }
        }
        return run;
}
