#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A run that is cut off and gone on with ends like one that never was: killed at 100 random moments,
# no finished sample is lost, no half row is taken for a whole one, and the trials are the same.
# Usage: resume.sh PMDGAIN
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

# Twelve cells, forty blocks; no time decides anything, so that the end is always the same.
cat >plan.ini <<'EOF'
[global]
source = null
budget = 0s
precision = 0%
min_blocks = 1
max_blocks = 40
samples = 2
sample_time = 100us
[null]
ratio = 1.125 1.25
noise = 0 2
[other]
workload = null
ratio = 1.5
noise = 0 4
EOF

# trials FILE: block, trial and cell of each row, once.
trials() { tail -n +2 "$1" | cut -d, -f1,2,4 | sort -u; }

# same DIR: does it hold what an uninterrupted run does, and no sample twice?
same() {
        cmp -s <(trials "$1/samples.csv") <(trials whole/samples.csv) ||
                complain "$1: not the trials of an uninterrupted run"
        [ -z "$(tail -n +2 "$1/samples.csv" | cut -d, -f1-4 | sort | uniq -d)" ] ||
                complain "$1: a sample stands there twice"
        awk -F, 'NR == 1 { fields = NF } NF != fields { exit 1 }' "$1/samples.csv" ||
                complain "$1: a row has not all its fields"
}

# start DIR: begins the run, or goes on with it once there is something to go on with.
start() {
        if [ -e "$1/machine.json" ]; then
                exec "$pmdgain" run --resume "$1"
        else
                exec "$pmdgain" run -p ./plan.ini -o "$1"
        fi
}

# keeps DIR: the whole rows there were are there still; then notes those that are there now.
keeps() {
        [ -e "$1/samples.csv" ] || return
        if [ -e "$1.before" ]; then
                cmp -s -n "$(stat -c %s "$1.before")" "$1.before" "$1/samples.csv" ||
                        complain "$1: a finished sample was lost"
        fi
        # Half a row at the end is no finished sample.
        head -n "$(wc -l <"$1/samples.csv")" "$1/samples.csv" >"$1.before"
}

wait_rows() {
        for _ in $(seq 200); do
                [ -e "$1" ] && [ "$(wc -l <"$1")" -gt 5 ] && return
                sleep 0.05
        done
        complain "no rows in $1"
}

# expect CODE WORDS COMMAND...
expect() {
        local code=$1 words=$2 got
        shift 2
        timeout 120 "$@" >out 2>err
        got=$?
        [ "$got" = "$code" ] || complain "exit code $got, not $code: $* ($(head -c 300 err))"
        [ -z "$words" ] || grep -qF -- "$words" out err ||
                complain "'$words' is not said by: $* ($(cat err))"
}

expect 0 "" "$pmdgain" run -p ./plan.ini -o whole

# At 100 random moments, those of starting and of resuming among them.
kills=0
run=0
ended=0
while [ "$kills" -lt 100 ]; do
        dir=killed$run
        start "$dir" >out 2>err &
        pid=$!
        sleep "0.$(printf %03d $((RANDOM % 200)))"
        if kill -9 "$pid" 2>/dev/null; then
                kills=$((kills + 1))
        fi
        wait "$pid" 2>/dev/null
        got=$?
        keeps "$dir"
        case $got in
        137) ;;
        0)
                same "$dir"
                ended=$((ended + 1))
                run=$((run + 1))
                ;;
        *) complain "exit code $got: $(cat err)" ;;
        esac
        [ "$failed" = 0 ] || break
done 2>/dev/null
(start "killed$run") >out 2>err || complain "the last one did not end: $(cat err)"
keeps "killed$run"
same "killed$run"
echo "$kills kills, $((ended + 1)) runs came to their end"

# Cut off after any byte, in the header too; with power gone, the end of the file may be missing.
size=$(stat -c %s whole/samples.csv)
for _ in $(seq 8); do
        rm -rf cut
        cp -r whole cut
        truncate -s $((RANDOM * 32768 % size + RANDOM % 2000)) cut/samples.csv
        keeps cut
        expect 0 "going on" "$pmdgain" run --resume cut
        keeps cut
        same cut
        rm -f cut.before
done
for left in 0 1 100; do
        rm -rf cut
        cp -r whole cut
        truncate -s $left cut/samples.csv
        expect 0 "going on after 0 rows" "$pmdgain" run --resume cut
        same cut
done
rm -rf cut
cp -r whole cut
rm cut/samples.csv cut/plan.ini
expect 0 "" "$pmdgain" run --resume cut
same cut
cmp -s cut/plan.ini whole/plan.ini || complain "plan.ini was not made again"

# A run that has ended has nothing left to do.
cp whole/samples.csv before.csv
expect 0 "" "$pmdgain" run --resume whole
cmp -s whole/samples.csv before.csv || complain "a finished run got more rows"

# An orderly end by each of the signals, and the rest afterwards.
for signal in INT TERM HUP; do
        "$pmdgain" run -p ./plan.ini -o "by$signal" >out 2>err &
        pid=$!
        wait_rows "by$signal/samples.csv"
        expect 2 "another run writes" "$pmdgain" run --resume "by$signal"
        kill -s "$signal" "$pid"
        wait "$pid"
        [ $? = 1 ] || complain "SIG$signal: not exit code 1 ($(cat err))"
        grep -q '"interrupted":true' "by$signal/machine.json" || complain "SIG$signal: not noted"
        expect 0 "" "$pmdgain" run --resume "by$signal"
        same "by$signal"
        grep -q '"interrupted":false' "by$signal/machine.json" || complain "still interrupted"
        [ "$(grep -c '"finished"' "by$signal/machine.json")" = 3 ] ||
                complain "not two segments and the run have an end"
done

# A trial does not outlive a run that is killed: it would hold the folder's lock, and its memory.
"$pmdgain" run -w null -s null --budget 10m -o stale --option sample_time=60s \
        --option samples=1 --option min_blocks=1 --option max_blocks=1 >out 2>err &
pid=$!
for _ in $(seq 400); do
        child=$(pgrep -P $pid -x pmdgain) && break
        sleep 0.02
done
[ -n "$child" ] || complain "no trial was begun: $(cat err)"
kill -9 $pid
wait $pid 2>/dev/null
for _ in $(seq 500); do
        kill -0 "$child" 2>/dev/null || break
        sleep 0.01
done
! kill -0 "$child" 2>/dev/null || complain "a trial outlived its run"
"$pmdgain" run --resume stale >out 2>err &
pid=$!
for _ in $(seq 200); do
        grep -q 'going on' out && break
        kill -0 $pid 2>/dev/null || break
        sleep 0.02
done
kill -INT $pid
wait $pid
! grep -q 'another run' err || complain "a killed run left a lock"

# Another source than it was.
cp -r whole sources
sed -i 's/"source":"null"/"source":"shmem"/' sources/machine.json
expect 2 "source shmem (ok) of the run is now null (ok)" "$pmdgain" run --resume sources
expect 0 "" "$pmdgain" run --resume sources --force-resume

# Another machine or plan is refused, unless the user says so; other rows always are.
cp -r whole other
head -n 100 whole/samples.csv >other/samples.csv
sed -i 's/"release":"[^"]*"/"release":"5.4.0"/' other/machine.json
expect 2 "kernel was 5.4.0" "$pmdgain" run --resume other
[ "$(wc -l <other/samples.csv)" = 100 ] || complain "a refused run wrote rows"
expect 0 "on what it did not begin on" "$pmdgain" run --resume other --force-resume
grep -q '"resumed_elsewhere"' other/machine.json || complain "no warning of another machine"
same other
cp -r whole longer
sed -i 's/max_blocks = 40/max_blocks = 41/' longer/plan.ini
expect 2 "was changed" "$pmdgain" run --resume longer
expect 0 "" "$pmdgain" run --resume longer --force-resume
[ "$(trials longer/samples.csv | wc -l)" = $((12 * 41)) ] || complain "not one block more"
sed -i 's/ratio = 1.5/bytes = 4k/' longer/plan.ini
expect 2 "another one" "$pmdgain" run --resume longer --force-resume

# Cells are told by all that names them: the same plan in another order is another one.
# swapped NAME FROM TO: a plan in whose text FROM is TO has other cells.
swapped() {
        local name=$1 from=$2 to=$3
        cp -r small "$name"
        sed -i "s|$from|$to|" "$name/plan.ini"
        cmp -s "$name/plan.ini" small/plan.ini && complain "$name: nothing was swapped"
        expect 2 "another one" "$pmdgain" run --resume "$name" --force-resume
        cmp -s "$name/samples.csv" small/samples.csv || complain "$name: a refused run wrote rows"
}
expect 0 "" "$pmdgain" run -w populate --op touch_read --bytes 4m --budget 10m -o small \
        -s "file:$work/one" -a auto -a "auto@file:$work/two" --option map=shared,private \
        --option state=written,sparse --option samples=1 --option sample_time=1ms \
        --option min_blocks=1 --option max_blocks=1
expect 0 "going on after" "$pmdgain" run --resume small
swapped map 'shared private' 'private shared'
swapped state 'written sparse' 'sparse written'
swapped place "auto@file:$work/two" "auto@file:$work/three"
swapped target "file:$work/one" "file:$work/three"

# A file that the run made and kept is its own again; one put in its place is somebody else's.
kept() {
        "$pmdgain" run -w chase --bytes 64m --budget 10m -s "file:$work/kept" -a pte:nohuge --keep \
                --option samples=1 --option sample_time=1ms --option min_blocks=1 \
                --option max_blocks="$1" -o "$2" >out 2>err &
        pid=$!
}
kept 100000 killed_keeping
wait_rows killed_keeping/samples.csv
kill -9 $pid
wait $pid 2>/dev/null
sed -i 's/max_blocks = 100000/max_blocks = 30/' killed_keeping/plan.ini
attributes() { python3 -c 'import os; os.setxattr("plan.ini", "user.pmdgain.test", b"x")' 2>/dev/null; }
if attributes; then
        expect 0 "going on after" "$pmdgain" run --resume killed_keeping --force-resume
        ls -i kept >inode
        mv kept away
        head -c 70M /dev/zero >kept
        cp -r killed_keeping replaced
        expect 2 "kept exists, and its contents would be lost" "$pmdgain" run --resume replaced \
                --force-resume
        cmp -s kept <(head -c 70M /dev/zero) || complain "somebody's file was written to"
        mv away kept
        expect 2 "kept exists" "$pmdgain" run -w chase --bytes 64m -s "file:$work/kept" -o notmine
        cmp -s <(ls -i kept) inode || complain "the kept file is another one"
else
        echo "skipped: a kept file's mark, as there are no extended attributes here"
fi
rm -f kept

# Killed while the file is being filled, before there is any row.
kept 3 killed_filling
for _ in $(seq 400); do
        [ -s kept ] && break
        sleep 0.01
done
kill -9 $pid
wait $pid 2>/dev/null
if attributes; then
        expect 0 "" "$pmdgain" run --resume killed_filling
        [ "$(stat -c %s kept)" -gt 67108864 ] || complain "the file was not filled again"
fi
rm -f kept
cp -r whole ratio
sed -i 's/ratio = 1.125 1.25/ratio = 1.25 1.125/' ratio/plan.ini
expect 2 "another one" "$pmdgain" run --resume ratio --force-resume
cp -r whole columns
sed -i '1s/reason/because/' columns/samples.csv
expect 2 "other columns" "$pmdgain" run --resume columns
cp -r whole blocks
sed -i '2s/^[0-9]*,/4294967295,/' blocks/samples.csv
expect 2 "beyond what a plan may have" "$pmdgain" run --resume blocks
expect 2 "holds no run" "$pmdgain" run --resume nowhere
expect 2 "--resume takes its plan" "$pmdgain" run --resume whole --budget 5s
expect 2 "goes with --resume" "$pmdgain" run --force-resume
exit "$failed"
