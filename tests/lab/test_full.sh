#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_full.sh KERNEL PMDGAIN: the full matrix on one kernel. Every cell must be mapped as that
# kernel was seen to map it, or refused in its words: docs/lab.md has the facts.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/samples.sh"

kernel=$1
out=$work/out/$kernel

lab 0 --matrix full --kernel "$kernel" --pmdgain "$2" -o "$work/out" --hang 900 --limit 3000
grep -E '^lab: ' "$work/said" || true

# cell NAME: the one that the checks below are about.
checked=()
cell()
{
        cell=$1
        checked+=("$1")
}

# By PMD and by each lever on the same bytes.
for name in ram-ext4 ram-xfs pmem-ext4 pmem-xfs; do
        cell "$name"
        by_pmd "$cell" 64
        for lever in nohuge va offset; do
                by_pte "$cell" 64 lever=$lever
        done
        is "$cell" status=ok dax yes
        is "$cell" status=ok memmap "${cell%-*}"
        is "$cell" status=ok fs "${cell#*-}"
        is "$cell" status=invalid op ''
done
cell e820-ext4
by_pmd "$cell" 64
by_pte "$cell" 64 lever=nohuge
is "$cell" status=ok memmap ram

# Setups side by side that differ by their layout.
for name in ram-ext4 ram-xfs; do
        cell "$name"-partition
        beside "$cell" 64 partition
        cell "$name"-extent
        by_pmd "$cell" 64
        for shift in 4096 1048576 2093056; do
                by_pte "$cell" 64 lever=extent,shift_bytes=$shift
        done
done
for name in ram-devdax pmem-devdax; do
        cell "$name"
        beside "$cell" 64 namespace
        is "$cell" status=ok memmap "${cell%-*}"
done
# A namespace aligned to 4 KiB whose data lies on 2 MiB all the same: padded by the kernel.
cell ram-ext4-namespace
by_pmd "$cell" 64
by_pmd "$cell" 64 asked=auto
by_pte "$cell" 64 lever=nohuge
# Steps of 2 MiB are aligned on ext4, tuned or not; on XFS only where it was made so.
cell ram-ext4-untuned
by_pmd "$cell" 64
by_pmd "$cell" 64 asked=auto
cell ram-xfs-untuned
by_pmd "$cell" 64
by_pte "$cell" 64 asked=auto

for name in ram-ext4 pmem-xfs; do
        cell "$name"-states
        first_writes "$cell" 64
        modes "$cell" 64
done
cell ram-devdax-states
reason "$cell" file_state=unwritten 'source devdax has no unwritten bytes'
reason "$cell" file_state=sparse 'source devdax has no sparse bytes'
reason "$cell" map=private 'the kernel refuses MAP_PRIVATE here: Invalid argument'
is "$cell" map=sync status ok
is "$cell" map=sync proven pmd
is "$cell" map=sync minflt 32

# Without a memmap: the words of the refusal, and the page cache, which decides for itself.
for name in none-ext4 none-xfs; do
        cell "$name"
        is "$cell" status=ok dax no
        check "$cell: the refusal is kept" \
                grep -q "^$cell,.*DAX unsupported by block device" "$out/cells.csv"
        is "$cell" lever=nohuge,status=ok proven pte
done
case $kernel in
bookworm) cache=(pte pte) ;;
backports) cache=(pte pmd) ;;
*) cache=(pmd pmd) ;;
esac
is none-ext4 asked=auto,workload=chase proven "${cache[0]}"
is none-xfs asked=auto,workload=chase proven "${cache[1]}"
cell none-xfs-states
reason "$cell" map=sync 'the kernel refuses MAP_SYNC here: Operation not supported'
is "$cell" map=private,status=invalid op ''

# Two proofs at least; PAGEMAP_SCAN from Linux 6.7.
case $kernel in
bookworm) proofs='vmpte+faults' ;;
*) proofs='pagemap+vmpte+faults' ;;
esac
is ram-ext4 workload=populate,op=touch_write proof "$proofs"
is pmem-xfs-states workload=populate,op=touch_read proof "$proofs"

# What else PMD changes: lab_paths asserts it; here the grains of all of it are proven.
for name in ram-ext4 pmem-xfs; do
        cell "$name-paths"
        is "$cell" asked=pmd,status=ok proven pmd
        is "$cell" lever=nohuge,status=ok proven pte
        is "$cell" lever=partition,status=ok proven pte
        is "$cell" status=invalid op ''
        for workload in fork gup mkwrite protect sync teardown; do
                is "$cell" workload=$workload,lever=nohuge status ok
        done
done

costs
cell vfio # its own test asserts it; here it must not fail
check 'every cell was checked' [ "$(cut -d, -f1 "$out/cells.csv" | sed 1d | sort)" = \
        "$(printf '%s\n' "${checked[@]}" | sort)" ]
finish
