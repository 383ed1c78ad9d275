# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# The guest's initramfs, in three archives that the kernel reads one after another: the base
# (programs and their libraries) and the kernel's modules, both cached by what went into them, and
# the payload (pmdgain, plans, what to run), made each time. Sourced by tools/lab.

# Programs of the host that the guest carries; busybox has the rest.
readonly GUEST_PROGRAMS="bash ndctl daxctl mkfs.ext4 filefrag mkfs.xfs xfs_io sfdisk blkid wipefs
findmnt fallocate mount umount"

# Loaded in the guest, each after what it depends on. What a kernel does not have is left out.
readonly GUEST_MODULES="crc32c_generic libnvdimm nfit nd_btt nd_pmem dax_pmem device_dax dax_hmem kmem
nd_e820 ext4 xfs brd vfio vfio_iommu_type1 vfio-pci virtio_pci virtio_blk hwpoison-inject"

key_of() { sha256sum | cut -c1-16; }

# archive DIR FILE: everything below DIR, owned by root. The same files give the same archive.
archive()
{
        find "$1" -exec touch -h -d @0 {} +
        (cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
                cpio --quiet --reproducible -o -H newc -R 0:0) >"$2"
}

# put_archive ROOT FILE FOLDER NAMES: the archive appears whole, also when several labs make it at
# once; ROOT and old archives of such NAMES go, but none that another lab may be about to read.
put_archive()
{
        archive "$1" "$1.cpio"
        mv "$1.cpio" "$2"
        rm -rf "$1"
        find "$3" -maxdepth 1 -name "$4" -mtime +1 -delete
}

# copy_program FILE ROOT [AS]: with the libraries that its loader will load, when it is a program.
copy_program()
{
        local file=$1 root=$2 as=${3:-$1} library
        install -D -m 755 "$file" "$root$as"
        for library in $(libraries_of "$file"); do
                [[ -e $root$library ]] ||
                        install -D -m 755 "$SYSROOT$library" "$root$library"
        done
}

# base_archive: prints the path of the cached archive of programs.
base_archive()
{
        local program root key file
        local -a files=()
        for program in $GUEST_PROGRAMS busybox; do
                files+=("$(program_file "$program")") || cannot "$program is missing"
        done
        key=$({
                stat -L -c '%n %s %Y' "${files[@]}" "$SYSROOT/etc/mke2fs.conf"
                cat "$LAB_D/initramfs.sh"
        } | key_of)
        file=$CACHE/$DEBIAN_ARCH-base-$key.cpio
        if [[ ! -e $file ]]; then
                root=$(mktemp -d "$CACHE/base.XXXXXX")
                for program in "${files[@]}"; do
                        copy_program "$program" "$root" "${program#"$SYSROOT"}"
                done
                mkdir -p "$root"/{bin,dev,proc,sys,run,tmp,mnt,etc,lab,lib/lab}
                for program in busybox bash; do
                        [[ -e $root/bin/$program ]] ||
                                ln -s "$(program_file "$program")" "$root/bin/$program"
                done
                [[ -e $root/usr/bin/env ]] || ln -s /bin/busybox "$root/usr/bin/env"
                cp "$SYSROOT/etc/mke2fs.conf" "$root/etc/"
                ln -s /proc/mounts "$root/etc/mtab"
                put_archive "$root" "$file" "$CACHE" "$DEBIAN_ARCH-base-*.cpio"
        fi
        printf '%s\n' "$file"
}

unpack_module()
{
        case $1 in
        *.ko) cp "$1" "$2" ;;
        *.ko.xz) xz -dc "$1" >"$2" ;;
        *.ko.zst) zstd -qdc "$1" >"$2" ;;
        *.ko.gz) gzip -dc "$1" >"$2" ;;
        esac
}

# add_module NAME: unpacks it and, before it, what it depends on; appends to modules.order.
# Uses MODULE_FILE (name to file), MODULE_DONE and `to` of modules_archive.
add_module()
{
        local name=${1//-/_} needs need
        [[ -n ${MODULE_FILE[$name]:-} && -z ${MODULE_DONE[$name]:-} ]] || return 0
        MODULE_DONE[$name]=yes
        unpack_module "${MODULE_FILE[$name]}" "$to/$name.ko"
        needs=$(tr '\0' '\n' <"$to/$name.ko" | sed -n 's/^depends=//p' | tr ',' ' ')
        for need in $needs; do
                add_module "$need"
        done
        printf '%s\n' "$name" >>"$to/modules.order"
}

# modules_archive: prints the path of the cached archive of this kernel's modules.
modules_archive()
{
        local file root to name path
        local -A MODULE_FILE=() MODULE_DONE=()
        file=$KERNEL_CACHE/modules-$(key_of <"$LAB_D/initramfs.sh").cpio
        if [[ ! -e $file ]]; then
                root=$(mktemp -d "$CACHE/modules.XXXXXX")
                to=$root/lib/lab
                mkdir -p "$to"
                while read -r path; do
                        name=${path##*/}
                        name=${name%%.ko*}
                        MODULE_FILE[${name//-/_}]=$path
                done < <(find "$KERNEL_MODULES" -name '*.ko*' -type f)
                for name in $GUEST_MODULES; do
                        add_module "$name"
                done
                put_archive "$root" "$file" "$KERNEL_CACHE" 'modules-*.cpio'
        fi
        printf '%s\n' "$file"
}

