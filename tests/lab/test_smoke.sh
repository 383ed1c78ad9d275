#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_smoke.sh KERNEL PMDGAIN: the smoke matrix on one kernel. Each cell must be mapped as that
# kernel was seen to map it: by the proofs, the fault counts and the page tables.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

kernel=$1
out=$work/out/$kernel

# column FILE FILTER NAME: the distinct values of a column, of the rows for which all of FILTER
# (NAME=VALUE,...) holds.
column()
{
        awk -F, -v filter="$2" -v name="$3" '
                NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
                {
                        count = split(filter, terms, ",")
                        for (i = 1; i <= count; i++) {
                                split(terms[i], term, "=")
                                if ($at[term[1]] != term[2]) next
                        }
                        print $at[name]
                }' "$1" | sort -u | tr '\n' ' '
}

# is CELL FILTER NAME VALUES: the column has these distinct values.
is()
{
        local found
        found=$(column "$out/$1/run/samples.csv" "$2" "$3")
        check "$1: $2: $3 is $4, found ${found% }" [ "$found" = "$4 " ]
}

# within CELL FILTER NAME LOW HIGH
within()
{
        local value ok=no
        for value in $(column "$out/$1/run/samples.csv" "$2" "$3"); do
                ok=yes
                [[ $value -ge $4 && $value -le $5 ]] || {
                        ok=no
                        break
                }
        done
        check "$1: $2: $3 is $4 to $5, found ${value:-none}" [ $ok = yes ]
}

# cost MODE MEMMAP ALIGN NAME: of namespace.csv.
cost() { column "$out/namespace.csv" "mode=$1,memmap=$2,align_bytes=$3" "$4"; }

lab 0 --kernel "$kernel" --pmdgain "$2" -o "$work/out" --hang 120 --clock host
grep -E '^lab: ' "$work/said" || true

# 64 MiB: 32 faults and nearly no page tables by PMD, 16,384 faults and 128 KiB by PTE.
by_pmd()
{
        is "$1" asked=pmd,status=ok proven pmd
        within "$1" workload=populate,op=touch_write,asked=pmd,status=ok minflt 32 34
        within "$1" workload=populate,asked=pmd,status=ok page_table_bytes 0 16384
}
by_pte()
{
        is "$1" "lever=$2,status=ok" proven pte
        within "$1" "workload=populate,op=touch_write,lever=$2,status=ok" minflt 16384 16386
        within "$1" "workload=populate,lever=$2,status=ok" page_table_bytes 126976 147456
}

for cell in ram-ext4 pmem-xfs; do
        by_pmd $cell
        for lever in nohuge va offset; do
                by_pte $cell $lever
        done
        is $cell status=ok dax yes
        is $cell status=ok memmap ${cell%-*}
        is $cell status=ok fs ${cell#*-}
done
by_pte ram-ext4-partition partition
by_pmd ram-devdax

# Two proofs at least; PAGEMAP_SCAN from Linux 6.7.
proofs=$(column "$out/ram-ext4/run/samples.csv" asked=pmd,workload=populate proof)
case $kernel in
bookworm) check "proofs without PAGEMAP_SCAN: $proofs" [ "$proofs" = 'vmpte+faults ' ] ;;
*) check "proofs with PAGEMAP_SCAN: $proofs" [ "$proofs" = 'pagemap+vmpte+faults ' ] ;;
esac

# Without a memmap the kernel refuses DAX, and what is mapped is the page cache.
is none-ext4 status=ok dax no
check 'none-ext4: the refusal is kept' \
        grep -q '^none-ext4,.*DAX unsupported by block device' "$out/cells.csv"
case $kernel in
bookworm | backports) is none-ext4 asked=pmd,status=invalid proven pte ;;
esac

# memmap: 64 bytes for 4 KiB of 640 MiB, in RAM or in pmem; devdax by 2 MiB shares most of it.
raw=671088640
taken=$(cost fsdax ram 2097152 memmap_bytes)
check 'memmap in RAM costs RAM' [ "$taken" -ge $((raw / 64)) ]
check 'and not much more than struct pages' [ "$taken" -lt $((raw / 40)) ]
check 'memmap in pmem costs pmem' [ "$(cost fsdax pmem 2097152 memmap_bytes)" -ge $((raw / 64)) ]
check 'and no RAM' [ $(($(cost fsdax pmem 2097152 memavailable_before_bytes) - \
        $(cost fsdax pmem 2097152 memavailable_after_bytes))) -lt $((raw / 640)) ]
taken=$(cost devdax ram 2097152 memmap_bytes)
check 'devdax by 2 MiB shares its memmap' [ "$taken" -lt $((raw / 128)) ]
check 'devdax by 4 KiB does not' [ "$(cost devdax ram 4096 memmap_bytes)" -ge $((raw / 64)) ]
check 'no memmap costs nothing' [ "$(cost raw none '' memmap_bytes)" -eq 0 ]
finish
