#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# memcheck over a short run, its children too, and over its report. Usage: valgrind.sh PMDGAIN
set -u
pmdgain=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
command -v valgrind >/dev/null || {
        echo "skipped: valgrind is not installed"
        exit 77
}
short=(--budget 5m --option samples=1 --option sample_time=1ms --option max_blocks=1
        --option min_blocks=1)

# check COMMAND...: no error and nothing lost, in the process and in the trials it forks.
check() {
        valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
                "$pmdgain" "$@" >out 2>err
        local code=$?
        if [ $code != 0 ] || grep -q '^==[0-9]*==' err; then
                echo "FAILED: exit code $code: $* ($(head -c 2000 err))"
                failed=1
        fi
}

check run -w null -s null "${short[@]}" -o null
check run -w chase --bytes 4m "${short[@]}" -o chase
check report chase
check probe
exit $failed
