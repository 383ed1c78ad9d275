# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# What a cell's samples.csv must say. Sourced by the tests that run a matrix; `out` is its folder.

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

# faults CELL FILTER COUNT: exactly so many; on aarch64 some boots have one more in every trial, by PMD
# and by PTE alike, and others none.
faults()
{
        local own=0
        [[ ${arch:-x86_64} != aarch64 ]] || own=1
        within "$1" "$2" minflt "$3" $(($3 + own))
}

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
        local filter=${3:-asked=pmd} count=$(($2 / 2))
        is "$1" "$filter,status=ok" proven pmd
        within "$1" "workload=populate,op=touch_write,$filter,status=ok" minflt $count $((count + 2))
        within "$1" "workload=populate,$filter,status=ok" page_table_bytes 0 16384
}

# by_pte CELL MIB FILTER: a fault a page, and 4 KiB of page tables for each 2 MiB.
by_pte()
{
        local count=$(($2 * 256)) tables=$(($2 / 2 * 4096))
        is "$1" "$3,status=ok" proven pte
        within "$1" "workload=populate,op=touch_write,$3,status=ok" minflt $count $((count + 2))
        within "$1" "workload=populate,$3,status=ok" page_table_bytes $((tables - 4096)) \
                $((tables + 16384))
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

# first_writes CELL MIB: of files unwritten and sparse, by pmd and nohuge.
first_writes()
{
        local pages=$(($2 * 256)) state
        for state in unwritten sparse; do
                is "$1" file_state=$state,asked=pmd,op=touch_read proven pmd
                faults "$1" file_state=$state,asked=pmd,op=touch_read $(($2 / 2))
                is "$1" file_state=$state,lever=nohuge,op=touch_read proven pte
                faults "$1" file_state=$state,lever=nohuge,op=touch_read "$pages"
                zeros "$1" file_state=$state,op=touch_read
                zeros "$1" file_state=$state,op=map_populate
                # By page, a fault that allocates or converts counts as major.
                is "$1" file_state=$state,asked=pmd,op=touch_write proven pmd
                is "$1" file_state=$state,asked=pmd,op=touch_write majflt 0
                is "$1" file_state=$state,lever=nohuge,op=touch_write proven pte
                is "$1" file_state=$state,lever=nohuge,op=touch_write majflt "$pages"
                is "$1" file_state=$state,status=invalid op ''
        done
        zeros "$1" workload=random,op=read
        reason "$1" workload=random,op=write 'random write writes before it is timed'
}

# modes CELL MIB: private and MAP_SYNC mappings of a DAX file, by pmd and nohuge.
modes()
{
        local pages=$(($2 * 256)) op
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
                faults "$1" map=sync,asked=pmd,op=$op $(($2 / 2))
                is "$1" map=sync,lever=nohuge,op=$op proven pte
                faults "$1" map=sync,lever=nohuge,op=$op "$pages"
        done
}

# cost MODE MEMMAP ALIGN NAME: of namespace.csv.
cost() { column "$out/namespace.csv" "mode=$1,memmap=$2,align_bytes=$3" "$4"; }

# memmap: 64 bytes for 4 KiB of 640 MiB, in RAM or in pmem; devdax by 2 MiB shares most of it, but not
# on aarch64 (ARCH_WANT_OPTIMIZE_DAX_VMEMMAP), where the kernel's own linear map takes a table for
# each 2 MiB of pmem, too.
costs()
{
        local raw=671088640 tables=0 shared=yes taken
        [[ ${arch:-x86_64} != aarch64 ]] || tables=$((raw / 512)) shared=no
        taken=$(cost fsdax ram 2097152 memmap_bytes)
        check 'memmap in RAM costs RAM' [ "$taken" -ge $((raw / 64)) ]
        check 'and not much more than struct pages' [ "$taken" -lt $((raw / 40)) ]
        check 'memmap in pmem costs pmem' \
                [ "$(cost fsdax pmem 2097152 memmap_bytes)" -ge $((raw / 64)) ]
        check 'and no RAM' [ $(($(cost fsdax pmem 2097152 memavailable_before_bytes) - \
                $(cost fsdax pmem 2097152 memavailable_after_bytes) - tables)) -lt $((raw / 640)) ]
        taken=$(cost devdax ram 2097152 memmap_bytes)
        [[ $shared = no ]] ||
                check 'devdax by 2 MiB shares its memmap' [ "$taken" -lt $((raw / 128)) ]
        [[ $shared = yes ]] ||
                check 'devdax by 2 MiB shares no memmap here' [ "$taken" -ge $((raw / 64)) ]
        check 'devdax by 4 KiB does not' \
                [ "$(cost devdax ram 4096 memmap_bytes)" -ge $((raw / 64)) ]
        check 'no memmap costs nothing' [ "$(cost raw none '' memmap_bytes)" -eq 0 ]
}
