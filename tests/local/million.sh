#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A million samples: at most 300 MiB, of any process. Time is printed, and judged by nobody.
# Usage: million.sh PMDGAIN PEAK report|cells|resume|run
#   report, resume  of 100 cells in 10,000 blocks, the comparisons looked at as they go on
#   cells           a report of 10,000 cells in 100 blocks
#   run             500 blocks of one comparison, too noisy to be known before
set -u
pmdgain=$(realpath "$1")
peak=$(realpath "$2")
# shellcheck source=tests/local/many.sh
. "$(dirname "$(realpath "$0")")/many.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() {
        echo "FAILED: $*"
        exit 1
}

# measure COMMAND...: on the folder `million`.
measure() {
        "$peak" used "$pmdgain" "$@" >out 2>&1 || fail "$(cat out)"
        [ "$(wc -l <million/samples.csv)" -gt 1000000 ] || fail "no million samples"
        read -r kib seconds <used
        echo "pmdgain $*: $((kib >> 10)) MiB, $seconds s of CPU"
        [ "$kib" -le $((300 << 10)) ] || fail "more than 300 MiB"
}

# folder_of CELLS BLOCKS: as a run left it that had no more time.
folder_of() {
        plan "$1" 1 0.001% >many.ini
        "$pmdgain" run -p ./many.ini --budget 1ms -o first >out 2>&1 || fail "$(cat out)"
        folder first million "$1" "$2"
}

case $3 in
report) folder_of 100 10000 && measure report million ;;
cells) folder_of 10000 100 && measure report million ;;
resume) folder_of 100 10000 && measure run --resume million ;;
run)
        plan 2 1000 0.001% 500 >many.ini
        measure run -p ./many.ini --option noise=10 --budget 0s -o million
        ;;
*) fail "$3 is none of report, cells, resume, run" ;;
esac
