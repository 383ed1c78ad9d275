#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The lab takes silence, a panic, a kernel warning and a failing program for failures, says so with
# the console's words, and leaves no QEMU behind.
# shellcheck disable=SC2016,SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

# guest SCRIPT CODE OPTION...: runs a script in the guest. By wall time: a clock that counts
# instructions passes over sleep.
guest()
{
        local code=$2
        printf '#!/bin/bash\n%s\n' "$1" >"$work/script"
        shift 2
        rm -rf "$work/out"
        lab "$code" --kernel bookworm --clock host --exec "$work/script" -o "$work/out" "$@"
}

no_qemu() { ! pgrep -f "^qemu-system.*$work" >/dev/null; }

export TMPDIR=$work

guest 'echo "kernel $(uname -r)" | tee /out/kernel.txt' 0
check 'a result comes back' grep -q '^kernel 6\.1\.' "$work/out/bookworm/kernel.txt"
check 'progress is shown' said '^kernel 6\.1\.'
check 'the QEMU line is kept' grep -q -- '-device.nvdimm' "$work/out/bookworm/qemu.txt"

guest 'echo part >/out/part.txt; exit 3' 1
check 'the status is named' said 'ended with 3'
check 'what was there comes back' grep -q part "$work/out/bookworm/part.txt"

guest 'mkdir /out/first; echo kept >/out/first/row; /lab/send first; sleep 1000' 1 --hang 8
check 'silence is named' said 'was silent for 8 s'
check 'what was sent before a hang is kept' grep -q kept "$work/out/bookworm/first/row"

guest 'while :; do echo busy; sleep 1; done' 1 --limit 20
check 'the limit is named' said 'ran for 20 s'

guest 'echo before; sleep 1; echo c >/proc/sysrq-trigger' 1
check 'a panic is quoted' said 'Kernel panic - not syncing: sysrq triggered crash'
check 'the last lines are quoted' said 'the last lines of the console'

guest 'echo "<4>WARNING: made up" >/dev/kmsg; sleep 1; echo after' 1
check 'a warning is quoted' said 'the kernel said, in no cell:'
check 'and the guest goes on' said '^after'

guest 'echo "lab: [1/2] one"; echo "lab: [2/2] two"; sleep 1
        echo "3 of ~9 trials, block 1, 5 s left: passes lock 64m pmd"; sleep 1
        echo "<4>BUG: made up" >/dev/kmsg; sleep 1; echo "lab: [2/2] two: failed"' 1
check 'an oops is quoted with its cell' \
        said 'the kernel said, in \[2/2\] two, near passes lock 64m pmd:'

check 'no QEMU is left' no_qemu
lab 2 --kernel nosuch --exec "$work/script" -o "$work/out"
check 'a wrong kernel is named' said '--kernel nosuch: neither bookworm'
lab 2 --nvdimm 100
check 'a wrong size is named' said '--nvdimm 100: not a whole number of GiB'
lab 2 --exec /nonexistent
check 'a missing file is named' said '--exec /nonexistent: no file'
finish
