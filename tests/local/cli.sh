#!/usr/bin/env bash
# The command line as a user meets it: exit codes, one clear line for each mistake, nothing lost,
# nothing else touched. Usage: cli.sh PMDGAIN
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/expect.sh"
pmdgain=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Small and quick: a run of well under a second.
short=(--budget 1s --bytes 4m --option samples=1 --option sample_time=1ms --option max_blocks=2
        --option min_blocks=1)

for command in run list probe report explain compare trend; do
        expect 0 "" "$pmdgain" "$command" --help
        grep -q "^usage: pmdgain $command" out || complain "$command --help says no usage"
done
expect 0 "" "$pmdgain" --version
expect 0 "" "$pmdgain" list
expect 0 "" "$pmdgain" probe --json
expect 2 "" "$pmdgain"
expect 2 "not a command" "$pmdgain" measure
expect 2 "not an option" "$pmdgain" run --sorce shmem
expect 2 "needs a value" "$pmdgain" run --bytes
expect 2 "'12q' is not a size" "$pmdgain" run --bytes 12q -o new
expect 2 "'5' is not a time" "$pmdgain" run --budget 5 -o new
expect 2 "'pmb' is not an arm" "$pmdgain" run --arm pmb -o new
expect 2 "not a workload" "$pmdgain" run --workload chasing -o new
expect 2 "not a source" "$pmdgain" run --source floppy -o new
expect 2 "cannot read plan" "$pmdgain" run --plan nothing -o new
expect 2 "one folder" "$pmdgain" report
expect 2 "name the folder of a run" "$pmdgain" report nowhere
expect 2 "folders of runs" "$pmdgain" trend
expect 2 "out of range" "$pmdgain" trend --least 1000 .
expect 2 "there is no run in" "$pmdgain" trend .
expect 2 "CPUs that this machine does not have" "$pmdgain" run --cpus 99999 -o new
expect 2 "not a counter set" "$pmdgain" run --counters nonsense -o new
printf '[global]\nbudget = 5s\n[x]\nworkload = chase\nsizes = 4k\n' >bad.ini
expect 2 "bad.ini:5:" "$pmdgain" run --plan ./bad.ini -o new
expect 2 "more than the memory available" "$pmdgain" run -w chase --bytes 60t -o new
[ ! -e new/samples.csv ] || [ "$(wc -l <new/samples.csv)" = 1 ] || complain "rows of a refused run"
rm -rf new

expect 0 "" "$pmdgain" run -n -w chase "${short[@]}"
[ -z "$(find . -name samples.csv)" ] || complain "--dry-run left results"

# A run leaves all its files; results are never overwritten; the report can be made again.
expect 0 "" "$pmdgain" run -w chase "${short[@]}" -o run1
for file in samples.csv summary.csv machine.json plan.ini report.html; do
        [ -s "run1/$file" ] || complain "run1/$file is missing"
done
grep -q '"clock":"time"' run1/machine.json || complain "machine.json hides what the clock counts"
expect 2 "nothing a clock counts" "$pmdgain" run --clock sheep -w chase "${short[@]}" -o new
expect 0 "" "$pmdgain" run --clock instructions -w null -s null "${short[@]}" -o run12
grep -q '"clock":"instructions"' run12/machine.json || complain "--clock changed nothing"
cp -r run1 before
expect 2 "not empty" "$pmdgain" run -w chase "${short[@]}" -o run1
diff -r run1 before >/dev/null || complain "a refused run changed a folder of results"
cp run1/summary.csv first.csv
expect 0 "" "$pmdgain" report run1
cmp -s run1/summary.csv first.csv || complain "the summary is no function of the samples"

# An arm elsewhere is measured beside the others, and refused where more than its layout differs.
expect 0 "" "$pmdgain" run -w populate --op touch_read,touch_write "${short[@]}" -o places \
        --source "file:$work/one" --arm auto --arm "auto@file:$work/two"
grep -q "aligned,auto,file:$work/two," places/samples.csv || complain "an arm's place is not told"
[ "$(find . -name 'one*' -o -name 'two*' | wc -l)" = 0 ] || complain "made files stayed"
if [ "$(stat -f -c %T .)" != "$(stat -f -c %T /dev/shm)" ]; then
        expect 2 "but /dev/shm/pmdgain-cli.$$: tmpfs" "$pmdgain" run -w populate "${short[@]}" \
                --source "file:$work/one" --arm pmd --arm "pte:extent@file:/dev/shm/pmdgain-cli.$$" \
                -o refused
fi

# The trend of a run: a page beside it leads to its report, and a broken run is told.
expect 0 "" "$pmdgain" trend run1 -o trend.html --openmetrics gain.prom --bmf bmf.json
grep -q 'href="./run1/report.html"' trend.html || complain "the trend leads to no report"
grep -q '^# EOF' gain.prom || complain "the file for Prometheus is not whole"
rm run1/summary.csv
expect 0 "" "$pmdgain" trend run1 --bmf again.json
cmp -s bmf.json again.json || complain "the trend differs when it makes the summary itself"
[ ! -e run1/summary.csv ] || complain "the trend wrote into a run's folder"
cp first.csv run1/summary.csv
mkdir run15
echo workload >run15/summary.csv
expect 1 "" "$pmdgain" trend run1 run15 -o trend.html
grep -q "left out" err || complain "a run that was left out is not told"
rm -r run15

# A size that does not fit is skipped with its reason where smaller ones are measured.
expect 0 "" "$pmdgain" run -w chase "${short[@]}" --bytes 60t -o run10
[ "$(grep -c 'skip,.*more than the memory available' run10/samples.csv)" = 2 ] ||
        complain "a size larger than memory is no skip: $(cat run10/samples.csv)"

# Each mapping is fresh: none finds the page tables of the one before, which would spoil a proof.
expect 0 "" "$pmdgain" run -w populate -a pmd -a pte:va --bytes 128m --budget 20s \
        --option samples=3 --option max_blocks=1 --option min_blocks=1 -o run9
grep -q invalid run9/samples.csv && complain "a populate trial is invalid: $(grep invalid run9/samples.csv | head -n 1)"

# Explaining a file changes nothing, and says the same as text, map and JSON.
head -c 5M /dev/urandom >plain
cp -p plain plain.before
expect 0 "" "$pmdgain" explain plain
grep -q '3 chunks of 2 MiB, 0 by PMD' out || complain "explain counts no chunks: $(cat out)"
grep -q 'DAX is off' out || complain "explain names no cause"
grep -q 'fix: ' out || complain "explain names no fix"
expect 0 "" "$pmdgain" explain plain --map --offset 2m
grep -qE '^ +2 MiB +cc$' out || complain "explain draws no map of 2 chunks: $(cat out)"
expect 0 "" "$pmdgain" explain plain --prove
grep -q '^proof: not predicted 3, ' out || complain "explain --prove: $(grep proof out)"
expect 0 "" "$pmdgain" explain plain --json --prove
python3 -c 'import json, sys
it = json.load(open("out"))
sys.exit(not (it["chunks"] == 3 and it["causes"][0]["cause"] == "dax_off"))' ||
        complain "explain --json: $(cat out)"
expect 2 "" "$pmdgain" explain missing
expect 2 "" "$pmdgain" explain plain --offset 1
expect 2 "" "$pmdgain" explain /dev/null
cmp -s plain plain.before || complain "explain changed the file"
[ ! plain -nt plain.before ] || complain "explain wrote to the file"

# Files of others are safe.
echo precious >mine
expect 2 "overwrite" "$pmdgain" run -w chase "${short[@]}" -s "file:$work/mine" -o run2
[ "$(cat mine)" = precious ] || complain "a file was overwritten without the word"
ln -s mine link
expect 2 "" "$pmdgain" run -w chase "${short[@]}" --overwrite -s "file:$work/link" -o run3
[ "$(cat mine)" = precious ] || complain "a link was followed"
expect 2 "" "$pmdgain" run -w chase "${short[@]}" -s "file:$work/no/such/folder" -o run4

# Folders where others may put links, or a plan that overwrites files, are not written into.
mkdir open
chmod 777 open
expect 2 "anybody may write into folder open" "$pmdgain" run -w chase "${short[@]}" -o open
[ -z "$(ls -A open)" ] || complain "a refused run wrote into the folder"
cp -r run1 open/run
chmod 777 open/run
expect 2 "anybody may write into folder open/run" "$pmdgain" run --resume open/run
chmod 755 open/run
expect 0 "" "$pmdgain" run --resume open/run
if [ "$(id -u)" = 0 ]; then
        mkdir theirs
        chown 65534 theirs open/run
        expect 2 "folder theirs belongs to another user (65534)" "$pmdgain" run -w chase \
                "${short[@]}" -o theirs
        expect 2 "folder open/run belongs to another user" "$pmdgain" run --resume open/run
        expect 0 "" "$pmdgain" run --resume open/run --force-resume
fi
(umask 0 && expect 0 "" "$pmdgain" run -w null -s null "${short[@]}" -o unmasked && exit "$failed") ||
        failed=1
[ "$(stat -c %a unmasked)" = 775 ] || complain "without a umask anybody may write into the results"

# What would be links of a run that was killed, or of somebody else.
ln -s ../mine run1/.machine.json.new
ln -s ../mine run1/.plan.ini.new
expect 0 "" "$pmdgain" run --resume run1
[ "$(cat mine)" = precious ] || complain "a link in the folder was followed"

# The name of a plan's file becomes a part of a folder's name, and no more of it.
mkdir -p names/deep
# shellcheck disable=SC2016
for name in '..ini' ' a b;$(touch gone)' "$(printf 'n%.0s' {1..200})" '<script>'; do
        printf '[null]\nsource = null\n' >"names/deep/$name.ini"
        (cd names && expect 0 "" "$pmdgain" run -p "./deep/../deep/$name.ini" "${short[@]}" &&
                exit "$failed") || failed=1
done
[ "$(find names/results -mindepth 1 -maxdepth 1 | wc -l)" = 4 ] ||
        complain "not four folders: $(ls names/results)"
[ "$(find names -name gone | wc -l)" = 0 ] || complain "a name was run by a shell"
expect 2 "use a shorter path" "$pmdgain" run -w null -s null -o "$(printf 'n%.0s' {1..600})"
expect 1 "File name too long" "$pmdgain" run -w null -s null -o "$(printf 'n%.0s' {1..300})"

# Results on a full disk: every finished sample is there, the reason is said in one line, and with
# room again the run goes on to its end.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
        mkdir full
        unshare -m sh -c "mount -t tmpfs -o size=64k none full &&
                '$pmdgain' run -w null -s null --budget 10m --precision 0% --option samples=50 \
                        --option sample_time=100us --option max_blocks=100 -o full/run \
                        >out 2>err; echo \$? >code; cp full/run/samples.csv cut.csv
                mount -o remount,size=64m full && '$pmdgain' run --resume full/run >out 2>err2
                echo \$? >code2; cp full/run/samples.csv whole.csv"
        [ "$(cat code)" = 1 ] || complain "a full disk gave exit code $(cat code)"
        grep -q "No space left" err || complain "a full disk is not named: $(cat err)"
        [ "$(grep -c '^pmdgain' err)" = 1 ] || complain "a full disk takes more than a line: $(cat err)"
        [ "$(wc -l <cut.csv)" -gt 10 ] || complain "a full disk lost what was measured"
        [ "$(tail -c 1 cut.csv | wc -l)" = 1 ] || complain "a full disk left half a row"
        [ "$(cat code2)" = 0 ] || complain "with room again, exit code $(cat code2): $(cat err2)"
        cmp -s -n "$(stat -c %s cut.csv)" cut.csv whole.csv || complain "a finished sample was lost"
        [ "$(tail -n +2 whole.csv | cut -d, -f1,2,4 | sort -u | wc -l)" = 200 ] ||
                complain "not the 200 trials of a run whose disk never was full"
fi

# wait_rows FILE: until it has some rows.
wait_rows() {
        for _ in $(seq 200); do
                [ -e "$1" ] && [ "$(wc -l <"$1")" -gt 5 ] && return
                sleep 0.1
        done
        complain "no rows in $1"
}

# A target truncated while it is mapped: SIGBUS is a row, the run goes on to its end.
head -c 66M /dev/zero >target
"$pmdgain" run -w chase -s "file:$work/target" -a pte:nohuge --bytes 64m --budget 30s --overwrite \
        --option sample_time=1ms --option max_blocks=100000 -o run6 >out 2>err &
pid=$!
wait_rows run6/samples.csv
truncate -s 0 target
wait "$pid"
[ $? = 1 ] || complain "a truncated target did not give exit code 1 ($(cat err))"
grep -q SIGBUS run6/samples.csv || complain "no row tells of SIGBUS"

# The row of a trial that died has that trial's number: it must not spoil an earlier, good one.
head -c 66M /dev/zero >target
"$pmdgain" run -w populate --op touch_write -s "file:$work/target" -a pte:va --bytes 64m \
        --budget 60s --overwrite --option samples=1000 -o run11 >out 2>err &
pid=$!
wait_rows run11/samples.csv
truncate -s 0 target
wait "$pid"
grep ',system,' run11/samples.csv | head -n 1 | grep -qE '^(0,[1-9]|[1-9])' ||
        complain "not a later trial's row: $(grep ',system,' run11/samples.csv | head -n 1)"

# A calibration of a few seconds says nothing yet, but has its parts; its file goes with its samples.
expect 0 "" "$pmdgain" run --calibrate --noise --bytes 1m --budget 60s -o "$work/calibrated" \
        --option samples=1 --option sample_time=100us --option max_blocks=200
for words in "paired,pairs,1," "paired,pairs,1.03," "naive,pairs,1," "naive,pairs,1.03,"; do
        grep -q ",$words" calibrated/calibration.csv || complain "no row '$words' of a calibration"
done
grep -q 'Calibration, pmd:aligned 1m' out || complain "a calibration is not printed"
grep -q 'No gains' calibrated/report.html || complain "the page lists twins as gains"
grep -q 'id="calibration"' calibrated/report.html || complain "the page has no calibration"
grep -q '"code":"neighbour"' calibrated/machine.json || complain "the noise is not noted"
pgrep -f "run --calibrate --noise --bytes 1m --budget 60s -o $work/calibrated" >/dev/null &&
        complain "the neighbour lives on"
sed -i '/,twin,/d' calibrated/samples.csv
expect 0 "" "$pmdgain" report calibrated
[ ! -e calibrated/calibration.csv ] || complain "a calibration outlived its samples"

# What the run makes, it removes.
expect 0 "" "$pmdgain" run -w chase "${short[@]}" -s "file:$work/made" -a pte:nohuge -o run7
[ ! -e made ] || complain "a file made by the run was left behind"
expect 0 "" "$pmdgain" run -w chase "${short[@]}" -s "file:$work/kept" -a pte:nohuge --keep -o run8
[ -s kept ] || complain "--keep kept nothing"

# A path with blanks and commas is named in quotes, and the plan kept beside the results reads back.
mkdir "a b,c"
expect 0 "" "$pmdgain" run -w chase "${short[@]}" -s "file:\"$work/a b,c/made\"" -a pte:nohuge -o run14
grep -q ",\"$work/a b,c/made\"," run14/samples.csv || complain "the path is not in the samples"
expect 0 "" "$pmdgain" run --plan run14/plan.ini -o run13
grep -q ",\"$work/a b,c/made\"," run13/samples.csv || complain "the plan in force lost the path"
expect 2 "the quote before" "$pmdgain" run -w chase "${short[@]}" -s "file:\"$work/a b" -o new

# Ctrl-C: an orderly end with what there is.
"$pmdgain" run -w null -s null --budget 60s --option max_blocks=100000 -o run5 >out 2>err &
pid=$!
wait_rows run5/samples.csv
kill -INT "$pid"
wait "$pid"
[ $? = 1 ] || complain "an interrupted run did not exit with 1"
grep -q '"interrupted":true' run5/machine.json || complain "machine.json hides the interruption"
[ -s run5/report.html ] || complain "an interrupted run made no report"

# Counters that a trial cannot open for want of descriptors: said in its row and as a warning. How
# many are left for the trial depends on what the program has open, so the limit goes down.
count_under() {
        rm -rf new
        (ulimit -n "$1" && timeout 120 "$pmdgain" run -w null -t 2 --counters faults "${short[@]}" \
                -o new >out 2>err)
}
count_under 64
if grep -q ',ctr_page_faults,' new/samples.csv && ! grep -q 'faults: ' out err; then
        for limit in 16 15 14 13 12 11 10; do
                count_under "$limit" && grep -q 'faults not counted' out err && break
        done
        grep -q 'warning: faults not counted: no file descriptor left' out err ||
                complain "no warning of counters that could not be opened ($(tail -n 3 err))"
        grep -q ',ok,faults not counted: no file descriptor' new/samples.csv ||
                complain "no reason in the rows without counters ($(tail -n 1 new/samples.csv))"
fi
rm -rf new

exit "$failed"
