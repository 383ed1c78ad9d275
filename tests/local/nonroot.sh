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

(ulimit -l 64 && nobody ./deny unshare ./pmdgain probe) || complain "probe: $(cat err)"
says 'ulimit -l unlimited as root, or CAP_IPC_LOCK'
says 'user.max_user_namespaces'
grep -q '^  hugetlb pool .* 0 free' out && says 'sysctl vm.nr_hugepages='
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
exit $failed
