/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a cell can be measured at all, before anything is mapped. */
#ifndef PMDGAIN_ENGINE_ACCEPT_H
#define PMDGAIN_ENGINE_ACCEPT_H

#include "engine/engine.h"
#include "engine/open_sources.h"

/* STATUS_SKIP with the reason for what cannot be here, STATUS_USAGE for what makes no sense. */
struct status cell_accept(const struct engine_request *request, const struct open_sources *sources,
                          const struct cell *cell);

#endif
