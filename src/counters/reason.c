/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/reason.h"

#include <errno.h>
#include <inttypes.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* A file of procfs as it reads, or "unknown". */
static const char *proc_text(const struct counter_place *place, const char *path, char *text,
                             size_t size)
{
        struct status status = sys_read_text(place->backend->root.proc, path, text, size);

        return status_failed(&status) ? "unknown" : text;
}

static void reason_no_pmu(const struct counter_place *place, char *reason)
{
        static const char where[] = "bus/event_source/devices";
        const char *sysfs = place->backend->root.sysfs;

        if (place->cpu.guest)
                snprintf(reason, REASON_MAX,
                         "no CPU PMU in %.80s/%s: the hypervisor gives this virtual machine none; "
                         "enable it there (QEMU with KVM: -cpu host,pmu=on)",
                         sysfs, where);
        else
                snprintf(
                        reason, REASON_MAX,
                        "no CPU PMU in %.80s/%s: the kernel found none it knows; its boot messages "
                        "about 'Performance Events' or 'PMU' say why",
                        sysfs, where);
}

static void reason_denied(const struct counter_place *place, char *reason)
{
        char level[32];

        snprintf(reason, REASON_MAX,
                 "kernel.perf_event_paranoid is %s; %.200s (2 is enough for user space alone)",
                 proc_text(place, "sys/kernel/perf_event_paranoid", level, sizeof(level)),
                 privilege_todo(PRIVILEGE_PERF, NULL).text);
}

static void reason_no_descriptor(char *reason)
{
        struct rlimit limit = { 0 };

        getrlimit(RLIMIT_NOFILE, &limit);
        snprintf(reason, REASON_MAX,
                 "no file descriptor left for a counter: each event of each thread takes one; "
                 "raise the limit with `ulimit -n` (now %" PRIu64 ")",
                 (uint64_t)limit.rlim_cur);
}

static bool needs_pmu(const struct perf_event_attr *attr)
{
        return attr->type != PERF_TYPE_SOFTWARE;
}

void reason_refused(const struct counter_place *place, const char *text,
                    const struct perf_event_attr *attr, int error, char *reason)
{
        bool no_pmu = needs_pmu(attr) && !cpu_pmu_exists(&place->backend->root);

        if (error == EACCES)
                reason_denied(place, reason);
        else if (error == EPERM)
                snprintf(reason, REASON_MAX,
                         "perf_event_open is not permitted: a container's seccomp filter or a "
                         "security module forbids it; allow the call, or run outside");
        else if (error == ENOSYS)
                snprintf(reason, REASON_MAX,
                         "perf_event_open does not exist here: a seccomp filter hides it, or the "
                         "kernel is built without CONFIG_PERF_EVENTS");
        else if (error == EMFILE || error == ENFILE)
                reason_no_descriptor(reason);
        else if (no_pmu)
                reason_no_pmu(place, reason);
        else if (error == EBUSY)
                snprintf(reason, REASON_MAX,
                         "%.150s: the PMU is taken by another tool; stop it (perf, a profiler)",
                         text);
        else if (error == ENOENT || error == EOPNOTSUPP || error == ENODEV || error == ENXIO)
                snprintf(reason, REASON_MAX, "%.150s: this machine's PMU does not have it (%s)",
                         text, strerror(error));
        else
                snprintf(reason, REASON_MAX, "%.150s: the kernel refuses it (%s)", text,
                         strerror(error));
}

void reason_unknown(const struct counter_place *place, char *reason)
{
        static const char what[] = "no event with this meaning is known for this CPU";
        const struct counter_cpu *cpu = &place->cpu;

        if (strcmp(cpu->vendor, VENDOR_ARM) == 0)
                snprintf(reason, REASON_MAX, "%s (Armv%u, part %#x)", what, cpu->family,
                         cpu->model);
        else if (cpu->vendor[0])
                snprintf(reason, REASON_MAX, "%s (%s, family %u, model %u)", what, cpu->vendor,
                         cpu->family, cpu->model);
        else
                snprintf(reason, REASON_MAX, "%s", what);
}

void reason_no_room(const struct counter_place *place, const char *text, char *reason)
{
        char watchdog[32];
        bool watched =
                strcmp(proc_text(place, "sys/kernel/nmi_watchdog", watchdog, sizeof(watchdog)),
                       "1") == 0;

        snprintf(reason, REASON_MAX, "%.150s: the PMU has no counter left for it%s", text,
                 watched ? "; the NMI watchdog holds one, `sysctl kernel.nmi_watchdog=0` frees it"
                         : "");
}

void reason_user_only(const struct counter_place *place, char *reason)
{
        char level[32];

        snprintf(reason, REASON_MAX,
                 "counters see user space only: kernel.perf_event_paranoid is %s; %.200s adds the "
                 "kernel's part",
                 proc_text(place, "sys/kernel/perf_event_paranoid", level, sizeof(level)),
                 privilege_todo(PRIVILEGE_PERF, NULL).text);
}
