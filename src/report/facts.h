/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.json as the report reads it. Anything may be missing, the whole file too: what is not
 * there is "" or NaN, a NULL object has nothing.
 */
#ifndef PMDGAIN_REPORT_FACTS_H
#define PMDGAIN_REPORT_FACTS_H

#include <json-c/json.h>
#include <pmdgain/status.h>
#include <stddef.h>

/* Reads DIR/machine.json. NULL when there is no such file; STATUS_USAGE when it is malformed. The
 * caller owns the object (json_object_put). */
struct status facts_read(const char *dir, struct json_object **ret_machine);

/* The same from `size` bytes, which need no NUL at the end; `name` stands in messages. Nothing but
 * white space may follow the object. */
struct status facts_parse(const char *name, const char *bytes, size_t size,
                          struct json_object **ret_machine);

/* Values by JSON pointer ("/cpu/model_name", RFC 6901). */
struct json_object *fact(struct json_object *machine, const char *pointer);
/* Numbers and booleans are texts too; an object, an array and null are "". Lives as long as the
 * machine. */
const char *fact_text(struct json_object *machine, const char *pointer);
double fact_number(struct json_object *machine, const char *pointer);
/* The length of an array; 0 for anything else. */
size_t fact_length(struct json_object *machine, const char *pointer);
/* The element of an array; NULL when out of it. */
struct json_object *fact_element(struct json_object *machine, const char *pointer, size_t index);

/* "Linux 6.12": the series, not the build; "this kernel" when it is not known. */
char *facts_kernel(struct json_object *machine, char *text, size_t text_size);

/* "KVM", "QEMU TCG", ...; the signature itself where it is not known; "" without one. */
const char *facts_hypervisor(struct json_object *machine);

/* "virtual (KVM guest)"; "unknown" without machine.json. */
char *facts_evidence(struct json_object *machine, const char *evidence, char *text,
                     size_t text_size);

#endif
