#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SIGINT ends the lab and its QEMU, and leaves nothing in the temporary folder.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

mkdir "$work/tmp"
printf '#!/bin/bash\necho waiting\nsleep 1000\n' >"$work/script"
code=0
# A background job of a script ignores SIGINT; timeout sends it to a foreground one.
TMPDIR=$work/tmp timeout --foreground -s INT -k 20 40 \
        "$root/tools/lab" --clock host --exec "$work/script" \
        -o "$work/out" >"$work/said" 2>&1 || code=$?
[[ $code -ne 77 ]] || exit 77
check 'the guest was waiting' said '^waiting'
check 'the lab ended by the signal' [ "$code" -eq 124 -o "$code" -eq 130 ]
check 'no QEMU is left' [ -z "$(pgrep -f "^qemu-system.*$work")" ]
check 'the temporary folder is empty' [ -z "$(ls "$work/tmp")" ]
finish
