#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a sample costs in memory: nothing, once its trial is over. What a trial costs: what the
# statistics need. By the most that a process had at once, of two lengths. Usage: memory.sh PMDGAIN PEAK
set -u
pmdgain=$(realpath "$1")
peak=$(realpath "$2")
# shellcheck source=tests/local/many.sh
. "$(dirname "$(realpath "$0")")/many.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# measure COMMAND...: its KiB, gnuplot's not among them.
measure() {
        PATH=$work/none "$peak" used "$pmdgain" "$@" >out 2>&1 ||
                { echo "FAILED: pmdgain $*: $(/bin/cat out)" >&2; return 1; }
        read -r kib _ <used
        echo "$kib"
}

# grows WHAT SMALL LARGE MORE BYTES: so many more may take at most so many bytes each.
grows() {
        local bytes=$(((${3:-0} - ${2:-0}) * 1024 / $4))
        echo "$1: ${2:-no} KiB, with $4 more ${3:-no} KiB: $bytes bytes each"
        if [ -z "$2" ] || [ -z "$3" ] || [ $bytes -gt "$5" ]; then
                echo "FAILED: $1 may take $5 bytes more for each"
                failed=1
        fi
}

# A run of its own: 4,000 samples and 44,000.
for blocks in 2 22; do plan 2 1000 0.001% $blocks >$blocks.ini; done
grows 'samples of a run' "$(measure run -p ./2.ini --budget 0s -o run2)" \
        "$(measure run -p ./22.ini --budget 0s -o run22)" 40000 12
[ "$(wc -l <run22/samples.csv)" = 44001 ] || { echo "FAILED: no 44,000 samples"; failed=1; }

# Runs that are continued, which have no time left: 1,000 samples a trial, then 1.
for samples in 1000 1; do
        plan 2 $samples 0.001% >many$samples.ini
        "$pmdgain" run -p ./many$samples.ini --budget 1ms -o first$samples >out 2>&1
done
folder first1000 short 2 20 1000
folder first1000 long 2 200 1000
grows 'samples of a report' "$(measure report short)" "$(measure report long)" 360000 5
grows 'samples of a run that is continued' "$(measure run --resume short)" \
        "$(measure run --resume long)" 360000 5
grep -q '^200 blocks .* 400000 samples' out || { echo "FAILED: $(cat out)"; failed=1; }
folder first1 few 2 10000
folder first1 many 2 100000
grows 'trials of a report' "$(measure report few)" "$(measure report many)" 180000 180
grows 'trials of a run that is continued' "$(measure run --resume few)" \
        "$(measure run --resume many)" 180000 180
exit $failed
