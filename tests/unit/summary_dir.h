/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for one test of the summary, and the cases of tests/fixtures/csv_cases in it. That run
 * is synthetic: make_samples.py beside it says how it was made. */
#ifndef PMDGAIN_TESTS_SUMMARY_DIR_H
#define PMDGAIN_TESTS_SUMMARY_DIR_H

#include "report/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[32]; /* made by make_dir() */

static inline char *path_of(const char *name)
{
        static char path[64];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        return path;
}

static inline int make_dir(void **state)
{
        strcpy(dir, "/tmp/test_summary_XXXXXX");
        assert_non_null(mkdtemp(dir));
        return 0;
}

static inline int remove_dir(void **state)
{
        static const char *const names[] = { "samples.csv", "machine.json", "summary.csv",
                                             "reach.csv" };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                unlink(path_of(names[i]));
        return rmdir(dir); /* fails when something else was left behind */
}

static inline char *read_text(const char *path)
{
        enum { SIZE_MAX_READ = 1 << 20 };
        FILE *file = fopen(path, "r");
        char *text = calloc(1, SIZE_MAX_READ);

        if (!file || !text || !fread(text, 1, SIZE_MAX_READ - 1, file) || !feof(file))
                fail_msg("cannot read %s", path);
        fclose(file);
        return text;
}

static inline void write_text(const char *name, const char *text, size_t length)
{
        FILE *file = fopen(path_of(name), "w");

        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, length, file), length);
        fclose(file);
}

/* The text of the cases' samples.csv; the caller frees it. */
static inline char *cases(void)
{
        return read_text(FIXTURES "/csv_cases/samples.csv");
}

static inline void write_cases(void)
{
        char *samples = cases(), *machine = read_text(FIXTURES "/csv_cases/machine.json");

        write_text("samples.csv", samples, strlen(samples));
        write_text("machine.json", machine, strlen(machine));
        free(samples);
        free(machine);
}

static inline struct summary *make(void)
{
        struct summary *summary = NULL;
        struct status status = summary_make(dir, &summary);

        if (status_failed(&status))
                fail_msg("%s", status.what);
        return summary;
}

#endif
