/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/crew.h"

#include "sys/conditions.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Spins before a waiting thread gives its CPU away, for machines with fewer CPUs than threads. */
#define SPINS_BEFORE_YIELD 4096

struct member {
        struct crew *crew;
        unsigned index;
        pthread_t thread;
        struct counters *counters;
        uint64_t start_ns, end_ns;
        struct count switches, waited_ns, migrations; /* in the timed part */
        struct status status; /* of getting ready */
} __attribute__((aligned(128)));

struct crew {
        unsigned threads;
        const struct placement *placement;
        const struct counter_selection *selection;
        struct member *members;
        pthread_barrier_t begin, end; /* the crew and its owner; unused when alone */
        atomic_uint arrived;          /* threads that are about to start the clock */
        struct trial *trial;          /* NULL tells the threads to leave */
};

static void member_prepare(struct member *member)
{
        const struct sys_root root = sys_root_real();
        const struct crew *crew = member->crew;

        member->status = placement_pin(crew->placement, member->index);
        if (!status_failed(&member->status))
                member->status = placement_bind_memory(crew->placement);
        if (!status_failed(&member->status))
                member->status = counters_open(crew->selection, &member->counters);
        /* Once before any faults are counted: what it runs and writes is present from here on. */
        thread_conditions_read(&root);
}

static struct count count_since(struct count before, struct count after)
{
        if (!before.known || !after.known || after.value < before.value)
                return (struct count){ 0 };
        return count_of(after.value - before.value);
}

/* The timed part: counters on, clock, run, clock, counters off. */
static void member_run(struct member *member)
{
        struct trial *trial = member->crew->trial;
        struct worker *worker = &trial->workers[member->index];
        const struct sys_root root = sys_root_real();
        struct thread_conditions before = thread_conditions_read(&root), after;

        counters_start(member->counters);
        member->start_ns = clock_now(trial->clock);
        trial->cell->workload->run(trial, worker);
        member->end_ns = clock_now(trial->clock);
        counters_stop(member->counters);
        after = thread_conditions_read(&root);
        member->switches = count_since(before.switches, after.switches);
        member->waited_ns = count_since(before.waited_ns, after.waited_ns);
        member->migrations = (struct count){ .known = before.cpu >= 0 && after.cpu >= 0,
                                             .value = before.cpu != after.cpu };
}

/* All threads leave within a cache-line transfer of each other, which a futex cannot promise. */
static void start_together(struct crew *crew)
{
        unsigned spins = 0;

        atomic_fetch_add(&crew->arrived, 1);
        while (atomic_load_explicit(&crew->arrived, memory_order_acquire) < crew->threads)
                if (++spins % SPINS_BEFORE_YIELD == 0)
                        sched_yield();
}

static void *member_main(void *argument)
{
        struct member *member = argument;
        struct crew *crew = member->crew;

        member_prepare(member);
        pthread_barrier_wait(&crew->end);
        for (;;) {
                pthread_barrier_wait(&crew->begin);
                if (!crew->trial)
                        return NULL;
                start_together(crew);
                member_run(member);
                pthread_barrier_wait(&crew->end);
        }
}

/* On failure the threads that did start stay: the process is a trial's own, and ends with it. */
static struct status threads_start(struct crew *crew)
{
        pthread_barrier_init(&crew->begin, NULL, crew->threads + 1);
        pthread_barrier_init(&crew->end, NULL, crew->threads + 1);
        for (unsigned i = 0; i < crew->threads; i++) {
                int error = pthread_create(&crew->members[i].thread, NULL, member_main,
                                           &crew->members[i]);

                if (error)
                        return status_errno(error, "use fewer threads, or raise ulimit -u",
                                            "cannot start thread %u", i);
        }
        pthread_barrier_wait(&crew->end);
        return status_ok();
}

struct status crew_start(unsigned threads, const struct placement *placement,
                         const struct counter_selection *selection, struct crew **ret_crew)
{
        struct crew *crew = calloc(1, sizeof(*crew));
        struct status status = status_ok();

        if (crew)
                crew->members = aligned_alloc(128, threads * sizeof(*crew->members));
        if (!crew || !crew->members) {
                free(crew);
                return status_make(STATUS_SYSTEM, NULL, "out of memory for %u threads", threads);
        }
        memset(crew->members, 0, threads * sizeof(*crew->members));
        crew->threads = threads;
        crew->placement = placement;
        crew->selection = selection;
        for (unsigned i = 0; i < threads; i++) {
                crew->members[i].crew = crew;
                crew->members[i].index = i;
        }
        if (threads == 1)
                member_prepare(&crew->members[0]);
        else
                TRY(threads_start(crew));
        for (unsigned i = 0; i < threads && !status_failed(&status); i++)
                status = crew->members[i].status;
        if (status_failed(&status))
                crew_stop(crew);
        else
                *ret_crew = crew;
        return status;
}

void crew_stop(struct crew *crew)
{
        if (!crew)
                return;
        if (crew->threads > 1) {
                crew->trial = NULL;
                pthread_barrier_wait(&crew->begin);
                for (unsigned i = 0; i < crew->threads; i++)
                        pthread_join(crew->members[i].thread, NULL);
                pthread_barrier_destroy(&crew->begin);
                pthread_barrier_destroy(&crew->end);
        }
        for (unsigned i = 0; i < crew->threads; i++)
                counters_close(crew->members[i].counters);
        free(crew->members);
        free(crew);
}

char *crew_uncounted(const struct crew *crew, char *text, size_t text_size)
{
        size_t sets = counter_selection_sets(crew->selection), used = 0;

        text[0] = '\0';
        for (size_t s = 0; s < sets; s++) {
                const char *why = "";

                if (*counter_selection_reason(crew->selection, s))
                        continue; /* known for the whole run */
                for (unsigned i = 0; i < crew->threads && !*why; i++)
                        why = counters_reason(crew->members[i].counters, s);
                if (*why && used < text_size)
                        used += (size_t)snprintf(text + used, text_size - used,
                                                 "%s%s not counted: %s", used ? "; " : "",
                                                 counter_selection_set(crew->selection, s)->name,
                                                 why);
        }
        return text;
}

static void count_add(struct count *sum, struct count part, bool first)
{
        if (first)
                *sum = part;
        else if (sum->known && part.known)
                sum->value += part.value;
        else
                *sum = (struct count){ 0 };
}

static void counters_sum(const struct crew *crew, struct counter_reading *sums)
{
        size_t sets = counter_selection_sets(crew->selection);
        struct counter_reading part[COUNTER_SETS_MAX];

        memset(sums, 0, COUNTER_SETS_MAX * sizeof(*sums));
        for (unsigned i = 0; i < crew->threads && sets; i++) {
                memset(part, 0, sizeof(part));
                counters_read(crew->members[i].counters, part);
                for (size_t s = 0; s < sets; s++) {
                        for (size_t c = 0; c < COUNTER_COLUMNS_MAX; c++)
                                count_add(&sums[s].values[c], part[s].values[c], i == 0);
                        count_add(&sums[s].enabled_ns, part[s].enabled_ns, i == 0);
                        count_add(&sums[s].running_ns, part[s].running_ns, i == 0);
                }
        }
}

static void conditions_sum(const struct crew *crew, struct crew_timing *timing)
{
        for (unsigned i = 0; i < crew->threads; i++) {
                const struct member *member = &crew->members[i];

                count_add(&timing->switches, member->switches, i == 0);
                count_add(&timing->waited_ns, member->waited_ns, i == 0);
                count_add(&timing->migrations, member->migrations, i == 0);
        }
}

static uint64_t minor_faults(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return (uint64_t)usage.ru_minflt;
}

struct status crew_run(struct crew *crew, struct trial *trial, uint64_t ops,
                       struct crew_timing *ret_timing)
{
        struct crew_timing timing = { 0 };
        uint64_t first = UINT64_MAX, last = 0;

        for (unsigned i = 0; i < crew->threads; i++) {
                trial->workers[i].ops = ops;
                trial->workers[i].status = status_ok();
        }
        crew->trial = trial;
        atomic_store(&crew->arrived, 0);
        timing.minflt = minor_faults();
        if (crew->threads == 1) {
                member_run(&crew->members[0]);
        } else {
                pthread_barrier_wait(&crew->begin);
                pthread_barrier_wait(&crew->end);
        }
        timing.minflt = minor_faults() - timing.minflt;
        for (unsigned i = 0; i < crew->threads; i++) {
                const struct member *member = &crew->members[i];

                TRY(trial->workers[i].status);
                if (member->end_ns < member->start_ns)
                        return status_make(STATUS_INVALID, "see what sets this machine's clock",
                                           "the clock went backwards while it was timed");
                timing.ops += trial->workers[i].ops;
                first = member->start_ns < first ? member->start_ns : first;
                last = member->end_ns > last ? member->end_ns : last;
        }
        timing.time_ns = last - first;
        counters_sum(crew, timing.counters);
        conditions_sum(crew, &timing);
        *ret_timing = timing;
        return status_ok();
}
