/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/procself.h"

#include "sys/keyed.h"

#include <sys/prctl.h>
#include <sys/resource.h>

struct count procself_page_tables(const struct sys_root *root)
{
        return keyed_file(root->proc, "self/status", "VmPTE");
}

struct count procself_minflt(void)
{
        struct rusage usage;

        if (getrusage(RUSAGE_SELF, &usage) != 0)
                return (struct count) { 0 };
        return count_of((uint64_t)usage.ru_minflt);
}

struct count procself_majflt(void)
{
        struct rusage usage;

        if (getrusage(RUSAGE_SELF, &usage) != 0)
                return (struct count) { 0 };
        return count_of((uint64_t)usage.ru_majflt);
}

struct count procself_faults(void)
{
        struct rusage usage;

        if (getrusage(RUSAGE_SELF, &usage) != 0)
                return (struct count) { 0 };
        return count_of((uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt);
}

struct count procself_thp_fallbacks(const struct sys_root *root)
{
        struct count fault = keyed_file(root->proc, "vmstat", "thp_fault_fallback");
        struct count file = keyed_file(root->proc, "vmstat", "thp_file_fallback");

        if (!fault.known && !file.known)
                return fault;
        return count_of((fault.known ? fault.value : 0) + (file.known ? file.value : 0));
}

bool procself_thp_disabled(void)
{
        return prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) > 0;
}
