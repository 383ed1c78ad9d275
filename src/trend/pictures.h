/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of a trend, drawn in a folder of their own that is gone afterwards. */
#ifndef PMDGAIN_TREND_PICTURES_H
#define PMDGAIN_TREND_PICTURES_H

#include "trend/trend.h"

#include <limits.h>
#include <pmdgain/status.h>
#include <stdbool.h>

struct pictures {
        char dir[PATH_MAX]; /* one folder a machine, by its number */
};

/* Makes the folder in TMPDIR or /tmp. After success: pictures_remove(). */
struct status pictures_begin(struct pictures *ret_pictures);
void pictures_remove(struct pictures *pictures);

/* Draws the headline cells of a machine; STATUS_SKIP without gnuplot. */
struct status pictures_draw(const struct pictures *pictures, const struct trend *trend,
                            size_t machine, const char *plots_dir);

/* The picture of the machine's panel `number`, from 1; false when there is none. */
bool pictures_path(const struct pictures *pictures, size_t machine, size_t number, char *path,
                   size_t path_size);

#endif
