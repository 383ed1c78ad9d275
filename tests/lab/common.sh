# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For the tests of the lab. Sourced.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# check WHAT COMMAND...: counts a failure when the command fails.
check()
{
        local what=$1
        shift
        if "$@"; then
                printf 'ok: %s\n' "$what"
        else
                printf 'FAILED: %s (%s)\n' "$what" "$*"
                failures=$((failures + 1))
        fi
}

# lab CODE ARGUMENT...: runs tools/lab, which must end with CODE; its words go to $work/said. A lab
# that cannot run here skips the test.
lab()
{
        local want=$1 code=0
        shift
        "$root/tools/lab" "$@" >"$work/said" 2>&1 || code=$?
        if [[ $code -eq 77 && $want -ne 77 ]]; then
                cat "$work/said"
                exit 77
        fi
        check "tools/lab $* ends with $want" [ "$code" -eq "$want" ]
        [[ $code -eq $want ]] || tail -n 40 "$work/said"
}

# build_aarch64: sets `build`, where tools/cross has built; without its packages there is no test.
build_aarch64()
{
        local code=0
        build=${BUILD:-$root/build/aarch64}
        BUILD=$build "$root/tools/cross" --build >"$work/built" 2>&1 || code=$?
        [[ $code -ne 77 ]] || { cat "$work/built"; exit 77; }
        check 'tools/cross builds' [ $code -eq 0 ]
        [[ $code -eq 0 ]] || { tail -n 20 "$work/built"; exit 1; }
}

said() { grep -qE -- "$1" "$work/said"; }

finish()
{
        printf '%d failures\n' "$failures"
        [[ $failures -eq 0 ]]
}
