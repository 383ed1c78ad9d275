/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpuid_rows.h"
#include "sys/hypervisor.h"
#include "tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void cpuid_tells_hardware_virtual_and_emulated_apart(void **state)
{
        static const struct {
                const struct cpuid_table *cpuid;
                enum evidence evidence;
                const char *signature;
        } rows[] = {
                { &cascade_lake, EVIDENCE_HARDWARE, "" },
                { &granite_ridge, EVIDENCE_HARDWARE, "" },
                { &turin_guest, EVIDENCE_VIRTUAL, "KVMKVMKVM" },
                { &qemu_tcg, EVIDENCE_EMULATED, "TCGTCGTCGTCG" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char signature[64] = "x";

                assert_int_equal(hypervisor_by_cpuid(rows[i].cpuid, signature, sizeof(signature)),
                                 rows[i].evidence);
                assert_string_equal(signature, rows[i].signature);
        }
}

/* The bytes of SMBIOS type 0 up to the second byte of "BIOS Characteristics Extension". */
static void write_smbios(const char *dir, int characteristics)
{
        unsigned char raw[24] = { 0, 24 };
        char path[256];
        FILE *file;

        snprintf(path, sizeof(path), "%s/firmware/dmi/entries/0-0", dir);
        tree_folder(path);
        snprintf(path, sizeof(path), "%s/firmware/dmi/entries/0-0/raw", dir);
        raw[0x13] = (unsigned char)characteristics;
        file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(raw, sizeof(raw), 1, file), 1);
        fclose(file);
}

static enum evidence judge(const char *tree, int characteristics, const struct cpuid_table *cpuid,
                           char *signature, size_t size)
{
        char dir[TREE_DIR_MAX];
        struct sys_root root = { .sysfs = dir, .proc = dir };
        enum evidence evidence;

        tree_unpack_text(tree, dir);
        if (characteristics >= 0)
                write_smbios(dir, characteristics);
        evidence = cpuid ? hypervisor_join(cpuid, &root, signature, size)
                         : hypervisor_by_files(&root, signature, size);
        tree_remove(dir);
        return evidence;
}

#define DMI(vendor, product) "class/dmi/id\n sys_vendor = " vendor "\n product_name = " product "\n"
#define DEVICE_TREE(compatible) "firmware/devicetree/base\n compatible = " compatible "\n"
#define PMU(events) "bus/event_source/devices/armv8_pmuv3_0/events\n cpu_cycles = 0\n" events
#define CPU(implementer, part)                                              \
        ".\n cpuinfo = processor\\t: 0\\nCPU implementer\\t: " implementer  \
        "\\nCPU architecture: 8\\nCPU variant\\t: 0x4\\nCPU part\\t: " part \
        "\\nCPU revision\\t: 1\n"
#define FW_CFG "firmware/devicetree/base/fw-cfg@9020000\n compatible = qemu,fw-cfg-mmio\n"
#define KVM_CLOCK "class/ptp/ptp1\n clock_name = KVM virtual PTP\n"
/* What QEMU 7.2 shows of a Neoverse N1; the third with a clock that counts instructions. */
#define TCG_PMU PMU(" stall_backend = 0\n stall_frontend = 0\n inst_retired = 0\n")
#define N1_PMU PMU(" l1d_cache = 0\n br_pred = 0\n dtlb_walk = 0\n")
#define IS_VM 0x10
#define NO_SMBIOS (-1)

static void firmware_tells_where_cpuid_cannot(void **state)
{
        static const struct {
                const char *tree;
                int smbios;
                enum evidence evidence;
                const char *signature;
        } rows[] = {
                { "", NO_SMBIOS, EVIDENCE_UNKNOWN, "" },
                { DMI("Amazon EC2", "m7g.large"), 0, EVIDENCE_VIRTUAL, "Amazon EC2" },
                { DMI("Amazon EC2", "m7g.metal"), 0, EVIDENCE_HARDWARE, "" },
                { DMI("QEMU", "QEMU Virtual Machine"), 0, EVIDENCE_UNKNOWN, "QEMU" },
                { DMI("Microsoft Corporation", "Virtual Machine"), 0, EVIDENCE_VIRTUAL, "Hyper-V" },
                { DMI("Microsoft Corporation", "Surface Pro X"), 0, EVIDENCE_HARDWARE, "" },
                { DMI("HPE", "ProLiant RL300"), 0, EVIDENCE_HARDWARE, "" },
                { DMI("HPE", "ProLiant RL300"), IS_VM, EVIDENCE_UNKNOWN, "" },
                { DMI("HPE", "ProLiant RL300"), NO_SMBIOS, EVIDENCE_UNKNOWN, "" },
                { DMI("HPE", "ProLiant RL300") N1_PMU, 0, EVIDENCE_HARDWARE, "" },
                { DMI("HPE", "ProLiant RL300") KVM_CLOCK, IS_VM, EVIDENCE_VIRTUAL, "KVM" },
                { DEVICE_TREE("linux,dummy-virt"), NO_SMBIOS, EVIDENCE_UNKNOWN,
                  "linux,dummy-virt" },
                { DEVICE_TREE("linux,dummy-virt") KVM_CLOCK, NO_SMBIOS, EVIDENCE_VIRTUAL, "KVM" },
                { DEVICE_TREE("linux,dummy-virt") TCG_PMU, NO_SMBIOS, EVIDENCE_UNKNOWN,
                  "linux,dummy-virt" },
                { DEVICE_TREE("raspberrypi,4-model-b"), NO_SMBIOS, EVIDENCE_HARDWARE, "" },
                { DEVICE_TREE("xen,xenvm") "firmware/devicetree/base/hypervisor\n"
                                           " compatible = xen,xen\n",
                  NO_SMBIOS, EVIDENCE_VIRTUAL, "xen,xen" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char signature[64] = "x";

                print_message("%s", rows[i].tree);
                assert_int_equal(
                        judge(rows[i].tree, rows[i].smbios, NULL, signature, sizeof(signature)),
                        rows[i].evidence);
                assert_string_equal(signature, rows[i].signature);
        }
}

static void a_machine_of_qemus_is_known_by_its_name_and_its_pmu(void **state)
{
        static const struct {
                const char *tree;
                enum evidence evidence;
                const char *signature;
        } rows[] = {
                { DMI("QEMU", "KVM Virtual Machine") N1_PMU, EVIDENCE_VIRTUAL, "KVM" },
                { DMI("QEMU", "KVM Virtual Machine"), EVIDENCE_VIRTUAL, "KVM" },
                { DMI("QEMU", "QEMU Virtual Machine") TCG_PMU CPU("0x41", "0xd0c"),
                  EVIDENCE_EMULATED, "QEMU" },
                { DMI("QEMU", "QEMU Virtual Machine") TCG_PMU CPU("0x61", "0x000"),
                  EVIDENCE_VIRTUAL, "QEMU" },
                { DMI("QEMU", "QEMU Virtual Machine") N1_PMU CPU("0x41", "0xd0c"), EVIDENCE_VIRTUAL,
                  "QEMU" },
                { DMI("QEMU", "QEMU Virtual Machine") CPU("0x41", "0xd0c"), EVIDENCE_UNKNOWN,
                  "QEMU" },
                { DMI("QEMU", "QEMU Virtual Machine") "bus/event_source/devices/armv8_pmuv3_0\n",
                  EVIDENCE_UNKNOWN, "QEMU" },
                { DEVICE_TREE("linux,dummy-virt") FW_CFG TCG_PMU CPU("0x41", "0xd0c"),
                  EVIDENCE_EMULATED, "QEMU" },
                { DEVICE_TREE("linux,dummy-virt") FW_CFG N1_PMU, EVIDENCE_VIRTUAL, "QEMU" },
                { DEVICE_TREE("linux,dummy-virt") FW_CFG, EVIDENCE_UNKNOWN, "QEMU" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char signature[64] = "x";

                print_message("%s", rows[i].tree);
                assert_int_equal(judge(rows[i].tree, NO_SMBIOS, NULL, signature, sizeof(signature)),
                                 rows[i].evidence);
                assert_string_equal(signature, rows[i].signature);
        }
}

static void a_cpu_that_only_software_has_is_emulated(void **state)
{
        static const char tree[] = DEVICE_TREE("linux,dummy-virt") CPU("0x00", "0x051");
        char signature[64];

        (void)state;
        assert_int_equal(judge(tree, NO_SMBIOS, NULL, signature, sizeof(signature)),
                         EVIDENCE_EMULATED);
        assert_string_equal(signature, "QEMU");
}

/* x86 with the hypervisor's CPUID bit off: "-cpu host,-hypervisor" and the like. */
static void a_hypervisor_that_hides_is_known_by_its_firmware(void **state)
{
        static const struct {
                const char *tree;
                const struct cpuid_table *cpuid;
                enum evidence evidence;
                const char *signature;
        } rows[] = {
                { DMI("QEMU", "Standard PC (Q35 + ICH9, 2009)"), &cascade_lake, EVIDENCE_UNKNOWN,
                  "QEMU" },
                { DMI("VMware, Inc.", "VMware7,1"), &cascade_lake, EVIDENCE_VIRTUAL, "VMware" },
                { DMI("Google", "Google Compute Engine"), &cascade_lake, EVIDENCE_HARDWARE, "" },
                { DMI("Dell Inc.", "PowerEdge R740"), &cascade_lake, EVIDENCE_HARDWARE, "" },
                { "", &cascade_lake, EVIDENCE_HARDWARE, "" },
                { DMI("Dell Inc.", "PowerEdge R740"), &turin_guest, EVIDENCE_VIRTUAL, "KVMKVMKVM" },
                { DMI("VMware, Inc.", "VMware7,1"), &qemu_tcg, EVIDENCE_EMULATED, "TCGTCGTCGTCG" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char signature[64] = "x";

                print_message("%s", rows[i].tree);
                assert_int_equal(
                        judge(rows[i].tree, NO_SMBIOS, rows[i].cpuid, signature, sizeof(signature)),
                        rows[i].evidence);
                assert_string_equal(signature, rows[i].signature);
        }
}

static void qemus_own_cpu_is_emulated_even_if_it_hides(void **state)
{
        struct cpuid_table hidden = qemu_tcg, named = qemu_tcg;
        char signature[64];

        (void)state;
        named.rows[3].eax = 0x65746e49; /* -cpu Skylake-Server: the brand says "Intel" */
        assert_int_equal(hypervisor_by_cpuid(&named, signature, sizeof(signature)),
                         EVIDENCE_EMULATED);
        hidden.rows[1].ecx &= ~(UINT32_C(1) << 31);
        assert_int_equal(hypervisor_by_cpuid(&hidden, signature, sizeof(signature)),
                         EVIDENCE_EMULATED);
        assert_string_equal(signature, "");
}

static void evidence_has_names(void **state)
{
        (void)state;
        assert_string_equal(evidence_name(EVIDENCE_UNKNOWN), "");
        assert_string_equal(evidence_name(EVIDENCE_HARDWARE), "hardware");
        assert_string_equal(evidence_name(EVIDENCE_VIRTUAL), "virtual");
        assert_string_equal(evidence_name(EVIDENCE_EMULATED), "emulated");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(cpuid_tells_hardware_virtual_and_emulated_apart),
                cmocka_unit_test(firmware_tells_where_cpuid_cannot),
                cmocka_unit_test(a_machine_of_qemus_is_known_by_its_name_and_its_pmu),
                cmocka_unit_test(a_cpu_that_only_software_has_is_emulated),
                cmocka_unit_test(a_hypervisor_that_hides_is_known_by_its_firmware),
                cmocka_unit_test(qemus_own_cpu_is_emulated_even_if_it_hides),
                cmocka_unit_test(evidence_has_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
