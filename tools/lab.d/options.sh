# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# The command line of tools/lab. Sourced.

usage()
{
        cat <<'EOF'
Usage: tools/lab [OPTION]...
Boots stock Debian kernels on an emulated NVDIMM under QEMU, runs the matrix of memmap, file
system, alignment and lever there (tools/lab.d/matrix), and brings the results back.

What to run
  --plan NAME|FILE  pmdgain's plan for every cell of the matrix (default: lab-smoke or lab-full,
                    and for some cells the one that the matrix names)
  --matrix SET      smoke, full, or a file of cells (default: smoke)
  --cell NAME       only this cell; may be repeated
  --each FILE       run this program on every cell instead of pmdgain: FILE CELL SOURCE ARMS
  --exec FILE       no matrix: run this program or script in the guest
  --with FILE[:AS]  carry this file too, as AS or by its own name below /lab; may be repeated
  --pmdgain FILE    the program (default: build/src/cli/pmdgain, built when there is none)

Where
  --kernel LIST     bookworm (6.1), backports (6.12), sid (newest), or VMLINUZ:MODULES; several,
                    divided by commas, run one after another (default: bookworm). On aarch64 also
                    backports-16k and sid-16k: pages of 16 KiB, a PMD maps 32 MiB
  --arch ARCH       x86_64, or aarch64: an emulated Neoverse N1 (default: x86_64)
  --nvdimm SIZE     size of the emulated NVDIMM (default: 4g); none, on aarch64: starts sooner
  --e820 SIZE       also a pmem region made by memmap= (default: none; full matrix: 1g)
  --disk FILE       a raw disk image of yours as the guest's /dev/vda; what is written there stays
  --cpus N          virtual CPUs (default: 1)
  --clock WHAT      instructions: the guest's clock counts them, so times repeat; host: wall time;
                    auto: KVM with wall time where it works, else instructions, else (several
                    CPUs) wall time (default: auto)
  --seed N          of the guest's random numbers, where instructions are counted (default: 1)
  --hang SECONDS    give up when the guest is silent for so long (default: 180)
  --limit SECONDS   give up after so long (default: 1200)

What the kernel's paths cost
  --icount          --clock instructions with the plan lab-icount: no latencies, no bandwidths
  --compare DIR     compare with DIR/KERNEL, an earlier output of --icount, cell by cell; exit code 3
                    when a path's cost moved by more than the threshold, either way
  --against KERNEL  compare with DIR/KERNEL of this kernel instead of the same
  --threshold PCT   default: 0.5

Housekeeping
  --refresh         look for newer kernels
  --fetch           only get the kernels and build the archives
  --keep            keep the initramfs beside the results
  -o, --output DIR  results, one folder a kernel (default: results/lab-DATE)
  --help

Exit codes: 0 done, 1 something failed, 2 usage, 3 (--compare) a cost moved, 77 the lab cannot run
here.
EOF
}

parse_options()
{
        PLAN='' PLAN_NAMED=no MATRIX=smoke CELLS=() EACH='' EXEC='' WITH=() PMDGAIN='' KERNELS=bookworm
        NVDIMM_BYTES=$((4 * GIB)) E820_BYTES='' DISK='' CPUS=1 CLOCK=auto SEED=1
        ICOUNT=no COMPARE='' AGAINST='' THRESHOLD=0.5
        HANG_SECONDS=180 LIMIT_SECONDS=1200
        REFRESH=no FETCH=no KEEP=no OUTPUT='' ARCH=x86_64
        while [[ $# -gt 0 ]]; do
                case $1 in
                --help)
                        usage
                        exit 0
                        ;;
                --refresh) REFRESH=yes ;;
                --fetch) FETCH=yes ;;
                --keep) KEEP=yes ;;
                --icount) ICOUNT=yes ;;
                -*)
                        [[ $# -ge 2 ]] || misuse "$1 needs a value, or is no option (see --help)"
                        set_option "$1" "$2"
                        shift
                        ;;
                *) misuse "$1: not expected here (see --help)" ;;
                esac
                shift
        done
        check_options
}

set_option()
{
        case $1 in
        --plan) PLAN=$2 PLAN_NAMED=yes ;;
        --matrix) MATRIX=$2 ;;
        --cell) CELLS+=("$2") ;;
        --each) EACH=$(readable "$@") ;;
        --exec) EXEC=$(readable "$@") ;;
        --pmdgain) PMDGAIN=$(readable "$@") ;;
        --with)
                readable "$1" "${2%%:*}" >/dev/null
                WITH+=("$2")
                ;;
        --kernel) KERNELS=$2 ;;
        --nvdimm)
                NVDIMM_BYTES=0
                [[ $2 = none ]] || NVDIMM_BYTES=$(whole_gib "$@")
                ;;
        --e820) E820_BYTES=$(whole_gib "$@") ;;
        --disk) DISK=$(disk_image "$@") ;;
        --clock) CLOCK=$2 ;;
        --arch) ARCH=$2 ;;
        --cpus) CPUS=$(whole "$@") ;;
        --seed) SEED=$(whole "$@") ;;
        --compare) COMPARE=$2 ;;
        --against) AGAINST=$2 ;;
        --threshold) THRESHOLD=$2 ;;
        --hang) HANG_SECONDS=$(whole "$@") ;;
        --limit) LIMIT_SECONDS=$(whole "$@") ;;
        -o | --output) OUTPUT=$2 ;;
        *) misuse "$1: no such option (see --help)" ;;
        esac
}

readable()
{
        [[ -f $2 && -r $2 ]] || misuse "$1 $2: no file that can be read"
        printf '%s\n' "$2"
}

# The guest writes to it, so that a block device is refused: it may hold somebody's data.
disk_image()
{
        [[ -f $2 && -w $2 && ! -L $2 ]] || misuse "$1 $2: no file that can be written"
        [[ $(($(stat -c %s "$2") % 512)) -eq 0 && -s $2 ]] ||
                misuse "$1 $2: not a multiple of 512 bytes (make one: truncate -s 64M $2)"
        printf '%s\n' "$2"
}

whole()
{
        [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || misuse "$1 $2: not a whole number above 0"
        printf '%s\n' "$2"
}

whole_gib()
{
        local bytes
        bytes=$(bytes_of "$2") || bytes=1
        [[ $((bytes % GIB)) -eq 0 ]] || misuse "$1 $2: not a whole number of GiB such as 4g"
        printf '%s\n' "$bytes"
}

# The gate needs instructions as the clock, and pmdgain's results of each cell.
check_gate()
{
        if [[ $ICOUNT = yes ]]; then
                [[ $CLOCK = auto || $CLOCK = instructions ]] ||
                        misuse "--icount: not with --clock $CLOCK"
                CLOCK=instructions
                PLAN=${PLAN:-lab-icount} PLAN_NAMED=yes # of all cells: others time accesses too
        fi
        [[ -z $AGAINST || -n $COMPARE ]] || misuse "--against: goes with --compare DIR"
        [[ -n $COMPARE ]] || return 0
        [[ $ICOUNT = yes ]] || misuse "--compare: goes with --icount: other clocks do not repeat"
        [[ -z $EXEC && -z $EACH ]] || misuse "--compare: not with --exec or --each"
        [[ $THRESHOLD =~ ^[0-9]+(\.[0-9]+)?%?$ ]] ||
                misuse "--threshold $THRESHOLD: not a number of percent"
        [[ -d $COMPARE ]] || misuse "--compare $COMPARE: no such folder"
}

check_options()
{
        check_gate
        case $CLOCK in
        auto | host) ;;
        instructions)
                [[ $CPUS -eq 1 ]] || misuse "--clock instructions: the guest has one CPU then"
                ;;
        *) misuse "--clock $CLOCK: not one of: auto instructions host" ;;
        esac
        choose_arch "$ARCH"
        [[ $NVDIMM_BYTES -gt 0 || ($ARCH = aarch64 && -n $EXEC) ]] ||
                misuse "--nvdimm none: only with --arch aarch64 and --exec"
        [[ $ARCH = x86_64 || ${E820_BYTES:-0} -eq 0 ]] || misuse "--e820: only on x86_64"
        # The disk takes the host's time: a clock of instructions leaps while the guest waits for it.
        if [[ -n $DISK ]]; then
                [[ $ARCH = x86_64 ]] || misuse "--disk: only on x86_64"
                [[ $CLOCK != instructions ]] || misuse "--disk: not with --clock instructions"
                CLOCK=host
        fi
        [[ -z $EXEC || -z $EACH ]] || misuse "--exec and --each: give one of them"
        if [[ -z $E820_BYTES ]]; then
                E820_BYTES=0
                [[ $MATRIX != full || $ARCH != x86_64 ]] || E820_BYTES=$GIB
        fi
        case $MATRIX in
        smoke | full) PLAN=${PLAN:-lab-$MATRIX} ;;
        *)
                readable --matrix "$MATRIX" >/dev/null
                PLAN=${PLAN:-lab-smoke}
                ;;
        esac
        OUTPUT=${OUTPUT:-$ROOT/results/lab-$(date +%Y%m%d-%H%M%S)}
        [[ $FETCH = yes || ! -e $OUTPUT ]] || [[ -d $OUTPUT && -w $OUTPUT ]] ||
                misuse "-o $OUTPUT: not a folder that can be written"
}
