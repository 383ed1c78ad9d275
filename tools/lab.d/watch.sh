# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Runs the guest and watches its console: shows what the guest's programs say, keeps all of it, and
# takes silence, a panic, an oops or a kernel warning for a failure. Sourced by tools/lab.

# What the kernel prints when something is wrong with it. Its lines start with a time in brackets.
KERNEL_TROUBLE='Kernel panic|Oops|BUG:|WARNING:|general protection fault'
readonly KERNEL_TROUBLE+='|blocked for more than|Out of memory'

readonly BOOT_SECONDS=60 # a kernel on a busy host says nothing for long before its first program
QEMU_PID=

stop_guest()
{
        if [[ -n $QEMU_PID ]]; then
                kill -9 "$QEMU_PID" 2>/dev/null || true
                QEMU_PID=
        fi
}

# trouble_in LOG: what was being run when the kernel complained first: the last cell of the matrix
# that had begun, and the last of its comparisons that pmdgain named.
trouble_in()
{
        awk -v trouble="^\\[.*($KERNEL_TROUBLE)" '
                /^lab: \[[0-9]+\/[0-9]+\]/ { cell = $0; now = "" }
                /^[0-9]+ of .* left: / { now = $0; sub(/.* left: /, "", now) }
                $0 ~ trouble { exit }
                END { if (cell != "") print cell (now != "" ? ", near " now : "") }' "$1"
}

# Quotes the console after a failure: what the kernel complained of, and the last lines.
quote_console()
{
        local log=$1
        {
                if grep -qE "^\[.*($KERNEL_TROUBLE)" "$log"; then
                        printf 'lab: the kernel said, in %s:\n' \
                                "$(trouble_in "$log" | sed 's/^lab: //' | grep . || echo 'no cell')"
                        grep -m 1 -A 30 -E "^\[.*($KERNEL_TROUBLE)" "$log" | sed 's/^/  /'
                fi
                printf 'lab: the last lines of the console (%s):\n' "$log"
                tail -n 15 "$log" | sed 's/^/  /'
        } >&2
}

# watch_guest LOG: runs QEMU and returns when it has ended. Returns 1, having said why, when it was
# silent for HANG_SECONDS, ran longer than LIMIT_SECONDS or its kernel was in trouble.
watch_guest()
{
        local log=$1 line why='' start=$SECONDS got patience=$HANG_SECONDS
        [[ $patience -ge $BOOT_SECONDS ]] || patience=$BOOT_SECONDS
        : >"$log"
        exec {CONSOLE}< <(exec "${QEMU[@]}" 2>&1 </dev/null)
        QEMU_PID=$!
        while :; do
                got=0
                IFS= read -r -t "$patience" line <&"$CONSOLE" || got=$?
                line=${line%$'\r'}
                [[ $got -ne 0 && -z $line ]] || printf '%s\n' "$line" >>"$log"
                if [[ $got -gt 128 ]]; then
                        why="was silent for $patience s"
                elif [[ $((SECONDS - start)) -ge $LIMIT_SECONDS ]]; then
                        why="ran for $LIMIT_SECONDS s, the limit"
                elif [[ $got -eq 0 ]]; then
                        show_line "$line"
                        [[ $line != lab:* ]] || patience=$HANG_SECONDS
                        [[ ! $line =~ ^\[.*($KERNEL_TROUBLE) ]] || why='had trouble in its kernel'
                        continue
                fi
                break
        done
        stop_guest
        exec {CONSOLE}<&-
        [[ -n $why ]] || return 0
        warn "$KERNEL_NAME: the guest $why"
        quote_console "$log"
        return 1
}

# The kernel's own lines are for the log.
show_line()
{
        [[ $1 =~ ^\[\ *[0-9]+\.[0-9]+\] || -z $1 ]] || printf '%s\n' "$1"
}
