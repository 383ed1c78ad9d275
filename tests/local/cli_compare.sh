#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pmdgain compare as a user and a CI job meet it: exit codes, both ways to name runs, patterns,
# formats, one clear line for each mistake. Usage: cli_compare.sh PMDGAIN
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/expect.sh"
pmdgain=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

says() { grep -qE -- "$1" out || complain "'$1' is not in: $(cat out)"; }

# make_run DIR PTE PMD [STATUS]: six blocks of both arms, in ns an op, that scatter by 0.3 %.
make_run() {
        mkdir -p "$1"
        awk -v pte="$2" -v pmd="$3" -v status="${4-ok}" 'BEGIN {
                print "block,trial,workload,op,unit,bytes,threads,source,target,fs,memmap,dax," \
                        "lever,asked,proven,pmd_fraction,proof,ops,time_ns,minflt," \
                        "page_table_bytes,status,reason"
                split("-3 1 0 3 -2 2", off, " ")
                for (i = 0; i < 6; i++) {
                        row = i ",0,work,run,ns/op,4096,1,shmem,,tmpfs,,,"
                        printf "%snohuge,pte,pte,0,vmpte,1000,%d,1,4096,ok,\n", row,
                                pte * (1000 + off[i + 1])
                        if (status == "ok")
                                printf "%saligned,pmd,pmd,1,vmpte,1000,%d,1,0,ok,\n", row,
                                        pmd * (1000 + off[(i + 2) % 6 + 1])
                        else
                                printf "%saligned,pmd,pte,0,vmpte,,,1,4096,%s,not a PMD\n", row,
                                        status
                }
        }' >"$1/samples.csv"
        printf '{"evidence":"virtual","cpu":{"model_name":"%s"},"kernel":{"release":"6.1"}}\n' \
                "${5-A}" >"$1/machine.json"
}

make_run base 200 100
make_run again 200 100
make_run slow 240 100
make_run fast 160 100
make_run tiny 204 100
make_run lost 200 100 invalid
make_run other 200 100 ok B

expect 0 "" "$pmdgain" compare base again
says '^same \(3\)'
says 'one run a side: another boot may differ'
expect 3 "" "$pmdgain" compare base slow
says '^worse \(1\)'
says 'run 4k pte:nohuge .*1\.2000? .*beyond 5 %'
says '^better \(1\)' # the gain
expect 0 "" "$pmdgain" compare base slow --threshold 30
expect 0 "" "$pmdgain" compare base slow --threshold=25%
expect 0 "" "$pmdgain" compare base fast --only arms
expect 3 "" "$pmdgain" compare base fast --only gains
expect 3 "" "$pmdgain" compare base fast --only arms --any-change
expect 0 "" "$pmdgain" compare base tiny --any-change
expect 3 "" "$pmdgain" compare base tiny --threshold 0.5
expect 3 "" "$pmdgain" compare base lost
says '^invalid \(2\)'
says 'new: not a PMD'
expect 0 "" "$pmdgain" compare lost base

# What differs between the machines comes first.
expect 0 "" "$pmdgain" compare base other
[ "$(head -n 1 out)" = 'not sound: CPU: A -> B' ] || complain "the CPU is not named first"

# Several runs a side, by lists and by patterns that the shell left alone.
for i in 1 2 3 4; do
        make_run "set/a$i" $((198 + i)) 100
        make_run "set/b$i" $((248 + i)) 100
done
mkdir set/a-notes
expect 3 "" "$pmdgain" compare 'set/a*' 'set/b?'
says '^base set/a1 and 3 more'
says '^worse'
expect 3 "" "$pmdgain" compare --base set/a1 set/a2 set/a3 --new set/b1 set/b2 --only arms
expect 3 "" "$pmdgain" compare --only arms --new 'set/b*' -f csv --base set/a1 set/a2 set/a3
expect 0 "" "$pmdgain" compare --base 'set/a[12]' --new set/a3 set/a4 --threshold 10
says 'same'
grep -q 'one run a side' out && complain "two runs are taken for one"

# Formats, and a file.
for format in text csv json markdown; do
        expect 3 "" "$pmdgain" compare base slow --format $format -o "to.$format"
        [ -s "to.$format" ] || complain "to.$format is missing"
        expect 3 "" "$pmdgain" compare base slow --format $format
        cmp -s out "to.$format" || complain "-o changes $format"
done
[ "$(wc -l <to.csv)" = 4 ] || complain "not three rows in CSV"
expect 0 "not sound: CPU" "$pmdgain" compare base other -f csv

expect 2 "takes two runs" "$pmdgain" compare
expect 2 "takes two runs" "$pmdgain" compare base
expect 2 "takes two runs" "$pmdgain" compare base again slow
expect 2 "takes two runs" "$pmdgain" compare --base base
expect 2 "takes two runs" "$pmdgain" compare --base base --new slow -f text again
expect 2 "needs a value" "$pmdgain" compare --base --new slow
expect 2 "holds no samples.csv" "$pmdgain" compare base nowhere
expect 2 "matches no folder" "$pmdgain" compare 'no*' base
expect 2 "named twice" "$pmdgain" compare --base base ./base --new slow
expect 2 "not a threshold" "$pmdgain" compare base slow -t 0
expect 2 "not a threshold" "$pmdgain" compare base slow -t 5%5
expect 2 "not a threshold" "$pmdgain" compare base slow -t x
expect 2 "not a format" "$pmdgain" compare base slow -f xml
expect 2 "neither" "$pmdgain" compare base slow --only cells
expect 2 "not an option" "$pmdgain" compare base slow --sideways
expect 1 "cannot write" "$pmdgain" compare base slow -o no/such/folder
printf 'block,trial\n1,2\n' >slow/samples.csv
expect 2 "slow/samples.csv" "$pmdgain" compare base slow

exit "$failed"
