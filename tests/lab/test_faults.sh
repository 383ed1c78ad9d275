#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is taken away from under a run, on an emulated NVDIMM: files, mounts, namespaces, good
# memory, CPUs. Usage: test_faults.sh KERNEL PMDGAIN
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/carry.sh"

carry_pmdgain "$2"
lab 0 --kernel "$1" --cpus 2 --exec "$root/tests/lab/guest_faults" "${carried[@]}" -o "$work/out"
grep -E '^(ok|FAILED|  )' "$work/said" || true
check 'the guest counted no failure' said '^0 failures'
finish
