/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one result type of every function that can fail.
 *
 * A status says what failed and what to do about it. The core never prints and never exits;
 * only the command line turns a status into a line of text and an exit code. On failure a
 * function leaves its `ret_` arguments untouched.
 */
#ifndef PMDGAIN_STATUS_H
#define PMDGAIN_STATUS_H

#include <stdbool.h>

enum status_code {
        STATUS_OK = 0,
        STATUS_SKIP,    /* cannot be done on this machine; not a fault of anyone */
        STATUS_INVALID, /* it ran, but what it gave may not be used as a result */
        STATUS_USAGE,   /* the user asked for something malformed or impossible */
        STATUS_SYSTEM,  /* the system refused: a call failed, a limit was hit */
};

struct status {
        enum status_code code;
        char what[320]; /* what failed, one line, no trailing newline; empty when ok */
        char todo[320]; /* what to do about it, one line; may be empty */
};

/* A status that means success. */
struct status status_ok(void);

/* A failure: `todo` may be NULL; `format` is printf's. Line breaks become spaces. */
struct status status_make(enum status_code code, const char *todo, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A STATUS_SYSTEM failure that ends in ": " and strerror(error). */
struct status status_errno(int error, const char *todo, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The word for a code as it stands in the CSV column `status`: ok, skip, invalid, usage, system. */
const char *status_code_name(enum status_code code);

/* The inverse; false if the word is none of them. */
bool status_code_parse(const char *word, enum status_code *ret_code);

static inline bool status_failed(const struct status *status)
{
        return status->code != STATUS_OK;
}

/* Return early with a failed status: TRY(thing_open(&thing)); */
#define TRY(expression)                                        \
        do {                                                   \
                struct status try_status_ = (expression);      \
                if (status_failed(&try_status_))               \
                        return try_status_;                    \
        } while (0)

#endif
