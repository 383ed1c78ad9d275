/* SPDX-License-Identifier: Apache-2.0 */
/* A file on a tmpfs of huge pages that nobody else sees. */
#ifndef PMDGAIN_SYS_PRIVNS_H
#define PMDGAIN_SYS_PRIVNS_H

#include "sys/root.h"

#include <pmdgain/privilege.h>
#include <pmdgain/status.h>
#include <stdint.h>

/*
 * An unlinked file of `bytes` zeros on a tmpfs mounted with huge=always and attached nowhere
 * (fsopen(2), fsmount(2), Linux 5.2). A child process of short life makes it, in a user and mount
 * namespace of its own where privilege is lacking, and hands the descriptor over: the caller's
 * namespaces stay as they are, and the tmpfs goes with the descriptor. STATUS_SKIP when this
 * machine does not allow it; the caller closes the descriptor.
 */
struct status privns_huge_file(const struct sys_root *root, uint64_t bytes, int *ret_fd);

/* What on this machine keeps users from making namespaces, and how to allow it. */
struct privilege_todo privns_todo(const struct sys_root *root);

#endif
