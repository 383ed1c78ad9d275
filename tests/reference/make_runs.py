#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_runs.py DIR RUNS CELLS: folders of made-up runs, for `pmdgain trend`.

Nightly runs of one machine, with a summary.csv and a machine.json, and a page that stands for the
report. Every 90 runs there is a new kernel. Gains are constant but for the first cell, which loses
5 % in the middle, and a workload that was invalid for a while. Seeded: the same arguments give the
same files. Numbers are invented.
"""
import datetime
import json
import pathlib
import random
import sys

HEAD = (
    "workload,op,bytes,threads,source,fs,memmap,dax,pte_lever,pte_value,pmd_value,unit,gain,"
    "gain_lo,gain_hi,pairs,verdict,evidence,opt_chains,opt_isa,target,pte_value_lo,pte_value_hi,"
    "pmd_value_lo,pmd_value_hi,pte_trials,pmd_trials,pte_invalid,pmd_invalid,pte_skipped,"
    "pmd_skipped,pte_proof,pmd_proof,pte_pmd_fraction,pmd_pmd_fraction,pte_minflt,pmd_minflt,"
    "pte_page_table_bytes,pmd_page_table_bytes,pte_reason,pmd_reason\n"
)
SIZES = 10  # of each workload
OPS = ["read", "write"]


def machine(start, kernel):
    return {
        "evidence": "virtual",
        "hypervisor": {"present": True, "signature": "KVMKVMKVM"},
        "kernel": {"release": kernel, "arch": "x86_64"},
        "cpu": {"model_name": "Made-up CPU", "microcode": "0x1"},
        "memory": {"total_bytes": (24 << 30) - random.randrange(1 << 27)},
        "run": {"started": start.strftime("%Y-%m-%dT%H:%M:%SZ")},
    }


def cell(number, run, runs):
    workload = "work%02d" % (number // (SIZES * len(OPS)))
    size = 4 << 10 << 2 * (number % SIZES)
    op = OPS[number // SIZES % len(OPS)]
    key = f"{workload},{op},{size},1,file,ext4,ram,yes,nohuge"
    if workload == "work01" and runs // 3 <= run < runs // 3 + 5:
        return (
            f"{key},,,ns/op,,,,0,invalid,virtual,1,,/mnt/pmem/a,,,,,0,0,9,9,0,0,,,,,,,,,"
            "asked pmd but proven pte,\n"
        )
    gain = 1 + 0.04 * (number % SIZES)
    if number == SIZES - 1 and run >= runs // 2:
        gain *= 0.95
    noise = random.choice([0.005, 0.01, 0.03])
    gain *= 1 + random.gauss(0, noise)
    low, high = gain * (1 - 2 * noise), gain * (1 + 2 * noise)
    verdict = "pmd_faster" if low > 1 else "pte_faster" if high < 1 else "unresolved"
    return (
        f"{key},{100 * gain:.6g},100,ns/op,{gain:.6g},{low:.6g},{high:.6g},11,{verdict},virtual,"
        f"1,,/mnt/pmem/a,{99 * gain:.6g},{101 * gain:.6g},99,101,11,11,0,0,0,0,pagemap+vmpte,"
        "pagemap+vmpte,0,1,65536,128,532480,4096,,\n"
    )


def main():
    root, runs, cells = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    random.seed(1)
    start = datetime.datetime(2024, 1, 1, 3)
    for run in range(runs):
        folder = root / f"{run:04d}"
        folder.mkdir(parents=True)
        kernel = f"6.{1 + run // 90}.0-test"
        day = start + datetime.timedelta(days=run)
        (folder / "machine.json").write_text(json.dumps(machine(day, kernel), indent=2))
        (folder / "report.html").write_text(f"<title>run {run}</title>\n")
        rows = [cell(number, run, runs) for number in range(cells)]
        (folder / "summary.csv").write_text(HEAD + "".join(rows))


main()
