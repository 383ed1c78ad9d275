# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The gate: what the kernel's paths cost now, in instructions, against an earlier output of the lab.
# Sourced by tools/lab.

# base_of NAME: the folder of the kernel that NAME is compared with.
base_of() { printf '%s/%s\n' "$COMPARE" "${AGAINST:-$1}"; }

# need_base NAME: says before anything is booted that there is nothing to compare with.
need_base()
{
        local base
        base=$(base_of "$1")
        compgen -G "$base/*/run/samples.csv" >/dev/null ||
                misuse "--compare: $base holds no CELL/run/samples.csv of an earlier lab" \
                        "(--against names another of its kernels)"
}

# machines OUT BASE FILE: what else than a kernel's path may have moved a cost: what FILE, a
# comparison, says of the machines (kernel, compiler), and the emulator, whose CPU the guest sees.
machines()
{
        local was now
        grep -E '^(not sound|differs): ' "$3" || true
        was=$(cat "$2/emulator.txt" 2>/dev/null) || was='not known'
        now=$(cat "$1/emulator.txt" 2>/dev/null) || now='not known'
        [[ $was = "$now" ]] || printf 'differs: emulator: %s -> %s\n' "$was" "$now"
}

# show_changes FILE: what makes the gate close, out of a comparison: costs beyond the threshold, and
# what was measured in the base and is invalid now.
show_changes()
{
        awk '/^$/ { section = "" }
                /^[a-z_]+ \([0-9]+\)$/ { section = $1; next }
                (section == "worse" || section == "better") && / beyond / ||
                section == "invalid" && / new: / && !/ base: / { print "  " section ":" $0 }' "$1"
}

# compare_kernel NAME OUT: each cell with the same one of the base. Returns 3 when a path's cost
# moved by more than the threshold, 1 when nothing could be compared.
compare_kernel()
{
        local out=$2 base cell code moved=0 compared=0 differ told=''
        base=$(base_of "$1")
        for cell in "$out"/*/run/samples.csv; do
                [[ -s $cell ]] || continue
                cell=${cell%/run/samples.csv} cell=${cell##*/}
                if [[ ! -s $base/$cell/run/samples.csv ]]; then
                        say "gate: $cell: not in $base"
                        continue
                fi
                code=0
                "${RUNNER[@]}" "$PMDGAIN" compare --threshold "$THRESHOLD" --any-change --only arms \
                        -o "$out/$cell/compare.txt" "$base/$cell/run" "$out/$cell/run" \
                        >"$WORK/totals" || code=$?
                [[ $code -eq 0 || $code -eq 3 ]] || return 1
                compared=$((compared + 1))
                differ=$(machines "$out" "$base" "$out/$cell/compare.txt")
                [[ -z $differ || $differ = "$told" ]] || say "gate: ${differ//$'\n'/$'\n'lab: gate: }"
                told=$differ
                say "gate: $cell: $(<"$WORK/totals")"
                show_changes "$out/$cell/compare.txt"
                [[ $code -eq 0 ]] || moved=3
        done
        for cell in "$base"/*/run/samples.csv; do
                cell=${cell%/run/samples.csv} cell=${cell##*/}
                [[ -s $out/$cell/run/samples.csv ]] || say "gate: $cell: only in $base"
        done
        if [[ $compared -eq 0 ]]; then
                warn "gate: nothing could be compared"
                return 1
        fi
        return $moved
}
