/* SPDX-License-Identifier: Apache-2.0 */
#include "report/row_key.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_text(FILE *key, const char *name, const char *value)
{
        if (!value[0])
                return;
        fprintf(key, "%s%s=", ftell(key) > 0 ? ";" : "", name);
        for (; *value; value++) {
                if (*value == ';' || *value == '\\')
                        fputc('\\', key);
                fputc(*value, key);
        }
}

/* The preset is left out: versions without the column measured that alone. */
static void add_unless(FILE *key, const char *name, const char *value, const char *preset)
{
        if (strcmp(value, preset) != 0)
                add_text(key, name, value);
}

static void add_number(FILE *key, const char *name, uint64_t value)
{
        char text[24];

        snprintf(text, sizeof(text), "%" PRIu64, value);
        add_text(key, name, text);
}

/* The next option by name after `before`, which may be NULL; the count when there is none. */
static size_t next_option(const struct summary *summary, const char *before)
{
        size_t next = summary->option_count;

        for (size_t i = 0; i < summary->option_count; i++) {
                const char *name = summary->option_names[i];

                if ((!before || strcmp(name, before) > 0) &&
                    (next == summary->option_count ||
                     strcmp(name, summary->option_names[next]) < 0))
                        next = i;
        }
        return next;
}

static void add_options(FILE *key, const struct summary *summary, const struct summary_row *row)
{
        size_t at = next_option(summary, NULL);

        while (at < summary->option_count) {
                add_text(key, summary->option_names[at], row->options[at]);
                at = next_option(summary, summary->option_names[at]);
        }
}

static bool is_auto(const struct summary_arm *arm)
{
        return strcmp(arm->asked, "auto") == 0;
}

static void add_parts(FILE *key, const struct summary *summary, const struct summary_row *row,
                      unsigned parts)
{
        if (parts & ROW_KEY_WORK) {
                add_text(key, "workload", row->workload);
                add_text(key, "op", row->op);
        }
        if (parts & ROW_KEY_SIZE) {
                add_number(key, "bytes", row->bytes);
                add_number(key, "threads", row->threads);
        }
        if (parts & ROW_KEY_PLACE) {
                add_text(key, "source", row->source);
                add_text(key, "fs", row->fs);
                add_text(key, "memmap", row->memmap);
                add_text(key, "dax", row->dax);
                add_unless(key, "map", row->map, "shared");
                add_unless(key, "file_state", row->state, "written");
        }
        if (parts & ROW_KEY_WORK)
                add_options(key, summary, row);
        if (parts & ROW_KEY_TARGET) {
                add_text(key, "target", row->target);
                add_text(key, "pte_target", row->pte.target);
                add_text(key, "pmd_target", row->pmd.target);
        }
        if (parts & ROW_KEY_LEVER) {
                add_text(key, "lever", row->pte.lever);
                add_text(key, "shift", row->pte.shift);
                add_text(key, "pte", is_auto(&row->pte) ? "auto" : "");
                add_text(key, "pmd", is_auto(&row->pmd) ? "auto" : "");
        }
}

struct status row_key_make(const struct summary *summary, const struct summary_row *row,
                           unsigned parts, char **ret_key)
{
        char *text = NULL;
        size_t size;
        FILE *key = open_memstream(&text, &size);
        bool failed;

        if (!key)
                return status_errno(errno, NULL, "cannot make the key of a row");
        add_parts(key, summary, row, parts);
        failed = ferror(key) != 0;
        if (fclose(key) != 0 || failed) {
                free(text);
                return status_errno(ENOMEM, NULL, "cannot make the key of a row");
        }
        *ret_key = text;
        return status_ok();
}
