# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Messages, printed commands and sizes, for the parts of tools/provision. Sourced.

readonly ND=/sys/bus/nd/devices
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

warn() { printf 'provision: %s\n' "$*" >&2; }

# One each for the exit codes 1 (failed or refused) and 2 (usage).
fail() { warn "$@"; exit 1; }
misuse() { warn "$@"; exit 2; }

# Prints a command and, unless --dry-run, runs it.
run()
{
        printf '+ %s\n' "$*"
        [[ $DRY_RUN = yes ]] || "$@"
}

# run, with its output kept in OUT; a failure shows it.
run_out()
{
        OUT=
        printf '+ %s\n' "$*"
        [[ $DRY_RUN = no ]] || return 0
        OUT=$("$@" 2>&1) || fail "$1 failed: $(head -n 3 <<<"$OUT")"
}

# The first line of a file, or nothing.
first_line()
{
        local line=
        [[ ! -r $1 ]] || IFS= read -r line 2>/dev/null <"$1" || true
        printf '%s\n' "$line"
}

# json_field NAME: the first string or number so named in what ndctl printed into OUT.
json_field()
{
        grep -oE "\"$1\":(\"[^\"]*\"|[0-9]+)" <<<"$OUT" | head -n 1 |
                sed 's/^[^:]*://; s/"//g' || true
}

# The running kernel's base page; a guest has no getconf, and a kernel may have no smaps.
page_bytes()
{
        getconf PAGESIZE 2>/dev/null ||
                awk '$1 == "KernelPageSize:" { print $2 * 1024; exit }' /proc/self/smaps
}

# What one PMD maps; without transparent huge pages, a page of entries of 8 bytes, each one a page.
pmd_bytes()
{
        local bytes
        bytes=$(first_line /sys/kernel/mm/transparent_hugepage/hpage_pmd_size)
        printf '%s\n' "${bytes:-$((PAGE * PAGE / 8))}"
}

# size_text BYTES: as mkfs and people have it: 16k, 2m.
size_text()
{
        local bytes=$1 unit=''
        for unit in '' k m g; do
                [[ $((bytes % 1024)) -eq 0 && $unit != g ]] || break
                bytes=$((bytes / 1024))
        done
        printf '%s%s\n' "$bytes" "$unit"
}

# A size such as 4k, 2m or 1g, or 2p (base pages), or the words page and pmd, in bytes.
bytes_of()
{
        local text=${1,,} unit=1
        case $text in
        page) text=$PAGE ;;
        pmd) text=$PMD ;;
        *p) unit=$PAGE ;;
        *k) unit=1024 ;;
        *m) unit=$((1024 * 1024)) ;;
        *g) unit=$((1024 * 1024 * 1024)) ;;
        *t) unit=$((1024 * 1024 * 1024 * 1024)) ;;
        esac
        text=${text%[pkmgt]}
        [[ $text =~ ^[0-9]{1,12}$ ]] || return 1
        printf '%s\n' $((10#$text * unit))
}

# file_value FILE KEY: the number after KEY, or nothing.
file_value()
{
        local key value
        while read -r key value _; do
                if [[ $key = "$2" ]]; then
                        printf '%s\n' "$value"
                        return
                fi
        done <"$1"
}

# mem_available: MemAvailable in bytes, and the free pages that CPUs hold in lists of their own,
# which it leaves out (some MiB: more than a small namespace takes).
mem_available()
{
        local held
        held=$(awk '$1 == "count:" { sum += $2 } END { print sum + 0 }' /proc/zoneinfo)
        printf '%s\n' $(($(file_value /proc/meminfo MemAvailable:) * 1024 + held * PAGE))
}

vmstat_value() { file_value /proc/vmstat "$1"; }
now_ns() { printf '%s\n' "${EPOCHREALTIME/[.,]/}000"; }
