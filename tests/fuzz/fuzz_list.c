/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any text as a list with quotes. Each word of a list that passes the check must be
 * quoted so that it reads back as it is: by the list reader, and by the INI parser, broken into
 * lines as the plan in force is.
 */
#include "plan/ini_text.h"
#include "plan/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORD_SIZE 320   /* of a source in a job */
#define LINE_LENGTH 100 /* of the plan in force */

static void require(bool holds)
{
        if (!holds)
                abort();
}

/* The list is this word and nothing else. */
static void require_only(const char *list, const char *word)
{
        struct status status = list_check(list);
        char again[WORD_SIZE];

        require(!status_failed(&status));
        require(list_word_next(&list, again, sizeof(again)) && strcmp(again, word) == 0);
        require(!list_word_next(&list, again, sizeof(again)));
}

static void ini_round_trip(const char *quoted, const char *word)
{
        struct ini_text ini = { 0 };
        const struct ini_entry *entry;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        struct status status;

        require(out != NULL);
        fputs("[job]\nkey =\n ", out);
        list_word_write(quoted, LINE_LENGTH, out);
        fputc('\n', out);
        fclose(out);
        status = ini_text_parse(text, "fuzz.ini", &ini);
        require(!status_failed(&status));
        entry = ini_entry_find(ini_section_find(&ini, "job"), "key");
        require(entry != NULL);
        require_only(entry->value, word);
        ini_text_free(&ini);
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char word[WORD_SIZE], quoted[LIST_QUOTED_MAX(WORD_SIZE)];
        char *text = strndup((const char *)data, size);
        const char *cursor = text;
        struct status status;

        require(text != NULL);
        status = list_check(text);
        if (status_failed(&status)) {
                require(*status.what && !strchr(status.what, '\n') && *status.todo);
                free(text);
                return 0;
        }
        while (list_word_next(&cursor, word, sizeof(word))) {
                list_word_quote(word, quoted, sizeof(quoted));
                require_only(quoted, word);
                ini_round_trip(quoted, word);
        }
        free(text);
        return 0;
}
