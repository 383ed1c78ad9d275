# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2054,SC2154
# The guest's architecture: x86_64, with the host's own programs, or aarch64, with Debian's in a
# folder of their own (a sysroot), which tools/cross builds with too. Sourced.

readonly ARM_UEFI=/usr/share/qemu-efi-aarch64/QEMU_EFI.fd

# choose_arch NAME: sets ARCH, DEBIAN_ARCH, CACHE_TAG, which keeps their caches apart, and RUNNER,
# which runs the guest's programs on the host.
choose_arch()
{
        ARCH=$1 SYSROOT='' RUNNER=()
        case $ARCH in
        x86_64) DEBIAN_ARCH=amd64 CACHE_TAG='' ;;
        aarch64) DEBIAN_ARCH=arm64 CACHE_TAG=-arm64 ;;
        *) misuse "--arch $ARCH: not one of: x86_64 aarch64" ;;
        esac
}

# What a sysroot holds: to build and test pmdgain, and for the guest.
readonly SYSROOT_PACKAGES="libc6-dev libpfm4-dev libhwloc-dev libnuma-dev libjson-c-dev libinih-dev
libndctl-dev libdaxctl-dev libcmocka-dev busybox-static bash ndctl daxctl mount util-linux e2fsprogs
xfsprogs fdisk"

# Links that begin at the root would lead out of the folder.
settle_links()
{
        local link
        find "$1" -type l -lname '/*' | while read -r link; do
                ln -sfn "$(realpath -m --relative-to="${link%/*}" "$1$(readlink "$link")")" "$link"
        done
}

# make_sysroot DIR: from Debian bookworm's packages for DEBIAN_ARCH; nothing of this system changes.
make_sysroot()
{
        local dir=$1 apt deb
        apt=$(apt_dir "bookworm$CACHE_TAG" bookworm)
        say "downloading Debian's programs and libraries for $DEBIAN_ARCH"
        # shellcheck disable=SC2086 # a list of packages
        if ! { APT_CONFIG=$apt/apt.conf apt-get -qq update &&
                APT_CONFIG=$apt/apt.conf apt-get -qq -y --download-only --no-install-recommends \
                        install $SYSROOT_PACKAGES; } >"$apt/sysroot.log" 2>&1; then
                tail -n 5 "$apt/sysroot.log" >&2
                cannot "apt cannot get the packages for $DEBIAN_ARCH: is there a network?"
        fi
        rm -rf "$dir.new"
        mkdir -p "$dir.new"
        for deb in "$apt"/archives/*.deb; do
                dpkg-deb -x "$deb" "$dir.new"
        done
        rm -rf "$apt" "$dir.new"/usr/share/{doc,man,locale,perl*}
        settle_links "$dir.new"
        mv "$dir.new" "$dir"
}

# use_sysroot: sets SYSROOT and RUNNER, making it when there is none; nothing on x86_64.
use_sysroot()
{
        [[ $ARCH != x86_64 ]] || return 0
        SYSROOT=$CACHE/sysroot-$ARCH-$(printf '%s' "$SYSROOT_PACKAGES" | sha256sum | cut -c1-16)
        RUNNER=(qemu-aarch64 -L "$SYSROOT")
        [[ -d $SYSROOT ]] || make_sysroot "$SYSROOT"
}

# program_file NAME: the guest's program, on the host or in the sysroot.
program_file()
{
        local dir
        if [[ -z $SYSROOT ]]; then
                command -v "$1"
                return
        fi
        for dir in /bin /sbin /usr/bin /usr/sbin; do
                if [[ -x $SYSROOT$dir/$1 ]]; then
                        printf '%s\n' "$SYSROOT$dir/$1"
                        return
                fi
        done
        return 1
}

# libraries_of FILE: the paths in the guest of what its loader will load.
libraries_of()
{
        if [[ -z $SYSROOT ]]; then
                ldd "$1" 2>/dev/null | grep -oE '/[^ ]+\.so[^ ]*' || true
                return
        fi
        local -A seen=()
        local -a left=("$1")
        local file name path
        while [[ ${#left[@]} -gt 0 ]]; do
                file=${left[0]}
                left=("${left[@]:1}")
                for name in $(readelf -ld "$file" 2>/dev/null | sed -nE \
                        -e 's/.*\(NEEDED\).*\[(.*)\]/\1/p' -e 's/.*interpreter: (.*)\]/\1/p'); do
                        [[ -z ${seen[$name]:-} ]] || continue
                        seen[$name]=yes
                        for path in "$name" "/lib/aarch64-linux-gnu/$name" \
                                "/usr/lib/aarch64-linux-gnu/$name"; do
                                [[ $path = /* && -e $SYSROOT$path ]] || continue
                                printf '%s\n' "$path"
                                left+=("$SYSROOT$path")
                                break
                        done
                done
        done
}

# arm_command ARGUMENT: qemu_command() for an emulated Neoverse N1, whose PMU counts instructions
# and cycles exactly when the clock counts instructions. An NVDIMM is told of by ACPI alone, which
# takes UEFI firmware; without one (--nvdimm none) the kernel starts at once.
arm_command()
{
        local machine=virt,gic-version=3,dtb-randomness=off memory=$((GUEST_LOW / MIB))M
        local append="console=ttyAMA0 lab.port=ttyS0 loglevel=5 panic=-1 oops=panic nokaslr"
        append+=" nowatchdog randomize_kstack_offset=off $1"
        ! counts_instructions || append+=" lab_clock=instructions norandmaps"
        QEMU=(qemu-system-aarch64 -nodefaults -no-user-config -display none -no-reboot
                -cpu neoverse-n1 -accel "tcg,thread=single" -smp "$CPUS"
                -chardev stdio,id=console,signal=off -serial chardev:console
                -chardev "file,id=results,path=$RESULT_FILE"
                -device pci-serial,chardev=results -rtc base=2026-01-01,clock=vm
                -kernel "$KERNEL_IMAGE" -initrd "$WORK/initramfs" -append "$append")
        if [[ $NVDIMM_BYTES -gt 0 ]]; then
                machine+=,nvdimm=on,acpi=on,iommu=smmuv3
                memory+=,slots=4,maxmem=64G
                QEMU+=(-bios "$ARM_UEFI"
                        -object "memory-backend-ram,id=nv0,size=$((NVDIMM_BYTES + NVDIMM_LABELS))"
                        -device nvdimm,memdev=nv0,id=d0,label-size=128k
                        -object "memory-backend-ram,id=bar0,size=$BAR_BYTES,share=on"
                        -device ivshmem-plain,memdev=bar0)
        fi
        QEMU+=(-machine "$machine" -m "$memory")
        ! counts_instructions || QEMU+=(-icount shift=0,sleep=off -seed "$SEED")
}
