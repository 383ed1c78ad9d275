#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# paths.sh PMDGAIN: the workloads of the fault paths end to end on this machine's mappings: what
# runs, what is skipped and why, what is left of the PMDs, and how often there is a fault.
set -euo pipefail

pmdgain=$1
work=$(mktemp -d)
disk=$(mktemp -d -p /var/tmp)
trap 'rm -rf "$work" "$disk"' EXIT
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }

# run NAME OPTION...: two blocks of a plan from stdin into $work/NAME.
run()
{
        local name=$1 code=0
        shift
        {
                printf '[global]\nbudget = 0s\nmin_blocks = 1\nmax_blocks = 2\nsamples = 1\n'
                printf 'sample_time = 1ms\nbytes = 16m\n'
                cat
        } >"$work/$name.ini"
        "$pmdgain" run -p "$work/$name.ini" -o "$work/$name" "$@" >"$work/$name.log" 2>&1 || code=$?
        [[ $code -eq 0 || $code -eq 77 ]] || {
                fail "$name ended with $code"
                cat "$work/$name.log"
        }
}

# of NAME FILTER COLUMN: the distinct values of a column, of the rows for which all of FILTER
# (COLUMN=VALUE,...) holds. Reasons may hold commas, and are not for this.
of()
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
                }' "$work/$1/samples.csv" | sort -u | tr '\n' ' '
}

# is NAME FILTER COLUMN VALUES
is()
{
        local found
        found=$(of "$1" "$2" "$3")
        [[ $found = "$4 " ]] || fail "$1: $2: $3 is '${found% }', not '$4'"
}

# reason NAME WORDS: some row says so.
reason()
{
        grep -q -- "$2" "$work/$1/samples.csv" || fail "$1: no row says '$2'"
}

memory=(shmem anon)
[[ $(</proc/sys/vm/nr_hugepages) -lt 32 ]] || memory+=(hugetlb)
for source in "${memory[@]}"; do
        run "$source" -s "$source" <<<$'[mkwrite]\n[fork]\n[protect]\n[teardown]\n[sync]\nstride=4k
[gup]\nop=vmsplice vm_readv\npresent=faulted unfaulted read_faulted'
        [[ $(of "$source" asked=pmd status) != 'skip ' ]] || continue
        [[ -z $(of "$source" status=invalid reason)$(of "$source" status=system reason) ]] ||
                fail "$source: a row failed: $(grep -m 1 -E ',(invalid|system),' \
                        "$work/$source/samples.csv")"
        # A change of all of it keeps the PMDs; one of a page does not.
        for op in range range_write move; do
                is "$source" "workload=protect,op=$op,asked=pmd" pmd_fraction_after 1
                is "$source" "workload=protect,op=$op,asked=pte,status=ok" pmd_fraction_after 0
        done
        [[ $source = hugetlb ]] || is "$source" workload=protect,op=page,asked=pmd \
                pmd_fraction_after 0
        [[ $source = hugetlb ]] || is "$source" workload=protect,op=move_page,asked=pmd \
                pmd_fraction_after 0
        is "$source" workload=fork,asked=pmd status ok
        is "$source" workload=gup,opt_present=faulted,asked=pmd status ok
        is "$source" workload=teardown,op=exit,asked=pmd status ok
        reason "$source" 'the bytes are in memory: nothing is to be synced'
done
# Of memory without a file the split keeps the pages mapped, of a file it does not.
is shmem workload=protect,op=page_write,asked=pmd status ok
is anon workload=protect,op=page_write,asked=pmd pmd_fraction_after 0
reason anon 'there is no file to truncate'
# The file is truncated in each trial, and by PMD again for the next one.
is shmem workload=teardown,op=truncate status ok
is shmem workload=teardown,op=truncate,asked=pmd pmd_fraction 1
is shmem workload=mkwrite,status=ok run_minflt 0

# A file with storage behind it: each page that is written faults once more, and can be synced.
if [[ $(stat -f -c %T "$disk") != tmpfs ]]; then
        run file -s "file:$disk/new" -a pte:nohuge --option "scratch=$disk" \
                <<<$'[mkwrite]\n[sync]\nop=msync fsync dirty_msync flush\nstride=4k\n[teardown]
[gup]\nop=direct_write'
        [[ ! -e $disk/new ]] || fail 'the file is still there'
        pages=$((16 * 256))
        is file workload=mkwrite run_minflt $pages
        is file workload=mkwrite ops $pages
        is file workload=sync,op=msync status ok
        is file workload=sync,op=fsync status ok
        is file workload=sync,op=msync ops $pages
        [[ $(of file workload=sync,op=dirty_msync run_minflt) -ge $pages ]] ||
                fail 'file: the writes of dirty_msync did not fault'
        [[ $(of file workload=sync,op=msync run_minflt) -lt 64 ]] || fail 'file: msync faulted'
        is file workload=sync,op=flush status skip
        reason file 'flushed lines are durable on DAX alone'
        is file workload=teardown,op=truncate status ok
        reason file "is on the target's file system"

        # A user's file is not truncated, whatever the word.
        head -c 17825792 /dev/urandom >"$disk/mine"
        cp "$disk/mine" "$work/copy"
        run mine -s "file:$disk/mine" -a pte:nohuge --overwrite <<<$'[teardown]\nop=truncate'
        reason mine 'was there before: it is not truncated'
        cmp "$disk/mine" "$work/copy" || fail 'the file changed'

        # Direct I/O to a file of another file system.
        run direct --option "scratch=$disk" <<<$'[gup]\nop=direct_write direct_read
present=faulted unfaulted read_faulted'
        is direct asked=pmd,status=ok proven pmd
        is direct asked=pmd,opt_present=unfaulted status ok
        is direct asked=pmd,opt_present=read_faulted pmd_fraction_after 1
fi
run memory --option scratch=/dev/shm <<<$'[gup]\nop=direct_read'
reason memory 'is a tmpfs'

printf '%d failures\n' "$failures"
[[ $failures -eq 0 ]]
