/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key of a row: what names a comparison, as text, so that the same one can be found in another
 * run, whatever options and columns that run has besides:
 *
 *      workload=chase;op=read;bytes=1073741824;threads=1;source=file;fs=ext4;chains=1;lever=nohuge
 *
 * What is empty is left out, and so are the presets map=shared and file_state=written, so that a
 * column which later versions add changes no older key.
 * Options follow by their names in order of the alphabet. A backslash stands before ; and \ in
 * values.
 */
#ifndef PMDGAIN_REPORT_ROW_KEY_H
#define PMDGAIN_REPORT_ROW_KEY_H

#include "report/summary.h"

#include <pmdgain/status.h>

enum row_key_part {
        ROW_KEY_WORK = 1 << 0,   /* workload, op, options */
        ROW_KEY_SIZE = 1 << 1,   /* bytes, threads */
        ROW_KEY_PLACE = 1 << 2,  /* source, fs, memmap, dax, map, state */
        ROW_KEY_TARGET = 1 << 3, /* paths and devices: differ between machines */
        ROW_KEY_LEVER = 1 << 4,  /* of the PTE arm, its shift; who was auto */
        ROW_KEY_ACROSS = ROW_KEY_WORK | ROW_KEY_SIZE | ROW_KEY_PLACE | ROW_KEY_LEVER, /* runs */
        ROW_KEY_ALL = ROW_KEY_ACROSS | ROW_KEY_TARGET, /* within one run: no two rows are equal */
};

/* The caller frees the key. STATUS_SYSTEM when memory runs out. */
struct status row_key_make(const struct summary *summary, const struct summary_row *row,
                           unsigned parts, char **ret_key);

#endif
