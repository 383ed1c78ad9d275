# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# What a cell's samples.csv must say. Sourced by the tests that run a matrix; `out` is its folder.

# Sizes of the kernel, in KiB: see with_pages.
page=4 pmd=2048

# with_pages KERNEL: of its pages.
with_pages()
{
        [[ $1 != *-16k ]] || page=16 pmd=32768
}

# column FILE FILTER NAME: the distinct values of a column, of the rows for which all of FILTER
# (NAME=VALUE,...) holds.
column()
{
        if [[ ! -e $1 ]]; then
                printf 'nothing: no such file '
                return
        fi
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
        check "$1: $2: $3 is ${4:-empty}, found ${found% }" [ "${found% }" = "$4" ]
}

# faults CELL FILTER COUNT: exactly so many.
faults() { is "$1" "$2" minflt "$3"; }

# within CELL FILTER NAME LOW HIGH
within()
{
        local value ok=no
        for value in $(column "$out/$1/run/samples.csv" "$2" "$3"); do
                ok=yes
                [[ $value =~ ^[0-9]+$ && $value -ge $4 && $value -le $5 ]] || {
                        ok=no
                        break
                }
        done
        check "$1: $2: $3 is $4 to $5, found ${value:-none}" [ $ok = yes ]
}

# reason CELL FILTER WORDS: every row says so.
reason()
{
        local rows words
        rows=$(column "$out/$1/run/samples.csv" "$2" status)
        words=$(column "$out/$1/run/samples.csv" "$2" reason)
        check "$1: $2: '$3', found $rows'${words:0:100}'" grep -qF -- "$3" <<<"$words"
}

# by_pmd CELL MIB [FILTER]: of an arm that was proven by PMD: a fault each, next to no page tables.
by_pmd()
{
        local filter=${3:-asked=pmd} count=$(($2 * 1024 / pmd))
        is "$1" "$filter,status=ok" proven pmd
        within "$1" "workload=populate,op=touch_write,$filter,status=ok" minflt $count $((count + 2))
        within "$1" "workload=populate,$filter,status=ok" page_table_bytes 0 $((page * 4096))
}

# by_pte CELL MIB FILTER: a fault a page, and a page of page tables for each PMD.
by_pte()
{
        local count=$(($2 * 1024 / page)) tables=$((page * 1024 * ($2 * 1024 / pmd)))
        is "$1" "$3,status=ok" proven pte
        within "$1" "workload=populate,op=touch_write,$3,status=ok" minflt $count $((count + 2))
        within "$1" "workload=populate,$3,status=ok" page_table_bytes \
                $((tables - page * 1024)) $((tables + page * 4096))
}

# beside CELL MIB LEVER: its PTE arm lies elsewhere, and is paired with the PMD arm.
beside()
{
        by_pmd "$1" "$2"
        by_pte "$1" "$2" "lever=$3"
        is "$1" asked=pmd arm_target ''
        check "$1: the PTE arm says where it lies" \
                grep -qE '^(file:/mnt/|devdax:/dev/dax)[^ ]+ $' \
                <<<"$(column "$out/$1/run/samples.csv" "lever=$3" arm_target)"
        check "$1: one line of the summary has both arms" \
                grep -qE ",$3,[0-9.e+]+,[0-9.e+]+,ns/MiB,[0-9.e+-]+," "$out/$1/run/summary.csv"
}

# zeros CELL FILTER: the kernel tells all of it to be the page of zeros, or cannot tell.
zeros()
{
        local found
        found=$(column "$out/$1/run/samples.csv" "$2" zero_fraction)
        check "$1: $2: pages of zeros, found $found" grep -qxE '(1| )+' <<<"$found"
}

# short_of_a_pmd CELL FILTER PAGES: XFS allocates or converts 1024 pages at most in a fault
# (xfs_direct_write_iomap_begin()), half a PMD where pages have 16 KiB: so it falls back, and only
# the other half is converted by page.
short_of_a_pmd()
{
        is "$1" "$2" proven pte
        is "$1" "$2" majflt $(($3 / 2))
        faults "$1" "$2" $(($3 / 2))
        reason "$1" "$2" 'asked for pmd'
}

# first_writes CELL MIB: of files unwritten and sparse, by pmd and nohuge.
first_writes()
{
        local pages=$(($2 * 1024 / page)) chunks=$(($2 * 1024 / pmd)) state
        for state in unwritten sparse; do
                is "$1" file_state=$state,asked=pmd,op=touch_read proven pmd
                faults "$1" file_state=$state,asked=pmd,op=touch_read $chunks
                is "$1" file_state=$state,lever=nohuge,op=touch_read proven pte
                faults "$1" file_state=$state,lever=nohuge,op=touch_read "$pages"
                zeros "$1" file_state=$state,op=touch_read
                zeros "$1" file_state=$state,op=map_populate
                # By page, a fault that allocates or converts counts as major.
                is "$1" file_state=$state,lever=nohuge,op=touch_write proven pte
                is "$1" file_state=$state,lever=nohuge,op=touch_write majflt "$pages"
                [[ $1 != *xfs* || $page -le 8 ]] || {
                        short_of_a_pmd "$1" file_state=$state,asked=pmd,op=touch_write "$pages"
                        continue
                }
                is "$1" file_state=$state,asked=pmd,op=touch_write proven pmd
                is "$1" file_state=$state,asked=pmd,op=touch_write majflt 0
                is "$1" file_state=$state,status=invalid op ''
        done
        zeros "$1" workload=random,op=read
        reason "$1" workload=random,op=write 'random write writes before it is timed'
}

# modes CELL MIB: private and MAP_SYNC mappings of a DAX file, by pmd and nohuge.
modes()
{
        local pages=$(($2 * 1024 / page)) chunks=$(($2 * 1024 / pmd)) op
        is "$1" map=private,asked=pmd,op=touch_read proven pmd
        is "$1" map=private,asked=pmd,op=munmap proven pmd
        # What writes, or populates a mapping that may be written, copies.
        for op in touch_write map_populate; do
                is "$1" map=private,asked=pmd,op=$op status invalid
                is "$1" map=private,asked=pmd,op=$op proven pte
                faults "$1" map=private,op=$op "$pages"
        done
        for op in map_populate touch_read touch_write munmap; do
                is "$1" map=private,lever=nohuge,op=$op proven pte
                is "$1" map=sync,asked=pmd,op=$op proven pmd
                faults "$1" map=sync,asked=pmd,op=$op $chunks
                is "$1" map=sync,lever=nohuge,op=$op proven pte
                faults "$1" map=sync,lever=nohuge,op=$op "$pages"
        done
}

# cost MODE MEMMAP ALIGN NAME: of namespace.csv.
cost() { column "$out/namespace.csv" "mode=$1,memmap=$2,align_bytes=$3" "$4"; }

# memmap: 64 bytes for each page of 640 MiB, in RAM or in pmem; devdax by PMD shares most of it, but not
# on aarch64 (ARCH_WANT_OPTIMIZE_DAX_VMEMMAP), where the kernel's own linear map takes a table for
# each PMD of pmem, too. MemAvailable moves by a few pages for other reasons (5 of 2,560 were seen),
# so what is in RAM is known to 1 %.
costs()
{
        local raw=671088640 tables=0 shared=yes taken
        local structs=$((raw / 16 / page)) by_pmd=$((pmd * 1024)) least
        least=$((structs * 99 / 100))
        [[ ${arch:-x86_64} != aarch64 ]] || tables=$((page * (raw / pmd))) shared=no
        taken=$(cost fsdax ram $by_pmd memmap_bytes)
        check 'memmap in RAM costs RAM' [ "$taken" -ge $least ]
        check 'and not much more than struct pages' [ "$taken" -lt $((structs * 8 / 5)) ]
        check 'memmap in pmem costs pmem' \
                [ "$(cost fsdax pmem $by_pmd memmap_bytes)" -ge $structs ]
        check 'and no RAM' [ $(($(cost fsdax pmem $by_pmd memavailable_before_bytes) - \
                $(cost fsdax pmem $by_pmd memavailable_after_bytes) - tables)) -lt $((structs / 10)) ]
        taken=$(cost devdax ram $by_pmd memmap_bytes)
        [[ $shared = no ]] ||
                check 'devdax by PMD shares its memmap' [ "$taken" -lt $((structs / 2)) ]
        [[ $shared = yes ]] ||
                check 'devdax by PMD shares no memmap here' [ "$taken" -ge $least ]
        check 'devdax by page does not' \
                [ "$(cost devdax ram $((page * 1024)) memmap_bytes)" -ge $least ]
        check 'no memmap costs nothing' [ "$(cost raw none '' memmap_bytes)" -eq 0 ]
}
