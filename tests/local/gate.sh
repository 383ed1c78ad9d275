#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gate of tools/lab on recorded outputs, without booting: two boots of one kernel agree, another
# kernel's costs moved, and what cannot be compared is said. Usage: gate.sh PMDGAIN
# shellcheck disable=SC2034,SC2317,SC1091
set -euo pipefail
PMDGAIN=$(realpath "$1")
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
LAB_D=$ROOT/tools/lab.d
CACHE=/nonexistent
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
failures=0
# shellcheck source=/dev/null
. "$LAB_D/common.sh"
# shellcheck source=/dev/null
. "$LAB_D/gate.sh"

recorded=$ROOT/tests/fixtures/gate
COMPARE=$recorded AGAINST='' THRESHOLD=0.5

complain()
{
        printf 'FAILED: %s\n' "$*"
        sed 's/^/  /' "$WORK/said"
        failures=$((failures + 1))
}

# gate CODE KERNEL FOLDER: what compare_kernel returns for a copy of a recorded output.
gate()
{
        local code=0
        rm -rf "$WORK/out"
        cp -r "$3" "$WORK/out"
        (compare_kernel "$2" "$WORK/out") >"$WORK/said" 2>&1 || code=$?
        [[ $code -eq $1 ]] || complain "the gate gave $code, not $1: $2 with $3"
}

said() { grep -qE -- "$1" "$WORK/said" || complain "not said: $1"; }

# Another boot of 6.1, with other random numbers in the guest.
gate 0 bookworm "$recorded/bookworm-again"
said 'gate: ram-devdax: .*beyond 0\.5 %: 0 worse or invalid, 0 better'
[[ -s $WORK/out/ram-devdax/compare.txt ]] || complain 'the comparison is not kept'

! grep -q differs: "$WORK/said" || complain 'two boots on one machine differ'

# Another emulator shows its guests another CPU.
cp -r "$recorded/bookworm-again" "$WORK/elsewhere"
echo 'QEMU emulator version 0.1' >"$WORK/elsewhere/emulator.txt"
gate 0 bookworm "$WORK/elsewhere"
said '^lab: gate: differs: emulator: not known -> QEMU emulator version 0\.1'

# The baseline that comes with the sources can be compared with.
COMPARE=$ROOT/results/gate gate 0 backports "$ROOT/results/gate/backports"
for cell in ram-ext4 pmem-xfs ram-devdax; do
        said "gate: $cell: [0-9]* .*same.*beyond 0\.5 %: 0 worse or invalid, 0 better"
done
! grep -q differs: "$WORK/said" || complain 'the baseline differs from itself'

# 7.2 populates a PMD as one folio, and 6.1 page by page.
AGAINST=bookworm gate 3 sid "$recorded/sid"
[[ $(grep -c '^  better: .*populate .*beyond' "$WORK/said") -eq 6 ]] || complain 'not six costs fell'
[[ $(grep -c '^  ' "$WORK/said") -eq 7 ]] || complain 'more is shown than what moved'
said 'populate madvise_read 64m pmd .* 0\.0[0-9]+ .*beyond 0\.5 %'
said '^lab: gate: differs: kernel: 6\.1\.0.* -> 7\.2'
AGAINST=bookworm gate 3 backports "$recorded/backports"
AGAINST='' gate 0 sid "$recorded/sid"

# Only what is on both sides can be compared.
mkdir -p "$WORK/base/bookworm/elsewhere/run"
cp "$recorded/bookworm/ram-devdax/run/samples.csv" "$WORK/base/bookworm/elsewhere/run/"
COMPARE=$WORK/base gate 1 bookworm "$recorded/bookworm"
said 'gate: ram-devdax: not in'
said 'gate: elsewhere: only in'
said 'nothing could be compared'

code=0
(COMPARE=$WORK/nowhere need_base bookworm) >"$WORK/said" 2>&1 || code=$?
[[ $code -eq 2 ]] || complain "a missing base gave $code, not 2"
said 'nowhere/bookworm holds no CELL/run/samples.csv'

printf '%d failures\n' "$failures"
[[ $failures -eq 0 ]]
