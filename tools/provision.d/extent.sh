# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Files whose extents lie off PMD boundaries by a chosen distance. Sourced by tools/provision.
#
# The file is allocated in steps of a PMD, so that ext4 takes each from an aligned place (one large
# request may get an unaligned one, tuned or not), and then its first bytes are collapsed
# (FALLOC_FL_COLLAPSE_RANGE: ext4 and XFS take whole blocks): all that follows moves down in the
# file and stays where it is in memory. FIEMAP, the partition's start and the namespace's data
# together say whether it came out.

# physical_base FILE: the physical address of byte 0 of the block device that holds the file.
physical_base()
{
        local dev at start=0 base
        dev=$(findmnt -n -o SOURCE -T "$1")
        at=/sys/class/block/${dev##*/}
        if [[ -e $at/partition ]]; then
                start=$(($(first_line "$at/start") * 512))
                at=$at/..
        fi
        base=$(first_line "$at/device/resource")
        [[ -n $base ]] || fail "$1: $dev is no pmem device"
        printf '%s\n' $((base + start))
}

# extent_shifts FILE: for each extent, its physical address less its file offset, modulo the PMD size.
extent_shifts()
{
        local base
        base=$(physical_base "$1")
        filefrag -v -b"$PAGE" "$1" | awk -v base="$base" -v pmd="$PMD" -v page="$PAGE" '
                $1 ~ /^[0-9]+:$/ {
                        gsub(/[.:]/, " ")
                        split($0, field, " ")
                        shift = (field[4] - field[2]) * page + base % pmd
                        print ((shift % pmd) + pmd) % pmd
                }' | sort -nu
}

# extent_commands SIZE SHIFT: xfs_io's (it works on any file system). The file is written, because
# unwritten extents would map the zero page.
extent_commands()
{
        local at
        for ((at = 0; at < $1 + ($2 ? PMD : 0); at += PMD)); do
                printf 'falloc %s %s\n' "$at" "$PMD"
        done
        [[ $2 -eq 0 ]] || printf 'fcollapse 0 %s\n' "$2"
        printf '%s\n' "truncate $1" "pwrite -q -b 2m -S 1 0 $1" fsync
}

# make_extents: makes FILE and sets SHIFTS to how far its extents are off.
make_extents()
{
        OUT=$(extent_commands "$SIZE" "$SHIFT" | xfs_io -f "$FILE" 2>&1) ||
                fail "xfs_io failed: $OUT"
        SHIFTS=$(extent_shifts "$FILE" | tr '\n' ' ')
}

extent()
{
        parse_options "$@"
        [[ -n $FILE && -n $SIZE ]] || misuse "extent: say --file and --size"
        to_bytes --size SIZE
        SHIFT=${SHIFT:-page}
        to_bytes --shift SHIFT
        [[ $((SHIFT % PAGE)) -eq 0 && $SHIFT -lt $PMD ]] ||
                misuse "--shift: whole pages of $(size_text "$PAGE"), below $(size_text "$PMD")"
        [[ $((SIZE % PMD)) -eq 0 ]] || misuse "--size: a multiple of $(size_text "$PMD")"
        [[ ! -e $FILE ]] || fail "$FILE exists"
        printf '+ xfs_io -f %s: falloc by %s, fcollapse 0 %s, truncate, pwrite\n' "$FILE" "$PMD" "$SHIFT"
        [[ $DRY_RUN = no ]] || return 0
        make_extents
        if [[ $SHIFTS != "$SHIFT " ]]; then
                # The first file after a mount: see settle_allocator.
                rm "$FILE"
                make_extents
        fi
        [[ $SHIFTS = "$SHIFT " ]] ||
                fail "$FILE: its extents are off by ${SHIFTS% } instead of $SHIFT:" \
                        "is the file system tuned, its partition on a PMD boundary?"
        printf '%s: off by %s\n' "$FILE" "$SHIFT"
}
