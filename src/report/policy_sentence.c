/* SPDX-License-Identifier: Apache-2.0 */
#include "report/policy_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void sentence_begin(struct sentence *sentence, enum policy_decision decision,
                    enum policy_outcome outcome)
{
        *sentence = (struct sentence) { .made = { .decision = decision, .outcome = outcome } };
        sentence->text = open_memstream(&sentence->made.text, &sentence->text_size);
        sentence->sure = open_memstream(&sentence->made.sure, &sentence->sure_size);
        sentence->failed = !sentence->text || !sentence->sure;
}

static void cite(struct sentence *sentence, size_t **list, size_t *count, size_t what)
{
        size_t *larger;

        for (size_t i = 0; i < *count; i++)
                if ((*list)[i] == what)
                        return;
        larger = reallocarray(*list, *count + 1, sizeof(**list));
        if (!larger) {
                sentence->failed = true;
                return;
        }
        *list = larger;
        larger[(*count)++] = what;
}

void sentence_cite_row(struct sentence *sentence, size_t row)
{
        cite(sentence, &sentence->made.rows, &sentence->made.row_count, row);
}

void sentence_cite_namespace(struct sentence *sentence, size_t at)
{
        cite(sentence, &sentence->made.namespaces, &sentence->made.namespace_count, at);
}

/* The distinct words of the rows; `before` stands in front of them. */
static void words_write(struct sentence *sentence, const struct policy_input *input,
                        const char *(*word)(const struct policy_row *row), const char *before)
{
        const struct policy_sentence *made = &sentence->made;
        bool any = false;

        for (size_t i = 0; i < made->row_count && sentence->sure; i++) {
                const char *words = word(&input->rows[made->rows[i]]);
                size_t first = 0;

                while (strcmp(word(&input->rows[made->rows[first]]), words) != 0)
                        first++;
                if (first != i || !words[0])
                        continue;
                fprintf(sentence->sure, "%s%s", any ? " " : before, words);
                any = true;
        }
}

static const char *fs_of(const struct policy_row *row)
{
        return row->row->fs;
}

static const char *memmap_of(const struct policy_row *row)
{
        return row->memmap;
}

void sentence_places(struct sentence *sentence, const struct policy_input *input)
{
        words_write(sentence, input, fs_of, ", ");
        words_write(sentence, input, memmap_of, ", memmap ");
        if (sentence->sure)
                fputs("; ", sentence->sure);
}

static const char *evidence_words(const struct policy_row *row)
{
        if (row->instructions)
                return "emulated CPU: instructions of the kernel's path, not time";
        if (strcmp(row->evidence, "emulated") == 0)
                return "emulated CPU: times mean nothing";
        if (strcmp(row->evidence, "virtual") == 0)
                return "virtual machine";
        return strcmp(row->evidence, "hardware") == 0 ? "hardware" : "evidence not known";
}

void sentence_evidence(struct sentence *sentence, const struct policy_input *input)
{
        words_write(sentence, input, evidence_words, "");
}

static void drop(struct sentence *sentence)
{
        free(sentence->made.text);
        free(sentence->made.sure);
        free(sentence->made.rows);
        free(sentence->made.namespaces);
}

struct status sentence_end(struct sentence *sentence, struct policy *policy)
{
        struct policy_sentence *larger = NULL;

        sentence->failed |= sentence->text && fclose(sentence->text) != 0;
        sentence->failed |= sentence->sure && fclose(sentence->sure) != 0;
        if (!sentence->failed)
                larger = reallocarray(policy->sentences, policy->count + 1, sizeof(*larger));
        if (!larger) {
                drop(sentence);
                return status_errno(ENOMEM, NULL, "cannot hold the policy page");
        }
        policy->sentences = larger;
        larger[policy->count++] = sentence->made;
        return status_ok();
}
