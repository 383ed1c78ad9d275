#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_explain.sh KERNEL PMDGAIN: what explain predicts is what that kernel does, chunk by chunk.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

lab 0 --kernel "$1" --nvdimm 2g --e820 1g --exec "$root/tests/lab/guest_explain" \
        --with "$2:/lab/pmdgain" --hang 120 -o "$work/out"
grep -E '^(ok|FAILED|cell|  )' "$work/said" || true
check 'the guest counted no failure' said '^0 failures'
finish
