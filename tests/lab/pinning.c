/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinning BDF: what works with a BAR that is mapped without struct pages, and what the kernel says
 * where it does not. One line each: NAME RESULT, where RESULT is "works" or an errno's name.
 */
#include "sys/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define BYTES ((size_t)2 << 20)
#define PAGE ((size_t)4096)

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static void tell(const char *name, bool works)
{
        printf("%s %s\n", name, works ? "works" : strerrorname_np(errno));
}

static void tell_direct(const char *path, char *bar)
{
        int file = open(path, O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);
        char *pages = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        /* Of common memory first: what fails then is not the file system's doing. */
        tell("direct_write_of_memory", pwrite(file, pages, PAGE, 0) == (ssize_t)PAGE);
        tell("direct_write_from_it", pwrite(file, bar, PAGE, 0) == (ssize_t)PAGE);
        tell("direct_read_into_it", pread(file, bar, PAGE, 0) == (ssize_t)PAGE);
        munmap(pages, PAGE);
        close(file);
        file = open(path, O_RDWR | O_CLOEXEC);
        tell("buffered_write_from_it", pwrite(file, bar, PAGE, 0) == (ssize_t)PAGE);
        close(file);
}

static void tell_copies(char *bar)
{
        char page[PAGE];
        struct iovec local = { page, PAGE }, remote = { bar, PAGE };
        int ends[2];

        memset(page, 0, sizeof(page));
        tell("process_vm_readv", process_vm_readv(getpid(), &local, 1, &remote, 1, 0) > 0);
        tell("process_vm_writev", process_vm_writev(getpid(), &local, 1, &remote, 1, 0) > 0);
        if (pipe2(ends, O_CLOEXEC) == 0) {
                tell("vmsplice", vmsplice(ends[1], &remote, 1, 0) > 0);
                tell("write_to_a_pipe", write(ends[1], bar, PAGE) == (ssize_t)PAGE);
        }
}

static void tell_populates(int fd, const struct vfio_area *area, char *bar)
{
        tell("madv_populate_read", madvise(bar, BYTES, MADV_POPULATE_READ) == 0);
        tell("madv_populate_write", madvise(bar, BYTES, MADV_POPULATE_WRITE) == 0);
        tell("mlock", mlock(bar, BYTES) == 0);
        tell("map_private", mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
                                 area->offset) != MAP_FAILED);
        tell("map_sync", mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC,
                              fd, area->offset) != MAP_FAILED);
}

int main(int argc, char **argv)
{
        struct sys_root root = sys_root_real();
        struct vfio_target target;
        struct vfio_device device;
        struct vfio_area area;
        struct status status;
        char *bar;
        int fd;

        status = vfio_target_parse(argc > 2 ? argv[1] : "", &target);
        if (!status_failed(&status))
                status = vfio_device_find(&root, &target, &device);
        if (!status_failed(&status))
                status = vfio_device_open(&root, &device, &fd);
        if (!status_failed(&status))
                status = vfio_area_find(fd, &device, &area);
        if (status_failed(&status)) {
                fprintf(stderr, "%s; %s\n", status.what, status.todo);
                return 1;
        }
        bar = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, area.offset);
        tell("map_shared", bar != MAP_FAILED);
        if (bar == MAP_FAILED)
                return 1;
        tell_populates(fd, &area, bar);
        *(volatile char *)bar = 1;
        tell_direct(argv[2], bar);
        tell_copies(bar);
        return 0;
}
