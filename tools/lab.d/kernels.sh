# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Stock Debian kernels, downloaded with apt and unpacked into the cache, never installed. Each
# suite has its own apt folder: the system's apt configuration and state are read, not changed.
# Sourced by tools/lab.

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The suite a name stands for; empty when it is none. On aarch64 NAME-16k is its kernel with pages of
# 16 KiB, where a PMD maps 32 MiB; Debian builds none with 64 KiB there.
suite_of()
{
        local name=$1
        [[ $ARCH != aarch64 ]] || name=${name%-16k}
        case $name in
        bookworm | sid) printf '%s\n' "$name" ;;
        backports) printf 'bookworm-backports\n' ;;
        esac
}

# The Debian mirror this machine uses already, or Debian's own.
debian_mirror()
{
        local uri
        # shellcheck disable=SC2016 # apt's own variables
        uri=$(apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' \
                'Identifier: Packages' 2>/dev/null |
                awk '$1 == "Debian/Debian" { print $2; exit }') || true
        printf '%s\n' "${uri:-http://deb.debian.org/debian/}"
}

# apt_dir NAME SUITE: makes the suite's private apt folder and prints its path.
apt_dir()
{
        local dir=$CACHE/apt/$1
        mkdir -p "$dir"/{lists/partial,archives/partial,state,sources}
        printf '%s\n' 'Types: deb' "URIs: $(debian_mirror)" "Suites: $2" 'Components: main' \
                "Architectures: $DEBIAN_ARCH" "Signed-By: $KEYRING" >"$dir/sources/lab.sources"
        {
                # The proxy and the like; not the hooks, which act on the system.
                apt-config dump 2>/dev/null | grep '^Acquire::' || true
                printf 'Dir::Etc::%s "/dev/null";\n' main parts sourcelist preferences \
                        preferencesparts
                printf '%s;\n' "Dir::Etc::sourceparts \"$dir/sources\"" \
                        "Dir::State \"$dir/state\"" "Dir::State::lists \"$dir/lists\"" \
                        'Dir::State::status "/dev/null"' "Dir::Cache \"$dir\"" \
                        "Dir::Log \"$dir\"" "APT::Architecture \"$DEBIAN_ARCH\"" \
                        "APT::Architectures { \"$DEBIAN_ARCH\"; }" \
                        "APT::Sandbox::User \"$(id -un)\""
        } >"$dir/apt.conf"
        printf '%s\n' "$dir"
}

# kernel_packages PACKAGE: what to unpack for it: the image, and where it is split, its parts.
kernel_packages()
{
        local image
        image=$(apt-cache depends "$1" | awk '$1 == "Depends:" { print $2 }' |
                grep '^linux-image-[0-9]')
        printf '%s\n' "$image"
        apt-cache depends "$image" | awk '$1 == "Depends:" { print $2 }' |
                grep -E '^linux-(binary|modules)-[0-9]' || true
}

# Leaves the folders that no guest of ours can use in the package.
unpack_kernel()
{
        local deb=$1 to=$2 skip
        local -a excludes=()
        for skip in sound net/{bluetooth,mac80211,wireless,netfilter} fs/{ocfs2,ceph,smb,nfs,nfsd} \
                drivers/{net,media,gpu,usb,infiniband,staging,iio,hwmon,scsi,input,hid,mtd,isdn}; do
                excludes+=("--exclude=*/kernel/$skip/*")
        done
        dpkg-deb --fsys-tarfile "$deb" |
                tar -x -C "$to" --wildcards "${excludes[@]}" --exclude=./usr/share
}

# fetch_kernel NAME SUITE DIR: fills DIR with vmlinuz, modules/ and version.
fetch_kernel()
{
        local name=$1 suite=$2 dir=$3 package=linux-image-$DEBIAN_ARCH apt packages deb work
        [[ $name != *-16k ]] || package+=-16k
        apt=$(apt_dir "$name$CACHE_TAG" "$suite")
        export APT_CONFIG=$apt/apt.conf
        say "$suite: looking up its kernel"
        if ! apt-get -qq update >"$apt/update.log" 2>&1; then
                tail -n 5 "$apt/update.log" >&2
                cannot "apt cannot read $suite from $(debian_mirror): is there a network?"
        fi
        packages=$(kernel_packages "$package") || cannot "$suite has no $package"
        work=$(mktemp -d "$CACHE/unpack.XXXXXX")
        say "$suite: downloading" "$packages"
        # shellcheck disable=SC2086 # a list of packages
        (cd "$work" && apt-get -qq download $packages) >"$apt/download.log" 2>&1 || {
                tail -n 5 "$apt/download.log" >&2
                cannot "apt could not download" "$packages"
        }
        unset APT_CONFIG
        mkdir "$work/root"
        for deb in "$work"/*.deb; do
                unpack_kernel "$deb" "$work/root"
        done
        settle_kernel "$work/root" "$work/kernel"
        rm -rf "$dir"
        mv "$work/kernel" "$dir"
        rm -rf "$work" "$apt"
}

# Takes vmlinuz and the modules out of an unpacked package tree.
settle_kernel()
{
        local root=$1 to=$2 modules image
        modules=$(find "$root" -mindepth 3 -maxdepth 4 -path '*/lib/modules/*' -type d \
                -name '[0-9]*' | head -n 1)
        image=$(find "$root/boot" "$modules" -maxdepth 1 -name 'vmlinuz*' 2>/dev/null | head -n 1)
        [[ -n $modules && -n $image ]] ||
                cannot "the kernel package is laid out in a way that is not known"
        mkdir "$to"
        mv "$image" "$to/vmlinuz"
        mv "$modules" "$to/modules"
        basename "$modules" >"$to/version"
}

# use_kernel NAME: sets KERNEL_NAME, KERNEL_IMAGE, KERNEL_MODULES and KERNEL_CACHE.
use_kernel()
{
        local name=$1 suite
        suite=$(suite_of "$name")
        if [[ -n $suite ]]; then
                KERNEL_NAME=$name
                KERNEL_CACHE=$CACHE/kernels/$name$CACHE_TAG
                mkdir -p "$CACHE/kernels"
                if [[ ! -e $KERNEL_CACHE/version || $REFRESH = yes ]]; then
                        fetch_kernel "$name" "$suite" "$KERNEL_CACHE"
                fi
                KERNEL_IMAGE=$KERNEL_CACHE/vmlinuz
                KERNEL_MODULES=$KERNEL_CACHE/modules
                return
        fi
        KERNEL_IMAGE=${name%%:*}
        KERNEL_MODULES=${name#*:}
        [[ $name = *:* && -r $KERNEL_IMAGE && -d $KERNEL_MODULES/kernel ]] ||
                misuse "--kernel $name: neither bookworm, backports or sid (on aarch64 with -16k too)" \
                        "nor VMLINUZ:MODULES, a kernel image and its folder with kernel/ below"
        KERNEL_NAME=$(basename "$KERNEL_IMAGE")
        KERNEL_CACHE=$CACHE/kernels/own-$(stat -c '%n %s %Y' "$KERNEL_IMAGE" "$KERNEL_MODULES" |
                sha256sum | cut -c1-16)
        mkdir -p "$KERNEL_CACHE"
}
