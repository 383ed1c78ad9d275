/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences from findings. */
#include "report/policy_words.h"

#include "report/words.h"

#include <math.h>
#include <string.h>

/* Findings of one rule, subject and unit of time: list[first..end). */
struct batch {
        const struct policy_input *input;
        const struct policy_finding *list;
        size_t count;
};

static struct gain turned(const struct policy_finding *finding)
{
        struct gain ratio = finding->ratio;

        if (finding->outcome == FOUND_LESS)
                ratio = (struct gain) { 1 / ratio.value, 1 / ratio.hi, 1 / ratio.lo, ratio.pairs };
        return ratio;
}

/* All findings of a clause together. */
struct range {
        double least, most, lo, hi;
        size_t count;
};

static struct range range_of(const struct policy_finding *list, size_t count)
{
        struct range range = { INFINITY, 0, INFINITY, 0, count };

        for (size_t i = 0; i < count; i++) {
                struct gain ratio = turned(&list[i]);

                range.least = fmin(range.least, ratio.value);
                range.most = fmax(range.most, ratio.value);
                range.lo = fmin(range.lo, ratio.lo);
                range.hi = fmax(range.hi, ratio.hi);
        }
        return range;
}

static void range_write(FILE *out, const struct range *range)
{
        char least[WORDS_MAX], most[WORDS_MAX], lo[WORDS_MAX], hi[WORDS_MAX];

        words_factor(range->least, least, sizeof(least));
        words_factor(range->most, most, sizeof(most));
        words_factor(range->lo, lo, sizeof(lo));
        words_factor(range->hi, hi, sizeof(hi));
        if (strcmp(least, most) == 0)
                fprintf(out, "%s times [%s, %s]", least, lo, hi);
        else
                fprintf(out, "%s to %s times [%s, %s]", least, most, lo, hi);
}

#define SPREAD_MAX 2 /* wider ranges are told for each file system */

static const char *fs_of(const struct policy_finding *finding)
{
        return finding->over->at->row->fs;
}

/* " (ext4 219 to 220, xfs 1.35 to 1.90)" where the file systems of a clause lie apart. */
static void by_fs_write(FILE *out, const struct policy_finding *list, size_t count)
{
        bool any = false;

        for (size_t i = 0; i < count; i++) {
                struct range range = { INFINITY, 0, 0, 0, 0 };
                char least[WORDS_MAX], most[WORDS_MAX];
                size_t first = 0;

                while (strcmp(fs_of(&list[first]), fs_of(&list[i])) != 0)
                        first++;
                for (size_t k = i; k < count; k++) {
                        if (strcmp(fs_of(&list[k]), fs_of(&list[i])) != 0)
                                continue;
                        range.least = fmin(range.least, turned(&list[k]).value);
                        range.most = fmax(range.most, turned(&list[k]).value);
                        range.count++;
                }
                if (first != i || range.count == count)
                        continue;
                fprintf(out, "%s%s %s", any ? ", " : " (",
                        fs_of(&list[i])[0] ? fs_of(&list[i]) : "no file system",
                        words_factor(range.least, least, sizeof(least)));
                if (strcmp(least, words_factor(range.most, most, sizeof(most))) != 0)
                        fprintf(out, " to %s", most);
                any = true;
        }
        if (any)
                fputs(")", out);
}

/* "on Linux 6.12", or "on Linux 6.12 as on Linux 7.2". */
static void where_write(FILE *out, const struct policy_input *input,
                        const struct policy_finding *finding, bool compared)
{
        const char *over = input->kernels[finding->over->at->kernel].name;
        const char *under = input->kernels[finding->under->at->kernel].name;
        bool swapped = finding->outcome == FOUND_LESS;

        if (finding->rule->across_kernels && compared)
                fprintf(out, " on %s as on %s", swapped ? under : over, swapped ? over : under);
        else if (finding->rule->across_kernels)
                fprintf(out, " on %s and %s", over, under);
        else if (over[0])
                fprintf(out, " on %s", over);
}

/* How many from `at` on are of the same kernel and outcome. */
static size_t clause_length(const struct batch *batch, size_t at)
{
        size_t count = 1;

        while (at + count < batch->count &&
               batch->list[at + count].outcome == batch->list[at].outcome &&
               batch->list[at + count].over->at->kernel == batch->list[at].over->at->kernel)
                count++;
        return count;
}

/* Each clause of one outcome: calls for the numbers, or only for the places. */
static void clauses_write(FILE *out, const struct batch *batch, enum finding_outcome outcome)
{
        bool numbers = outcome == FOUND_MORE || outcome == FOUND_LESS;
        bool any = false;

        for (size_t i = 0; i < batch->count; i += clause_length(batch, i)) {
                struct range range = range_of(&batch->list[i], clause_length(batch, i));

                if (batch->list[i].outcome != outcome)
                        continue;
                fputs(any && numbers ? ", " : any ? "," : numbers ? ": " : "", out);
                if (numbers)
                        range_write(out, &range);
                if (numbers && !any)
                        fputs(batch->list[i].over->at->instructions ? " as many" : " as long", out);
                where_write(out, batch->input, &batch->list[i], numbers);
                if (numbers && range.most > SPREAD_MAX * range.least)
                        by_fs_write(out, &batch->list[i], range.count);
                any = true;
        }
}

static const char *noun_of(const struct policy_finding *finding)
{
        const struct policy_subject *subject = policy_subjects;

        for (size_t i = 0; i < finding->over->subject; i++)
                subject++;
        return subject->workload ? subject->noun : finding->over->at->row->workload;
}

/* The two sides as words, the one that takes more first. */
struct sides {
        const char *first, *second;
};

static struct sides sides_of(const struct policy_finding *finding)
{
        const struct policy_rule *rule = finding->rule;
        struct sides sides = { rule->over, rule->under };

        if (rule->across_kernels)
                sides = (struct sides) { "on the older kernel", "on the newer" };
        if (finding->outcome == FOUND_LESS)
                sides = (struct sides) { sides.second, sides.first };
        if (rule->across_kernels && finding->outcome == FOUND_LESS)
                sides = (struct sides) { "on the newer kernel", "on the older" };
        return sides;
}

static void about_write(FILE *out, const struct policy_finding *finding)
{
        fprintf(out, "%s%s", noun_of(finding), finding->rule->about ? finding->rule->about : "");
}

static void ops_write(FILE *out, const struct policy_finding *finding)
{
        const struct policy_rule *rule = finding->rule;
        bool swapped = finding->outcome == FOUND_LESS;
        const char *measure = finding->over->at->instructions ? "instructions" : "time";
        const char *more = finding->over->at->instructions ? "more instructions" : "longer";

        if (finding->outcome == FOUND_SAME)
                fprintf(out, "%s and %s take the same %s%s, to within %.0f %%,", rule->over_op,
                        rule->under_op, measure, rule->about, (rule->least - 1) * 100);
        else
                fprintf(out, "%s takes %s than %s%s", swapped ? rule->under_op : rule->over_op,
                        more, swapped ? rule->over_op : rule->under_op, rule->about);
}

static void lead_write(FILE *out, const struct policy_finding *finding)
{
        const char *measure = finding->over->at->instructions ? "instructions" : "time";
        const char *more = finding->over->at->instructions ? "more instructions" : "longer";
        struct sides sides = sides_of(finding);

        if (finding->rule->across_ops) {
                ops_write(out, finding);
                return;
        }
        about_write(out, finding);
        if (finding->outcome != FOUND_SAME)
                fprintf(out, " takes %s %s than %s", more, sides.first, sides.second);
        else if (finding->rule->across_kernels)
                fprintf(out, " takes the same %s, to within %.0f %%,", measure,
                        (finding->rule->least - 1) * 100);
        else
                fprintf(out, " takes the same %s %s as %s, to within %.0f %%,", measure,
                        sides.first, sides.second, (finding->rule->least - 1) * 100);
}

static void open_write(FILE *out, const struct policy_finding *finding)
{
        if (finding->rule->across_ops) {
                fprintf(out, "%s against %s%s is not resolved", finding->rule->over_op,
                        finding->rule->under_op, finding->rule->about);
                return;
        }
        about_write(out, finding);
        if (finding->rule->across_kernels)
                fprintf(out, " is not resolved");
        else
                fprintf(out, ", %s against %s, is not resolved", finding->rule->over,
                        finding->rule->under);
}

static enum policy_outcome meaning(const struct policy_finding *finding)
{
        enum policy_outcome more = finding->rule->when_more;

        switch (finding->outcome) {
        case FOUND_MORE:
                return more;
        case FOUND_LESS:
                return more == POLICY_GAIN ? POLICY_COST : POLICY_GAIN;
        case FOUND_SAME:
                return POLICY_SAME;
        case FOUND_OPEN:
                break;
        }
        return POLICY_OPEN;
}

/* "16 comparisons of 5 pairs; " and what kind of evidence they are. */
static void sure_write(struct sentence *sentence, const struct batch *batch,
                       enum finding_outcome outcome)
{
        size_t count = 0, least = SIZE_MAX, most = 0;
        const struct policy_rule *rule = batch->list[0].rule;

        for (size_t i = 0; i < batch->count; i++) {
                const struct policy_finding *finding = &batch->list[i];

                if (finding->outcome != outcome)
                        continue;
                count++;
                least = finding->ratio.pairs < least ? finding->ratio.pairs : least;
                most = finding->ratio.pairs > most ? finding->ratio.pairs : most;
                sentence_cite_row(sentence, finding->over->row);
                sentence_cite_row(sentence, finding->under->row);
        }
        fprintf(sentence->sure, "%zu comparison%s of ", count, count == 1 ? "" : "s");
        fprintf(sentence->sure, least == most ? "%zu" : "%zu to %zu", least, most);
        fprintf(sentence->sure, "%s",
                rule->paired ? most == 1 ? " pair" : " pairs" : " blocks a side, not paired");
        sentence_places(sentence, batch->input);
        sentence_evidence(sentence, batch->input);
}

static struct status add_outcome(const struct batch *batch, enum finding_outcome outcome,
                                 struct policy *policy)
{
        const struct policy_finding *first = NULL;
        struct sentence sentence;

        for (size_t i = 0; i < batch->count && !first; i++)
                if (batch->list[i].outcome == outcome)
                        first = &batch->list[i];
        if (!first)
                return status_ok();
        sentence_begin(&sentence, first->rule->decision, meaning(first));
        if (!sentence.failed) {
                if (outcome == FOUND_OPEN)
                        open_write(sentence.text, first);
                else
                        lead_write(sentence.text, first);
                clauses_write(sentence.text, batch, outcome);
                fputs(".", sentence.text);
                sure_write(&sentence, batch, outcome);
        }
        return sentence_end(&sentence, policy);
}

static bool same_batch(const struct policy_finding *left, const struct policy_finding *right)
{
        return left->rule == right->rule && left->over->subject == right->over->subject &&
               left->over->at->instructions == right->over->at->instructions &&
               strcmp(left->over->at->row->workload, right->over->at->row->workload) == 0;
}

struct status policy_add_findings(const struct policy_input *input,
                                  const struct policy_findings *findings, struct policy *policy)
{
        struct batch batch = { .input = input };

        for (size_t i = 0; i < findings->count; i += batch.count) {
                batch.list = &findings->list[i];
                batch.count = 1;
                while (i + batch.count < findings->count &&
                       same_batch(batch.list, &batch.list[batch.count]))
                        batch.count++;
                for (enum finding_outcome outcome = FOUND_MORE; outcome <= FOUND_OPEN; outcome++)
                        TRY(add_outcome(&batch, outcome, policy));
        }
        return status_ok();
}
