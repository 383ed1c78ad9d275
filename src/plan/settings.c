/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/settings.h"

#include "plan/list.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const yes_no[] = { "no", "yes", NULL };

#define NS_PER_S 1e9

static const struct option_row rows[] = {
        { .name = "budget", .type = OPTION_TIME, .preset = "60s", .min = 0, .max = 1e6 * NS_PER_S,
          .help = "time for the whole run; 0s for no limit" },
        { .name = "min_blocks", .type = OPTION_COUNT, .preset = "5", .min = 1, .max = 100000,
          .help = "fewer blocks within the budget give a warning" },
        { .name = "precision", .type = OPTION_PERCENT, .preset = "2%", .min = 0, .max = 50,
          .help = "a gain known this well is measured no more; 0% for never" },
        { .name = "max_blocks", .type = OPTION_COUNT, .preset = "1000", .min = 1, .max = 100000,
          .help = "stop after so many blocks" },
        { .name = "samples", .type = OPTION_COUNT, .preset = "3", .min = 1, .max = 1000,
          .help = "samples of a trial" },
        { .name = "sample_time", .type = OPTION_TIME, .preset = "15ms", .min = 1e5, .max = 1e11,
          .help = "least length of a sample; operations are calibrated to it" },
        { .name = "trial_limit", .type = OPTION_TIME, .preset = "120s", .min = 1e7, .max = 1e14,
          .help = "a trial that takes longer is ended and counts as failed" },
        { .name = "seed", .type = OPTION_COUNT, .preset = "1", .min = 0, .max = 18446744073709549568.0,
          .help = "seed of all random orders and addresses" },
        { .name = "overwrite", .type = OPTION_CHOICE, .preset = "no", .choices = yes_no,
          .help = "existing files and devices named as sources may be written" },
        { .name = "keep", .type = OPTION_CHOICE, .preset = "no", .choices = yes_no,
          .help = "files made as sources stay after the run" },
        { .name = "neighbour", .type = OPTION_CHOICE, .preset = "no", .choices = yes_no,
          .help = "a process beside the run copies memory at random intervals: noise on purpose" },
        { .name = NULL },
};

static const char *const texts[] = { "cpus", "mem_node", "counters", "scratch" };

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

const struct option_row *plan_setting_rows(void)
{
        return rows;
}

bool settings_has(const char *key)
{
        for (const struct option_row *row = rows; row->name; row++)
                if (strcmp(row->name, key) == 0)
                        return true;
        for (size_t i = 0; i < TEXT_COUNT; i++)
                if (strcmp(texts[i], key) == 0)
                        return true;
        return false;
}

static struct status value_read(const struct ini_section *global, const char *key,
                                union option_value *ret_value)
{
        const struct ini_entry *entry = ini_entry_find(global, key);
        const struct option_row *row = rows;
        union option_value value;
        struct status status;

        while (strcmp(row->name, key) != 0)
                row++;
        status = option_parse(row, entry ? entry->value : row->preset, &value);
        if (status_failed(&status))
                return status_make(status.code, status.todo, "%s: %s",
                                   entry ? entry->origin : "preset", status.what);
        *ret_value = value;
        return status_ok();
}

static struct status number_read(const struct ini_section *global, const char *key,
                                 uint64_t *ret_number)
{
        union option_value value = { 0 };

        TRY(value_read(global, key, &value));
        *ret_number = value.count;
        return status_ok();
}

static struct status share_read(const struct ini_section *global, const char *key,
                                double *ret_share)
{
        union option_value value = { 0 };

        TRY(value_read(global, key, &value));
        *ret_share = value.real / 100;
        return status_ok();
}

static struct status flag_read(const struct ini_section *global, const char *key, bool *ret_flag)
{
        uint64_t number = 0;

        TRY(number_read(global, key, &number));
        *ret_flag = number != 0;
        return status_ok();
}

static struct status text_refuse(const struct ini_entry *entry, const char *todo, const char *what)
{
        return status_make(STATUS_USAGE, todo, "%s: %s %s", entry->origin, entry->key, what);
}

struct status settings_text(const struct ini_entry *entry, char *text, size_t text_size)
{
        const char *cursor = entry->value + strspn(entry->value, " ");
        char word[sizeof(entry->value)], more[2];
        struct status status = status_ok();

        if (*cursor == '"') {
                status = list_check(cursor);
                if (status_failed(&status))
                        return text_refuse(entry, status.todo, status.what);
                list_word_next(&cursor, word, sizeof(word));
                if (list_word_next(&cursor, more, sizeof(more)))
                        return text_refuse(entry, "put all of it in quotes", "goes on after a quote");
        } else {
                snprintf(word, sizeof(word), "%s", cursor);
        }
        for (const char *at = word; *at; at++)
                if (iscntrl((unsigned char)*at) && *at != '\t')
                        return text_refuse(entry, "give it another name",
                                           "has a line break or control character");
        if (strlen(word) >= text_size)
                return text_refuse(entry, "write it shorter", "is too long");
        snprintf(text, text_size, "%s", word);
        return status;
}

static struct status text_read(const struct ini_section *global, const char *key, char *text,
                               size_t text_size)
{
        const struct ini_entry *entry = ini_entry_find(global, key);

        text[0] = '\0';
        return entry ? settings_text(entry, text, text_size) : status_ok();
}

struct status settings_read(const struct ini_section *global, struct plan_settings *ret_settings)
{
        struct plan_settings settings = { 0 };

        TRY(number_read(global, "budget", &settings.budget_ns));
        TRY(number_read(global, "min_blocks", &settings.min_blocks));
        TRY(number_read(global, "max_blocks", &settings.max_blocks));
        TRY(share_read(global, "precision", &settings.precision));
        TRY(number_read(global, "samples", &settings.samples));
        TRY(number_read(global, "sample_time", &settings.sample_ns));
        TRY(number_read(global, "trial_limit", &settings.trial_limit_ns));
        TRY(number_read(global, "seed", &settings.seed));
        TRY(flag_read(global, "overwrite", &settings.overwrite));
        TRY(flag_read(global, "keep", &settings.keep));
        TRY(flag_read(global, "neighbour", &settings.neighbour));
        TRY(text_read(global, "cpus", settings.cpus, sizeof(settings.cpus)));
        TRY(text_read(global, "mem_node", settings.mem_node, sizeof(settings.mem_node)));
        TRY(text_read(global, "counters", settings.counters, sizeof(settings.counters)));
        TRY(text_read(global, "scratch", settings.scratch, sizeof(settings.scratch)));
        *ret_settings = settings;
        return status_ok();
}
