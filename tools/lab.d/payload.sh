# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What one run adds to the guest: scripts, provision, the matrix, pmdgain and its plans. Sourced by
# tools/lab.

# matrix_rows: the chosen cells, without comments.
matrix_rows()
{
        local file=$LAB_D/matrix set=$MATRIX
        case $MATRIX in
        smoke | full) ;;
        *) file=$MATRIX set=full ;;
        esac
        awk -v set="$set" -v cells=" ${CELLS[*]} " '
                /^#/ || NF == 0 { next }
                NF != 9 && NF != 10 {
                        printf "%s:%d: %d columns, not 9 or 10\n", FILENAME, NR, NF >"/dev/stderr"
                        exit 2
                }
                cells != "  " { if (index(cells, " " $1 " ")) print; next }
                set == "full" || $2 == set' "$file" | sed -E 's/^([^ ]+) +[^ ]+/\1/'
}

fill_matrix()
{
        local to=$1/lab/matrix
        matrix_rows >"$to" || misuse "--matrix $MATRIX: cannot be read"
        [[ -s $to ]] || misuse "no cell is left to run (tools/lab.d/matrix lists them)"
        printf '#!/bin/bash\nexec /lab/cells %s\n' "${EACH:+/lab/each}" >"$1/lab/run"
        chmod 755 "$1/lab/run"
        [[ ${#CELLS[@]} -gt 0 ]] || : >"$1/lab/costs-wanted"
}

# find_pmdgain: sets PMDGAIN, building it when there is none.
find_pmdgain()
{
        local build=$ROOT/build
        [[ -z $PMDGAIN ]] || return 0
        if [[ $ARCH = aarch64 ]]; then
                PMDGAIN=$build/aarch64/src/cli/pmdgain
                say "building pmdgain for $ARCH"
                "$ROOT/tools/cross" --build || fail "pmdgain could not be built for $ARCH"
                return
        fi
        PMDGAIN=$build/src/cli/pmdgain
        [[ ! -x $PMDGAIN ]] || return 0
        say "building pmdgain into $build"
        # shellcheck disable=SC2086,SC2154 # a list of tools/packages
        packages_have $packages_build || exit 77
        if ! { { [[ -e $build/build.ninja ]] ||
                meson setup "$build" "$ROOT" --buildtype=release -Dtests=false; } &&
                ninja -C "$build"; } >"$WORK/build.log" 2>&1; then
                tail -n 20 "$WORK/build.log" >&2
                fail "pmdgain could not be built"
        fi
}

# plan_file: the plan by its path, or by its name among bench/plans and the lab's own.
plan_file()
{
        local file
        # shellcheck disable=SC2153 # an option
        for file in "$PLAN" "$ROOT/bench/plans/$PLAN.ini" "$LAB_D/$PLAN.ini"; do
                if [[ -f $file ]]; then
                        printf '%s\n' "$file"
                        return
                fi
        done
        misuse "--plan $PLAN: no such file, and none in bench/plans or tools/lab.d"
}

fill_pmdgain()
{
        local to=$1 plan
        find_pmdgain
        plan=$(plan_file)
        copy_program "$PMDGAIN" "$to" /usr/bin/pmdgain
        install -D -m 644 -t "$to/usr/share/pmdgain/plans" "$ROOT"/bench/plans/*.ini
        install -D -m 644 -t "$to/usr/share/pmdgain/plots" "$ROOT"/plots/*
        install -D -m 644 -t "$to/lab/plan" "$plan"
        printf '%s\n' "${plan##*/}" >"$to/lab/plan/default"
        [[ $PLAN_NAMED = yes ]] || install -m 644 -t "$to/lab/plan" "$LAB_D"/*.ini
}

# report_cells DIR: a report of each cell that has samples, made on the host.
report_cells()
{
        local samples
        [[ -n $PMDGAIN ]] || return 0
        for samples in "$1"/*/run/samples.csv; do
                [[ -s $samples ]] || continue
                "${RUNNER[@]}" "$PMDGAIN" report "${samples%/*}" >"${samples%/*}/report.log" 2>&1 ||
                        warn "no report of ${samples%/*}: $(tail -n 1 "${samples%/*}/report.log")"
        done
}

# report_all: one report of all kernels' runs, and its table.
report_all()
{
        [[ -n $PMDGAIN && -n $(find "$OUTPUT" -name samples.csv -print -quit 2>/dev/null) ]] ||
                return 0
        "${RUNNER[@]}" "$PMDGAIN" report "$OUTPUT" || {
                warn "no report of $OUTPUT"
                return 1
        }
}

# fill_payload DIR: everything that is laid over the guest's root.
fill_payload()
{
        local dir=$1 item as
        mkdir -p "$dir/lab/provision.d"
        install -m 755 "$ROOT/tools/provision" "$LAB_D"/guest/* "$dir/lab/"
        install -m 644 "$ROOT"/tools/provision.d/* "$dir/lab/provision.d/"
        mv "$dir/lab/init" "$dir/init"
        if [[ -n $EXEC ]]; then
                copy_program "$EXEC" "$dir" /lab/run
        else
                fill_matrix "$dir"
                [[ -z $EACH ]] || copy_program "$EACH" "$dir" /lab/each
                [[ -n $EACH ]] || fill_pmdgain "$dir"
        fi
        for item in "${WITH[@]}"; do
                as=/lab/$(basename "${item%%:*}")
                [[ $item != *:* ]] || as=${item#*:}
                copy_program "${item%%:*}" "$dir" "$as"
        done
}
