/* SPDX-License-Identifier: Apache-2.0 */
/* What this thread may do by its effective capabilities (capabilities(7)). */
#ifndef PMDGAIN_SYS_CAPABILITY_H
#define PMDGAIN_SYS_CAPABILITY_H

#include <linux/capability.h>
#include <stdbool.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38 /* Linux 5.8 */
#endif

bool capability_has(unsigned capability);

#endif
