# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2054
# The emulated machine: an NVDIMM, on request an e820 pmem region, and a PCI memory BAR behind an
# IOMMU for vfio. Sourced by tools/lab.

readonly MIB=$((1024 * 1024)) GIB=$((1024 * 1024 * 1024))
readonly GUEST_LOW=$((2 * GIB))     # q35 puts this much below 4 GiB when there is 2.75 GiB or more
readonly NVDIMM_LABELS=$((2 * MIB)) # holds the label area, so that the region stays aligned
readonly BAR_BYTES=$((1 * GIB))
readonly PROBE_SECONDS=15           # a kernel on KVM is up in two or three

# Does the guest's clock count instructions?
counts_instructions() { [[ $ACCEL = tcg && $CLOCK != host && $CPUS -eq 1 ]]; }

# qemu_command ARGUMENT: sets QEMU to the command line; ARGUMENT goes to the kernel's. Uses ACCEL
# (kvm or tcg), CLOCK, CPUS, NVDIMM_BYTES, E820_BYTES, DISK, RESULT_FILE, KERNEL_IMAGE and WORK.
qemu_command()
{
        local append
        if [[ $ARCH = aarch64 ]]; then
                arm_command "$1"
                return
        fi
        # A busy host can be too slow for the kernel's checks of timers and lockups: none of them.
        append="console=ttyS0 loglevel=5 panic=-1 oops=panic nowatchdog no_timer_check nokaslr"
        append+=" intel_iommu=on random.trust_cpu=on $1"
        ! counts_instructions || append+=" lab_clock=instructions norandmaps"
        [[ $E820_BYTES -eq 0 ]] || append+=" memmap=$((E820_BYTES / MIB))M!4G"
        QEMU=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
                -machine "q35,nvdimm=on,kernel-irqchip=split,accel=$ACCEL"
                -smp "$CPUS" -m "$(((GUEST_LOW + E820_BYTES) / MIB))M,slots=4,maxmem=64G"
                -chardev stdio,id=console,signal=off -serial chardev:console
                -serial "file:$RESULT_FILE"
                -object "memory-backend-ram,id=nv0,size=$((NVDIMM_BYTES + NVDIMM_LABELS))"
                -device nvdimm,memdev=nv0,id=d0,label-size=128k
                -device intel-iommu
                -object "memory-backend-ram,id=bar0,size=$BAR_BYTES,share=on"
                -device ivshmem-plain,memdev=bar0
                -kernel "$KERNEL_IMAGE" -initrd "$WORK/initramfs" -append "$append")
        if [[ $ACCEL = kvm ]]; then
                QEMU+=(-cpu host)
        else
                QEMU+=(-cpu max)
                ! counts_instructions || QEMU+=(-icount shift=0,sleep=off -seed "$SEED")
        fi
        [[ -z $DISK ]] || QEMU+=(-blockdev "driver=file,filename=${DISK//,/,,},node-name=disk"
                -device virtio-blk-pci,drive=disk)
        # For --icount nothing of the host's clock comes in, not even the date.
        if [[ $ICOUNT = yes ]]; then
                QEMU+=(-rtc base=2000-01-01,clock=vm)
        else
                QEMU+=(-rtc base=utc)
        fi
}

# choose_accelerator: sets ACCEL. /dev/kvm may be there and still not run a kernel, so one is booted
# as far as its first program; the answer holds for this kernel until the machine boots again.
choose_accelerator()
{
        local answer start=$SECONDS
        ACCEL=tcg
        [[ $ARCH = x86_64 && $CLOCK != instructions && -r /dev/kvm && -w /dev/kvm ]] || return 0
        answer=$CACHE/kvm-$(</proc/sys/kernel/random/boot_id)-$(key_of <"$KERNEL_IMAGE")
        if [[ ! -e $answer ]]; then
                say "trying KVM (at most $PROBE_SECONDS s)"
                rm -f "$CACHE"/kvm-*-"$(key_of <"$KERNEL_IMAGE")"
                ACCEL=kvm RESULT_FILE=/dev/null qemu_command lab=probe
                if timeout --foreground -k 1 "$PROBE_SECONDS" "${QEMU[@]}" </dev/null 2>&1 |
                        grep '^lab: probe' >/dev/null; then
                        printf 'yes\n' >"$answer"
                else
                        printf 'no\n' >"$answer"
                        say "KVM runs no guest here ($((SECONDS - start)) s): software emulation"
                fi
        fi
        ACCEL=tcg
        [[ $(<"$answer") != yes ]] || ACCEL=kvm
}
