#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_paths.sh KERNEL PMDGAIN: the fault paths on DAX, by what the kernel does: faults, what is
# left of the PMDs, refusals; and, the clock being instructions, by how much work it is.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

kernel=$1
out=$work/out/$kernel

cat >"$work/matrix" <<'EOF'
ram-ext4             full   nvdimm  ram    ext4    pmd   yes   -    pmd,pte:nohuge
ram-ext4-partition   full   nvdimm  ram    ext4    pmd   yes   2p   pte:partition
ram-devdax           full   nvdimm  ram    devdax  pmd   -     -    pmd
EOF
cat >"$work/paths.ini" <<'EOF'
[global]
budget = 0s
min_blocks = 1
max_blocks = 1
samples = 1
sample_time = 1ms
bytes = 16m

[gup]
op = direct_write direct_read vmsplice
present = faulted unfaulted read_faulted

[sync]
op = msync fsync flush
dirty = 64
stride = 2m

[mkwrite]
stride = 4k 2m

[fork]
op = fork

[protect]
[teardown]
EOF

lab 0 --kernel "$kernel" --pmdgain "$2" --matrix "$work/matrix" --plan "$work/paths.ini" \
        -o "$work/out" --hang 300
[[ -z ${PATHS_KEEP:-} ]] || cp -r "$out" "$PATHS_KEEP"

# column CELL FILTER NAME: the distinct values of a column, of the rows for which all of FILTER
# (NAME=VALUE,...) holds. NAME `per_op` is the time of an operation, rounded.
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
                        if (name != "per_op") print $at[name]
                        else if ($at["ops"]) printf "%.0f\n", $at["time_ns"] / $at["ops"]
                }' "$out/$1/run/samples.csv" | sort -u | tr '\n' ' '
}

# is CELL FILTER NAME VALUES
is()
{
        local found
        found=$(column "$1" "$2" "$3")
        check "$1: $2: $3 is $4, found ${found% }" [ "$found" = "$4 " ]
}

# ratio WHAT A B LOW HIGH: A is LOW to HIGH percent of B.
ratio()
{
        local share=none ok=no
        if [[ -n $2 && ${3:-0} -gt 0 ]]; then
                share=$((100 * $2 / $3))
                [[ $share -lt $4 || $share -gt $5 ]] || ok=yes
        fi
        check "$1: $share %, between $4 and $5" [ $ok = yes ]
}

for cell in ram-ext4 ram-ext4-partition; do
        for status in invalid system usage; do
                check "$cell: nothing is $status" [ -z "$(column $cell status=$status op)" ]
        done
        is $cell workload=gup status ok
        is $cell workload=teardown status ok
done
# The file is truncated in each trial, and is by PMD again after that.
is ram-ext4 workload=teardown,op=truncate,asked=pmd proven pmd

# The first write after a read faults once for each grain.
is ram-ext4 workload=mkwrite,asked=pmd run_minflt 8
is ram-ext4 workload=mkwrite,asked=pte,opt_stride_bytes=4096 run_minflt 4096
is ram-ext4 workload=mkwrite,asked=pte,opt_stride_bytes=2097152 run_minflt 8

# A change of all keeps the PMDs, of a page takes them away; a store then brings them back. Without
# PAGEMAP_SCAN, VmPTE says the same where the PMD left a table.
for op in range range_write move; do
        is ram-ext4 workload=protect,op=$op,asked=pmd status ok
        [[ $kernel = bookworm ]] || is ram-ext4 workload=protect,op=$op,asked=pmd \
                pmd_fraction_after 1
done
if [[ $kernel != bookworm ]]; then
        is ram-ext4 workload=protect,op=page,asked=pmd pmd_fraction_after 0
        is ram-ext4 workload=protect,op=move_page,asked=pmd pmd_fraction_after 0
        is ram-ext4 workload=protect,op=page_write,asked=pmd pmd_fraction_after 1
fi
is ram-devdax workload=protect,op=page status skip
is ram-devdax workload=protect,op=move status ok
check 'ram-devdax: its areas are not split' \
        grep -q 'mprotect: EINVAL' "$out/ram-devdax/run/samples.csv"
check 'ram-devdax: no msync' grep -q 'a devdax has no msync' "$out/ram-devdax/run/samples.csv"
is ram-devdax workload=sync,op=flush status ok

if grep -q -- '-icount' "$out/qemu.txt"; then
        # fork copies no page tables of a shared file mapping.
        ratio 'fork by PTE as by PMD' "$(column ram-ext4 workload=fork,asked=pte per_op)" \
                "$(column ram-ext4 workload=fork,asked=pmd per_op)" 90 120
        # What is written back is what the file's tree has an entry for: 2 MiB by nohuge too, a page
        # where the file cannot be mapped by PMD.
        by_pmd=$(column ram-ext4 workload=sync,op=msync,asked=pmd per_op)
        ratio 'msync of a line by nohuge' \
                "$(column ram-ext4 workload=sync,op=msync,asked=pte per_op)" "$by_pmd" 90 300
        ratio 'msync of a line by partition' \
                "$(column ram-ext4-partition workload=sync,op=msync per_op)" "$by_pmd" 1 40
        ratio 'flush of a line' "$(column ram-ext4 workload=sync,op=flush,asked=pmd per_op)" \
                "$by_pmd" 0 1
fi
finish
