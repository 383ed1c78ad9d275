#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The guest's programs, packed by several labs at once: each finds them whole.
# shellcheck disable=SC2154 source=/dev/null
. "$(dirname "$0")/common.sh"

command -v cpio ndctl mkfs.xfs busybox >/dev/null || {
        echo 'the packages of the lab are not installed'
        exit 77
}
CACHE=$work/cache
LAB_D=$root/tools/lab.d
mkdir "$CACHE"
for part in common arch initramfs; do
        . "$LAB_D/$part.sh"
done
choose_arch x86_64

touch -d '3 days ago' "$CACHE/$DEBIAN_ARCH-base-old.cpio"
touch "$CACHE/$DEBIAN_ARCH-base-other.cpio"
for each in 1 2 3 4; do
        (base_archive >"$work/path.$each") &
done
wait
for each in 1 2 3 4; do
        path=$(<"$work/path.$each")
        check "lab $each has an archive" [ -s "${path:-none}" ]
        check "lab $each: it is whole" [ "$(cpio -t --quiet <"$path" | grep -cE '^(bin/(bash|busybox)|etc/mtab)$')" = 3 ]
done
check 'nothing else is left' [ "$(find "$CACHE" -mindepth 1 | wc -l)" = 2 ]
check 'an archive that is not old stays' [ -e "$CACHE/$DEBIAN_ARCH-base-other.cpio" ]
finish
