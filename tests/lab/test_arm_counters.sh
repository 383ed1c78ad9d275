#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The counters on an emulated Neoverse N1, twice: known loops give known counts, and the kernel's
# instructions repeat from boot to boot.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

# What aarch64 needs is built by tools/cross; without its packages there is no test.
build=${BUILD:-$root/build/aarch64}
code=0
BUILD=$build "$root/tools/cross" --build >"$work/built" 2>&1 || code=$?
[[ $code -ne 77 ]] || { cat "$work/built"; exit 77; }
check 'tools/cross builds' [ $code -eq 0 ]
[[ $code -eq 0 ]] || { tail -n 20 "$work/built"; finish; }

for boot in first second; do
        lab 0 --arch aarch64 --nvdimm none --kernel bookworm --exec "$root/tests/lab/guest_arm_counters" \
                --with "$build/tests/lab/arm_counters" --with "$build/src/cli/pmdgain" \
                --with "$build/tests/unit/test_populate" --with "$build/tests/unit/test_placement" \
                --with "$root/plots/common.gp:/share/pmdgain/plots/common.gp" --hang 300 -o "$work/$boot"
        grep -E '^(ok|FAILED|populate|group|  )|PASSED|ERROR' "$work/said" || true
        check 'the guest counted no failure' said '^0 failures'
done

# Every number but those of a wall clock: instructions, and times that count them.
costs() { grep -E '^(populate|3,000,000|user space)' "$work/$1/bookworm/counters.txt"; }
costs first >"$work/a"
costs second >"$work/b"
check 'there are counts to compare' [ -s "$work/a" ]
check 'kernel and user instructions are the same in two boots' cmp -s "$work/a" "$work/b"
diff "$work/a" "$work/b" || true
finish
