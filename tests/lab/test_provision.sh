#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/provision on an emulated NVDIMM, and what it refuses without one.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

lab 0 --kernel "${1:-backports}" --e820 1g --exec "$root/tests/lab/guest_provision" -o "$work/out"
grep -E '^(ok|FAILED|  )' "$work/said" || true
check 'the guest counted no failure' said '^0 failures'

code=0
"$root/tools/provision" up --region nosuch --memmap ram --fs ext4 --destroy --dry-run \
        >"$work/said" 2>&1 || code=$?
check 'a missing region is a usage error on any machine' [ $code -eq 2 ]
finish
