#!/usr/bin/env bash
# Who may include whom: the layers of the code, checked by its #include lines.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

# allow FOLDER PATTERN: every #include "..." or <pmdgain/...> in FOLDER must match PATTERN.
allow() {
        local bad
        bad=$(grep -rnE '^#include ("|<pmdgain/)' "$1" --include='*.[ch]' |
                grep -vE "#include (<pmdgain/[a-z]+\.h>|$2)")
        if [ -n "$bad" ]; then
                printf '%s may not include:\n%s\n' "$1" "$bad"
                failed=1
        fi
}

# only FOLDER-PATTERN HEADER-PATTERN: these system headers are for these folders alone.
only() {
        local bad
        bad=$(grep -rnE "^#include <($2)" src bench include --include='*.[ch]' | grep -vE "^($1)")
        if [ -n "$bad" ]; then
                printf 'only %s may include:\n%s\n' "$1" "$bad"
                failed=1
        fi
}

public='"pmdgain/'
allow bench '"(bench/)?[a-z0-9_/]+\.h"'
allow src/core "$public"
allow src/sys '"sys/'
allow src/mapping '"(mapping|sys)/'
allow src/source '"(source|mapping|sys)/'
allow src/counters '"(counters|sys)/'
allow src/csv '"csv/'
allow src/stats '"stats/'
allow src/plan '"plan/'
allow src/trend '"(trend|report|csv|stats)/'
allow src/report '"(report|csv|stats)/'
allow src/collect '"(collect|report|csv|stats)/'
allow src/compare '"(compare|report|csv|stats)/'
allow src/engine '"(engine|plan|stats|mapping|sys|csv)/'
allow src/explain '"explain/'
allow include "$public"
if grep -rnE '#include "(\.\./|src/|sys/|mapping/|source/|engine/)' bench; then
        echo 'bench may include nothing of src'
        failed=1
fi

# Time is measured by a clock that nobody sets; the date is for names and for machine.json.
if grep -rnE '\b(time|ftime|gettimeofday)\((NULL|&)|CLOCK_(REALTIME|TAI)' src bench include |
        grep -vE '^src/cli/run_(json|folder)\.c:'; then
        echo 'the clock that a step of the time moves is not for measuring'
        failed=1
fi

only 'src/sys/' 'hwloc|numa\.h|numaif\.h|ndctl/|daxctl/|linux/fiemap|linux/vfio|linux/fs\.h|sys/statfs|linux/magic'
only 'src/counters/' 'perfmon/'
only 'src/(counters|sys)/' 'linux/perf_event'
only 'src/plan/' 'ini\.h'
only 'src/(sys|cli|report|trend|collect)/' 'json-c/'
exit "$failed"
