#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What fails around a run: that cell fails with its reason, the others go on, the exit code says so,
# and nothing is written but what was named. Usage: faults.sh PMDGAIN DENY
set -u
pmdgain=$(realpath "$1")
deny=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

complain() {
        echo "FAILED: $*"
        failed=1
}

skipped() { echo "skipped: $*"; }

# Both arms of two workloads, small and quick: 16 cells, one row each.
cells=16
short=(-w chase -w populate --budget 10m --option samples=1 --option sample_time=1ms
        --option max_blocks=1 --option min_blocks=1 --bytes)

# run CODE COMMAND...: what it says is in out and err.
run() {
        local code=$1 got
        shift
        timeout 120 "$@" >out 2>err
        got=$?
        [ "$got" = "$code" ] || complain "exit code $got, not $code: $* ($(tail -c 300 err))"
}

# rows FILE STATUS: how many have it.
rows() {
        awk -F, -v want="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "status") at = i; next }
                $at == want { count++ } END { print count + 0 }' "$1"
}

# has DIR STATUS COUNT [WORDS]: so many rows of that status, one of them with these words.
has() {
        local found
        found=$(rows "$1/samples.csv" "$2")
        [ "$found" = "$3" ] ||
                complain "$1 has $found rows '$2', not $3: $(grep -v ',ok,' "$1/samples.csv" | tail -n 1)"
        [ -z "${4-}" ] || grep -qF -- "$4" "$1/samples.csv" || complain "$1: no row says '$4'"
}

as_root() {
        [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null && return
        skipped "$1: needs root and mount namespaces"
        return 1
}

# A container's filter: what is not allowed is done without, or is a row with its reason.
denied() {
        for call in perf_event_open unshare,mount memfd_create mbind,set_mempolicy,get_mempolicy \
                statx fallocate ioctl; do
                run 0 "$deny" "$call" "$pmdgain" run "${short[@]}" 8m -o "deny-$call"
                has "deny-$call" ok $cells
        done
        run 1 "$deny" mlock "$pmdgain" run "${short[@]}" 8m -o no-mlock
        has no-mlock ok $((cells - 2))
        has no-mlock system 2 'mlock of 8388608 bytes failed: Operation not permitted'
        run 1 "$deny" sched_setaffinity "$pmdgain" run "${short[@]}" 8m -o no-affinity
        has no-affinity system $cells 'cannot bind a thread to CPU'
        run 77 "$deny" madvise "$pmdgain" run "${short[@]}" 8m -o no-madvise
        has no-madvise skip $cells 'madvise() of huge pages failed: Operation not permitted'
        run 1 "$deny" fsync "$pmdgain" run "${short[@]}" 8m -o no-fsync
        grep -q 'cannot write no-fsync/machine.json: Operation not permitted' err ||
                complain "no fsync: $(cat err)"
        run 1 "$deny" pipe2 "$pmdgain" run "${short[@]}" 8m -o no-pipe
        grep -q 'cannot make a pipe: Operation not permitted' err || complain "no pipe: $(cat err)"
        run 1 "$deny" flock "$pmdgain" run "${short[@]}" 8m -o no-lock
        grep -q 'cannot lock folder no-lock: Operation not permitted' err ||
                complain "no lock: $(cat err)"
}

# Kernel interfaces that a container hides.
hidden() {
        as_root 'hidden kernel interfaces' || return
        for place in /sys/kernel /sys/bus /sys/class /sys; do
                run 0 unshare -m sh -c "mount -t tmpfs none $place && exec \"\$@\"" sh \
                        "$pmdgain" run "${short[@]}" 8m --counters faults -o "hidden${place////-}"
                has "hidden${place////-}" ok $cells
        done
        run 0 unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh "$pmdgain" probe
}

# Where results cannot go.
results() {
        as_root 'read-only results' || return
        mkdir fixed
        run 1 unshare -m sh -c 'mount -t tmpfs -o ro none fixed && exec "$@"' sh \
                "$pmdgain" run "${short[@]}" 8m -o fixed/run
        grep -q 'fixed/run.*Read-only file system' err || complain "read-only: $(cat err)"
        [ "$(wc -l <err)" = 1 ] || complain "a read-only folder took more than a line"
}

# LeakSanitizer does not work under strace.
# A slow disk costs time, and no sample.
slow() {
        strace -qq true 2>/dev/null || {
                skipped 'slow disk: strace cannot trace here'
                return
        }
        run 0 env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=write,fsync \
                -e inject=write,fsync:delay_enter=20000 "$pmdgain" run "${short[@]}" 8m -o slow
        has slow ok $cells
}

# Names reach no shell, and no file but those of the folder named is opened for writing.
contained() {
        strace -qq true 2>/dev/null || return
        run 0 env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=execve,openat,creat,rename,renameat2,unlink,mkdir \
                "$pmdgain" run "${short[@]}" 8m -o contained
        grep -E 'execve\(' trace | grep -vE '/(pmdgain|gnuplot[a-z0-9-]*)"|ENOENT' >foreign
        [ ! -s foreign ] || complain "a foreign program was started: $(head -n 2 foreign)"
        grep -E 'O_(WRONLY|RDWR)|O_CREAT|rename|mkdir|unlink' trace |
                grep -vE 'contained|= -1|"(/dev/(null|shm|ptmx|urandom)|/proc/self|/proc/[0-9]+|/sys/)' |
                grep -vE 'O_TMPFILE|\.gcda"|"(plots|samples|summary|machine|plan|report|reach|\.)[^"]*"' >strange
        [ ! -s strange ] || complain "opened for writing: $(head -n 3 strange)"
}

# A trial that is killed, as for want of memory, is a row; the run goes on.
killed() {
        local pid child=
        "$pmdgain" run "${short[@]}" 8m --option max_blocks=400 --option sample_time=20ms -o killed \
                >out 2>err &
        pid=$!
        for _ in $(seq 400); do
                child=$(pgrep -P "$pid" -x pmdgain | head -n 1)
                [ -n "$child" ] && [ -s killed/samples.csv ] && kill -KILL "$child" 2>/dev/null &&
                        grep -q 'was killed' killed/samples.csv && break
                sleep 0.02
        done
        kill -INT "$pid"
        wait "$pid"
        [ $? = 1 ] || complain "a run with a killed trial did not exit with 1"
        grep -q 'the trial was killed: for want of memory most likely' killed/samples.csv ||
                complain "no row tells of the killed trial"
        [ "$(rows killed/samples.csv ok)" -gt 0 ] || complain "nothing but the killed trial"
}

# Within a limit on memory, larger sizes are skipped, smaller ones measured.
limited() {
        local group=/sys/fs/cgroup/memory/pmdgain-test-$$ file=memory.limit_in_bytes
        [ -e /sys/fs/cgroup/cgroup.controllers ] &&
                group=/sys/fs/cgroup/pmdgain-test-$$ file=memory.max
        mkdir "$group" 2>/dev/null
        if ! { [ -e "$group/$file" ] && echo 256M >"$group/$file"; }; then
                skipped 'memory limit: no cgroup can be made here'
                rmdir "$group" 2>/dev/null
                return
        fi
        run 0 sh -c "echo \$\$ >$group/cgroup.procs && exec \"\$@\"" sh "$pmdgain" run \
                "${short[@]}" "8m 1g" -o limited
        rmdir "$group"
        has limited ok $cells
        has limited skip $cells 'more than the memory available'
}

# Without privileges: what needs them is skipped, with what would enable it.
unprivileged() {
        [ "$(id -u)" = 0 ] || return
        chmod 777 .
        run 77 setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \
                "$pmdgain" run "${short[@]}" 8m -s hugetlb -o no-hugetlb
        grep -q 'nr_hugepages' no-hugetlb/samples.csv || complain "hugetlb: no sysctl is named"
        run 0 setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$pmdgain" probe
}

# One CPU cannot measure two threads.
one_cpu() {
        run 0 taskset -c 0 "$pmdgain" run "${short[@]}" 8m --threads '1 2' -o one-cpu
        has one-cpu ok $cells
        grep -q '2 threads on 1 CPUs would measure the scheduler' one-cpu/samples.csv ||
                complain "two threads on one CPU"
}

# traced HOW WHEN TARGET ARGUMENTS...: the run in the background, whose WHEN-th openat() of
# TARGET is late; its process id is in `child`.
traced() {
        local how=$1 when=$2 target=$3 tracer
        shift 3
        env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -P "$target" -e trace=openat \
                -e "inject=openat:$how=2000000:when=$when" "$pmdgain" run "${short[@]}" 4m "$@" \
                >out 2>err &
        tracer=$!
        for _ in $(seq 400); do
                child=$(pgrep -P $tracer -x pmdgain) && return
                sleep 0.02
        done
        complain "strace started nothing: $(cat err)"
}

# Somebody exchanges the target between the look at it and its opening, or puts a link where there
# was nothing: what was not looked at is not written to.
exchanged() {
        local found='' openat=257 # on x86-64
        [ "$(uname -m)" = aarch64 ] && openat=56
        strace -qq true 2>/dev/null || return
        head -c 8M /dev/zero >target
        head -c 8M /dev/urandom >precious
        cp precious precious.before
        traced delay_exit 1 "$work/target" -s "file:$work/target" -a pte:nohuge --overwrite -o exchanged
        for _ in $(seq 400); do
                found=$(find "/proc/$child/fd" -lname "$work/target" 2>/dev/null) && [ -n "$found" ] && break
                sleep 0.01
        done
        [ -n "$found" ] || complain "exchanged: the target was never looked at ($(cat err))"
        mv target away
        mv precious target
        wait
        cmp -s target precious.before || complain "a file that took the target's name was written to"
        ! cmp -s <(head -c 4M away) <(head -c 4M /dev/zero) ||
                complain "exchanged: nothing was written at all ($(cat err))"
        mv target precious

        traced delay_enter 1 "$work/new" -s "file:$work/new" -a pte:nohuge -o planted
        for _ in $(seq 400); do
                found=$(cat "/proc/$child/syscall" 2>/dev/null)
                sleep 0.1
                [ "${found%% *}" = $openat ] && [ "$found" = "$(cat "/proc/$child/syscall")" ] && break
        done
        ln -s precious new
        wait
        grep -q 'cannot make .*/new: File exists' err ||
                complain "a link was put in the new target's place: $(cat err)"
        cmp -s precious precious.before || complain "the link was followed"
        rm -f new away precious precious.before
}

# Names that would break CSV, HTML or a script.
names() {
        local evil=$'a "b",\n<script>alert(1)</script>=1+1;`touch gone`$(touch gone)'
        run 0 "$pmdgain" run "${short[@]}" 8m -o "evil ${evil//\//-}"
        run 0 "$pmdgain" report "evil ${evil//\//-}"
        [ ! -e gone ] || complain "a name was run by a shell"
        ! grep -q '<script>alert' "evil ${evil//\//-}/report.html" || complain "a name became HTML"
        run 0 "$pmdgain" run "${short[@]}" 8m --option scratch=$'/tmp/\xff ;' -o $'bytes\xff'
        iconv -f UTF-8 -t UTF-16 $'bytes\xff/machine.json' >/dev/null || complain "machine.json is no UTF-8"
        run 0 "$pmdgain" run --resume $'bytes\xff'
        as_root 'host name' || return
        run 0 unshare -u sh -c "hostname '<script>\"x' 2>/dev/null; exec \"\$@\"" sh \
                "$pmdgain" run "${short[@]}" 8m -o host
        ! grep -q '<script>"x' host/report.html || complain "the host name became HTML"
}

denied
hidden
results
slow
contained
killed
limited
unprivileged
one_cpu
exchanged
names
exit $failed
