# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2054
# Partitions, file systems and mounts. Sourced by tools/provision.

# make_partition: one partition, PARTITION_OFFSET bytes past the first PMD; sets BLOCK to it.
make_partition()
{
        local sector start
        [[ -n $PARTITION_OFFSET ]] || return 0
        sector=$(first_line "/sys/class/block/$BLOCK/queue/logical_block_size")
        start=$(((PMD + PARTITION_OFFSET) / ${sector:-512}))
        printf '+ sfdisk /dev/%s: label gpt, start=%s\n' "$BLOCK" "$start"
        if [[ $DRY_RUN = no ]]; then
                OUT=$(printf 'label: gpt\nlabel-id: %s\nstart=%s\n' "$TABLE_ID" "$start" |
                        sfdisk --quiet "/dev/$BLOCK" 2>&1) || fail "sfdisk failed: $OUT"
                ! command -v udevadm >/dev/null || udevadm settle -t 10 || true
        fi
        BLOCK=${BLOCK}p1
}

# make_fs: tuned means that files of a PMD's size or more get extents aligned to it. A block must be
# a page for DAX.
make_fs()
{
        local -a options
        local pages=$((PMD / PAGE)) group
        case $FS in
        ext4)
                # No inode tables or journal written in the background while things are measured.
                options=(-F -q -b "$PAGE" -i 1048576 -L "$LABEL")
                local extended=lazy_itable_init=0,lazy_journal_init=0
                if [[ $TUNED = yes ]]; then
                        extended+=,stride=$pages,stripe_width=$pages
                        # Powers of 2 are aligned inside a group: groups too must begin on PMDs,
                        # which the usual 65528 blocks of more than 4 KiB do not.
                        group=$((PAGE * 8 < 65528 ? PAGE * 8 : 65528))
                        [[ $((group % pages)) -eq 0 ]] ||
                                options+=(-g $((group / pages * pages)))
                fi
                run_out mkfs.ext4 "${options[@]}" -E "$extended" "/dev/$BLOCK"
                ;;
        xfs)
                # Without reflink: kernels before 6.2 refuse DAX with it, later ones on partitions.
                options=(-f -q -L "$LABEL" -m reflink=0 -b "size=$PAGE")
                [[ $TUNED = no ]] || options+=(-d "su=$(size_text "$PMD"),sw=1")
                run_out mkfs.xfs "${options[@]}" "/dev/$BLOCK"
                ;;
        esac
}

# mount_fs: with DAX; where the kernel refuses and --dax=try was given, without it. Sets DAX to yes
# or no and DAX_REASON to what the kernel said.
mount_fs()
{
        local said
        [[ -n $MOUNT ]] || return 0
        run mkdir -p "$MOUNT"
        DAX=yes DAX_REASON=
        printf '+ mount -t %s -o dax /dev/%s %s\n' "$FS" "$BLOCK" "$MOUNT"
        [[ $DRY_RUN = no ]] || return 0
        if ! said=$(mount -t "$FS" -o dax "/dev/$BLOCK" "$MOUNT" 2>&1); then
                DAX=no DAX_REASON="mount -o dax: $(kernel_reason "$said")"
                [[ $WANT_DAX = try ]] || fail "$DAX_REASON (--dax=try goes on without)"
                warn "$DAX_REASON"
                run_out mount -t "$FS" "/dev/$BLOCK" "$MOUNT"
        elif ! grep -qE "^/dev/$BLOCK [^ ]+ [^ ]+ ([^ ]*,)?dax(=always)?[ ,]" /proc/mounts; then
                DAX=no DAX_REASON="DAX is off: $(kernel_reason 'the kernel did not say why')"
                [[ $WANT_DAX = try ]] || fail "$DAX_REASON (--dax=try goes on without)"
                warn "$DAX_REASON"
        fi
}

# settle_allocator: ext4 gives the first file after a mount whatever it finds, because it has not
# read its groups' bitmaps yet; tuned or not, that is often off PMD boundaries. So a file comes and goes.
settle_allocator()
{
        [[ $FS = ext4 && -n $MOUNT && $TUNED = yes ]] || return 0
        run_out fallocate -l 256m "$MOUNT/.pmdgain"
        run rm "$MOUNT/.pmdgain"
}

# What the kernel's log says last of the device; else what was given.
kernel_reason()
{
        local line
        line=$(dmesg 2>/dev/null | grep -F "($BLOCK)" | grep -i dax | tail -n 1 |
                sed 's/^[^]]*\] *//') || true
        printf '%s\n' "${line:-$1}"
}

unmount_fs()
{
        [[ -n $MOUNT ]] || return 0
        ! grep -q "^[^ ]* $MOUNT " /proc/mounts || run_out umount "$MOUNT"
}

# Takes provision's own signatures off again.
wipe_block()
{
        [[ -n $BLOCK && -e /dev/$BLOCK ]] || return 0
        run_out wipefs -q -a "/dev/$BLOCK"
        [[ -z $PARTITION_OFFSET ]] || run_out wipefs -q -a "/dev/${BLOCK%p1}"
}
