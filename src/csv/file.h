/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CSV file that is there as a whole or not at all: written under another name in the same
 * folder, and renamed at the end.
 */
#ifndef PMDGAIN_CSV_FILE_H
#define PMDGAIN_CSV_FILE_H

#include "csv/row.h"

#include <limits.h>
#include <pmdgain/status.h>
#include <stdio.h>

struct csv_file {
        FILE *stream;
        char path[PATH_MAX];      /* what it will be called */
        char temporary[PATH_MAX]; /* what it is called until then */
};

/* Begins DIR/NAME. After success end with csv_file_commit() or csv_file_abandon(). */
struct status csv_file_begin(const char *dir, const char *name, struct csv_file *ret_file);

/* Ends the row and writes it; begins the next one. */
struct status csv_file_write(struct csv_file *file, struct csv_row *row);

/* Puts the file in place; on failure nothing of it is left. */
struct status csv_file_commit(struct csv_file *file);
void csv_file_abandon(struct csv_file *file);

/*
 * An empty file of that name, for writing. What has the name loses it and is not written to, be it
 * a symbolic link that somebody put there; another process that is quicker makes this fail. NULL
 * with errno.
 */
FILE *file_anew(const char *path);

/* What to do about a failure to write results; may be NULL. */
const char *csv_write_advice(int error);

#endif
