/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/tally.h"

#include "stats/gain.h"
#include "stats/quantile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum status_code tally_worst(const struct tally *tally)
{
        enum status_code worst = STATUS_SYSTEM;

        while (worst > STATUS_OK && !tally->rows[worst])
                worst--;
        return worst;
}

bool tally_begins(const struct tally_maker *maker, const struct tally_row *row)
{
        const struct tally *current = &maker->current;

        return !maker->open || current->cell != row->cell || current->block != row->block ||
               current->trial != row->trial;
}

struct status tally_add(struct tally_maker *maker, const struct tally_row *row)
{
        double *grown;

        if (tally_begins(maker, row)) {
                maker->current = (struct tally){
                        .cell = row->cell,
                        .block = row->block,
                        .trial = row->trial,
                };
                maker->open = true;
                maker->count = 0;
        }
        if (maker->count == maker->room) {
                maker->room += maker->room / 2 + 8;
                grown = reallocarray(maker->times, maker->room, sizeof(*grown));
                if (!grown)
                        return status_errno(ENOMEM, NULL, "cannot hold the samples of a trial");
                maker->times = grown;
        }
        maker->current.rows[row->status]++;
        if (row->status == STATUS_OK && !isnan(row->time))
                maker->times[maker->count++] = row->time;
        return status_ok();
}

bool tally_end(struct tally_maker *maker, struct tally *ret_tally)
{
        size_t rows = 0;

        if (!maker->open)
                return false;
        maker->open = false;
        for (size_t i = 0; i < STATUS_CODES; i++)
                rows += maker->current.rows[i];
        maker->current.time = NAN; /* one bad row spoils its trial */
        if (rows == maker->count) {
                sort_values(maker->times, maker->count);
                maker->current.time = trial_time_of(maker->times, maker->count);
        }
        *ret_tally = maker->current;
        return true;
}

void tally_free(struct tally_maker *maker)
{
        free(maker->times);
        *maker = (struct tally_maker){ 0 };
}
