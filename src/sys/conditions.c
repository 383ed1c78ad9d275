/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/conditions.h"

#include "sys/keyed.h"
#include "sys/memavail.h"

#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define THP "kernel/mm/transparent_hugepage/"
#define STAT_FIELDS 8 /* user nice system idle iowait irq softirq steal; guests are in user */
#define STAT_STEAL 7

/* "cpu3 user nice ...": adds the line's ticks if it is of one of the CPUs. */
static void stat_line(const char *line, const unsigned *cpus, unsigned cpu_count,
                      struct conditions *conditions)
{
        unsigned long long fields[STAT_FIELDS];
        char *end;
        unsigned long cpu;
        bool wanted = false;

        if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9')
                return;
        cpu = strtoul(line + 3, &end, 10);
        for (unsigned i = 0; i < cpu_count; i++)
                wanted |= cpus[i] == cpu;
        for (size_t i = 0; i < STAT_FIELDS; i++) {
                const char *field = end;

                fields[i] = strtoull(field, &end, 10);
                if (end == field)
                        return; /* kernels before 2.6.11 have no steal */
        }
        if (!wanted)
                return;
        conditions->ticks.known = conditions->steal_ticks.known = true;
        conditions->steal_ticks.value += fields[STAT_STEAL];
        for (size_t i = 0; i < STAT_FIELDS; i++)
                conditions->ticks.value += fields[i];
}

static void stat_read(const struct sys_root *root, const unsigned *cpus, unsigned cpu_count,
                      struct conditions *conditions)
{
        char path[512], *line = NULL;
        size_t size = 0;
        FILE *file;

        snprintf(path, sizeof(path), "%s/stat", root->proc);
        file = fopen(path, "re");
        if (!file)
                return;
        while (getline(&line, &size, file) > 0 && strncmp(line, "cpu", 3) == 0)
                stat_line(line, cpus, cpu_count, conditions);
        free(line);
        fclose(file);
}

static struct count mhz_read(const struct sys_root *root, const unsigned *cpus, unsigned cpu_count)
{
        uint64_t sum = 0;

        for (unsigned i = 0; i < cpu_count; i++) {
                char path[96];
                uint64_t khz = 0;
                struct status status;

                snprintf(path, sizeof(path), "devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq",
                         cpus[i]);
                status = sys_read_number(root->sysfs, path, &khz);
                if (status_failed(&status) || !khz)
                        return (struct count){ 0 };
                sum += khz / 1000;
        }
        return cpu_count ? count_of(sum / cpu_count) : (struct count){ 0 };
}

static void thp_read(const struct sys_root *root, char *text, size_t size)
{
        static const char *const names[] = { "enabled", "defrag", "shmem_enabled" };
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && used < size; i++) {
                char path[96], word[32];
                struct status status;

                snprintf(path, sizeof(path), THP "%s", names[i]);
                status = sys_read_choice(root->sysfs, path, word, sizeof(word));
                if (!status_failed(&status))
                        used += (size_t)snprintf(text + used, size - used, "%s%s=%s",
                                                 used ? " " : "", names[i], word);
        }
}

struct conditions conditions_read(const struct sys_root *root, const unsigned *cpus,
                                  unsigned cpu_count)
{
        struct count in = keyed_file(root->proc, "vmstat", "pswpin");
        struct count out = keyed_file(root->proc, "vmstat", "pswpout");
        struct conditions conditions = { .mhz = mhz_read(root, cpus, cpu_count) };
        struct memavail available;
        struct status status = memavail_read(root, &available);

        if (in.known && out.known)
                conditions.swapped_pages = count_of(in.value + out.value);
        if (!status_failed(&status))
                conditions.available_bytes = count_of(available.bytes);
        conditions.total_bytes = keyed_file(root->proc, "meminfo", "MemTotal");
        stat_read(root, cpus, cpu_count, &conditions);
        thp_read(root, conditions.thp, sizeof(conditions.thp));
        return conditions;
}

#define SPIN_STEPS 100000
#define SPIN_RUNS 60

/* Each step waits for the one before: a multiplication and an addition, some 4 cycles. */
static uint64_t spin_once(uint64_t *state)
{
        struct timespec begin, end;
        uint64_t x = *state;

        clock_gettime(CLOCK_MONOTONIC, &begin);
        for (unsigned i = 0; i < SPIN_STEPS; i++) {
                x = x * UINT64_C(6364136223846793005) + 1;
                __asm__ volatile("" : "+r"(x)); /* no step may be folded into another */
        }
        clock_gettime(CLOCK_MONOTONIC, &end);
        *state = x;
        return (uint64_t)((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec);
}

struct count conditions_spin(unsigned cpu)
{
        uint64_t shortest = UINT64_MAX, state = 1;
        cpu_set_t before, there;

        CPU_ZERO(&there);
        if (cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(before), &before))
                return (struct count){ 0 };
        CPU_SET(cpu, &there);
        if (sched_setaffinity(0, sizeof(there), &there))
                return (struct count){ 0 };
        for (unsigned i = 0; i < SPIN_RUNS; i++) {
                uint64_t ns = spin_once(&state);

                shortest = ns < shortest ? ns : shortest;
        }
        if (sched_setaffinity(0, sizeof(before), &before))
                return (struct count){ 0 };
        return count_of(shortest);
}

struct thread_conditions thread_conditions_read(const struct sys_root *root)
{
        struct thread_conditions conditions = { .cpu = sched_getcpu() };
        unsigned long long ran, waited;
        struct status status;
        struct rusage usage;
        char text[128];

        if (getrusage(RUSAGE_THREAD, &usage) == 0)
                conditions.switches = count_of((uint64_t)usage.ru_nivcsw);
        status = sys_read_text(root->proc, "thread-self/schedstat", text, sizeof(text));
        if (!status_failed(&status) && sscanf(text, "%llu %llu", &ran, &waited) == 2)
                conditions.waited_ns = count_of(waited);
        return conditions;
}
