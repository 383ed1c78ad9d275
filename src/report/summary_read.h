/* SPDX-License-Identifier: Apache-2.0 */
/* Reading samples.csv and machine.json into what a summary is made of. */
#ifndef PMDGAIN_REPORT_SUMMARY_READ_H
#define PMDGAIN_REPORT_SUMMARY_READ_H

#include "csv/reader.h"
#include "report/summary.h"
#include "report/summary_groups.h"

#include <json-c/json.h>

/* Reads DIR/samples.csv: fills the groups, and the names and figures of the summary. */
struct status summary_read_samples(const char *dir, struct groups *groups,
                                   struct summary *summary);

/* One reading of an open samples.csv. `ret_apart` as of groups_close(): then it has to be read once
 * more from its beginning, after summary_read_anew(). */
struct status summary_read_rows(struct csv_reader *reader, struct groups *groups,
                                struct summary *summary, bool *ret_apart);

/* Forgets what was read, and lets rows of a trial stand apart. */
void summary_read_anew(struct groups *groups, struct summary *summary);

#define MACHINE_TLBS_MAX 16

/* What a summary needs of machine.json. */
struct machine_facts {
        char evidence[16];
        bool instructions;                /* what the clock counted */
        double precision;                 /* run.precision; 0 when not known */
        double block_s;                   /* what a block took, in the mean; NaN when not known */
        double page_bytes;                /* NaN when not known */
        double tlb_entries[MACHINE_TLBS_MAX]; /* of the data TLBs for base pages */
        size_t tlb_count;
};

/* Reads DIR/machine.json; all is unknown when it is not there. STATUS_USAGE when it is no JSON. */
struct status summary_read_machine(const char *dir, struct machine_facts *ret_facts);
/* The same of a file that has been read; NULL when there was none. */
void summary_machine_facts(struct json_object *machine, struct machine_facts *ret_facts);

#endif
