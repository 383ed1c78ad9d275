/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of each side of a comparison, from the words of the command line. */
#ifndef PMDGAIN_CLI_COMPARE_SIDES_H
#define PMDGAIN_CLI_COMPARE_SIDES_H

#include <pmdgain/status.h>
#include <stddef.h>

struct folders {
        char **list;
        size_t count;
};

struct compare_sides {
        struct folders base, new;
};

/*
 * Takes the words after --base and --new out of argv, up to the next word that begins with a dash;
 * `argc` becomes what is left. Frees nothing of argv.
 */
struct status compare_sides_take(int *argc, char **argv, struct compare_sides *sides);

/*
 * Adds a folder, or all folders with a samples.csv that the pattern (glob(7)) matches, in
 * alphabetical order. STATUS_USAGE when there is none, or when one is there already: counting a run
 * twice would look like two that agree.
 */
struct status folders_add(struct folders *folders, const char *word);

void compare_sides_free(struct compare_sides *sides);

#endif
