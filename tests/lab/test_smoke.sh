#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_smoke.sh KERNEL PMDGAIN: the smoke matrix on one kernel. Each cell must be mapped as that
# kernel was seen to map it: by the proofs, the fault counts and the page tables.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/samples.sh"

kernel=$1
out=$work/out/$kernel

lab 0 --kernel "$kernel" --pmdgain "$2" -o "$work/out" --hang 120 --clock host
grep -E '^lab: ' "$work/said" || true

for cell in ram-ext4 pmem-xfs; do
        by_pmd $cell 64
        for lever in nohuge va offset; do
                by_pte $cell 64 lever=$lever
        done
        is $cell status=ok dax yes
        is $cell status=ok memmap ${cell%-*}
        is $cell status=ok fs ${cell#*-}
done
for cell in ram-ext4-partition:partition ram-devdax:namespace; do
        beside ${cell%:*} 64 "${cell#*:}"
done
first_writes pmem-xfs-states 64
modes pmem-xfs-states 64

# Two proofs at least; PAGEMAP_SCAN from Linux 6.7.
proofs=$(column "$out/ram-ext4/run/samples.csv" asked=pmd,workload=populate proof)
case $kernel in
bookworm) check "proofs without PAGEMAP_SCAN: $proofs" [ "$proofs" = 'vmpte+faults ' ] ;;
*) check "proofs with PAGEMAP_SCAN: $proofs" [ "$proofs" = 'pagemap+vmpte+faults ' ] ;;
esac

# Without a memmap the kernel refuses DAX, and what is mapped is the page cache, by its own choice.
is none-ext4 status=ok dax no
check 'none-ext4: the refusal is kept' \
        grep -q '^none-ext4,.*DAX unsupported by block device' "$out/cells.csv"
is none-ext4 asked=auto,status=ok proven pte
costs
finish
