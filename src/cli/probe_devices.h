/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of `pmdgain probe` on what a run needs: proofs, counters, DAX devices. */
#ifndef PMDGAIN_CLI_PROBE_DEVICES_H
#define PMDGAIN_CLI_PROBE_DEVICES_H

#include <json-c/json.h>
#include <stdio.h>

void probe_print_proofs(struct json_object *proofs, FILE *out);
/* What this user may do and may not, with what would allow it. */
void probe_print_privileges(struct json_object *privileges, FILE *out);
void probe_print_pmu(struct json_object *pmu, struct json_object *counters, FILE *out);
void probe_print_dax(struct json_object *dax, FILE *out);

#endif
