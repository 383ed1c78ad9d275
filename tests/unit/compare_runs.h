/* SPDX-License-Identifier: Apache-2.0 */
/* Made runs for the tests of compare: their numbers are invented. */
#ifndef PMDGAIN_TESTS_COMPARE_RUNS_H
#define PMDGAIN_TESTS_COMPARE_RUNS_H

#include "compare/compare.h"
#include "tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RUN_HEAD                                                                                \
        "block,trial,workload,op,unit,bytes,threads,%ssource,target,fs,memmap,dax,lever,asked," \
        "proven,pmd_fraction,proof,ops,time_ns,minflt,page_table_bytes,status,reason\n"

static inline void near(double value, double expected, double tolerance)
{
        if (!(fabs(value - expected) <= tolerance))
                fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

/* The samples.csv of a run that is being written. */
struct made_run {
        FILE *file;
        const char *target; /* CSV text */
        unsigned blocks;
};

/* `options` are the opt_ columns with a comma after each. */
static inline struct made_run run_begin(const char *root, const char *name, const char *options,
                                        const char *machine)
{
        char path[512];
        struct made_run run = { .target = "/mnt/a", .blocks = 6 };

        snprintf(path, sizeof(path), "%s/%s", root, name);
        tree_folder(path);
        if (machine) {
                snprintf(path, sizeof(path), "%s/%s/machine.json", root, name);
                run.file = fopen(path, "we");
                fputs(machine, run.file);
                fclose(run.file);
        }
        snprintf(path, sizeof(path), "%s/%s/samples.csv", root, name);
        run.file = fopen(path, "we");
        fprintf(run.file, RUN_HEAD, options);
        return run;
}

static inline void run_end(struct made_run *run)
{
        fclose(run->file);
}

/* One row; `time` in ns of 1000 operations. `asked` is pmd or pte (by nohuge). */
static inline void run_row(struct made_run *run, unsigned block, const char *op, const char *unit,
                           const char *values, const char *asked, double time, const char *status)
{
        fprintf(run->file, "%u,0,work,%s,%s,4194304,1,%sfile,%s,ext4,ram,yes,%s,%s,%s,,proof,",
                block, op, unit, values, run->target,
                strcmp(asked, "pmd") == 0 ? "aligned" : "nohuge", asked, asked);
        if (strcmp(status, "ok") == 0)
                fprintf(run->file, "1000,%.0f,1,4096,ok,\n", time);
        else
                fprintf(run->file, ",,,,%s,this is why\n", status);
}

/* How far block `block` is off: mean 0 over 6 blocks, `scatter` of the time. */
static inline double run_wobble(unsigned block, double scatter)
{
        static const double off[] = { -1, 0.6, -0.2, 1, -0.6, 0.2 };

        return exp(scatter * off[block % 6]);
}

/* Both arms of a cell in every block, without options. */
static inline void run_cell(struct made_run *run, const char *op, double pte, double pmd,
                            double scatter)
{
        for (unsigned block = 0; block < run->blocks; block++) {
                run_row(run, block, op, "ns/op", "", "pte", pte * run_wobble(block, scatter), "ok");
                run_row(run, block, op, "ns/op", "", "pmd", pmd * run_wobble(block + 2, scatter),
                        "ok");
        }
}

/* One arm in every block. */
static inline void run_arm(struct made_run *run, const char *op, const char *unit,
                           const char *values, const char *asked, double time, double scatter,
                           const char *status)
{
        for (unsigned block = 0; block < run->blocks; block++)
                run_row(run, block, op, unit, values, asked, time * run_wobble(block, scatter),
                        status);
}

#endif
