/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <inttypes.h>
#include <pmdgain/random.h>
#include <pmdgain/units.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#define WRITERS_MAX 64
#define NODES_PER_WRITER 16384 /* a smaller share is not worth a thread */

struct ring ring_make(char *base, uint64_t bytes, uint64_t stride, bool stagger, uint64_t seed)
{
        struct ring ring = { .base = base, .nodes = bytes / stride, .stride = stride };

        ring.order = permutation_make(ring.nodes, seed);
        if (stagger) {
                ring.stagger = stride / LINE_BYTES - 1;
                while (ring.stagger >> ring.digit)
                        ring.digit++;
        }
        return ring;
}

/* What one writer does. */
struct share {
        const struct ring *ring;
        uint64_t from, to;
        pthread_t thread;
        bool started;
};

static void *share_write(void *argument)
{
        const struct share *share = argument;
        const struct ring ring = *share->ring;
        uint64_t nexts[PERMUTATION_LANES], node = share->from;

        for (; node + PERMUTATION_LANES <= share->to; node += PERMUTATION_LANES) {
                permutation_next_lanes(&ring.order, node, nexts);
                for (unsigned i = 0; i < PERMUTATION_LANES; i++)
                        *ring_node(&ring, node + i) = ring_node(&ring, nexts[i]);
        }
        for (; node < share->to; node++)
                *ring_node(&ring, node) = ring_node(&ring, permutation_next(&ring.order, node));
        return NULL;
}

void ring_write(const struct ring *ring, unsigned writers)
{
        struct share shares[WRITERS_MAX];
        uint64_t useful = 1 + ring->nodes / NODES_PER_WRITER;

        writers = writers > WRITERS_MAX ? WRITERS_MAX : writers < 1 ? 1 : writers;
        if (writers > useful)
                writers = (unsigned)useful;
        for (unsigned i = 0; i < writers; i++) {
                shares[i] = (struct share) { .ring = ring,
                                             .from = ring->nodes / writers * i,
                                             .to = ring->nodes / writers * (i + 1) };
                if (i + 1 == writers)
                        shares[i].to = ring->nodes;
                else
                        shares[i].started = pthread_create(&shares[i].thread, NULL, share_write,
                                                           &shares[i]) == 0;
                if (!shares[i].started)
                        share_write(&shares[i]);
        }
        for (unsigned i = 0; i < writers; i++)
                if (shares[i].started)
                        pthread_join(shares[i].thread, NULL);
}

/* All that decides what the bytes hold; never 0. Chains and threads walk the same ring. */
static uint64_t ring_key(const struct ring *ring, const struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        const uint64_t words[] = { ring->nodes,
                                   ring->stride,
                                   ring->stagger,
                                   (uintptr_t)ring->base,
                                   (uint64_t)mapping->fd,
                                   (uint64_t)mapping->offset,
                                   trial->seed };
        uint64_t key = UINT64_C(0x72696e67); /* "ring" */

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                key = random_mix(key + words[i] + UINT64_C(0x9e3779b97f4a7c15));
        return key ? key : 1;
}

static unsigned usable_cpus(void)
{
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof(set), &set) != 0)
                return 1;
        return (unsigned)CPU_COUNT(&set);
}

static void ring_touch(const struct ring *ring)
{
        uint64_t nodes = ring->nodes;

        if (nodes > GIB / ring->stride)
                nodes = GIB / ring->stride;
        for (uint64_t node = 0; node < nodes; node++)
                (void)*(void *volatile *)ring_node(ring, node);
}

struct status ring_settle(const struct ring *ring, const struct trial *trial)
{
        const struct source *source = trial->source;
        uint64_t *content = source->content;
        uint64_t key = ring_key(ring, trial);
        bool shared = content && !(source->traits & SOURCE_FRESH_BYTES) &&
                      (trial->mapping->flags & MAP_SHARED);

        if (!shared || *content != key) {
                if (!(trial->mapping->prot & PROT_WRITE))
                        return status_make(STATUS_SKIP, "map it writable",
                                           "the mapping is read-only, so no ring can be written");
                if (content)
                        *content = 0;
                ring_write(ring, usable_cpus());
                if (shared)
                        *content = key;
        }
        ring_touch(ring);
        return status_ok();
}

static struct status ring_broken(const struct ring *ring, uint64_t node)
{
        uint64_t byte = (uint64_t)((char *)ring_node(ring, node) - ring->base);

        return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                           "the pointer of line %" PRIu64 " of %" PRIu64 ", at byte %" PRIu64
                           ", is not the one that was written",
                           node, ring->nodes, byte);
}

static struct status ring_check_walk(const struct ring *ring)
{
        uint64_t node = 0;

        for (uint64_t step = 1; step <= ring->nodes; step++) {
                uintptr_t offset = (uintptr_t)*ring_node(ring, node) - (uintptr_t)ring->base;
                uint64_t next = offset / ring->stride;

                if (next >= ring->nodes || *ring_node(ring, node) != (void *)ring_node(ring, next))
                        return ring_broken(ring, node);
                if ((next == 0) != (step == ring->nodes))
                        return ring_broken(ring, node);
                node = next;
        }
        return status_ok();
}

struct status ring_check(const struct ring *ring)
{
        struct random random = random_seeded(ring->order.keys[0]);

        if (ring->nodes <= RING_WALK_MAX)
                return ring_check_walk(ring);
        for (int i = 0; i < RING_WALK_MAX; i++) {
                uint64_t node = random_below(&random, ring->nodes);
                uint64_t next = permutation_next(&ring->order, node);

                if (*ring_node(ring, node) != (void *)ring_node(ring, next))
                        return ring_broken(ring, node);
        }
        return status_ok();
}
