/* SPDX-License-Identifier: Apache-2.0 */
/* machine.json for people. */
#ifndef PMDGAIN_CLI_PROBE_TEXT_H
#define PMDGAIN_CLI_PROBE_TEXT_H

#include <json-c/json.h>
#include <stdio.h>

/*
 * Prints every section there is; what is missing in `machine` is left out or shown as "-". Headings
 * are bold on a terminal, unless NO_COLOR is set. No text of the system's reaches the terminal
 * unescaped.
 */
void probe_print(struct json_object *machine, FILE *out);

#endif
