#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Without privileges: what can run does, and probe says by which setting the rest could.
# Usage: nonroot.sh PMDGAIN DENY
set -u
[ "$(id -u)" = 0 ] || {
        echo "skipped: needs root, to give its privileges away"
        exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 777 "$work"
cp "$1" "$work/pmdgain"
cp "$2" "$work/deny"
cd "$work" || exit 1
failed=0

complain() {
        echo "FAILED: $*"
        failed=1
}

nobody() {
        setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs env NO_COLOR=1 "$@" \
                >out 2>err
}

# says WORDS: probe does.
says() { grep -qF -- "$1" out || complain "probe does not say '$1'"; }

# remedy NAME: what probe says would allow it, up to a number, which a cell has of its own.
remedy() { grep -A 1 -- "^  $1 " probe.out | sed -nE 's/^ +-> ([^=]*).*/\1/p'; }

# skipped NAME DIR ARGUMENTS...: rows of that run are skipped, with the words of probe.
skipped() {
        local name=$1 dir=$2 words
        shift 2
        words=$(remedy "$name")
        words=${words/unlimited/8192} # KiB, what these runs lock
        [ -n "$words" ] || complain "probe has no remedy for $name: $(grep -A 1 "^  $name" probe.out)"
        (ulimit -l 64 && nobody ./deny "${denied:-perf_event_open}" ./pmdgain run "$@" "${short[@]}" \
                -o "$dir")
        grep -E ',skip,' "$dir/samples.csv" | grep -qF -- "$words" ||
                complain "$name: no skipped row says '$words': $(tail -n 1 "$dir/samples.csv")"
}

(ulimit -l 64 && nobody ./deny unshare ./pmdgain probe) || complain "probe: $(cat err)"
cp out probe.out
says 'ulimit -l unlimited as root, or CAP_IPC_LOCK'
says 'unshare(2), in a container'
says 'run as root, or with CAP_DAC_READ_SEARCH'
nobody ./pmdgain probe --json || complain "probe --json: $(cat err)"
python3 - <<'EOF' || complain "probe --json has a privilege without its reason or remedy"
import json
rows = json.load(open("out"))["privileges"]
lacking = [row for row in rows if not row["works"]]
assert lacking and all(row["reason"] and row["todo"] and row["for"] for row in lacking)
assert "page frame numbers" in [row["name"] for row in lacking]
EOF
./pmdgain probe --json >out
python3 - <<'EOF' || complain "root lacks what is root's"
import json
rows = {row["name"]: row["works"] for row in json.load(open("out"))["privileges"]}
assert rows["kpageflags"] and rows["the kernel's events"]
EOF
short=(--budget 10m --option samples=1 --option sample_time=1ms --option max_blocks=1
        --option min_blocks=1)
for workload in chase populate null; do
        nobody ./pmdgain run -w $workload --bytes 8m "${short[@]}" -o "run-$workload"
        code=$?
        case $code in
        0 | 77) ;;
        *) complain "$workload ended with $code: $(tail -n 2 err out)" ;;
        esac
        ! grep -E ',(system|usage|invalid),' "run-$workload/samples.csv" ||
                complain "$workload: failed for want of privileges"
done
# What stands in for shmem does so when the run is gone on with.
nobody ./deny unshare,memfd_create ./pmdgain run -w chase --bytes 8m "${short[@]}" -o instead
if grep -q ',ok,' instead/samples.csv; then
        grep -q ',anon,' instead/samples.csv || complain "nothing stands in for shmem"
        nobody ./deny unshare,memfd_create ./pmdgain run --resume instead
        [ $? = 0 ] || complain "what stands in for shmem is not gone on with: $(cat err)"
        nobody ./pmdgain run --resume instead
        grep -q 'source anon (ok) of the run is now shmem (ok)' err ||
                complain "another source than that of the run is taken: $(cat err)"
fi
skipped 'locking memory' no-lock -w populate --op mlock --bytes 8m
grep -q '^  hugetlb pool .* 0 free' probe.out &&
        skipped 'hugetlb pages' no-pool -w chase -s hugetlb --bytes 8m
shmem=$(cat /sys/kernel/mm/transparent_hugepage/shmem_enabled 2>/dev/null)
case $shmem in
*'[never]'* | *'[deny]'*)
        denied=unshare,madvise skipped 'mounting a tmpfs' no-tmpfs -w chase -s shmem --bytes 8m
        ;;
esac
exit $failed
