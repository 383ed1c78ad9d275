/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of one block: groups shuffled, and the arms within each group shuffled, so that the
 * arms that are compared run next to each other, either first, under the same conditions.
 */
#ifndef PMDGAIN_ENGINE_ORDER_H
#define PMDGAIN_ENGINE_ORDER_H

#include <pmdgain/cell.h>
#include <stddef.h>
#include <stdint.h>

/* Fills `ret_order` (cell_count entries) with cell indices. Cells of a group must be neighbours,
 * as a plan has them. The same seed and block give the same order. */
void order_block(const struct cell *cells, size_t cell_count, uint64_t seed, uint32_t block,
                 uint32_t *ret_order);

#endif
