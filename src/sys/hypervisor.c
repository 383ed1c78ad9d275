/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hypervisor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEVICE_TREE "firmware/devicetree/base"
#define VIRTUAL_BOARD "linux,dummy-virt"
#define SMBIOS_BIOS "firmware/dmi/entries/0-0/raw"

static const char *const evidence_names[] = {
        [EVIDENCE_UNKNOWN] = "",
        [EVIDENCE_HARDWARE] = "hardware",
        [EVIDENCE_VIRTUAL] = "virtual",
        [EVIDENCE_EMULATED] = "emulated",
};

const char *evidence_name(enum evidence evidence)
{
        return evidence_names[evidence];
}

enum evidence hypervisor_by_cpuid(const struct cpuid_table *cpuid, char *signature, size_t size)
{
        struct cpuid_identity identity;

        snprintf(signature, size, "%s", "");
        if (!cpuid_identify(cpuid, &identity))
                return EVIDENCE_UNKNOWN;
        snprintf(signature, size, "%s", identity.signature);
        /* QEMU's own CPU says so even where the hypervisor bit was turned off. */
        if (strcmp(identity.signature, "TCGTCGTCGTCG") == 0 ||
            strncmp(identity.brand, "QEMU TCG CPU", 12) == 0)
                return EVIDENCE_EMULATED;
        return identity.hypervisor ? EVIDENCE_VIRTUAL : EVIDENCE_HARDWARE;
}

/* DMI's sys_vendor and product_name start with these; "" is any. */
static const struct mark {
        const char *vendor, *product;
        const char *signature;
        enum evidence evidence;
        bool rented; /* whole machines are rented out under this name too */
} dmi_marks[] = {
        { "QEMU", "KVM Virtual Machine", "KVM", EVIDENCE_VIRTUAL, false }, /* Arm and RISC-V */
        { "QEMU", "", "QEMU", EVIDENCE_UNKNOWN, false },
        { "VMware", "", "VMware", EVIDENCE_VIRTUAL, false },
        { "innotek GmbH", "", "VirtualBox", EVIDENCE_VIRTUAL, false },
        { "Oracle Corporation", "VirtualBox", "VirtualBox", EVIDENCE_VIRTUAL, false },
        { "Xen", "", "Xen", EVIDENCE_VIRTUAL, false },
        { "Bochs", "", "Bochs", EVIDENCE_EMULATED, false },
        { "Parallels", "", "Parallels", EVIDENCE_VIRTUAL, false },
        { "Microsoft Corporation", "Virtual Machine", "Hyper-V", EVIDENCE_VIRTUAL, false },
        { "Apple", "Apple Virtualization", "Apple Virtualization", EVIDENCE_VIRTUAL, false },
        { "KubeVirt", "", "KubeVirt", EVIDENCE_VIRTUAL, false },
        { "", "KVM", "KVM", EVIDENCE_VIRTUAL, false },
        { "Amazon EC2", "", "Amazon EC2", EVIDENCE_VIRTUAL, true },
        { "Google", "Google Compute Engine", "Google Compute Engine", EVIDENCE_VIRTUAL, true },
        { "Alibaba Cloud", "", "Alibaba Cloud", EVIDENCE_VIRTUAL, true },
        { "OpenStack", "", "OpenStack", EVIDENCE_VIRTUAL, true },
};

static bool starts_with(const char *text, const char *start)
{
        return strncmp(text, start, strlen(start)) == 0;
}

static bool read_word(const char *base, const char *path, char *text, size_t size)
{
        struct status status = sys_read_text(base, path, text, size);

        return !status_failed(&status) && text[0];
}

/* NULL when DMI names no hypervisor. `ret_named`: there is a vendor at all. */
static const struct mark *dmi_mark(const struct sys_root *root, bool *ret_named)
{
        char vendor[128] = "", product[128] = "";

        read_word(root->sysfs, "class/dmi/id/sys_vendor", vendor, sizeof(vendor));
        read_word(root->sysfs, "class/dmi/id/product_name", product, sizeof(product));
        *ret_named = vendor[0];
        for (size_t i = 0; i < sizeof(dmi_marks) / sizeof(dmi_marks[0]); i++) {
                const struct mark *mark = &dmi_marks[i];

                if (!starts_with(vendor, mark->vendor) || !starts_with(product, mark->product))
                        continue;
                if (mark->rented && strstr(product, ".metal")) /* "m7g.metal-48xl" */
                        return NULL;
                return mark;
        }
        return NULL;
}

/* SMBIOS type 0, byte 0x13, bit 4: "the SMBIOS table describes a virtual machine". Only root may
 * read it. */
static bool smbios_denies_virtual(const struct sys_root *root)
{
        unsigned char raw[0x14];
        char path[512];
        ssize_t length;
        int fd;

        snprintf(path, sizeof(path), "%s/%s", root->sysfs, SMBIOS_BIOS);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        length = read(fd, raw, sizeof(raw));
        close(fd);
        return length == sizeof(raw) && raw[1] >= sizeof(raw) && !(raw[0x13] & 1 << 4);
}

/* A clock that KVM alone gives its guests, since Linux 5.13 (drivers/ptp/ptp_kvm_common.c). */
static bool has_kvm_clock(const struct sys_root *root)
{
        char name[64], path[64];

        for (int i = 0; i < 8; i++) {
                snprintf(path, sizeof(path), "class/ptp/ptp%d/clock_name", i);
                if (read_word(root->sysfs, path, name, sizeof(name)) &&
                    strcmp(name, "KVM virtual PTP") == 0)
                        return true;
        }
        return false;
}

static enum evidence unless_kvm(const struct sys_root *root, char *signature, size_t size)
{
        if (!has_kvm_clock(root))
                return EVIDENCE_UNKNOWN;
        snprintf(signature, size, "%s", "KVM");
        return EVIDENCE_VIRTUAL;
}

/* QEMU's own device, in each of its machines for Arm. */
static bool has_fw_cfg(const struct sys_root *root)
{
        char text[64];

        return read_word(root->sysfs, DEVICE_TREE "/fw-cfg@9020000/compatible", text,
                         sizeof(text)) &&
               strcmp(text, "qemu,fw-cfg-mmio") == 0;
}

static enum evidence by_device_tree(const struct sys_root *root, char *signature, size_t size)
{
        char text[256];

        if (read_word(root->sysfs, DEVICE_TREE "/hypervisor/compatible", text, sizeof(text))) {
                snprintf(signature, size, "%s", text);
                return EVIDENCE_VIRTUAL;
        }
        if (!read_word(root->sysfs, DEVICE_TREE "/compatible", text, sizeof(text)))
                return EVIDENCE_UNKNOWN;
        if (strstr(text, "qemu") || strstr(text, "riscv-virtio") || has_fw_cfg(root) ||
            hypervisor_is_qemu_cpu(root)) {
                snprintf(signature, size, "%s", "QEMU");
                return hypervisor_of_qemu(root);
        }
        if (strcmp(text, VIRTUAL_BOARD) == 0) { /* of several programs, most of which need KVM */
                snprintf(signature, size, "%s", text);
                return unless_kvm(root, signature, size);
        }
        return EVIDENCE_HARDWARE; /* a board's own name */
}

enum evidence hypervisor_by_files(const struct sys_root *root, char *signature, size_t size)
{
        const struct mark *mark;
        bool named;

        snprintf(signature, size, "%s", "");
        mark = dmi_mark(root, &named);
        if (mark) {
                snprintf(signature, size, "%s", mark->signature);
                return strcmp(mark->signature, "QEMU") == 0 ? hypervisor_of_qemu(root)
                                                            : mark->evidence;
        }
        if (named && smbios_denies_virtual(root))
                return EVIDENCE_HARDWARE;
        return named ? unless_kvm(root, signature, size) : by_device_tree(root, signature, size);
}

enum evidence hypervisor_join(const struct cpuid_table *cpuid, const struct sys_root *root,
                              char *signature, size_t size)
{
        enum evidence evidence = hypervisor_by_cpuid(cpuid, signature, size);
        const struct mark *mark;
        bool named;

        if (evidence != EVIDENCE_HARDWARE)
                return evidence;
        /* A hypervisor told to hide leaves its firmware's name behind. */
        mark = dmi_mark(root, &named);
        if (!mark || mark->rented)
                return evidence;
        snprintf(signature, size, "%s", mark->signature);
        return mark->evidence;
}

enum evidence machine_evidence(const struct sys_root *root, char *hypervisor, size_t size)
{
        struct cpuid_table cpuid;

        if (!cpuid_read(&cpuid))
                return hypervisor_by_files(root, hypervisor, size);
        return hypervisor_join(&cpuid, root, hypervisor, size);
}
