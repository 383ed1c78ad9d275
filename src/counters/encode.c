/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct status encode_ready(void)
{
        static const char variable[] = "LIBPFM_ENCODE_INACTIVE";
        bool ours = !getenv(variable);
        pfm_err_t error;

        /* Read by pfm_initialize() alone, so children need not inherit it. */
        if (ours)
                setenv(variable, "1", 0);
        error = pfm_initialize();
        if (ours)
                unsetenv(variable);
        if (error != PFM_SUCCESS)
                return status_make(STATUS_SYSTEM, "check the LIBPFM_ variables of the environment",
                                   "libpfm4 cannot start: %s", pfm_strerror(error));
        return status_ok();
}

static bool pmu_find(const char *name, pfm_pmu_info_t *ret_info)
{
        for (int i = PFM_PMU_NONE; i < PFM_PMU_MAX; i++) {
                pfm_pmu_info_t info = { .size = sizeof(info) };

                if (pfm_get_pmu_info((pfm_pmu_t)i, &info) == PFM_SUCCESS && info.name &&
                    strcmp(info.name, name) == 0) {
                        *ret_info = info;
                        return true;
                }
        }
        return false;
}

bool encode_pmu_known(const char *pmu)
{
        pfm_pmu_info_t info;

        return pmu_find(pmu, &info);
}

bool encode_pmu_present(const char *pmu)
{
        pfm_pmu_info_t info;

        return pmu_find(pmu, &info) && info.is_present;
}

struct status encode_event(const struct counter_candidate *candidate, enum counter_scope scope,
                           char *text, struct perf_event_attr *ret_attr)
{
        struct perf_event_attr attr = { .size = sizeof(attr) };
        pfm_perf_encode_arg_t argument = { .attr = &attr, .size = sizeof(argument) };
        char full[EVENT_TEXT_MAX];
        int length = snprintf(full, sizeof(full), "%s::%s:%s", candidate->pmu, candidate->event,
                              scope == SCOPE_USER ? "u" : "u:k");
        pfm_err_t error;

        if (length >= (int)sizeof(full))
                return status_make(STATUS_USAGE, NULL, "event string is too long: %s", full);
        error = pfm_get_os_event_encoding(full, PFM_PLM3, PFM_OS_PERF_EVENT, &argument);
        if (error != PFM_SUCCESS)
                return status_make(STATUS_USAGE, NULL, "libpfm4 does not encode %s: %s", full,
                                   pfm_strerror(error));
        attr.disabled = 1;
        memcpy(text, full, sizeof(full));
        *ret_attr = attr;
        return status_ok();
}
