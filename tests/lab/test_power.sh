#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Power loss: a guest that measures is killed, booted again with the same disk, and goes on with its
# run. Usage: test_power.sh KERNEL PMDGAIN
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/carry.sh"

carry_pmdgain "$2"
truncate -s 64M "$work/disk"
ln -s disk "$work/link"
for disk in /dev/null "$work/none" "$work/link"; do
        lab 2 --fetch --kernel "$1" --disk "$disk"
        check "${disk##*/} is no disk" said 'no file that can be written'
done
printf 'odd' >"$work/odd"
lab 2 --fetch --kernel "$1" --disk "$work/odd"
check 'nor is an odd size' said 'not a multiple of 512'
boot=(--kernel "$1" --exec "$root/tests/lab/guest_power" "${carried[@]}" --disk "$work/disk"
        -o "$work/out")

# When rows were seen twenty times, in 2 s or more, and a moment later. Rows are put
# on the disk itself each second.
cut_power()
{
        local _
        for _ in $(seq 3000); do
                if [[ $(grep -c '^whole rows: [0-9][0-9]' "$work/first") -ge 20 ]]; then
                        sleep "0.$(printf %03d $((RANDOM % 1000)))"
                        pkill -KILL -f "^qemu-system.*$work/disk"
                        return
                fi
                kill -0 "$1" 2>/dev/null || return
                sleep 0.1
        done
        kill "$1"
}

"$root/tools/lab" "${boot[@]}" >"$work/first" 2>&1 &
lab=$!
cut_power $lab
code=0
wait $lab || code=$?
if [[ $code -eq 77 ]]; then
        cat "$work/first"
        exit 77
fi
seen=$(sed -n 's/^whole rows: //p' "$work/first" | tail -n 1)
check 'the guest measured, and was killed' [ "$code" -eq 1 -a -n "$seen" ]
[[ -n $seen ]] || tail -n 20 "$work/first"

lab 0 "${boot[@]}"
found=$(sed -n 's/^found rows: //p' "$work/said")
echo "$seen rows were seen, $found were found, $(sed -n 's/^the same //p' "$work/said") in the end"
check 'rows were on the disk itself' [ "${found:-0}" -gt 10 ]
check 'it was cut in the middle' [ "${found:-0}" -lt 720 ]
check 'no row changed' said '^what was found is there still'
check 'it ends with the samples of a run that was never cut' said '^the same [0-9]+ samples'
check 'no half row' said '^each row has all its fields'
check 'resume had nothing to complain of' eval '! said "ended with"'
finish
