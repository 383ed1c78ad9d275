# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What a command must end with and say. Sourced, in a folder of its own.

failed=0

complain() {
        echo "FAILED: $*"
        failed=1
}

# expect CODE WORDS COMMAND...: runs it; the code must match, stderr hold the words in one line.
expect() {
        local code=$1 words=$2 got
        shift 2
        timeout 120 "$@" >out 2>err
        got=$?
        [ "$got" = "$code" ] || complain "exit code $got, not $code: $* ($(head -c 300 err))"
        if [ -n "$words" ]; then
                grep -qF -- "$words" err || complain "'$words' is not said by: $* ($(cat err))"
                [ "$(wc -l <err)" = 1 ] || complain "not one line: $* ($(cat err))"
        fi
}
