# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Messages, exit codes, sizes and host programs, for the parts of tools/lab. Sourced.

say() { printf 'lab: %s\n' "$*"; }
warn() { printf 'lab: %s\n' "$*" >&2; }

# One each for the exit codes 1 (failed), 2 (usage) and 77 (the lab cannot run here).
fail() { warn "$@"; exit 1; }
misuse() { warn "$@"; exit 2; }
cannot() { warn "$@"; exit 77; }

# A size such as 64k, 256m or 4g in bytes.
bytes_of()
{
        local text=${1,,} unit=1
        case $text in
        *k) unit=1024 ;;
        *m) unit=$((1024 * 1024)) ;;
        *g) unit=$((1024 * 1024 * 1024)) ;;
        *t) unit=$((1024 * 1024 * 1024 * 1024)) ;;
        esac
        text=${text%[kmgt]}
        [[ $text =~ ^[1-9][0-9]{0,11}$ ]] || return 1
        printf '%s\n' $((text * unit))
}

# Debian's programs outside a user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Of the host, to run the guest or to be carried into it.
readonly HOST_PROGRAMS="cpio xz zstd busybox ndctl daxctl mkfs.ext4 filefrag
mkfs.xfs xfs_io sfdisk blkid wipefs findmnt mount apt-get dpkg-deb"

# Installs what is missing when root; otherwise says how.
need_host_programs()
{
        local program
        # shellcheck source=/dev/null
        . "$ROOT/tools/packages"
        # shellcheck disable=SC2086,SC2154 # a list of tools/packages
        packages_have $packages_lab || exit 77
        # shellcheck disable=SC2086,SC2154
        [[ $ARCH = x86_64 ]] || packages_have $packages_arm || exit 77
        for program in $HOST_PROGRAMS "qemu-system-$ARCH"; do
                command -v "$program" >/dev/null || cannot "$program is missing on this machine"
        done
        # The guest's first program must run without libraries.
        ! ldd "$(command -v busybox)" >/dev/null 2>&1 ||
                cannot "busybox needs libraries: install busybox-static"
        [[ -r $KEYRING ]] || cannot "$KEYRING is missing: install debian-archive-keyring"
}
