/* SPDX-License-Identifier: Apache-2.0 */
/* Included first by every file of a coverage build: a trial's process ends by _exit(), which would
 * lose its counts (GCC manual, "Gcov and the fork/exec functions"). */
#ifndef TESTS_COVERAGE_H
#define TESTS_COVERAGE_H

#include <unistd.h>

void __gcov_dump(void);

#define _exit(code) (__gcov_dump(), (_exit)(code))

#endif
