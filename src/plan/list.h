/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists in plans. Words are separated by spaces or commas; what stands between double quotes is
 * taken as it is, and two double quotes in it are one:
 *
 *      source = shmem file:"/mnt/a b/c,d" "file:/mnt/say ""hi"""
 */
#ifndef PMDGAIN_PLAN_LIST_H
#define PMDGAIN_PLAN_LIST_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* STATUS_USAGE for a quote that is not closed, and for control characters in a word: a line of a
 * plan has no place for them. */
struct status list_check(const char *list);

/* As list_next() of <pmdgain/units.h>, with quotes; the list has passed list_check(). */
bool list_word_next(const char **cursor, char *word, size_t word_size);

#define LIST_QUOTED_MAX(length) (4 * (length) + 3) /* room for a word of that length in quotes */

/*
 * The word so that it reads back as it is, in quotes where it needs them, also by the INI parser:
 * a blank and a semicolon in a row would begin a comment there. Returns `text`.
 */
char *list_word_quote(const char *word, char *text, size_t text_size);

/* Writes a word as list_word_quote() gives it, in several lines that end in a backslash where it is
 * longer than `line_length`. Returns the length of its last line. */
size_t list_word_write(const char *word, size_t line_length, FILE *out);

#endif
