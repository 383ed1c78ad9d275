/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping/presence.h"

#include "sys/procself.h"

#include <inttypes.h>

/* A sanitizer's shadow of what is touched would take faults too. */
__attribute__((no_sanitize("address"))) static void pages_read(const char *address, size_t bytes,
                                                               size_t step)
{
        for (size_t at = 0; at < bytes; at += step)
                (void)*(const volatile char *)(address + at);
}

struct count presence_faults(const struct mapping *mapping)
{
        struct count before = { 0 }, after;

        /* The code itself may have to be faulted in: once for nothing. */
        pages_read((const char *)&before, 1, 1);
        procself_minflt();
        before = procself_minflt();
        pages_read(mapping->address, mapping->bytes, mapping->page_bytes);
        after = procself_minflt();
        if (!before.known || !after.known)
                return (struct count) { 0 };
        return count_of(after.value - before.value);
}

struct status presence_check(const struct mapping *mapping, struct count minflt)
{
        struct count faults = presence_faults(mapping);
        bool tried;

        if (faults.known && !faults.value)
                return status_ok();
        if (!faults.known)
                return status_make(STATUS_INVALID, NULL,
                                   "faults are not counted, so nothing shows that it is present");
        tried = minflt.known && minflt.value >= mapping->bytes / mapping->pmd_bytes;
        return status_make(tried ? STATUS_INVALID : STATUS_SKIP,
                           "without struct pages MAP_POPULATE and mlock() map nothing; use an op "
                           "that touches",
                           "the mapping is not present: reading its pages takes %" PRIu64
                           " fault(s) more",
                           faults.value);
}
