#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_smoke.sh KERNEL PMDGAIN [OPTION...]: the smoke matrix on one kernel; PMDGAIN may be "", then
# tools/lab builds it. Each cell must be mapped as that kernel was seen to map it: by the proofs, the
# fault counts and the page tables.
# shellcheck disable=SC2034,SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/samples.sh"

kernel=$1
out=$work/out/$kernel
arch=x86_64
[[ " ${*:3} " != *' aarch64 '* ]] || arch=aarch64
with_pages "$kernel"
vmpte=vmpte+
[[ $page -eq 4 ]] || vmpte= # two page tables are too few to tell from others

program=(--pmdgain "$2")
[[ -n $2 ]] || program=()
lab 0 --kernel "$kernel" "${program[@]}" "${@:3}" -o "$work/out" --hang 120 --clock host
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

# No struct pages: 64 MiB of a PCI BAR. From 6.12 by PMD or by PTE as asked, a fault for each;
# before by PTE alone, in one fault. What populates and locks maps nothing.
bar()
{
        is vfio memmap=none,source=vfio proven "$1"
        is vfio "workload=populate,op=touch_write,asked=pmd" minflt "$2"
        is vfio "workload=populate,op=touch_write,lever=va" minflt "$3"
        within vfio workload=populate,op=touch_write,asked=pmd page_table_bytes "$4" "$5"
        within vfio workload=populate,op=touch_write,lever=va page_table_bytes $tables \
                $((tables + page * 1024))
        is vfio workload=populate,op=touch_write,asked=pmd status "$6"
        is vfio workload=populate,op=munmap,asked=pmd status "$6"
        is vfio workload=chase,asked=pmd status "$6"
        is vfio asked=pte,status=ok proven pte
        is vfio workload=chase,asked=pte status ok
        is vfio workload=populate,op=munmap,asked=pte status ok
        is vfio "workload=populate,op=touch_write,lever=va" proof "$7"
        is vfio op=map_populate status skip
        is vfio op=map_populate page_table_bytes 0
        is vfio op=madvise_write status skip
        check 'vfio: MAP_POPULATE leaves nothing mapped' \
                grep -q "^[^\"]*,map_populate,.*takes $3 fault(s) more" "$out/vfio/run/samples.csv"
}
tables=$((page * 1024 * (65536 / pmd)))
case $kernel in
bookworm) bar ' pte' 1 1 $tables $((tables + page * 1024)) invalid vmpte ;;
*) bar ' pmd pte' $((65536 / pmd)) $((65536 / page)) 0 0 ok ${vmpte}faults ;;
esac

# Two proofs at least, three of DAX files; PAGEMAP_SCAN from Linux 6.7.
# Tracepoints of fs/dax.c where faults are not timed.
case $kernel in
bookworm) scan= ;;
*) scan=pagemap+ ;;
esac
for cell in ram-ext4 pmem-xfs; do
        for asked in pmd pte; do
                is $cell "asked=$asked,op=touch_write,status=ok" proof ${scan}${vmpte}faults
                is $cell "asked=$asked,op=munmap,status=ok" proof ${scan}tracepoints+${vmpte}faults
                [[ -z $vmpte ]] ||
                        is $cell "asked=$asked,workload=chase,status=ok" \
                                proof ${scan}tracepoints+faults
        done
done
is ram-devdax op=munmap,status=ok proof ${scan}${vmpte}faults

# Without a memmap the kernel refuses DAX, and what is mapped is the page cache, by its own choice.
is none-ext4 status=ok dax no
is none-ext4 status=ok memmap none
check 'none-ext4: the refusal is kept' \
        grep -q '^none-ext4,.*DAX unsupported by block device' "$out/cells.csv"
is none-ext4 asked=auto,status=ok proven pte
costs
check 'one report has all cells' grep -q 'ram-ext4/run/report.html' "$work/out/report.html"
check 'and their rows are in one file' grep -q ',none-ext4,' "$work/out/collection.csv"
finish
