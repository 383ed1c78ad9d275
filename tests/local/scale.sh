#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Many cells, and many blocks: what it costs to begin a run, to go on with one and to report one
# grows no faster than they do, counted in instructions. Usage: scale.sh PMDGAIN
set -u
pmdgain=$(realpath "$1")
# shellcheck source=tests/local/many.sh
. "$(dirname "$(realpath "$0")")/many.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

complain() {
        echo "FAILED: $*"
        failed=1
}

# instructions COMMAND...: those of the process itself, not of its children.
instructions() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >out |
                sed -n 's/.*Collected : *//p' | tail -n 1
}

# grows WHAT SMALL LARGE [TIMES]: ten times as many may cost twenty times as much, or so many.
grows() {
        echo "$1: ${2:-no} instructions, ${3:-no} for ten times as many"
        [ "${3:-0}" -gt 0 ] || complain "nothing was counted: is valgrind able to run here?"
        [ "${3:-0}" -le $((${4:-20} * ${2:-0})) ] ||
                complain "$1: ${2:-?} instructions, ${3:-?} for ten times as many"
}

# A run that has time for one row: all that comes before it, and nothing after.
first_row() { instructions "$pmdgain" run -p "./$1.ini" --budget 1ms -o "first$1"; }

for cells in 1000 10000; do plan $cells >$cells.ini; done
command -v valgrind >/dev/null || {
        echo "skipped: valgrind, which counts instructions, is not installed"
        exit 77
}
"$pmdgain" run -n -p ./10000.ini | tail -n 1 | grep -q '^10000 cells' || complain "no 10,000 cells"
grows 'a plan of 1,000 cells' "$(instructions "$pmdgain" run -n -p ./1000.ini)" \
        "$(instructions "$pmdgain" run -n -p ./10000.ini)"
grows '... to the first row' "$(first_row 1000)" "$(first_row 10000)"
[ "$(wc -l <first10000/samples.csv)" -le 3 ] || complain "more than the first row was measured"
for cells in 1000 10000; do folder first1000 cells$cells $cells 2; done
grows '... a report' "$(instructions "$pmdgain" report cells1000)" \
        "$(instructions "$pmdgain" report cells10000)"
# A comparison that is looked at again and again and never known well enough.
plan 2 1 0.001% >looks.ini
"$pmdgain" run -p ./looks.ini --budget 1ms -o looks >out || complain "$(cat out)"
folder looks blocks3000 2 3000
folder looks blocks30000 2 30000
# By force, as valgrind's CPU is another one.
grows 'going on after 3,000 blocks' \
        "$(instructions "$pmdgain" run --resume blocks3000 --force-resume)" \
        "$(instructions "$pmdgain" run --resume blocks30000 --force-resume)" 10
grep -q '^30000 blocks .* 60000 samples' out || complain "no 30,000 blocks: $(tail -n 3 out)"
exit $failed
