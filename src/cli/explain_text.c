/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_text.h"

#include "cli/explain_map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define COLUMNS 80

/* Prints words with line breaks between them; lines after the first begin with `indent` blanks. */
static void wrap(FILE *out, int indent, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void wrap(FILE *out, int indent, const char *format, ...)
{
        char text[2 * EXPLAIN_TEXT_MAX];
        const char *word = text;
        int column = indent;
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        while (*word) {
                int length = (int)strcspn(word, " ");

                if (column > indent && column + 1 + length > COLUMNS) {
                        fprintf(out, "\n%*s", indent, "");
                        column = indent;
                }
                column += fprintf(out, "%s%.*s", column > indent ? " " : "", length, word);
                word += length;
                word += strspn(word, " ");
        }
        fputc('\n', out);
}

#define HEAD_INDENT 13

static void head_line(FILE *out, const char *what)
{
        fprintf(out, "  %-*s", HEAD_INDENT - 2, what);
}

/* "on a 2 MiB boundary", "8 KiB past a 2 MiB boundary". */
static const char *boundary(uint64_t place, uint64_t pmd_bytes, char *text, size_t size)
{
        char past[UNITS_TEXT_MAX], pmd[UNITS_TEXT_MAX];

        size_format_human(pmd_bytes, pmd, sizeof(pmd));
        if (place % pmd_bytes)
                snprintf(text, size, "%s past a %s boundary",
                         explain_distance(place % pmd_bytes, past, sizeof(past)), pmd);
        else
                snprintf(text, size, "on a %s boundary", pmd);
        return text;
}

static void print_title(const struct explain_target *target, FILE *out)
{
        const struct explain_place *place = &target->place;
        char size[UNITS_TEXT_MAX];

        fprintf(out, "%s: %s", target->path, size_format_human(place->bytes, size, sizeof(size)));
        if (place->kind == EXPLAIN_FILE)
                fprintf(out, " on %s%s%s, %s\n",
                        *target->about.fs ? target->about.fs : "a file system",
                        *target->mount ? " at " : "", target->mount, place->dax ? "DAX" : "no DAX");
        else
                fprintf(out, ", %s\n",
                        place->kind == EXPLAIN_DEVDAX ? "DAX character device"
                        : place->partition_start      ? "partition"
                                                      : "block device");
}

static void print_place(const struct explain_target *target, FILE *out)
{
        static const char *const memmaps[] = {
                [MEMMAP_UNKNOWN] = "",
                [MEMMAP_NONE] = ", no memmap",
                [MEMMAP_RAM] = ", memmap in RAM",
                [MEMMAP_PMEM] = ", memmap in pmem",
        };
        const struct explain_about *about = &target->about;
        char align[UNITS_TEXT_MAX];

        if (!*about->namespace_name && !*about->disk && target->place.kind != EXPLAIN_DEVDAX)
                return;
        head_line(out, "device");
        if (strcmp(about->device, about->disk) != 0)
                fprintf(out, "%s on ", about->device);
        fprintf(out, "%s%s%s%s%s%s", about->disk, *about->disk && *about->mode ? ": " : "",
                about->mode, *about->namespace_name ? " " : "", about->namespace_name,
                memmaps[target->place.memmap]);
        if (target->align.known)
                fprintf(out, ", aligned to %s",
                        size_format_human(target->align.value, align, sizeof(align)));
        fprintf(out, "%s\n", about->stacked ? ", made of other devices" : "");
}

static void print_start(const struct explain_target *target, FILE *out)
{
        const struct explain_place *place = &target->place;
        char text[96];

        if (target->data_start.known) {
                head_line(out, "data");
                fprintf(out, "from physical address 0x%" PRIx64 ", %s\n", target->data_start.value,
                        boundary(target->data_start.value, place->pmd_bytes, text, sizeof(text)));
        }
        if (place->partition_start && place->base.known) {
                head_line(out, "partition");
                fprintf(out, "from sector %" PRIu64 ", in memory %s\n",
                        place->partition_start / 512,
                        boundary(place->base.value + place->partition_start, place->pmd_bytes, text,
                                 sizeof(text)));
        }
}

static void print_intent(const struct explain_intent *intent, FILE *out)
{
        char offset[UNITS_TEXT_MAX], bytes[UNITS_TEXT_MAX], address[64];

        snprintf(address, sizeof(address), "that fits the offset");
        if (intent->address.known)
                snprintf(address, sizeof(address), "such as 0x%" PRIx64, intent->address.value);
        head_line(out, "mapping");
        wrap(out, HEAD_INDENT, "%s, to be %s, %s from offset %s, at an address %s%s%s",
             intent->is_private ? "MAP_PRIVATE" : "MAP_SHARED", intent->write ? "written" : "read",
             size_format_human(intent->bytes, bytes, sizeof(bytes)),
             size_format_human(intent->offset, offset, sizeof(offset)), address,
             intent->nohuge ? ", MADV_NOHUGEPAGE" : "",
             intent->thp_disabled ? ", huge pages off for this process" : "");
}

void explain_print_head(const struct explain_target *target, const struct explain_intent *intent,
                        FILE *out)
{
        print_title(target, out);
        print_place(target, out);
        print_start(target, out);
        if (target->place.kind != EXPLAIN_BLOCK)
                print_intent(intent, out);
        fputc('\n', out);
}

#define TABLE_INDENT 41

static void print_line(const struct explain_target *target, enum explain_cause cause,
                       enum explain_outcome outcome, const struct explain_line *line, bool signs,
                       FILE *out)
{
        char words[EXPLAIN_TEXT_MAX], bytes[UNITS_TEXT_MAX], pmd[UNITS_TEXT_MAX];
        bool possible = target->place.kind == EXPLAIN_BLOCK && outcome == OUTCOME_PMD;

        explain_cause_words(&target->place, cause, line, words, sizeof(words));
        fprintf(out, "%c %9" PRIu64 "  %10s  %-14s  ",
                signs ? explain_map_sign(cause, outcome) : ' ', line->chunks,
                size_format_human(line->bytes, bytes, sizeof(bytes)),
                explain_outcome_words(outcome));
        if (possible)
                wrap(out, TABLE_INDENT, "nothing, for files whose extents are aligned to %s",
                     size_format_human(target->place.pmd_bytes, pmd, sizeof(pmd)));
        else
                wrap(out, TABLE_INDENT, "%s", words);
}

void explain_print_totals(const struct explain_target *target, const struct explain_totals *totals,
                          bool signs, FILE *out)
{
        char fix[EXPLAIN_TEXT_MAX], pmd[UNITS_TEXT_MAX];

        size_format_human(target->place.pmd_bytes, pmd, sizeof(pmd));
        if (!totals->chunks) {
                fprintf(out, "nothing to map: it is empty\n");
                return;
        }
        fprintf(out, "%" PRIu64 " chunk%s of %s, %" PRIu64 " by PMD\n\n", totals->chunks,
                totals->chunks == 1 ? "" : "s", pmd,
                explain_totals_of(totals, OUTCOME_PMD) + explain_totals_of(totals, OUTCOME_PUD));
        fprintf(out, "  %9s  %10s  %-14s  %s\n", "chunks", "bytes", "mapped by",
                "first thing in the way");
        for (enum explain_cause cause = 0; cause < CAUSE_COUNT; cause++) {
                bool any = false;

                for (enum explain_outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
                        const struct explain_line *line = &totals->lines[cause][outcome];

                        if (!line->chunks)
                                continue;
                        print_line(target, cause, outcome, line, signs, out);
                        any = true;
                }
                explain_fix(&target->place, &target->about, cause, fix, sizeof(fix));
                if (any && *fix) {
                        fprintf(out, "     ");
                        wrap(out, 10, "fix: %s", fix);
                }
        }
}

void explain_print_partition(const struct explain_target *partition,
                             const struct explain_totals *totals, FILE *out)
{
        bool good = explain_totals_of(totals, OUTCOME_PMD) > 0;
        char size[UNITS_TEXT_MAX], text[96] = "its place in memory is not known";
        const struct explain_place *place = &partition->place;

        if (place->base.known)
                boundary(place->base.value + place->partition_start, place->pmd_bytes, text,
                         sizeof(text));
        fprintf(out, "  %s, %s from sector %" PRIu64 ": %s%s\n", partition->path,
                size_format_human(place->bytes, size, sizeof(size)), place->partition_start / 512,
                text, good ? "" : ", no PMDs");
}
