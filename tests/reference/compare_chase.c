/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_chase [SIZE...]
 *
 * pmdgain's chase against the textbook chase (textbook.h), on the same lines of the same file, by
 * each grain, in one process: for each size 12 pairs of fresh mappings, one by PMD and one by PTE
 * (proven), in each of them short samples of the two in turns. The pointers of the one are word 0
 * of each line, those of the other word 1, so that nothing is rewritten between samples.
 *
 * Prints the median ratio of the two by each grain with its 96 % interval (order statistics of the
 * pairs), and the gain that each of them sees. Time is the thread's CPU time: what other programs
 * take is not counted, but what they leave in the caches is.
 *
 * Exit code: 0 all agree within 2 % or cannot be told apart from that, 1 one differs, 77 this
 * machine has no PMD mappings to compare on.
 */
#include "textbook.h"

#include "mapping/proof.h"
#include "sys/root.h"

#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAIRS 12
#define TURNS 21 /* samples of each in a mapping */
#define SAMPLE_NS 5e6
#define TOLERANCE 0.02
#define SIZES_MAX 16

extern const struct workload workload_chase;

struct compare {
        const struct source *source;
        uint64_t bytes;
        bool textbook_written;
};

/* What a mapping gives: medians of its samples, ns a load, and of their ratio turn by turn. */
struct outcome {
        double ours, theirs, ratio;
};

static double cpu_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare_doubles(const void *one, const void *other)
{
        double a = *(const double *)one, b = *(const double *)other;

        return a < b ? -1 : a > b;
}

/* Sorts. */
static double median(double *values, size_t count)
{
        qsort(values, count, sizeof(*values), compare_doubles);
        return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double ours_sample(struct trial *trial, uint64_t loads)
{
        double start = cpu_ns();

        trial->workers[0].ops = loads;
        workload_chase.run(trial, &trial->workers[0]);
        return (cpu_ns() - start) / (double)trial->workers[0].ops;
}

static double theirs_sample(void ***at, uint64_t loads)
{
        double start = cpu_ns();

        *at = textbook_load(*at, loads);
        return (cpu_ns() - start) / (double)loads;
}

/* A pass of both, as far as that takes no longer than a second, and the loads of a sample. */
static uint64_t warm_up(struct trial *trial, void ***at, uint64_t lines)
{
        uint64_t loads = 4096, warm = 0;
        double ns = 0;

        while ((ns = theirs_sample(at, loads) * (double)loads) < SAMPLE_NS)
                loads *= 2;
        for (double spent = 0; warm < lines && spent < 1e9; warm += loads, spent += 2 * ns) {
                ours_sample(trial, loads);
                theirs_sample(at, loads);
        }
        return loads;
}

static struct status take_turns(struct compare *compare, struct trial *trial, bool swap,
                                struct outcome *ret_outcome)
{
        uint64_t lines = compare->bytes / TEXTBOOK_LINE, loads;
        double ours[TURNS], theirs[TURNS], ratios[TURNS];
        void **at = textbook_start(trial->mapping->address, 1);

        TRY(workload_chase.prepare(trial));
        if (!compare->textbook_written &&
            textbook_write(trial->mapping->address, (uint32_t)lines, 1, 7) != 0)
                return status_make(STATUS_SYSTEM, NULL, "no memory for the index array");
        compare->textbook_written = true;
        loads = warm_up(trial, &at, lines);
        for (int i = 0; i < TURNS; i++) {
                if ((i & 1) == swap)
                        ours[i] = ours_sample(trial, loads);
                theirs[i] = theirs_sample(&at, loads);
                if ((i & 1) != swap)
                        ours[i] = ours_sample(trial, loads);
                ratios[i] = ours[i] / theirs[i];
        }
        if (!at)
                return status_make(STATUS_INVALID, NULL, "the textbook ring is broken");
        TRY(workload_chase.check(trial));
        *ret_outcome = (struct outcome) { median(ours, TURNS), median(theirs, TURNS),
                                          median(ratios, TURNS) };
        return status_ok();
}

static struct status measure(struct compare *compare, struct arm arm, bool swap,
                             struct outcome *ret_outcome)
{
        const struct source *source = compare->source;
        struct cell cell = { .workload = &workload_chase,
                             .op = &workload_chase.ops[0],
                             .arm = arm,
                             .bytes = compare->bytes,
                             .threads = 1,
                             .options = { { .count = 1 } } };
        size_t length = cell_map_bytes(&cell, source->pmd_bytes);
        struct worker worker = { 0 };
        struct mapping mapping;
        struct trial trial = { .cell = &cell,
                               .mapping = &mapping,
                               .source = source,
                               .seed = 42,
                               .threads = 1,
                               .workers = &worker };
        struct status status;

        TRY(source->class->lay_out(
                source, &(struct layout_request){ .arm = arm, .bytes = length }, &mapping));
        TRY(mapping_attach(&mapping));
        status = proof_fault_in(&mapping, source->traits);
        if (!status_failed(&status))
                status = take_turns(compare, &trial, swap, ret_outcome);
        workload_chase.finish(&trial);
        TRY(mapping_detach(&mapping));
        return status;
}

/* Prints the ratios of one grain; false when they are beyond the tolerance for sure. */
static bool ratio_print(const char *grain, double *ratios)
{
        double middle = median(ratios, PAIRS), low = ratios[2], high = ratios[PAIRS - 3];
        bool differs = low > 1 + TOLERANCE || high < 1 - TOLERANCE;
        bool agrees = low >= 1 - TOLERANCE && high <= 1 + TOLERANCE;

        printf("  %s %.4f [%.4f, %.4f] %s", grain, middle, low, high,
               differs  ? "differs"
               : agrees ? "agrees"
                        : "unresolved");
        return !differs;
}

static struct status compare_size(const struct source *source, uint64_t bytes, bool *ret_agree)
{
        static const struct arm arms[2] = { { GRAIN_PMD, LEVER_ALIGNED },
                                            { GRAIN_PTE, LEVER_NOHUGE } };
        struct compare compare = { .source = source, .bytes = bytes };
        double ratios[2][PAIRS], ns[2][PAIRS], our_gains[PAIRS], their_gains[PAIRS];
        char text[UNITS_TEXT_MAX];
        bool pmd, pte;

        for (int i = 0; i < PAIRS; i++) {
                struct outcome outcomes[2];

                for (int turn = 0; turn < 2; turn++) {
                        int arm = (turn + i) % 2;

                        TRY(measure(&compare, arms[arm], i & 1, &outcomes[arm]));
                        ratios[arm][i] = outcomes[arm].ratio;
                        ns[arm][i] = outcomes[arm].ours;
                }
                our_gains[i] = outcomes[1].ours / outcomes[0].ours;
                their_gains[i] = outcomes[1].theirs / outcomes[0].theirs;
        }
        printf("%-5s pmdgain / textbook:", size_format(bytes, text, sizeof(text)));
        pmd = ratio_print("pmd", ratios[0]);
        pte = ratio_print("pte", ratios[1]);
        printf("  %.2f / %.2f ns, gain %.3f, textbook's %.3f\n", median(ns[0], PAIRS),
               median(ns[1], PAIRS), median(our_gains, PAIRS), median(their_gains, PAIRS));
        fflush(stdout);
        *ret_agree = pmd && pte;
        return status_ok();
}

static int failed(const struct status *status)
{
        fprintf(stderr, "compare_chase: %s%s%s\n", status->what, *status->todo ? "; " : "",
                status->todo);
        return status->code == STATUS_SKIP ? 77 : status->code == STATUS_USAGE ? 2 : 1;
}

int main(int argc, char **argv)
{
        static const char *const presets[] = { "32k", "512k", "16m", "256m", "1g" };
        uint64_t sizes[SIZES_MAX] = { 0 }, largest = 0;
        int count = argc > 1 ? argc - 1 : (int)(sizeof(presets) / sizeof(presets[0]));
        struct sys_root root = sys_root_real();
        struct source source;
        struct status status;
        bool all = true;

        for (int i = 0; i < count && i < SIZES_MAX; i++) {
                status = size_parse(argc > 1 ? argv[i + 1] : presets[i], &sizes[i]);
                if (status_failed(&status))
                        return failed(&status);
                largest = sizes[i] > largest ? sizes[i] : largest;
        }
        status = source_open(source_class_find("shmem"),
                             &(struct source_request) {
                                     .root = &root, .target = "", .bytes = largest, .seed = 1 },
                             &source);
        if (status_failed(&status))
                return failed(&status);
        for (int i = 0; i < count && i < SIZES_MAX && !status_failed(&status); i++) {
                bool agree = true;

                status = compare_size(&source, sizes[i], &agree);
                all = all && agree;
        }
        source_close(&source);
        if (status_failed(&status))
                return failed(&status);
        return all ? 0 : 1;
}
