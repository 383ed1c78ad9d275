/* SPDX-License-Identifier: Apache-2.0 */
/* From an INI text and overrides to a plan: what is looked up where. */
#include "plan/plan.h"

#include "plan/expand.h"
#include "plan/ini_text.h"
#include "plan/list.h"
#include "plan/settings.h"

#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status entry_set(struct ini_section *section, const struct plan_override *override)
{
        struct ini_entry *entry = (struct ini_entry *)ini_entry_find(section, override->key);
        struct ini_entry *grown;

        if (strlen(override->value) >= sizeof(entry->value))
                return status_make(STATUS_USAGE, "write it shorter", "%s: the value is too long",
                                   override->origin);
        if (!entry) {
                grown = realloc(section->entries, (section->entry_count + 1) * sizeof(*grown));
                if (!grown)
                        return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
                section->entries = grown;
                entry = &grown[section->entry_count++];
                *entry = (struct ini_entry){ 0 };
                snprintf(entry->key, sizeof(entry->key), "%s", override->key);
        }
        snprintf(entry->value, sizeof(entry->value), "%s", override->value);
        snprintf(entry->origin, sizeof(entry->origin), "%s", override->origin);
        return status_ok();
}

/* Does the job know this key? A job without the option does not get it from the command line. */
static bool job_has_option(const struct ini_section *job, const char *key)
{
        const struct ini_entry *entry = ini_entry_find(job, "workload");
        const struct workload *workload = workload_find(entry ? entry->value : job->name);

        for (size_t i = 0; workload && workload->options && workload->options[i].name; i++)
                if (strcmp(workload->options[i].name, key) == 0)
                        return true;
        return false;
}

/* Settings go to [global]; what a job may say goes to every job it means something to. */
static struct status override_apply(struct ini_text *ini, const struct plan_override *override)
{
        bool used = settings_has(override->key);

        for (size_t i = 0; i < ini->section_count; i++) {
                struct ini_section *section = &ini->sections[i];
                bool global = strcmp(section->name, "global") == 0;

                if (settings_has(override->key) ? !global : global)
                        continue;
                if (!global && !job_key_find(override->key) &&
                    !job_has_option(section, override->key))
                        continue;
                TRY(entry_set(section, override));
                used = true;
        }
        if (!used)
                return status_make(STATUS_USAGE, "see 'pmdgain list' for each workload's options",
                                   "%s: no job of the plan has an option '%s'", override->origin,
                                   override->key);
        return status_ok();
}

/* [global] must be there for overrides of settings to have a place. */
static struct status global_ensure(struct ini_text *ini)
{
        struct ini_section *grown;

        if (ini_section_find(ini, "global"))
                return status_ok();
        grown = realloc(ini->sections, (ini->section_count + 1) * sizeof(*grown));
        if (!grown)
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        memmove(grown + 1, grown, ini->section_count * sizeof(*grown));
        grown[0] = (struct ini_section){ .name = "global" };
        ini->sections = grown;
        ini->section_count++;
        return status_ok();
}

static struct status global_check(const struct ini_section *global)
{
        for (size_t i = 0; i < global->entry_count; i++) {
                const struct ini_entry *entry = &global->entries[i];

                if (!settings_has(entry->key) && !job_key_find(entry->key))
                        return status_make(STATUS_USAGE,
                                           "see docs/plans.md for the keys of [global]; a "
                                           "workload's options belong to its job",
                                           "%s: [global] has no key '%s'", entry->origin,
                                           entry->key);
        }
        return status_ok();
}

static struct status lists_check(const struct ini_text *ini)
{
        for (size_t i = 0; i < ini->section_count; i++) {
                const struct ini_section *section = &ini->sections[i];

                for (size_t k = 0; k < section->entry_count; k++) {
                        const struct ini_entry *entry = &section->entries[k];
                        struct status status = settings_has(entry->key) ? status_ok() :
                                                                          list_check(entry->value);

                        if (status_failed(&status))
                                return status_make(status.code, status.todo, "%s: %s",
                                                   entry->origin, status.what);
                }
        }
        return status_ok();
}

static bool workload_wanted(const struct ini_section *job, const char *only)
{
        const struct ini_entry *entry = ini_entry_find(job, "workload");
        const char *name = entry ? entry->value : job->name;
        char word[48];
        bool any = false;

        for (const char *cursor = only; list_next(&cursor, word, sizeof(word)); any = true)
                if (strcmp(word, name) == 0)
                        return true;
        return !any;
}

static struct status jobs_expand(struct ini_text *ini, const char *only, struct plan *plan)
{
        const struct ini_section *global = ini_section_find(ini, "global");
        size_t kept = 0;

        for (size_t i = 0; i < ini->section_count; i++) {
                const struct ini_section *job = &ini->sections[i];

                if (job == global || !workload_wanted(job, only))
                        continue;
                TRY(job_expand(job, global, plan));
                kept++;
        }
        if (!kept)
                return status_make(STATUS_USAGE, "add a job or name another workload",
                                   "plan '%s' has no job%s%s", plan->name,
                                   *only ? " of workload " : "", only);
        return status_ok();
}

#define LINE_MAX_COLUMNS 100 /* inih takes 198 */

/* Can it stand behind its key as it is? */
static bool is_plain(const struct ini_entry *entry)
{
        size_t length = strlen(entry->value);

        return !length || (strlen(entry->key) + 3 + length <= LINE_MAX_COLUMNS &&
                           !strpbrk(entry->value, "\"\\;#\t") && entry->value[0] != ' ' &&
                           entry->value[length - 1] != ' ');
}

/* A setting is one text, in quotes where it would not read back as it is. */
static void setting_render(FILE *out, const struct ini_entry *entry)
{
        char text[sizeof(entry->value)], quoted[LIST_QUOTED_MAX(sizeof(entry->value))];
        struct status status;

        fprintf(out, "%s =", entry->key);
        status = settings_text(entry, text, sizeof(text));
        if (status_failed(&status) || is_plain(entry)) {
                fprintf(out, " %s\n", entry->value);
                return;
        }
        fputs("\n ", out);
        list_word_write(list_word_quote(text, quoted, sizeof(quoted)), LINE_MAX_COLUMNS, out);
        fputc('\n', out);
}

/* A list goes on in indented lines, so that its text reads back however long it is. */
static void entry_render(FILE *out, const struct ini_entry *entry)
{
        size_t column = strlen(entry->key) + 2;
        const char *cursor = entry->value;
        char word[sizeof(entry->value)], quoted[LIST_QUOTED_MAX(sizeof(entry->value))];

        if (settings_has(entry->key)) {
                setting_render(out, entry);
                return;
        }
        fprintf(out, "%s =", entry->key);
        while (list_word_next(&cursor, word, sizeof(word))) {
                list_word_quote(word, quoted, sizeof(quoted));
                if (column + 1 + strlen(quoted) > LINE_MAX_COLUMNS) {
                        fputc('\n', out);
                        column = 0;
                }
                fputc(' ', out);
                column += 1 + list_word_write(quoted, LINE_MAX_COLUMNS, out);
        }
        fputc('\n', out);
}

/* The plan in force, so that a run can be repeated from its folder. */
static struct status text_render(const struct ini_text *ini, const char *only, char **ret_text)
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return status_make(STATUS_SYSTEM, NULL, "out of memory writing the plan");
        for (size_t i = 0; i < ini->section_count; i++) {
                const struct ini_section *section = &ini->sections[i];

                if (strcmp(section->name, "global") && !workload_wanted(section, only))
                        continue;
                fprintf(out, "%s[%s]\n", i ? "\n" : "", section->name);
                for (size_t j = 0; j < section->entry_count; j++)
                        entry_render(out, &section->entries[j]);
        }
        fclose(out);
        *ret_text = text;
        return status_ok();
}

static struct status plan_fill(struct ini_text *ini, const struct plan_request *request,
                               struct plan *plan)
{
        const char *only = request->only_workloads ? request->only_workloads : "";

        TRY(global_ensure(ini));
        for (size_t i = 0; i < request->override_count; i++)
                TRY(override_apply(ini, &request->overrides[i]));
        TRY(global_check(ini_section_find(ini, "global")));
        TRY(lists_check(ini));
        TRY(settings_read(ini_section_find(ini, "global"), &plan->settings));
        TRY(jobs_expand(ini, only, plan));
        return text_render(ini, only, &plan->text);
}

struct status plan_make(const struct plan_request *request, struct plan **ret_plan)
{
        struct plan *plan = calloc(1, sizeof(*plan));
        struct ini_text ini = { 0 };
        struct status status;

        if (!plan)
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        snprintf(plan->name, sizeof(plan->name), "%s", request->name);
        status = ini_text_parse(request->text, request->origin, &ini);
        if (!status_failed(&status))
                status = plan_fill(&ini, request, plan);
        ini_text_free(&ini);
        if (status_failed(&status))
                plan_free(plan);
        else
                *ret_plan = plan;
        return status;
}

void plan_free(struct plan *plan)
{
        if (!plan)
                return;
        for (size_t i = 0; i < plan->string_count; i++)
                free(plan->strings[i]);
        free(plan->strings);
        free(plan->cells);
        free(plan->text);
        free(plan);
}

struct status plan_text_for(const char *workload_list, char **ret_text)
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        char word[48];

        if (!out)
                return status_make(STATUS_SYSTEM, NULL, "out of memory writing the plan");
        for (const char *cursor = workload_list; list_next(&cursor, word, sizeof(word));)
                fprintf(out, "[%s]\nworkload = %s\n", word, word);
        fclose(out);
        *ret_text = text;
        return status_ok();
}
