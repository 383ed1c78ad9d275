/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences on the memmap: what it costs, and what is mapped without one. */
#include "report/policy_words.h"

#include "report/words.h"

#include <math.h>
#include <string.h>

static const struct {
        const char *mode, *memmap, *words;
} kinds[] = {
        { "fsdax", "ram", "A memmap in RAM (fsdax%s) takes, of RAM," },
        { "devdax", "ram", "A memmap in RAM (devdax%s) takes, of RAM," },
        { "fsdax", "pmem", "A memmap in pmem (fsdax%s) takes, of the pmem," },
        { "devdax", "pmem", "A memmap in pmem (devdax%s) takes, of the pmem," },
};

static bool known(const struct policy_namespace *namespace)
{
        return namespace->memmap_bytes.known && namespace->raw_bytes.known &&
               namespace->raw_bytes.value > 0;
}

static bool of_kind(const struct policy_namespace *namespace, size_t kind, uint64_t align)
{
        return strcmp(namespace->mode, kinds[kind].mode) == 0 &&
               strcmp(namespace->memmap, kinds[kind].memmap) == 0 && known(namespace) &&
               namespace->align_bytes.value == align;
}

static double share_of(const struct policy_namespace *namespace)
{
        return (double)namespace->memmap_bytes.value / (double)namespace->raw_bytes.value;
}

static void projection_write(FILE *out, double least, double most, const char *what, double bytes)
{
        char low[WORDS_MAX], high[WORDS_MAX];

        words_bytes(least * bytes, low, sizeof(low));
        words_bytes(most * bytes, high, sizeof(high));
        if (strcmp(low, high) == 0)
                fprintf(out, "%s for %s", high, what);
        else
                fprintf(out, "%s to %s for %s", low, high, what);
}

/* All namespaces of a kind with this alignment, one clause each. */
static struct status add_kind(const struct policy_input *input, size_t kind, uint64_t align,
                              struct policy *policy)
{
        double least = INFINITY, most = 0;
        char size[UNITS_TEXT_MAX], aligned[64] = "";
        struct sentence sentence;
        bool any = false;

        sentence_begin(&sentence, POLICY_MEMMAP, POLICY_COST);
        if (align)
                snprintf(aligned, sizeof(aligned), ", aligned to %s",
                         size_format_human(align, size, sizeof(size)));
        for (size_t i = 0; i < input->namespace_count && !sentence.failed; i++) {
                const struct policy_namespace *namespace = &input->namespaces[i];

                if (!of_kind(namespace, kind, align))
                        continue;
                if (!any) {
                        size_t before = strcspn(kinds[kind].words, "%");

                        fprintf(sentence.text, "%.*s%s%s", (int)before, kinds[kind].words, aligned,
                                kinds[kind].words + before + 2);
                }
                fprintf(sentence.text, "%s %.2f %%%s on %s", any ? "," : "",
                        100 * share_of(namespace), any ? "" : " of the namespace's size",
                        input->kernels[namespace->kernel].name);
                least = fmin(least, share_of(namespace));
                most = fmax(most, share_of(namespace));
                sentence_cite_namespace(&sentence, i);
                any = true;
        }
        if (!sentence.failed) {
                fputs(": by this share ", sentence.text);
                projection_write(sentence.text, least, most, "1 TiB", (double)TIB);
                fputs(", ", sentence.text);
                projection_write(sentence.text, least, most, "6 TiB", 6 * (double)TIB);
                fputs(".", sentence.text);
                fputs("measured bytes of memory; larger sizes are projected", sentence.sure);
        }
        return sentence_end(&sentence, policy);
}

struct status policy_add_namespaces(const struct policy_input *input, struct policy *policy)
{
        for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
                for (size_t i = 0; i < input->namespace_count; i++) {
                        uint64_t align = input->namespaces[i].align_bytes.value;
                        size_t first = 0;

                        if (!of_kind(&input->namespaces[i], kind, align))
                                continue;
                        while (!of_kind(&input->namespaces[first], kind, align))
                                first++;
                        if (first == i)
                                TRY(add_kind(input, kind, align, policy));
                }
        }
        return status_ok();
}

/* What the kernel gave to whom asked for PMD or for nothing (auto) in a file without a memmap; ""
 * for other rows. */
static const char *mapped(const struct policy_row *at)
{
        if (strcmp(at->memmap, "none") != 0 || strcmp(at->row->dax, "no") != 0)
                return "";
        if (strcmp(at->row->pte.asked, "auto") == 0)
                return at->row->pte.proven;
        return at->row->pmd.proven;
}

/* The file systems of a kernel that got this grain. */
static bool clause_write(struct sentence *sentence, const struct policy_input *input, size_t kernel,
                         const char *grain, bool any)
{
        size_t count = 0;

        for (size_t i = 0; i < input->row_count && !sentence->failed; i++) {
                const struct policy_row *at = &input->rows[i];
                bool seen = false;

                if (at->kernel != kernel || strcmp(mapped(at), grain) != 0)
                        continue;
                for (size_t k = 0; k < i && !seen; k++)
                        seen = input->rows[k].kernel == kernel &&
                               strcmp(mapped(&input->rows[k]), grain) == 0 &&
                               strcmp(input->rows[k].row->fs, at->row->fs) == 0;
                if (seen)
                        continue;
                if (!count)
                        fprintf(sentence->text, "%s by %s on %s (%s", any ? "," : "",
                                strcmp(grain, "pmd") == 0   ? "PMD"
                                : strcmp(grain, "pte") == 0 ? "PTE"
                                                            : grain,
                                input->kernels[kernel].name, at->row->fs);
                else
                        fprintf(sentence->text, ", %s", at->row->fs);
                sentence_cite_row(sentence, i);
                count++;
        }
        if (count)
                fputs(")", sentence->text);
        return count > 0;
}

struct status policy_add_mapped(const struct policy_input *input, struct policy *policy)
{
        static const char *const grains[] = { "pmd", "pte", "mixed" };
        struct sentence sentence;
        bool any = false;

        for (size_t i = 0; i < input->row_count; i++)
                any |= mapped(&input->rows[i])[0] != '\0';
        if (!any)
                return status_ok();
        sentence_begin(&sentence, POLICY_MEMMAP, POLICY_FACT);
        any = false;
        if (!sentence.failed)
                fputs("Without a memmap a file is not mapped by DAX: it is page cache, mapped",
                      sentence.text);
        for (size_t kernel = 0; kernel < input->kernel_count; kernel++)
                for (size_t i = 0; i < sizeof(grains) / sizeof(grains[0]); i++)
                        any |= clause_write(&sentence, input, kernel, grains[i], any);
        if (!sentence.failed) {
                fputs(" where no PTEs were asked for.", sentence.text);
                fputs("the grain was proven", sentence.sure);
        }
        return sentence_end(&sentence, policy);
}
