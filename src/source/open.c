/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hugepages.h"

#include <errno.h>
#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Far below where sums of sizes could overflow, and above any machine's memory. */
#define BYTES_MAX (UINT64_C(1) << 56)

/* Addresses that nothing else gets; a little more is asked for, and given back, to align them. */
static struct status window_reserve(size_t bytes, size_t align, char **ret_window)
{
        size_t asked = bytes + align, before, after;
        char *start =
                mmap(NULL, asked, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (start == MAP_FAILED)
                return status_make(STATUS_USAGE, "use a smaller --bytes, or raise ulimit -v",
                                   "cannot reserve %zu bytes of addresses: %s", asked,
                                   strerror(errno));
        before = (align - (uintptr_t)start % align) % align;
        after = asked - before - bytes;
        if (before)
                munmap(start, before);
        if (after)
                munmap(start + before + bytes, after);
        *ret_window = start + before;
        return status_ok();
}

/* A power of two that fits the window, so that it shares its upper page tables, up to 1 GiB (what
 * one table of PMDs spans); at least a PMD. */
static size_t window_align(size_t bytes, size_t pmd_bytes)
{
        size_t align = pmd_bytes;

        while (align < bytes && align < GIB)
                align *= 2;
        return align;
}

/* The present page at the window's end keeps the tables above it, before and after any mapping. */
static struct status window_anchor(const struct source *source)
{
        char *page = source->window + source_window_bytes(source) - source->page_bytes;

        if (mmap(page, source->page_bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
                return status_errno(errno, NULL, "cannot map the page behind a window");
        *(volatile char *)page = 1;
        return status_ok();
}

static struct status memory_make(struct source *source)
{
        size_t bytes = source_window_bytes(source);
        void *content;

        TRY(window_reserve(bytes, window_align(bytes, source->pmd_bytes), &source->window));
        TRY(window_anchor(source));
        content = mmap(NULL, source->page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0);
        if (content == MAP_FAILED)
                return status_errno(errno, NULL, "cannot map a page shared with trials");
        source->content = content;
        return status_ok();
}

static void descriptor_close(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

static void source_release(struct source *source)
{
        descriptor_close(&source->fd);
        descriptor_close(&source->twin_fd);
        if (source->window)
                munmap(source->window, source_window_bytes(source));
        if (source->content)
                munmap(source->content, source->page_bytes);
        source->window = NULL;
        source->content = NULL;
}

void source_close(struct source *source)
{
        if (source->class->close)
                source->class->close(source);
        source_release(source);
}

struct status source_open(const struct source_class *class, const struct source_request *request,
                          struct source *ret_source)
{
        struct source_request rounded = *request;
        struct source source = {
                .class = class,
                .dax = -1,
                .node = -1,
                .fd = -1,
                .twin_fd = -1,
                .traits = class->traits,
                .page_bytes = hugepages_page_bytes(),
                .pmd_bytes = hugepages_pmd_bytes(request->root),
        };
        size_t pmd = source.pmd_bytes;
        struct status status = status_ok();

        if (request->bytes > BYTES_MAX)
                return status_make(STATUS_USAGE, "use a smaller --bytes",
                                   "%llu bytes are more than any machine has",
                                   (unsigned long long)request->bytes);
        rounded.bytes = request->bytes ? (request->bytes + pmd - 1) / pmd * pmd : pmd;
        source.bytes = rounded.bytes;
        snprintf(source.target, sizeof(source.target), "%s", request->target);
        if (!(class->traits & SOURCE_NO_MEMORY))
                status = memory_make(&source);
        if (!status_failed(&status))
                status = class->open(&source, &rounded);
        if (status_failed(&status))
                source_close(&source);
        else
                *ret_source = source;
        return status;
}
