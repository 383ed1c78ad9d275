# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What must not be overwritten: anything in use, and anything that holds data that provision did
# not put there. Sourced by tools/provision.

readonly LABEL=pmdgain # of every file system that provision makes
readonly TABLE_ID=706d6467-6169-6e00-8000-000000000001 # of every partition table

# see_namespace NAME: sets BLOCK and CHAR to its devices' names; empty when it has none.
see_namespace()
{
        OUT=$(ndctl list -i -N -X -n "$1" 2>/dev/null) || true
        BLOCK=$(json_field blockdev)
        CHAR=$(json_field chardev)
}

# check_block DEV: refuses a mounted or otherwise used device, and one that holds foreign data.
check_block()
{
        local dev=$1 part number
        for part in "/sys/class/block/$dev" "/sys/class/block/$dev"/"$dev"*; do
                [[ -e $part/dev ]] || continue
                number=$(first_line "$part/dev")
                if awk -v dev="$number" '$3 == dev { found = 1 } END { exit !found }' \
                        /proc/self/mountinfo; then
                        fail "/dev/${part##*/} is mounted: unmount it first"
                fi
                if [[ -n $(ls "$part/holders" 2>/dev/null) ]] ||
                        grep -q "^/dev/${part##*/} " /proc/swaps; then
                        fail "/dev/${part##*/} is in use (swap, device mapper or RAID)"
                fi
        done
        [[ $FORCE = no ]] || return 0
        for part in "/sys/class/block/$dev" "/sys/class/block/$dev"/"$dev"*; do
                [[ -e $part/dev ]] || continue
                check_content "/dev/${part##*/}"
        done
}

# check_content FILE: refuses a signature that is not provision's own.
check_content()
{
        local dev=$1 kind label
        kind=$(blkid -p -o value -s TYPE -s PTTYPE "$dev" 2>/dev/null | tr '\n' ' ') || true
        [[ -n $kind ]] || kind=$(wipefs -n -p "$dev" 2>/dev/null | sed 1d | head -n 1) || true
        label=$(blkid -p -o value -s LABEL -s PTUUID "$dev" 2>/dev/null | head -n 1) || true
        case $label in
        "$LABEL" | "$TABLE_ID") return 0 ;;
        esac
        [[ -z $kind ]] || fail "$dev holds ${kind% }, which provision did not make:" \
                "--force destroys it"
}

# check_namespace NAME: refuses unless nothing of value is on it.
check_namespace()
{
        local driver
        see_namespace "$1"
        if [[ -n $BLOCK ]]; then
                check_block "$BLOCK"
        elif [[ -n $CHAR ]]; then
                driver=$(readlink "/sys/bus/dax/devices/$CHAR/driver" 2>/dev/null) || true
                [[ ${driver##*/} != kmem ]] || fail "$1: $CHAR serves as system memory"
                [[ $FORCE = yes ]] ||
                        fail "$1: what $CHAR holds cannot be told: --force destroys it"
        elif [[ $FORCE = no ]]; then
                fail "$1 is disabled, so what it holds cannot be told: enable it" \
                        "(ndctl enable-namespace $1), or --force destroys it"
        fi
}
