#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_vfio.sh KERNEL PMDGAIN PINNING: memory without struct pages on that kernel, and what is refused.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

lab 0 --kernel "$1" --exec "$root/tests/lab/guest_vfio" --with "$2:/usr/bin/pmdgain" \
        --with "$3:/usr/bin/pinning" --hang 120 --clock host -o "$work/out"
grep -E '^(ok|FAILED|  )' "$work/said" || true
check 'the guest counted no failure' said '^0 failures'
finish
