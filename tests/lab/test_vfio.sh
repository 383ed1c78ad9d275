#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_vfio.sh KERNEL PMDGAIN PINNING: memory without struct pages on that kernel, and what is refused.
# test_vfio.sh KERNEL aarch64: the same behind Arm's IOMMU (SMMUv3), built by tools/cross.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

pmdgain=$2 pinning=${3-} arch=x86_64
if [[ $2 = aarch64 ]]; then
        arch=aarch64
        build_aarch64
        pmdgain=$build/src/cli/pmdgain pinning=$build/tests/lab/pinning
fi
lab 0 --arch $arch --kernel "$1" --exec "$root/tests/lab/guest_vfio" \
        --with "$pmdgain:/usr/bin/pmdgain" --with "$pinning:/usr/bin/pinning" --hang 120 \
        --clock host -o "$work/out"
grep -E '^(ok|FAILED|  )' "$work/said" || true
check 'the guest counted no failure' said '^0 failures'
finish
