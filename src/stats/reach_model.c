/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/reach_model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_BELOW 2 /* that show what it costs before the rise */
#define POINTS_ABOVE 2 /* that show the rise */

/*
 * How much a rise has to lower the weighted squares, in units of what is left for each degree of
 * freedom. A rise has 3 parameters and is searched for among some 1,900 shapes; with this threshold
 * and blocks of pure noise fewer than 1 sweep in 100 gets a level (docs/method.md).
 */
#define EVIDENCE 40.0

/* Shapes whose squares differ by less than this are taken to fit alike. */
#define ALIKE 3.0

static const struct {
        enum reach_replacement replacement;
        double parameter;
} climbs[] = {
        { REACH_LRU, INFINITY }, { REACH_LRU, 8 },      { REACH_LRU, 4 },
        { REACH_LRU, 2 },        { REACH_LRU, 1 },      { REACH_RANDOM, 0.2 },
        { REACH_RANDOM, 0.35 },  { REACH_RANDOM, 0.5 }, { REACH_RANDOM, 0.75 },
        { REACH_RANDOM, 1 },     { REACH_RANDOM, 1.5 }, { REACH_RANDOM, 2.5 },
};

#define CLIMBS (sizeof(climbs) / sizeof(climbs[0]))

double reach_miss_share(double over, enum reach_replacement replacement, double parameter)
{
        double share = 1, stretched;

        if (over <= 1)
                return 0;
        if (replacement == REACH_LRU)
                return fmin(1, (over - 1) * (parameter + 1) / over);
        stretched = 1 + (over - 1) / parameter;
        /* Newton from above: the function is convex there, so it only comes down. */
        for (int i = 0; i < 50; i++) {
                double rest = exp(-stretched * share);
                double step = (share - 1 + rest) / (1 - stretched * rest);

                share -= step;
                if (fabs(step) < 1e-9)
                        break;
        }
        return share;
}

/* Which of the work vectors holds what; the basis comes first. */
enum { VECTOR_NEXT = RISES_MAX + 1, VECTOR_RESIDUAL, VECTOR_TARGET };

static double *vector_at(const struct reach_model *model, size_t index)
{
        return model->vectors + index * model->curve->points;
}

static double dot(const struct reach_model *model, const double *a, const double *b)
{
        double sum = 0;

        for (size_t i = 0; i < model->curve->points; i++)
                sum += a[i] * b[i];
        return sum;
}

static void fill_shape(const struct reach_model *model, size_t index)
{
        const struct reach_curve *curve = model->curve;
        struct reach_shape *shape = &model->shapes[index];
        size_t step = index / CLIMBS;

        shape->capacity = curve->pages[POINTS_BELOW - 1] * exp2((double)step / REACH_STEPS);
        shape->share = model->shares + index * curve->points;
        for (size_t i = 0; i < curve->points; i++)
                shape->share[i] = sqrt(curve->weights[i]) *
                                  reach_miss_share(curve->pages[i] / shape->capacity,
                                                   climbs[index % CLIMBS].replacement,
                                                   climbs[index % CLIMBS].parameter);
        shape->square = dot(model, shape->share, shape->share);
}

struct status reach_model_make(const struct reach_curve *curve, struct reach_model *ret_model)
{
        struct reach_model model = { .curve = curve };
        size_t points = curve->points, steps;
        double from = curve->pages[POINTS_BELOW - 1], to = curve->pages[points - POINTS_ABOVE - 1];

        steps = to < from ? 0 : (size_t)(log2(to / from) * REACH_STEPS) + 1;
        model.shape_count = steps * CLIMBS;
        model.shapes = calloc(model.shape_count + 1, sizeof(*model.shapes));
        model.shares = calloc(model.shape_count * points + 1, sizeof(*model.shares));
        model.scores = calloc(model.shape_count + 1, sizeof(*model.scores));
        model.vectors = calloc(REACH_VECTORS * points + 1, sizeof(*model.vectors));
        if (!model.shapes || !model.shares || !model.scores || !model.vectors) {
                reach_model_free(&model);
                return status_errno(ENOMEM, NULL, "cannot fit the reach curve");
        }
        for (size_t i = 0; i < model.shape_count; i++)
                fill_shape(&model, i);
        *ret_model = model;
        return status_ok();
}

void reach_model_free(struct reach_model *model)
{
        free(model->shapes);
        free(model->shares);
        free(model->scores);
        free(model->vectors);
        *model = (struct reach_model){ 0 };
}

/* Takes the part along each of `size` orthonormal vectors out of `vector`. */
static void project_out(const struct reach_model *model, size_t size, double *vector)
{
        for (size_t i = 0; i < size; i++) {
                const double *base = vector_at(model, i);
                double along = dot(model, base, vector);

                for (size_t k = 0; k < model->curve->points; k++)
                        vector[k] -= along * base[k];
        }
}

/* An orthonormal basis of the constant and all rises but `without`; returns its size. */
static size_t make_basis(const struct reach_model *model, const struct reach_rises *rises,
                         size_t without)
{
        size_t points = model->curve->points, size = 0;

        for (size_t i = 0; i <= rises->count; i++) {
                double *vector = vector_at(model, size), length;

                if (i == without)
                        continue;
                for (size_t k = 0; k < points; k++)
                        vector[k] = i == rises->count ? sqrt(model->curve->weights[k])
                                                      : model->shapes[rises->shapes[i]].share[k];
                project_out(model, size, vector);
                length = sqrt(dot(model, vector, vector));
                for (size_t k = 0; k < points && length > 0; k++)
                        vector[k] /= length;
                size++;
        }
        return size;
}

/* What is left of the curve after the basis. */
static const double *left_over(const struct reach_model *model, size_t size)
{
        double *residual = vector_at(model, VECTOR_RESIDUAL);

        memcpy(residual, vector_at(model, VECTOR_TARGET), model->curve->points * sizeof(*residual));
        project_out(model, size, residual);
        return residual;
}

/*
 * Scores every shape between the capacities `from` and `to` by how much it lowers the squares when
 * it joins the basis; 0 for one that would have a negative cost.
 */
static void score_shapes(const struct reach_model *model, size_t size, double from, double to)
{
        const double *residual = left_over(model, size);

        for (size_t i = 0; i < model->shape_count; i++) {
                const struct reach_shape *shape = &model->shapes[i];
                double own = shape->square, along;

                model->scores[i] = 0;
                if (shape->capacity < from || shape->capacity > to)
                        continue;
                along = dot(model, shape->share, residual);
                for (size_t k = 0; k < size && along > 0; k++) {
                        double shared = dot(model, vector_at(model, k), shape->share);

                        own -= shared * shared;
                }
                if (along > 0 && own > 1e-9 * shape->square)
                        model->scores[i] = along * along / own;
        }
}

static size_t best_shape(const struct reach_model *model)
{
        size_t best = 0;

        for (size_t i = 1; i < model->shape_count; i++)
                if (model->scores[i] > model->scores[best])
                        best = i;
        return best;
}

/* The costs of the rises all together, and the squares they leave. */
static void settle(const struct reach_model *model, struct reach_rises *rises)
{
        const double *residual;

        for (size_t i = 0; i < rises->count; i++) {
                size_t size = make_basis(model, rises, i);
                double *vector = vector_at(model, VECTOR_NEXT), own;

                memcpy(vector, model->shapes[rises->shapes[i]].share,
                       model->curve->points * sizeof(*vector));
                project_out(model, size, vector);
                own = dot(model, vector, vector);
                rises->cost[i] =
                        own > 0 ? dot(model, vector, vector_at(model, VECTOR_TARGET)) / own : 0;
        }
        residual = left_over(model, make_basis(model, rises, SIZE_MAX));
        rises->error = dot(model, residual, residual);
}

static void set_target(const struct reach_model *model, const double *extra)
{
        for (size_t i = 0; i < model->curve->points; i++)
                vector_at(model, VECTOR_TARGET)[i] = sqrt(model->curve->weights[i]) * extra[i];
}

static double capacity_of(const struct reach_model *model, const struct reach_rises *rises,
                          size_t index)
{
        return model->shapes[rises->shapes[index]].capacity;
}

/* Scores the shapes that rise `index` may take: between its neighbours, and in from..to. */
static void score_rise(const struct reach_model *model, const struct reach_rises *rises,
                       size_t index, double from, double to)
{
        size_t size = make_basis(model, rises, index);

        if (index > 0)
                from = fmax(from, 1.001 * capacity_of(model, rises, index - 1));
        if (index + 1 < rises->count)
                to = fmin(to, 0.999 * capacity_of(model, rises, index + 1));
        score_shapes(model, size, from, to);
}

static void add_rise(struct reach_rises *rises, size_t shape)
{
        size_t at = rises->count++;

        for (; at > 0 && rises->shapes[at - 1] > shape; at--)
                rises->shapes[at] = rises->shapes[at - 1];
        rises->shapes[at] = shape;
}

static void refine(const struct reach_model *model, struct reach_rises *rises)
{
        for (int pass = 0; pass < 3; pass++) {
                for (size_t index = 0; index < rises->count; index++) {
                        size_t best;

                        score_rise(model, rises, index, 0, INFINITY);
                        best = best_shape(model);
                        if (model->scores[best] > 0)
                                rises->shapes[index] = best;
                }
        }
        settle(model, rises);
}

static bool all_cost(const struct reach_rises *rises)
{
        for (size_t i = 0; i < rises->count; i++)
                if (!(rises->cost[i] > 0))
                        return false;
        return true;
}

static double freedom_of(const struct reach_model *model, size_t rises)
{
        return (double)model->curve->points - 1 - 3 * (double)rises;
}

/* The weighted squares left for each degree of freedom, and at least what they are by noise. */
static double scale_of(const struct reach_model *model, const struct reach_rises *rises)
{
        return fmax(1, rises->error / fmax(1, freedom_of(model, rises->count)));
}

/* With one rise more; false when there is none that costs anything. */
static bool grow(const struct reach_model *model, struct reach_rises *rises)
{
        size_t best;

        score_shapes(model, make_basis(model, rises, SIZE_MAX), 0, INFINITY);
        best = best_shape(model);
        if (!(model->scores[best] > 0))
                return false;
        add_rise(rises, best);
        refine(model, rises);
        return all_cost(rises);
}

/*
 * Rises are added to the end and judged then, by the noise that all of them together leave: before
 * that, what a later one explains would count as noise against an earlier one.
 */
void reach_model_choose(const struct reach_model *model, const double *extra,
                        struct reach_rises *ret_rises)
{
        struct reach_rises fits[RISES_MAX + 1] = { 0 };
        size_t count = 0, chosen = 0;
        double scale;

        set_target(model, extra);
        settle(model, &fits[0]);
        while (count < RISES_MAX && model->shape_count && freedom_of(model, count + 1) >= 2) {
                fits[count + 1] = fits[count];
                if (!grow(model, &fits[count + 1]))
                        break;
                count++;
        }
        scale = scale_of(model, &fits[count]);
        for (size_t i = 1; i <= count; i++)
                if (fits[i - 1].error - fits[i].error > EVIDENCE * scale)
                        chosen = i;
        *ret_rises = fits[chosen];
}

/* One of the shapes that score nearly as well as the best, at random. */
static size_t draw_shape(const struct reach_model *model, double alike, struct random *random)
{
        double least = model->scores[best_shape(model)] - alike;
        size_t count = 0, taken = best_shape(model);

        for (size_t i = 0; i < model->shape_count; i++)
                if (model->scores[i] > 0 && model->scores[i] >= least &&
                    random_below(random, ++count) == 0)
                        taken = i;
        return taken;
}

void reach_model_again(const struct reach_model *model, const double *extra, struct random *random,
                       struct reach_rises *rises)
{
        const struct reach_rises before = *rises;
        double alike = ALIKE * scale_of(model, &before);

        set_target(model, extra);
        for (int pass = 0; pass < 2; pass++) {
                for (size_t index = 0; index < rises->count; index++) {
                        double near = capacity_of(model, &before, index);
                        size_t shape;

                        score_rise(model, rises, index, near / REACH_APART, near * REACH_APART);
                        shape = pass ? draw_shape(model, alike, random) : best_shape(model);
                        if (model->scores[shape] > 0)
                                rises->shapes[index] = shape;
                }
        }
        settle(model, rises);
}
