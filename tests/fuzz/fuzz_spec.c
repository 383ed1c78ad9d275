/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any text as what a user names: a source with its target, a PCI device, the value of an
 * option. It is refused in one line, or it is what it says.
 */
#include "sys/vfio.h"

#include <pmdgain/option.h>
#include <pmdgain/source.h>
#include <pmdgain/workload.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

/* Did it work? A failure says what is wrong in one line. */
static bool is_taken(struct status status)
{
        if (!status_failed(&status))
                return true;
        require(status.code == STATUS_USAGE && *status.what);
        require(!strpbrk(status.what, "\n\r") && !strpbrk(status.todo, "\n\r"));
        return false;
}

static void read_source(const char *text)
{
        const struct source_class *class = NULL;
        char target[256], again[400];

        if (!is_taken(source_spec_parse(text, &class, target, sizeof(target))))
                return;
        snprintf(again, sizeof(again), "%s%s%s", class->name, *target ? ":" : "", target);
        require(strcmp(again, text) == 0);
        require(!*target == !(class->traits & SOURCE_NEEDS_TARGET));
}

/* Hexadecimal digits, so that the address is a folder's name below sysfs and nothing else. */
static void require_address(const char *address)
{
        unsigned domain, bus, slot, function;
        int used = 0;

        require(strspn(address, "0123456789abcdef:.") == strlen(address));
        require(sscanf(address, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &used) == 4);
        require(used == 12 && !address[used] && slot < 32 && function < 8);
}

static void read_device(const char *text)
{
        struct vfio_target target, again;
        char formatted[32];

        if (!is_taken(vfio_target_parse(text, &target)))
                return;
        require_address(target.address);
        require(target.bar >= -1 && target.bar < VFIO_BARS);
        snprintf(formatted, sizeof(formatted), target.bar < 0 ? "%s" : "%s/%d", target.address,
                 target.bar);
        require(is_taken(vfio_target_parse(formatted, &again)));
        require(strcmp(again.address, target.address) == 0 && again.bar == target.bar);
}

static bool is_real(const struct option_row *row)
{
        return row->type == OPTION_REAL || row->type == OPTION_PERCENT;
}

static void read_option(const struct option_row *row, const char *text)
{
        union option_value value, again;
        char formatted[48];

        if (!is_taken(option_parse(row, text, &value)))
                return;
        if (row->type != OPTION_CHOICE)
                require(is_real(row) ? value.real >= row->min && value.real <= row->max
                                     : (double)value.count >= row->min &&
                                               (double)value.count <= row->max);
        option_format(row, value, formatted, sizeof(formatted));
        require(*formatted && strlen(formatted) + 1 < sizeof(formatted));
        if (row->type == OPTION_TIME)
                strcat(formatted, "ns");
        require(is_taken(option_parse(row, formatted, &again)));
        require(is_real(row) ? !(again.real < value.real) && !(again.real > value.real)
                             : again.count == value.count);
}

/* One of all options of all workloads. */
static const struct option_row *pick_option(unsigned number)
{
        for (const struct workload *const *each = workloads(); *each; each++)
                for (const struct option_row *row = (*each)->options; row && row->name; row++)
                        if (number-- == 0)
                                return row;
        return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct option_row *row = size ? pick_option(data[0]) : NULL;
        char *text = strndup((const char *)data, size);

        require(text != NULL);
        read_source(text);
        read_device(text);
        if (row && *text)
                read_option(row, text + 1);
        free(text);
        return 0;
}
