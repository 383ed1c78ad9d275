/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/machines.h"

#include "report/facts.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVIDENCE, CLOCK }; /* the first two */

static const struct {
        const char *what;
        const char *pointer; /* into machine.json */
        bool unsound;
        const char *preset; /* what older runs without this key had; NULL: not known */
        double tolerance;   /* share by which numbers may differ */
} facts[] = {
        [EVIDENCE] = { "evidence", "/evidence", true },
        [CLOCK] = { "clock", "/run/clock", true, "time" },
        { "architecture", "/kernel/arch", true },
        { "CPU", "/cpu/model_name", true },
        { "CPU family", "/cpu/family", true },
        { "CPU model", "/cpu/model", true },
        { "CPU stepping", "/cpu/stepping", true },
        { "microcode", "/cpu/microcode", true },
        { "hypervisor", "/hypervisor/signature", true },
        { "base page", "/memory/page_bytes", true },
        { "PMD size", "/memory/pmd_bytes", true },
        { "kernel", "/kernel/release", false },
        { "kernel build", "/kernel/version", false },
        { "kernel command line", "/kernel/cmdline", false },
        { "cores", "/cpu/cores", false },
        { "hardware threads", "/cpu/threads", false },
        { "memory", "/memory/total_bytes", false, NULL, 0.01 },
        { "THP enabled", "/thp/enabled", false },
        { "THP defrag", "/thp/defrag", false },
        { "THP shmem_enabled", "/thp/shmem_enabled", false },
        { "CPUs used", "/run/cpus", false },
        { "memory node", "/run/mem_node", false },
        { "plan", "/run/plan", false },
        { "pmdgain", "/pmdgain/version", false },
        { "compiler", "/pmdgain/compiler", false },
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))

/* The machine.json of each run of a side; NULL where a run has none. */
struct side {
        struct json_object **machines;
        size_t count;
};

static struct status side_read(const char *const *dirs, size_t count, struct side *side)
{
        side->machines = calloc(count ? count : 1, sizeof(struct json_object *));
        if (!side->machines)
                return status_errno(ENOMEM, NULL, "cannot hold machine.json");
        for (side->count = 0; side->count < count; side->count++)
                TRY(facts_read(dirs[side->count], &side->machines[side->count]));
        return status_ok();
}

static void side_free(struct side *side)
{
        for (size_t i = 0; i < side->count; i++)
                json_object_put(side->machines[i]);
        free(side->machines);
}

static const char *value_of(const struct side *side, size_t run, size_t fact_index)
{
        const char *value = fact_text(side->machines[run], facts[fact_index].pointer);

        if (!*value && side->machines[run] && facts[fact_index].preset)
                return facts[fact_index].preset;
        return value;
}

static bool values_agree(const char *left, const char *right, double tolerance)
{
        double a, b;

        if (strcmp(left, right) == 0)
                return true;
        if (tolerance <= 0 || !*left || !*right)
                return false;
        a = strtod(left, NULL);
        b = strtod(right, NULL);
        return fabs(a - b) <= tolerance * fmax(a, b);
}

/* Has an earlier run of the side that value? */
static bool seen_before(const struct side *side, size_t run, size_t fact_index)
{
        for (size_t i = 0; i < run; i++)
                if (values_agree(value_of(side, i, fact_index), value_of(side, run, fact_index),
                                 facts[fact_index].tolerance))
                        return true;
        return false;
}

/* The values of a side, each once. */
static void side_words(const struct side *side, size_t fact_index, char *text, size_t text_size)
{
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < side->count && used < text_size; i++) {
                const char *value = value_of(side, i, fact_index);
                char line[128];

                if (seen_before(side, i, fact_index))
                        continue;
                text_line(value, 100, line, sizeof(line));
                used += (size_t)snprintf(text + used, text_size - used, "%s%s", used ? " or " : "",
                                         *value ? line : "not known");
        }
}

static bool sides_agree(const struct side *base, const struct side *new, size_t fact_index)
{
        const char *first = value_of(base, 0, fact_index);

        for (size_t i = 1; i < base->count; i++)
                if (!values_agree(value_of(base, i, fact_index), first,
                                  facts[fact_index].tolerance))
                        return false;
        for (size_t i = 0; i < new->count; i++)
                if (!values_agree(value_of(new, i, fact_index), first, facts[fact_index].tolerance))
                        return false;
        return true;
}

static void add_differences(const struct side *base, const struct side *new, bool unsound,
                            struct comparison *comparison)
{
        for (size_t i = 0; i < FACTS; i++) {
                struct compare_difference *difference =
                        &comparison->differences[comparison->difference_count];

                if (facts[i].unsound != unsound || sides_agree(base, new, i))
                        continue;
                difference->what = facts[i].what;
                difference->unsound = unsound;
                side_words(base, i, difference->base, sizeof(difference->base));
                side_words(new, i, difference->new, sizeof(difference->new));
                comparison->difference_count++;
        }
}

/* One value for both sides where they agree. */
static void both_words(const struct side *base, const struct side *new, size_t fact_index,
                       char *text, size_t text_size)
{
        char left[64], right[64];

        side_words(base, fact_index, left, sizeof(left));
        side_words(new, fact_index, right, sizeof(right));
        if (strcmp(left, right) == 0)
                snprintf(text, text_size, "%s", left);
        else
                snprintf(text, text_size, "%s against %s", left, right);
}

struct status compare_machines(const struct compare_request *request, struct comparison *comparison)
{
        struct side base = { 0 }, new = { 0 };
        struct status status = side_read(request->base, request->base_count, &base);

        if (!status_failed(&status))
                status = side_read(request->new, request->new_count, &new);
        comparison->differences = calloc(FACTS, sizeof(*comparison->differences));
        if (!comparison->differences && !status_failed(&status))
                status = status_errno(ENOMEM, NULL, "cannot compare the machines");
        if (!status_failed(&status)) {
                both_words(&base, &new, EVIDENCE, comparison->evidence,
                           sizeof(comparison->evidence));
                both_words(&base, &new, CLOCK, comparison->clock, sizeof(comparison->clock));
                add_differences(&base, &new, true, comparison);
                add_differences(&base, &new, false, comparison);
        }
        side_free(&base);
        side_free(&new);
        return status;
}
