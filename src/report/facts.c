/* SPDX-License-Identifier: Apache-2.0 */
#include "report/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FACTS_BYTES_MAX (8 * 1024 * 1024) /* a machine.json has some 20 KiB */

static struct status malformed(const char *name)
{
        return status_make(STATUS_USAGE, "restore the file, or remove it to go on without",
                           "%s is not a JSON object", name);
}

struct status facts_parse(const char *name, const char *bytes, size_t size,
                          struct json_object **ret_machine)
{
        struct json_tokener *tokener;
        struct json_object *machine;
        bool whole;

        if (size > FACTS_BYTES_MAX)
                return status_make(STATUS_USAGE, "restore the file", "%s is too large", name);
        tokener = json_tokener_new();
        if (!tokener)
                return status_errno(ENOMEM, NULL, "cannot read %s", name);
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
        machine = json_tokener_parse_ex(tokener, bytes, (int)size);
        whole = json_tokener_get_error(tokener) == json_tokener_success;
        for (size_t i = json_tokener_get_parse_end(tokener); i < size; i++)
                whole = whole && bytes[i] && strchr(" \t\r\n", bytes[i]);
        json_tokener_free(tokener);
        if (whole && json_object_is_type(machine, json_type_object)) {
                *ret_machine = machine;
                return status_ok();
        }
        json_object_put(machine);
        return malformed(name);
}

/* The bytes of a file, at most one more than there may be. */
static struct status read_bytes(int fd, const char *path, char **ret_bytes, size_t *ret_size)
{
        char *bytes = malloc(FACTS_BYTES_MAX + 1);
        size_t used = 0;
        ssize_t got = 1;

        if (!bytes)
                return status_errno(ENOMEM, NULL, "cannot read %s", path);
        while (got > 0 && used <= FACTS_BYTES_MAX) {
                got = read(fd, bytes + used, FACTS_BYTES_MAX + 1 - used);
                if (got < 0 && errno == EINTR)
                        got = 1;
                else if (got > 0)
                        used += (size_t)got;
        }
        if (got < 0) {
                free(bytes);
                return status_errno(errno, NULL, "cannot read %s", path);
        }
        *ret_bytes = bytes;
        *ret_size = used;
        return status_ok();
}

struct status facts_read(const char *dir, struct json_object **ret_machine)
{
        char path[4096], *bytes = NULL;
        struct status status;
        size_t size = 0;
        int fd;

        if (snprintf(path, sizeof(path), "%s/machine.json", dir) >= (int)sizeof(path))
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the path of %.80s... is too long", dir);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT) {
                *ret_machine = NULL;
                return status_ok();
        }
        if (fd < 0)
                return status_errno(errno, "check its permissions", "cannot read %s", path);
        status = read_bytes(fd, path, &bytes, &size);
        close(fd);
        if (!status_failed(&status))
                status = facts_parse(path, bytes, size, ret_machine);
        free(bytes);
        return status;
}

struct json_object *fact(struct json_object *machine, const char *pointer)
{
        struct json_object *value = NULL;

        if (!machine || json_pointer_get(machine, pointer, &value) != 0)
                return NULL;
        return value;
}

const char *fact_text(struct json_object *machine, const char *pointer)
{
        struct json_object *value = fact(machine, pointer);

        if (!value || json_object_is_type(value, json_type_object) ||
            json_object_is_type(value, json_type_array))
                return "";
        return json_object_get_string(value);
}

double fact_number(struct json_object *machine, const char *pointer)
{
        struct json_object *value = fact(machine, pointer);

        if (json_object_is_type(value, json_type_int) ||
            json_object_is_type(value, json_type_double))
                return json_object_get_double(value);
        return NAN;
}

size_t fact_length(struct json_object *machine, const char *pointer)
{
        struct json_object *value = fact(machine, pointer);

        return json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;
}

struct json_object *fact_element(struct json_object *machine, const char *pointer, size_t index)
{
        if (index >= fact_length(machine, pointer))
                return NULL;
        return json_object_array_get_idx(fact(machine, pointer), index);
}

char *facts_kernel(struct json_object *machine, char *text, size_t text_size)
{
        const char *release = fact_text(machine, "/kernel/release");
        size_t major = strspn(release, "0123456789");
        size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;

        if (major && minor)
                snprintf(text, text_size, "Linux %.*s", (int)(major + 1 + minor), release);
        else
                snprintf(text, text_size, "this kernel");
        return text;
}

/* The signatures CPUID leaf 0x40000000 gives. */
const char *facts_hypervisor(struct json_object *machine)
{
        const char *signature = fact_text(machine, "/hypervisor/signature");
        static const struct {
                const char *signature, *name;
        } names[] = {
                { "KVMKVMKVM", "KVM" },        { "TCGTCGTCGTCG", "QEMU TCG" },
                { "Microsoft Hv", "Hyper-V" }, { "VMwareVMware", "VMware" },
                { "XenVMMXenVMM", "Xen" },     { "bhyve bhyve ", "bhyve" },
        };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strcmp(names[i].signature, signature) == 0)
                        return names[i].name;
        return signature;
}

char *facts_evidence(struct json_object *machine, const char *evidence, char *text,
                     size_t text_size)
{
        const char *hypervisor = facts_hypervisor(machine);

        if (strcmp(evidence, "emulated") == 0)
                snprintf(text, text_size, "emulated CPU%s%s", hypervisor[0] ? ": " : "",
                         hypervisor);
        else if (strcmp(evidence, "virtual") == 0)
                snprintf(text, text_size, "virtual: %s guest",
                         hypervisor[0] ? hypervisor : "hypervisor's");
        else if (strcmp(evidence, "hardware") == 0)
                snprintf(text, text_size, "hardware (no hypervisor)");
        else
                snprintf(text, text_size, "%s", evidence[0] ? evidence : "evidence unknown");
        return text;
}
