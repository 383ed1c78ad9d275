/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/explain.h"

static uint64_t chunk_bytes(const struct explain_walk *walk)
{
        return walk->place->pmd_bytes;
}

static void run_flush(struct explain_walk *walk)
{
        if (walk->pending.chunks)
                walk->take(walk->context, &walk->pending);
        walk->pending = (struct explain_run) { 0 };
}

static void run_add(struct explain_walk *walk, const struct explain_run *run)
{
        struct explain_run *pending = &walk->pending;

        if (pending->chunks && pending->cause == run->cause && pending->outcome == run->outcome &&
            pending->past == run->past && pending->blank == run->blank) {
                pending->chunks += run->chunks;
                pending->bytes += run->bytes;
                return;
        }
        run_flush(walk);
        *pending = *run;
}

/* Gives the verdict on `count` chunks that have the same content; goes on to the one after. */
static void chunks_finish(struct explain_walk *walk, uint64_t count)
{
        while (count) {
                struct explain_run run =
                        explain_chunk(walk->place, walk->intent, walk->chunk, &walk->content);
                /* Only the first and the last chunk of a mapping may differ from their like. */
                bool is_first = walk->chunk * chunk_bytes(walk) <= walk->intent->offset;
                uint64_t alike = is_first || walk->chunk + 1 >= walk->end ? 1
                                 : walk->chunk + count >= walk->end ? walk->end - 1 - walk->chunk
                                                                    : count;

                run.chunks = alike;
                run.bytes = alike == 1 ? run.bytes : alike * chunk_bytes(walk);
                run_add(walk, &run);
                walk->chunk += alike;
                count -= alike;
        }
        walk->content = (struct explain_content) { 0 };
}

/* Everything before the chunk is known. */
static void chunks_up_to(struct explain_walk *walk, uint64_t chunk)
{
        if (walk->chunk < chunk)
                chunks_finish(walk, 1);
        if (walk->chunk < chunk)
                chunks_finish(walk, chunk - walk->chunk); /* nothing but holes */
}

static bool continues(const struct explain_walk *walk, const struct explain_extent *piece)
{
        const struct explain_extent *last = &walk->last;

        return walk->place->joins && last->bytes && last->state == piece->state &&
               last->shared == piece->shared && last->logical == piece->logical &&
               last->physical == piece->physical;
}

/* A part of an extent that lies within one chunk, or whole chunks. */
static void piece_add(struct explain_walk *walk, const struct explain_extent *piece)
{
        struct explain_content *content = &walk->content;
        uint64_t bytes = piece->bytes < chunk_bytes(walk) ? piece->bytes : chunk_bytes(walk);

        if (!content->pieces)
                content->physical = piece->physical;
        if (!content->pieces || !continues(walk, piece))
                content->pieces++;
        content->shared |= piece->shared;
        if (piece->state == EXPLAIN_WRITTEN)
                content->written += bytes;
        else if (piece->state == EXPLAIN_UNWRITTEN)
                content->unwritten += bytes;
        else
                content->unplaced += bytes;
        walk->last = *piece;
        walk->last.logical += piece->bytes;
        walk->last.physical += piece->bytes;
}

void explain_walk_begin(struct explain_walk *walk, const struct explain_place *place,
                        const struct explain_intent *intent, explain_take take, void *context)
{
        uint64_t end = intent->offset + intent->bytes;

        *walk = (struct explain_walk) {
                .place = place,
                .intent = intent,
                .take = take,
                .context = context,
                .chunk = intent->offset / place->pmd_bytes,
                .end = end / place->pmd_bytes + (end % place->pmd_bytes != 0),
        };
}

void explain_walk_extent(struct explain_walk *walk, const struct explain_extent *extent)
{
        struct explain_extent rest = *extent;
        uint64_t size = chunk_bytes(walk), at = walk->chunk * size;

        if (walk->content.pieces && walk->last.logical > at)
                at = walk->last.logical;
        if (rest.logical < at) {
                uint64_t skip = at - rest.logical < rest.bytes ? at - rest.logical : rest.bytes;

                rest.logical += skip;
                rest.physical += skip;
                rest.bytes -= skip;
        }
        while (rest.bytes && rest.logical / size < walk->end) {
                uint64_t into = rest.logical % size, whole = rest.bytes / size;
                struct explain_extent piece = rest;

                chunks_up_to(walk, rest.logical / size);
                if (!into && whole) {
                        if (whole > walk->end - walk->chunk)
                                whole = walk->end - walk->chunk;
                        piece.bytes = whole * size;
                        piece_add(walk, &piece);
                        chunks_finish(walk, whole);
                } else {
                        if (piece.bytes > size - into)
                                piece.bytes = size - into;
                        piece_add(walk, &piece);
                        if (into + piece.bytes == size)
                                chunks_finish(walk, 1);
                }
                rest.logical += piece.bytes;
                rest.physical += piece.bytes;
                rest.bytes -= piece.bytes;
        }
}

void explain_walk_end(struct explain_walk *walk)
{
        chunks_up_to(walk, walk->end);
        run_flush(walk);
}
