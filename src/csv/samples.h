/* SPDX-License-Identifier: Apache-2.0 */
/*
 * samples.csv: one row a sample, appended and flushed as it is measured.
 *
 * Columns, in this order (docs/csv.md is the dictionary):
 *   block,trial,sample,cell,workload,op,unit,bytes,threads,opt_NAME...,source,target,fs,memmap,
 *   dax,map,file_state,lever,asked,arm_target,shift_bytes,proven,pmd_fraction,zero_fraction,proof,
 *   ops,time_ns,minflt,majflt,run_minflt,switches,waited_ns,migrations,page_table_bytes,
 *   pmd_fraction_after,(ctr_NAME...,ctr_SET_enabled_ns,ctr_SET_running_ns)...,status,reason
 * opt_ columns are the union of the options of the plan's workloads, empty where a workload has
 * no such option. Each selected counter set has its columns and then its two times; a column that
 * an earlier set has too is named ctr_SET_NAME. Readers go by name, and take the times of a
 * counter from the enabled_ns and running_ns next to its right.
 * Fields are quoted by RFC 4180 where needed; see csv/row.h for text that looks like a formula.
 */
#ifndef PMDGAIN_CSV_SAMPLES_H
#define PMDGAIN_CSV_SAMPLES_H

#include "csv/reader.h"

#include <pmdgain/cell.h>
#include <pmdgain/counters.h>
#include <pmdgain/sample.h>
#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

struct samples_writer;

/* Creates DIR/samples.csv (it must not exist) and writes its header. `cells` and `selection`
 * decide the opt_ and ctr_ columns and must outlive the writer. STATUS_SYSTEM says what to do
 * about a full or read-only disk. */
struct status samples_writer_open(const char *dir, const struct cell *cells, size_t cell_count,
                                  const struct counter_selection *selection,
                                  struct samples_writer **ret_writer);

/* The same for a samples.csv that may be there already, as a run that was cut off left it: its
 * header must be this one (STATUS_USAGE), a header cut short is written again. Rows are appended. */
struct status samples_writer_continue(const char *dir, const struct cell *cells, size_t cell_count,
                                      const struct counter_selection *selection,
                                      struct samples_writer **ret_writer);

/*
 * Is the reader's current row of this cell? Every field that a cell decides is compared: workload,
 * op, bytes, threads, options, source, target, map, state, arm. The file's header must be the
 * writer's. STATUS_USAGE when it is another one.
 */
struct status samples_writer_match(struct samples_writer *writer, const struct cell *cell,
                                   const struct csv_reader *reader);

/* Cuts off what is behind this many bytes, such as half a row (csv_reader_whole_bytes()). */
struct status samples_writer_cut(struct samples_writer *writer, uint64_t bytes);

/* Waits until all rows are on the disk itself, where a loss of power leaves them. */
struct status samples_writer_sync(struct samples_writer *writer);

/* Appends one row with one write(); `source` may be NULL for a cell whose source did not open. */
struct status samples_writer_append(struct samples_writer *writer, const struct cell *cell,
                                    const struct source *source, const struct sample *sample);

struct status samples_writer_close(struct samples_writer *writer);

#endif
