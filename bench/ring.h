/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring: nodes at fixed places of a mapping, each holding the absolute address of the next one,
 * in one random cycle through all of them. The order is a keyed permutation P of the nodes:
 * next(node) = P(P^-1(node) + 1), a single full cycle by construction. So the ring is written in
 * address order, by any number of threads, without a side array.
 */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include "permutation.h"

#include <pmdgain/status.h>
#include <pmdgain/workload.h>
#include <stdbool.h>
#include <stdint.h>

/* The unit the caches move. 64 bytes on x86-64 and Arm Neoverse. It is fixed so that the same
 * cell means the same everywhere; where lines are longer, neighbouring nodes share one. */
#define LINE_BYTES 64

struct ring {
        struct permutation order;
        char *base;
        uint64_t nodes;
        uint64_t stride;  /* bytes from one node's block to the next one's */
        uint64_t stagger; /* lines in a block, less 1, to spread nodes over; 0: at its start */
        unsigned digit;   /* bits of `stagger` */
};

/*
 * A ring of `bytes` / `stride` nodes from `base` on. With `stagger` each node lies at another line
 * of its block, else at its block's start; `stride` is a power of two then.
 */
struct ring ring_make(char *base, uint64_t bytes, uint64_t stride, bool stagger, uint64_t seed);

/*
 * Which line of its block a staggered node takes: the digits of its index, in base "lines a
 * block", summed. Each aligned run of that many blocks uses each line once, and so do the blocks
 * that are equal in some of their lower address bits: every set of an L1 or L2 cache that is
 * indexed by address bits gets its share. (The index alone would not do: block and line would then
 * name the same few L2 sets.)
 */
static inline uint64_t ring_line(const struct ring *ring, uint64_t node)
{
        uint64_t line = 0;

        for (uint64_t rest = ring->stagger ? node : 0; rest; rest >>= ring->digit)
                line += rest;
        return line & ring->stagger;
}

/* Where a node's pointer is. */
static inline void **ring_node(const struct ring *ring, uint64_t node)
{
        return (void **)(void *)(ring->base + node * ring->stride +
                                 ring_line(ring, node) * LINE_BYTES);
}

/* The node at a place of the cycle; any `place`. */
static inline void **ring_at(const struct ring *ring, uint64_t place)
{
        return ring_node(ring, permutation_apply(&ring->order, place % ring->nodes));
}

/* Writes all nodes with up to `writers` threads. Uses no memory but the threads' stacks. */
void ring_write(const struct ring *ring, unsigned writers);

/*
 * Writes the ring unless the source's content key says that the bytes hold it already, with as
 * many threads as the calling thread may use CPUs, then reads all nodes (at most the first GiB)
 * once in address order, so that both arms begin alike. STATUS_SKIP when the mapping is not
 * writable and does not hold the ring.
 */
struct status ring_settle(const struct ring *ring, const struct trial *trial);

/*
 * Up to RING_WALK_MAX nodes: walks the ring, which must come back to its start after exactly all
 * nodes. More: compares as many nodes, picked at random, with the permutation. STATUS_INVALID
 * names the first node that is wrong.
 */
struct status ring_check(const struct ring *ring);

#define RING_WALK_MAX 65536

#endif
