/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/machine.h"

#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/topology.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/*
 * Words of the kernel's command line that bear on memory or timing. The others stay out: they may
 * hold names, addresses and keys, and machine.json is made to be passed on.
 */
static bool telling_word(const char *word)
{
        static const char *const starts[] = {
                "memmap=",
                "mem=",
                "hugepage",
                "default_hugepagesz=",
                "transparent_hugepage",
                "thp_",
                "numa",
                "mitigations=",
                "nopti",
                "pti=",
                "kpti=",
                "spec",
                "retbleed=",
                "nosmt",
                "isolcpus=",
                "nohz",
                "rcu_nocb",
                "cpuidle",
                "intel_idle.",
                "idle=",
                "processor.max_cstate=",
                "intel_pstate=",
                "amd_pstate=",
                "clocksource=",
                "tsc=",
                "intel_iommu=",
                "amd_iommu=",
                "iommu",
                "efi=",
                "efi_fake_mem=",
                "no5lvl",
                "nopcid",
                "noinvpcid",
                "page_poison=",
                "init_on_alloc=",
                "init_on_free=",
                "slub_debug",
                "page_owner=",
                "kasan",
                "nokaslr",
        };

        for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
                if (strncmp(word, starts[i], strlen(starts[i])) == 0)
                        return true;
        return false;
}

static void telling_words(const char *line, char *words, size_t size)
{
        char word[256];
        size_t length = 0;

        words[0] = '\0';
        while (*line) {
                size_t span = strcspn(line, " ");

                snprintf(word, sizeof(word), "%.*s", (int)span, line);
                if (telling_word(word) && length + strlen(word) + 2 < size)
                        length += (size_t)snprintf(words + length, size - length, "%s%s",
                                                   length ? " " : "", word);
                line += span + strspn(line + span, " ");
        }
}

void machine_kernel(const struct sys_root *root, struct json_object *kernel)
{
        char line[4096], words[1024];
        struct status status;
        struct utsname names;

        if (uname(&names) == 0) {
                json_set_text(kernel, "release", names.release);
                json_set_text(kernel, "version", names.version);
                json_set_text(kernel, "arch", names.machine);
        }
        status = sys_read_text(root->proc, "cmdline", line, sizeof(line));
        if (status_failed(&status))
                return;
        telling_words(line, words, sizeof(words));
        json_set_text_known(kernel, "cmdline", words);
}

static void describe_hypervisor(const struct sys_root *root, struct json_object *machine)
{
        struct json_object *hypervisor;
        enum evidence evidence;
        char signature[64];

        evidence = machine_evidence(root, signature, sizeof(signature));
        json_set_text(machine, "evidence", evidence_name(evidence));
        hypervisor = json_set_object(machine, "hypervisor");
        if (evidence != EVIDENCE_UNKNOWN || signature[0])
                json_set_bool(hypervisor, "present", evidence != EVIDENCE_HARDWARE);
        json_set_text(hypervisor, "signature", signature);
}

struct status machine_describe(const struct sys_root *root, struct json_object **ret_machine)
{
        struct json_object *machine = json_object_new_object(), *dax;
        hwloc_topology_t topology = NULL;
        struct status status;

        if (!machine)
                return status_errno(ENOMEM, NULL, "cannot describe the machine");
        /* Without a topology there is still something to say. */
        status = topology_load(true, &topology);
        if (status_failed(&status))
                topology = NULL;
        describe_hypervisor(root, machine);
        machine_kernel(root, json_set_object(machine, "kernel"));
        machine_cpu(root, topology, json_set_object(machine, "cpu"));
        machine_memory(root, json_set_object(machine, "memory"));
        if (topology) {
                topology_describe_numa(topology, json_set_object(machine, "numa"));
                hwloc_topology_destroy(topology);
        }
        machine_thp(root, json_set_object(machine, "thp"));
        machine_proofs(root, json_set_array(machine, "proofs"));
        machine_pmu(root, json_set_object(machine, "pmu"));
        dax = json_set_object(machine, "dax");
        machine_dax_devices(root, dax);
        machine_dax_mounts(root, json_set_array(dax, "mounts"));
        machine_hugetlb(root, json_set_object(machine, "hugetlb"));
        machine_limits(root, json_set_object(machine, "limits"));
        machine_privileges(root, json_set_array(machine, "privileges"));
        *ret_machine = machine;
        return status_ok();
}
