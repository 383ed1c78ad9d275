#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_arm_counters.sh KERNEL: the counters on an emulated Neoverse N1, twice: known loops give known
# counts, and the kernel's instructions repeat from boot to boot. And the unit tests that qemu-user
# cannot do, and those that know of pages, which may have 16 KiB there.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

kernel=$1
build_aarch64
units=()
for name in populate placement engine gup mkwrite phase shared protect stream; do
        units+=(--with "$build/tests/unit/test_$name")
done
for boot in first second; do
        lab 0 --arch aarch64 --nvdimm none --kernel "$kernel" --exec "$root/tests/lab/guest_arm_counters" \
                --with "$build/tests/lab/arm_counters" --with "$build/src/cli/pmdgain" \
                --with "$root/plots/common.gp:/share/pmdgain/plots/common.gp" "${units[@]}" \
                --hang 300 -o "$work/$boot"
        grep -E '^(ok|FAILED|populate|group|  )|PASSED|ERROR' "$work/said" || true
        check 'the guest counted no failure' said '^0 failures'
done

# Every number but those of a wall clock: instructions, and times that count them.
costs() { grep -E '^(populate|3,000,000|user space)' "$work/$1/$kernel/counters.txt"; }
costs first >"$work/a"
costs second >"$work/b"
check 'there are counts to compare' [ -s "$work/a" ]
check 'kernel and user instructions are the same in two boots' cmp -s "$work/a" "$work/b"
diff "$work/a" "$work/b" || true
finish
