#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Many cells and many samples: what it costs to begin a run and to report one grows no faster than
# they do, counted in instructions; memory stays below a limit. Usage: scale.sh PMDGAIN
#   scale.sh PMDGAIN million    only the report of a million samples, with its time
set -u
pmdgain=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

complain() {
        echo "FAILED: $*"
        failed=1
}

# plan CELLS: two arms of so many sizes of the null workload, 60 sizes a job.
plan() {
        echo '[global]
precision = 0%
samples = 1
sample_time = 100us
source = null'
        awk -v sizes=$(($1 / 2)) 'BEGIN {
                for (i = 0; i < sizes; i++) {
                        if (i % 60 == 0) printf "\n[job%d]\nworkload = null\nbytes =", i / 60
                        printf "%s%dk", i % 10 ? " " : "\n ", 4 * (i + 1)
                }
                print ""
        }'
}

# instructions COMMAND...: those of the process itself, not of its children.
instructions() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >out |
                sed -n 's/.*Collected : *//p' | tail -n 1
}

# grows WHAT SMALL LARGE: ten times the cells may cost twenty times as much.
grows() {
        echo "$1: ${2:-no} instructions for 1,000 cells, ${3:-no} for 10,000"
        [ "${3:-0}" -gt 0 ] || complain "nothing was counted: is valgrind able to run here?"
        [ "${3:-0}" -le $((20 * ${2:-0})) ] ||
                complain "$1 costs ${3:-?} instructions with 10,000 cells and ${2:-?} with 1,000"
}

# A run that has time for one row: all that comes before it, and nothing after.
first_row() { instructions "$pmdgain" run -p "./$1.ini" --budget 1ms -o "first$1"; }

# samples DIR CELLS BLOCKS: the first row of a run, for other sizes and in other blocks.
samples() {
        mkdir "$1"
        awk -F, -v OFS=, -v sizes=$(($2 / 2)) -v blocks="$3" '
                NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
                NR > 2 { exit }
                { for (block = 0; block < blocks; block++) for (size = 1; size <= sizes; size++)
                        for (arm = 0; arm < 2; arm++) {
                                $at["block"] = block
                                $at["cell"] = 2 * (size - 1) + arm
                                $at["bytes"] = 4096 * size
                                $at["lever"] = arm ? "nohuge" : "aligned"
                                $at["asked"] = $at["proven"] = arm ? "pte" : "pmd"
                                $at["time_ns"] = 100000 + 25000 * arm + (size * 7 + block * 13) % 997
                                $at["ops"] = 1000
                                print
                        } }' first1000/samples.csv >"$1/samples.csv"
        cp first1000/machine.json "$1"
}

# A report of a million samples: at most 300 MiB. Its time is printed, and judged by nobody.
million() {
        samples million "$1" "$2"
        [ "$(wc -l <million/samples.csv)" = $(($1 * $2 + 1)) ] || complain "no million samples"
        python3 - "$pmdgain" <<'PYTHON' || complain "the report of $1 cells in $2 blocks"
import resource, subprocess, sys
code = subprocess.run([sys.argv[1], "report", "million"], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("a million samples: %.1f s of CPU, %d MiB" % (used.ru_utime + used.ru_stime, used.ru_maxrss >> 10))
sys.exit(code != 0 or used.ru_maxrss > 300 << 10)
PYTHON
        rm -rf million
}

for cells in 1000 10000; do plan $cells >$cells.ini; done
if [ "${2-}" = million ]; then
        "$pmdgain" run -p ./1000.ini --budget 1ms -o first1000 >out || complain "$(cat out)"
        million 100 10000
        exit $failed
fi
command -v valgrind >/dev/null || {
        echo "skipped: valgrind, which counts instructions, is not installed"
        exit 77
}
"$pmdgain" run -n -p ./10000.ini | tail -n 1 | grep -q '^10000 cells' || complain "no 10,000 cells"
grows 'a plan' "$(instructions "$pmdgain" run -n -p ./1000.ini)" \
        "$(instructions "$pmdgain" run -n -p ./10000.ini)"
grows 'the first row' "$(first_row 1000)" "$(first_row 10000)"
[ "$(wc -l <first10000/samples.csv)" -le 3 ] || complain "more than the first row was measured"
for cells in 1000 10000; do samples cells$cells $cells 2; done
grows 'a report' "$(instructions "$pmdgain" report cells1000)" \
        "$(instructions "$pmdgain" report cells10000)"
million 100 10000
exit $failed
