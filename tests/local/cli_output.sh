#!/usr/bin/env bash
# Where output goes: a full disk and a reader who leaves, files named that are none, and what a
# refused run leaves. Usage: cli_output.sh PMDGAIN
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/expect.sh"
pmdgain=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

short=(--budget 10s --bytes 4m --option samples=1 --option sample_time=1ms --option min_blocks=1)
null=(-w null -s null "${short[@]}")

# Lost output is a failure, in one line.
expect 0 "" "$pmdgain" run "${null[@]}" --option max_blocks=6 -o run
for words in --help list probe "probe --json" "run --help" "run -n -w chase" "report run" \
        "compare run run"; do
        # shellcheck disable=SC2086 # words
        "$pmdgain" $words >/dev/full 2>err
        got=$?
        [ $got = 1 ] || complain "exit code $got, not 1: $words into a full disk"
        grep -q "cannot write all of the output" err ||
                complain "'$words' into a full disk says: $(cat err)"
        [ "$(wc -l <err)" = 1 ] || complain "not one line: $words: $(cat err)"
done

# A run whose reader leaves goes on to its end.
"$pmdgain" run "${null[@]}" --option max_blocks=300 -o left 2>/dev/null | head -n 1 >/dev/null
[ "${PIPESTATUS[0]}" = 0 ] || complain "a run ends with ${PIPESTATUS[0]} as its reader leaves"
[ -s left/report.html ] || complain "a run whose reader left has no report"

# Only regular files are replaced.
mkfifo pipe
mkdir folder
echo kept >kept
ln -s kept link
for place in pipe folder link; do
        expect 2 "$place is no regular file" "$pmdgain" compare run run -o $place
        for option in -o --openmetrics --bmf; do
                expect 2 "$place is no regular file" "$pmdgain" trend run $option $place
        done
done
{ [ -p pipe ] && [ -d folder ] && [ -L link ] && [ "$(cat kept)" = kept ]; } ||
        complain "something that is no regular file was replaced: $(ls -l)"
expect 0 "" "$pmdgain" trend run --bmf kept
[ "$(head -c 1 kept)" = "{" ] || complain "an existing file was not replaced"

# A refused run leaves nothing in its folder, so that the mended command works.
target=$work/target
echo mine >"$target"
expect 2 "give --overwrite" "$pmdgain" run -w chase "${short[@]}" -s "file:$target" -o refused
[ ! -e refused ] || complain "a refused run left $(ls -A refused)"
mkdir empty
expect 2 "give --overwrite" "$pmdgain" run -w chase "${short[@]}" -s "file:$target" -o empty
{ [ -d empty ] && [ -z "$(ls -A empty)" ]; } || complain "a refused run left $(ls -Ad empty empty/*)"
[ "$(cat "$target")" = mine ] || complain "a refused run wrote its target"
expect 0 "" "$pmdgain" run "${null[@]}" --option max_blocks=1 -o refused

# A dry run refuses what the run would.
expect 2 "not a counter set" "$pmdgain" run -n --counters nonsense
expect 2 "CPUs that this machine does not have" "$pmdgain" run -n --cpus 99999
expect 2 "not one memory node" "$pmdgain" run -n --mem-node 9999

printf '[chase]\nbytes =\n' >none.ini
expect 2 "none.ini:2: 'bytes' has no value" "$pmdgain" run -n -p ./none.ini
printf '[chase]\nbytes = 4k\nchains = ,\n' >none.ini
expect 2 "none.ini:3: 'chains' has no value" "$pmdgain" run -n -p ./none.ini

# A PMD that the page cache does not give is invalid, with what would.
if [ -w /dev/shm ] && ! grep -q ' /dev/shm tmpfs .*huge=' /proc/mounts; then
        "$pmdgain" run -w populate --op touch_write "${short[@]}" --option max_blocks=2 \
                -s "file:/dev/shm/pmdgain.$$" -o cache >out 2>err
        if grep -q ',invalid,' cache/samples.csv; then
                grep -q 'mounted with huge=always' cache/samples.csv ||
                        complain "no advice: $(grep ',invalid,' cache/samples.csv)"
        fi
fi

# A file of other columns than this pmdgain's.
cut -d, -f1-8 run/samples.csv >cut.csv
mkdir other
mv cut.csv other/samples.csv
expect 2 "name a file that pmdgain wrote" "$pmdgain" report other

exit "$failed"
