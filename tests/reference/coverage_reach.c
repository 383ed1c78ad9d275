/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage_reach.h"

#include "stats/reach.h"
#include "stats_noise.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BLOCKS_MAX 20
#define POINTS_MAX 64

/* A kind of TLB and of sweep. Capacities are drawn anew for each run. */
struct scene {
        const char *name;
        size_t levels;
        enum reach_replacement replacement;
        double parameter;
        double points; /* in an octave */
        size_t blocks;
        double noise;    /* of each time, as a share */
        double outliers; /* share of times that are up to four times as long */
};

static const struct scene scenes[] = {
        { "no TLB effect", 0, REACH_LRU, 1, 2, 5, 0.02, 0.05 },
        { "no TLB effect, loud", 0, REACH_LRU, 1, 4, 10, 0.1, 0.1 },
        { "LRU, fully associative", 2, REACH_LRU, INFINITY, 4, 10, 0.01, 0.02 },
        { "LRU, 4 ways", 2, REACH_LRU, 4, 2, 8, 0.01, 0.02 },
        { "LRU, direct-mapped", 2, REACH_LRU, 1, 4, 10, 0.01, 0.02 },
        { "random", 2, REACH_RANDOM, 1, 2, 8, 0.01, 0.02 },
        { "random, coarse sweep", 2, REACH_RANDOM, 1, 1, 8, 0.01, 0.02 },
        { "random, loud", 1, REACH_RANDOM, 1, 2, 5, 0.03, 0.05 },
        { "between, not among the shapes", 2, REACH_RANDOM, 0.42, 4, 20, 0.01, 0.02 },
};

struct result {
        size_t right, more;    /* runs with as many levels as there are, and with more */
        size_t capacity, miss; /* intervals of the larger level that hold the truth */
        double octaves, width; /* of those intervals, summed */
};

static double noisy(double time, const struct scene *scene, struct random *random)
{
        double z = 1 + scene->noise * noise_normal(random);

        if (random_unit(random) < scene->outliers)
                z *= 1 + 3 * random_unit(random);
        return time * z;
}

/* Capacities of 48 to 96 and 1,200 to 3,900 pages, misses of 2.5 and 22 ns, and walks that get
 * dearer from 30,000 pages on. */
static double extra_of(const struct scene *scene, double pages, double small, double large)
{
        double extra = 0;

        if (scene->levels > 1)
                extra +=
                        2.5 * reach_miss_share(pages / small, scene->replacement, scene->parameter);
        if (scene->levels > 0)
                extra += 22 * reach_miss_share(pages / large, scene->replacement, scene->parameter);
        if (scene->levels > 0 && pages > 30000)
                extra += 40 * (1 - 30000 / pages);
        return extra;
}

static void run_one(const struct scene *scene, uint64_t seed, struct result *result)
{
        struct random random = random_seeded(seed);
        double small = 48 * exp2(random_unit(&random));
        double large = 1200 * exp2(1.7 * random_unit(&random));
        double pages[POINTS_MAX], pte[POINTS_MAX * BLOCKS_MAX], pmd[POINTS_MAX * BLOCKS_MAX];
        size_t points = 0;
        struct reach_fit fit = { 0 };
        const struct reach_level *level;

        for (double at = 16; at <= 131072; at *= exp2(1 / scene->points)) {
                double both = 1.2 + (at > 700 ? 2.5 : 0) + (at > 14000 ? 10 : 0);

                pages[points] = round(at);
                for (size_t i = points * scene->blocks; i < (points + 1) * scene->blocks; i++) {
                        double extra = extra_of(scene, pages[points], small, large);

                        pte[i] = noisy(both + extra, scene, &random);
                        pmd[i] = noisy(both, scene, &random);
                }
                points++;
        }
        reach_fit_make(&(struct reach_sweep){ pages, points, scene->blocks, pte, pmd, NAN }, seed,
                       &fit);
        result->more += fit.count > scene->levels;
        result->right += fit.count == scene->levels;
        if (!fit.count || fit.count != scene->levels)
                return;
        level = &fit.levels[fit.count - 1];
        result->capacity += level->pages_lo <= large && large <= level->pages_hi;
        result->miss += level->miss_lo <= 22 && 22 <= level->miss_hi;
        result->octaves += log2(level->pages_hi / level->pages_lo);
        result->width += (level->miss_hi - level->miss_lo) / 22;
}

void coverage_reach(size_t runs)
{
        printf("| TLB | levels | points an octave | blocks | noise | right number | too many | "
               "capacity held | its width, octaves | miss cost held | its width |\n"
               "|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
                const struct scene *scene = &scenes[i];
                struct result result = { 0 };
                double all = (double)runs, right;

                for (size_t run = 0; run < runs; run++)
                        run_one(scene, 7919 * (i + 1) + run, &result);
                right = (double)result.right;
                printf("| %s | %zu | %g | %zu | %g %% | %.1f %% | %.1f %% |", scene->name,
                       scene->levels, scene->points, scene->blocks, 100 * scene->noise,
                       100 * right / all, 100 * (double)result.more / all);
                if (scene->levels)
                        printf(" %.1f %% | %.2f | %.1f %% | %.0f %% |\n",
                               100 * (double)result.capacity / right, result.octaves / right,
                               100 * (double)result.miss / right, 100 * result.width / right);
                else
                        printf(" | | | |\n");
                fflush(stdout);
        }
}
