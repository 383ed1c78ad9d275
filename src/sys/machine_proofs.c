/* SPDX-License-Identifier: Apache-2.0 */
/* The names are those of the CSV column `proof`, where the proof is one of them. */
#include "sys/hugepages.h"
#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/pagemap.h"
#include "sys/procself.h"
#include "sys/smaps.h"
#include "sys/tracepoint.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define TRIAL_PMDS 16
#define SLACK 16 /* faults and tables of anything else meanwhile */

/* One base page present in each of a few PMDs' worth of addresses. */
struct trial {
        char *address;
        size_t bytes, page_bytes;
        struct growth {
                struct count before, after;
        } minflt, page_tables;
};

static void add_proof(struct json_object *proofs, const char *name, bool works, const char *reason,
                      const char *todo)
{
        struct json_object *proof = json_add_object(proofs);

        json_set_text(proof, "name", name);
        json_set_bool(proof, "works", works);
        json_set_text_known(proof, works ? "note" : "reason", reason);
        json_set_text_known(proof, "todo", todo);
}

/* Counts right around the touches: whatever else runs takes faults too. */
static bool trial_begin(const struct sys_root *root, struct trial *trial)
{
        size_t pmd_bytes = hugepages_pmd_bytes(root);

        *trial = (struct trial){
                .bytes = pmd_bytes * TRIAL_PMDS,
                .page_bytes = hugepages_page_bytes(),
        };
        trial->page_tables.before = procself_page_tables(root);
        trial->address = mmap(NULL, trial->bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (trial->address == MAP_FAILED)
                return false;
        madvise(trial->address, trial->bytes, MADV_NOHUGEPAGE);
        trial->minflt.before = procself_minflt();
        for (size_t at = 0; at < trial->bytes; at += pmd_bytes)
                *(volatile char *)(trial->address + at) = 1;
        trial->minflt.after = procself_minflt();
        trial->page_tables.after = procself_page_tables(root);
        return true;
}

static void try_pagemap(const struct trial *trial, struct json_object *proofs)
{
        struct pagemap_figures figures;
        struct status status = pagemap_scan(trial->address, trial->bytes, &figures);
        bool right = !status_failed(&status) && figures.huge_bytes == 0 &&
                     figures.present_bytes == TRIAL_PMDS * trial->page_bytes;

        if (!status_failed(&status) && !right)
                add_proof(proofs, "pagemap", false, "PAGEMAP_SCAN counts pages wrongly here", NULL);
        else
                add_proof(proofs, "pagemap", right, status.what, status.todo);
}

static void try_growth(struct json_object *proofs, const char *name, const struct growth *growth,
                       uint64_t unit, const char *missing)
{
        uint64_t steps;

        if (!growth->before.known || !growth->after.known) {
                add_proof(proofs, name, false, missing, NULL);
                return;
        }
        steps = (growth->after.value - growth->before.value) / unit;
        if (steps >= TRIAL_PMDS && steps <= TRIAL_PMDS + SLACK)
                add_proof(proofs, name, true, NULL, NULL);
        else
                add_proof(proofs, name, false, "the kernel's count does not fit a known mapping",
                          NULL);
}

static void try_smaps(const struct trial *trial, struct json_object *proofs)
{
        struct smaps_figures figures;
        struct status status = smaps_read(trial->address, trial->bytes, &figures);
        bool right = !status_failed(&status) && figures.pmd_bytes == 0 &&
                     figures.present_bytes == TRIAL_PMDS * trial->page_bytes;

        add_proof(proofs, "smaps", right,
                  status_failed(&status) ? status.what
                  : right                ? "not for DAX, of which it shows 0"
                                         : "smaps does not fit a known mapping",
                  status.todo);
}

static void try_tracepoints(const struct sys_root *root, struct json_object *proofs)
{
        int fd = -1;
        struct status status =
                tracepoint_open(root, "fs_dax/dax_pmd_fault_done", "result & 0x100", &fd);

        add_proof(proofs, "tracepoints", !status_failed(&status),
                  status_failed(&status) ? status.what : "for files with DAX", status.todo);
        if (fd >= 0)
                close(fd);
}

static void try_vmstat(const struct sys_root *root, struct json_object *proofs)
{
        bool works = procself_thp_fallbacks(root).known;

        add_proof(proofs, "thp_fault_fallback", works,
                  works ? "of the whole machine: other processes count too"
                        : "/proc/vmstat has no thp_fault_fallback",
                  works ? NULL : "use a kernel with CONFIG_TRANSPARENT_HUGEPAGE=y");
}

void machine_proofs(const struct sys_root *root, struct json_object *proofs)
{
        struct trial trial;

        if (trial_begin(root, &trial)) {
                try_pagemap(&trial, proofs);
                try_growth(proofs, "vmpte", &trial.page_tables, trial.page_bytes,
                           "/proc/self/status has no VmPTE");
                try_growth(proofs, "faults", &trial.minflt, 1,
                           "getrusage() counts no minor faults");
                try_smaps(&trial, proofs);
                munmap(trial.address, trial.bytes);
        }
        try_tracepoints(root, proofs);
        try_vmstat(root, proofs);
}
