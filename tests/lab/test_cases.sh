#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_cases.sh KERNEL PMDGAIN: the plan `cases` in small, every other combination of its options,
# mixed and shared, on ext4, XFS and a device: each must end as that kernel was seen to end it, and
# none by a signal, a hang or an oops. docs/cases.md tells what they were.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/samples.sh"

kernel=$1
out=$work/out/$kernel
chunks=8 pages=4096 # in 16 MiB

# The 18 combinations with every step; of all others the last step, as each trial does them all.
{
        sed -E 's/^bytes = .*/bytes = 16m/; s/^(min|max)_blocks = .*/\1_blocks = 1/
                s/^budget = .*/budget = 0s/' "$root/bench/plans/cases.ini"
        cat <<'PLAN'

[every-rw]
workload = passes
op = unmap
map = shared private
lock = none mlock mlockall late
populate = no yes
access = both read write

[every-ro]
workload = passes
op = unmap
map = shared private
lock = none mlock mlockall late
populate = no yes
prot = ro
access = read

[mixed]
aligned = 0 25 75 100
by = nohuge extent

[shared]
processes = 1 4
PLAN
} >"$work/cases.ini"

lab 0 --matrix "$root/tests/lab/cases.matrix" --plan "$work/cases.ini" --kernel "$kernel" \
        --pmdgain "$2" -o "$work/out" --clock host --hang 120
grep -E '^lab: ' "$work/said" || true

# count CELL FILTER: rows.
count()
{
        awk -F, -v filter="$2" '
                NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
                {
                        count = split(filter, terms, ",")
                        for (i = 1; i <= count; i++) {
                                split(terms[i], term, "=")
                                if ($at[term[1]] != term[2]) next
                        }
                        rows++
                }
                END { print rows + 0 }' "$out/$1/run/samples.csv"
}

# steps: the grain in the end, and in which step the faults are.
steps()
{
        local cell=$1 rw=opt_prot=rw ro=opt_prot=ro arm each now
        is "$cell" '' status 'ok skip'
        is "$cell" status=ok dax yes
        for arm in asked=pmd lever=nohuge; do
                now=$(count "$cell" "workload=passes,status=ok,$arm")
                check "$cell: $arm: $now of $rows_passes steps" [ "$now" -eq "$rows_passes" ]
        done
        arm=workload=passes,asked=pte,status=ok
        is "$cell" "$arm" proven pte
        within "$cell" "$arm,op=map,map=shared,opt_populate=yes" run_minflt $pages $((pages + 2))
        within "$cell" "$arm,op=first,opt_lock=none,opt_populate=no,$ro" \
                run_minflt $pages $((pages + 2))
        within "$cell" "$arm,op=lock,opt_lock=mlock,opt_populate=no" \
                run_minflt $pages $((pages + 2))
        arm=workload=passes,asked=pmd,status=ok
        is "$cell" "$arm,map=shared" proven pmd
        is "$cell" "$arm,map=private,$ro" proven pmd
        is "$cell" "$arm,map=private,$rw,opt_access=both" proven pte
        is "$cell" "$arm,map=private,$rw,opt_access=write" proven pte
        for each in mlock mlockall late; do
                is "$cell" "$arm,map=private,$rw,opt_access=read,opt_lock=$each" proven pte
        done
        is "$cell" "$arm,map=private,$rw,opt_access=read,opt_lock=none,opt_populate=no" proven pmd
        is "$cell" "$arm,map=private,$rw,opt_access=read,opt_lock=none,opt_populate=yes" proven pte
        within "$cell" "$arm,op=map,map=shared,opt_populate=yes" run_minflt $chunks $((chunks + 2))
        within "$cell" "$arm,op=first,opt_lock=none,opt_populate=no,$ro" \
                run_minflt $chunks $((chunks + 2))
        within "$cell" "$arm,op=lock,opt_lock=mlock,opt_populate=no,map=shared" \
                run_minflt $chunks $((chunks + 2))
        within "$cell" workload=passes,op=map,opt_populate=no,status=ok run_minflt 0 2
        within "$cell" workload=passes,op=later,status=ok,map=shared run_minflt 0 2
}

# The case that looped for ever ends: the second pass's lock copies every page, by any arm.
looped()
{
        local late=map=private,opt_lock=late,opt_access=read,opt_populate=no,status=ok
        check "$1: the case that looped for ever ends" [ "$(count "$1" "op=lock,$late")" -eq 2 ]
        within "$1" "op=lock,$late" run_minflt $pages $((pages + 2 * chunks))
        is "$1" "op=lock,$late" proven pte
}

corner()
{
        is "$1" op=populate_off,status=ok proven pte
        within "$1" op=populate_off,status=ok run_minflt $pages $((pages + 2))
        check "$1: populate two pages off, by each arm" \
                [ "$(count "$1" op=populate_off,status=ok)" -eq 2 ]
        is "$1" op=upgrade,asked=pmd,status=ok proven pmd
        within "$1" op=upgrade,asked=pmd,status=ok run_minflt $chunks $((chunks + 2))
        within "$1" op=upgrade,asked=pte,status=ok run_minflt $pages $((pages + 2))
        is "$1" op=devdax_private status skip
}

parts()
{
        local percent by
        for by in nohuge extent; do
                for percent in 25 75; do
                        is "$1" "workload=mixed,opt_by=$by,opt_aligned_percent=$percent,asked=pmd" \
                                pmd_fraction 0.$percent
                done
                is "$1" "workload=mixed,opt_by=$by,opt_aligned_percent=0,asked=pmd" pmd_fraction 0
                is "$1" "workload=mixed,opt_by=$by,opt_aligned_percent=100,asked=pmd" pmd_fraction 1
        done
        is "$1" workload=mixed,lever=nohuge pmd_fraction 0
        within "$1" workload=shared,opt_processes=1,lever=nohuge page_table_bytes 32768 40960
        within "$1" workload=shared,opt_processes=4,lever=nohuge page_table_bytes 131072 172032
        within "$1" workload=shared,opt_processes=4,asked=pmd page_table_bytes 0 49152
}

# Of the 18, 8 have no lock to time and so 4 steps, the others 5. And all 48 + 16.
rows_passes=$((8 * 4 + 10 * 5 + 48 + 16))
for fs in ext4 xfs; do
        steps cases-$fs
        looped cases-$fs
        corner cases-$fs
        parts cases-$fs
        # The partition off by two pages, mapped at addresses off by two pages: it hung once.
        is corner-$fs op=populate_off status ok
        is corner-$fs op=populate_off proven pte
        within corner-$fs op=populate_off run_minflt $pages $((pages + 2))
        is corner-$fs op=upgrade,status=ok proven pte
done

# A device refuses what it must, and the process that gets SIGBUS is not the run.
is cases-devdax '' status 'ok skip'
for op in devdax_private devdax_shifted devdax_nohuge upgrade; do
        is cases-devdax op=$op status ok
done
is cases-devdax workload=passes,map=private status skip
reason cases-devdax workload=passes,map=private,op=unmap 'the kernel refuses MAP_PRIVATE'
is cases-devdax workload=passes,map=shared,status=ok proven pmd
finish
