/* SPDX-License-Identifier: Apache-2.0 */
/* The TLB levels that the workload `reach` shows. */
#include "report/summary_rows.h"
#include "stats/reach.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One PTE arm over all sizes, and what it takes to fit it. */
struct curve {
        const struct group **groups; /* differ by bytes only; ascending */
        size_t count;
        const struct arm_key *arm;
        uint32_t *blocks; /* numbers of the blocks, ascending */
        size_t block_count;
        double *pages, *pte, *pmd; /* as in struct reach_sweep */
};

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot fit the reach curve");
}

static double bytes_of(const struct group *group)
{
        return strtod(group->texts[GROUP_BYTES], NULL);
}

static bool same_curve(const struct group *a, const struct group *b, size_t texts)
{
        for (size_t i = 0; i < texts; i++)
                if (i != GROUP_BYTES && strcmp(a->texts[i], b->texts[i]) != 0)
                        return false;
        return true;
}

static int compare_groups(const void *left, const void *right)
{
        double a = bytes_of(*(const struct group *const *)left);
        double b = bytes_of(*(const struct group *const *)right);

        return (a > b) - (a < b);
}

static int compare_blocks(const void *left, const void *right)
{
        uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

        return (a > b) - (a < b);
}

static struct status find_blocks(struct curve *curve)
{
        size_t room = 1, count = 0;

        for (size_t i = 0; i < curve->count; i++)
                room += group_like(curve->groups[i], curve->arm)->time_count;
        curve->blocks = calloc(room, sizeof(*curve->blocks));
        if (!curve->blocks)
                return no_memory();
        for (size_t i = 0; i < curve->count; i++) {
                const struct arm_data *arm = group_like(curve->groups[i], curve->arm);

                for (size_t k = 0; k < arm->time_count; k++)
                        curve->blocks[count++] = arm->times[k].block;
        }
        qsort(curve->blocks, count, sizeof(*curve->blocks), compare_blocks);
        for (size_t i = 0; i < count; i++)
                if (!i || curve->blocks[i] != curve->blocks[curve->block_count - 1])
                        curve->blocks[curve->block_count++] = curve->blocks[i];
        return status_ok();
}

/* An arm's time in each block: the geometric mean of its trials there. Its times are by block. */
static void set_times(const struct curve *curve, const struct arm_data *arm, double *times)
{
        size_t at = 0;

        for (size_t i = 0; i < curve->block_count; i++) {
                double sum = 0;
                size_t count = 0;

                while (at < arm->time_count && arm->times[at].block < curve->blocks[i])
                        at++;
                for (; at < arm->time_count && arm->times[at].block == curve->blocks[i]; at++) {
                        sum += log(arm->times[at].time);
                        count++;
                }
                times[i] = count ? exp(sum / (double)count) : (double)NAN;
        }
}

static struct status set_points(struct curve *curve, double page_bytes)
{
        size_t points = curve->count * curve->block_count;

        curve->pages = calloc(curve->count + 1, sizeof(double));
        curve->pte = calloc(points + 1, sizeof(double));
        curve->pmd = calloc(points + 1, sizeof(double));
        if (!curve->pages || !curve->pte || !curve->pmd)
                return no_memory();
        for (size_t i = 0; i < curve->count; i++) {
                const struct group *group = curve->groups[i];

                curve->pages[i] = bytes_of(group) / page_bytes;
                set_times(curve, group_like(group, curve->arm),
                          curve->pte + i * curve->block_count);
                set_times(curve, group_pmd(group),
                          curve->pmd + i * curve->block_count);
        }
        return status_ok();
}

static double largest(const double *values, size_t count)
{
        double most = NAN;

        for (size_t i = 0; i < count; i++)
                most = fmax(most, values[i]);
        return most;
}

/* The TLB that the CPU says it has and that is nearest, by ratio, to what was measured. */
static double nearest_tlb(const struct machine_facts *facts, double pages)
{
        double best = NAN;

        for (size_t i = 0; i < facts->tlb_count; i++)
                if (isnan(best) ||
                    fabs(log(facts->tlb_entries[i] / pages)) < fabs(log(best / pages)))
                        best = facts->tlb_entries[i];
        return fabs(log(best / pages)) <= log(REACH_APART) ? best : (double)NAN;
}

static struct status keep_levels(struct summary *summary, const struct curve *curve,
                                 const struct reach_fit *fit, const struct machine_facts *facts)
{
        const struct group *group = curve->groups[0];
        struct summary_level *grown = reallocarray(
                summary->levels, summary->level_count + fit->count + 1, sizeof(*grown));

        if (!grown)
                return no_memory();
        summary->levels = grown;
        for (size_t i = 0; i < fit->count; i++) {
                const struct reach_level *from = &fit->levels[i];
                struct summary_level *level = &summary->levels[summary->level_count++];

                *level = (struct summary_level){
                        .level = (unsigned)i + 1,
                        .entries = from->pages,
                        .entries_lo = from->pages_lo,
                        .entries_hi = from->pages_hi,
                        .miss_ns = from->miss,
                        .miss_lo = from->miss_lo,
                        .miss_hi = from->miss_hi,
                        .cpuid_entries = nearest_tlb(facts, from->pages),
                        .threads = (uint32_t)strtoul(group->texts[GROUP_THREADS], NULL, 10),
                        .blocks = (unsigned)fit->blocks,
                };
                snprintf(level->source, sizeof(level->source), "%s", group->texts[GROUP_SOURCE]);
                snprintf(level->target, sizeof(level->target), "%s", group->texts[GROUP_TARGET]);
                snprintf(level->pte_lever, sizeof(level->pte_lever), "%s", curve->arm->lever);
                arm_key_name(curve->arm, level->pte_name, sizeof(level->pte_name));
        }
        return status_ok();
}

static struct status fit_curve(struct summary *summary, struct curve *curve,
                               const struct machine_facts *facts)
{
        double page_bytes = isnan(facts->page_bytes) ? 4096 : facts->page_bytes;
        struct reach_fit fit;

        qsort(curve->groups, curve->count, sizeof(*curve->groups), compare_groups);
        TRY(find_blocks(curve));
        TRY(set_points(curve, page_bytes));
        TRY(reach_fit_make(
                &(struct reach_sweep){
                        .pages = curve->pages,
                        .points = curve->count,
                        .blocks = curve->block_count,
                        .pte = curve->pte,
                        .pmd = curve->pmd,
                        .tlb_entries = largest(facts->tlb_entries, facts->tlb_count),
                },
                curve->count, &fit));
        return keep_levels(summary, curve, &fit, facts);
}

/* The curve of that arm whose first group is `first`; nothing when an earlier group has it. */
static struct status add_curve(struct summary *summary, const struct groups *groups, size_t first,
                               const struct arm_key *arm, const struct machine_facts *facts)
{
        size_t texts = GROUP_TEXTS + groups->option_count;
        struct curve curve = { .arm = arm };
        struct status status = status_ok();

        curve.groups = calloc(groups->count, sizeof(*curve.groups));
        if (!curve.groups)
                return no_memory();
        for (size_t i = 0; i < groups->count; i++) {
                const struct group *group = groups->list[i];

                if (!same_curve(group, groups->list[first], texts) ||
                    !group_like(group, arm) || !group_pmd(group))
                        continue;
                if (i < first) {
                        curve.count = 0;
                        break;
                }
                curve.groups[curve.count++] = group;
        }
        if (curve.count)
                status = fit_curve(summary, &curve, facts);
        free(curve.groups);
        free(curve.blocks);
        free(curve.pages);
        free(curve.pte);
        free(curve.pmd);
        return status;
}

struct status summary_add_levels(struct summary *summary, const struct groups *groups,
                                 const struct machine_facts *facts)
{
        for (size_t i = 0; i < groups->count; i++) {
                const struct group *group = groups->list[i];

                if (strcmp(group->texts[GROUP_WORKLOAD], "reach") != 0)
                        continue;
                for (size_t k = 0; k < group->arm_count; k++)
                        if (group->arms[k].key.side == GRAIN_PTE)
                                TRY(add_curve(summary, groups, i, &group->arms[k].key, facts));
        }
        return status_ok();
}
