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
#define VALUE_SIZE 1024 /* of an ini_entry */
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

/* The first words of the list by way of a plan, each in a line of its own; as many as one value has
 * room for. Moves the cursor behind them. */
static void ini_round_trip(const char **cursor)
{
        const char *before = *cursor, *list;
        char word[WORD_SIZE], again[WORD_SIZE], quoted[LIST_QUOTED_MAX(WORD_SIZE)];
        struct ini_text ini = { 0 };
        char *text = NULL;
        size_t size = 0, used = 0;
        FILE *out = open_memstream(&text, &size);
        struct status status;

        require(out != NULL);
        fputs("[job]\nkey =\n", out);
        while (used + 2 * WORD_SIZE + 8 < VALUE_SIZE && list_word_next(cursor, word, sizeof(word))) {
                list_word_quote(word, quoted, sizeof(quoted));
                require_only(quoted, word);
                fputc(' ', out);
                list_word_write(quoted, LINE_LENGTH, out);
                fputc('\n', out);
                used += strlen(quoted) + 1;
        }
        fclose(out);
        status = ini_text_parse(text, "fuzz.ini", &ini);
        require(!status_failed(&status));
        list = ini_entry_find(ini_section_find(&ini, "job"), "key")->value;
        status = list_check(list);
        require(!status_failed(&status));
        while (before < *cursor && list_word_next(&before, word, sizeof(word)))
                require(list_word_next(&list, again, sizeof(again)) && strcmp(again, word) == 0);
        require(!list_word_next(&list, again, sizeof(again)));
        ini_text_free(&ini);
        free(text);
}

static bool more_words(const char *cursor)
{
        char word[WORD_SIZE];

        return list_word_next(&cursor, word, sizeof(word));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = strndup((const char *)data, size);
        const char *cursor = text;
        struct status status;

        require(text != NULL);
        status = list_check(text);
        if (status_failed(&status))
                require(*status.what && !strchr(status.what, '\n') && *status.todo);
        else
                while (more_words(cursor))
                        ini_round_trip(&cursor);
        free(text);
        return 0;
}
