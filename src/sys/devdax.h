/* SPDX-License-Identifier: Apache-2.0 */
/* DAX character devices as sysfs describes them (Documentation/ABI/testing/sysfs-bus-dax). */
#ifndef PMDGAIN_SYS_DEVDAX_H
#define PMDGAIN_SYS_DEVDAX_H

#include "sys/root.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct devdax_facts {
        uint64_t bytes;
        uint64_t align; /* the size of every fault; addresses and offsets are multiples of it */
};

/* Whether the character device of that number is on the dax bus (or, before 5.1, of its class). */
bool devdax_is(const struct sys_root *root, dev_t device);

/* `align` belongs to the device from 5.10 on, to its region before. STATUS_SYSTEM when sysfs does
 * not tell. */
struct status devdax_read(const struct sys_root *root, dev_t device,
                          struct devdax_facts *ret_facts);

#endif
