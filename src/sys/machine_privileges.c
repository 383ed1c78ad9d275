/* SPDX-License-Identifier: Apache-2.0 */
/* What this user may do and may not, and what would allow it. A thing that is not on this machine
 * (a DAX device, vfio) has no row. */
#include "sys/capability.h"
#include "sys/hugepages.h"
#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/privns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 512
#define PAGE_TOOLS "page-types and other tools (no proof of pmdgain's)"

struct privilege_row {
        const char *name;
        const char *use; /* what needs it */
        bool works;
        const char *reason; /* why not */
        struct privilege_todo todo;
};

static void add_row(struct json_object *privileges, const struct privilege_row *row)
{
        struct json_object *object = json_add_object(privileges);

        json_set_text(object, "name", row->name);
        json_set_text(object, "for", row->use);
        json_set_bool(object, "works", row->works);
        if (row->works)
                return;
        json_set_text(object, "reason", row->reason);
        json_set_text(object, "todo", row->todo.text);
}

/* As the kernel decides for this user, access lists and capabilities among it. */
static bool may(const char *path, int mode)
{
        return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

/* "/dev/dax0.0 is of user 0 and group 6, mode 660" */
static char *owner_words(const char *path, char *text, size_t size)
{
        struct stat about;

        if (stat(path, &about) != 0)
                snprintf(text, size, "cannot look at %.200s: %s", path, strerror(errno));
        else
                snprintf(text, size, "%.200s is of user %u and group %u, mode %03o", path,
                         (unsigned)about.st_uid, (unsigned)about.st_gid,
                         (unsigned)about.st_mode & 07777);
        return text;
}

static void add_namespaces(const struct sys_root *root, struct json_object *privileges)
{
        add_row(privileges,
                &(struct privilege_row) {
                        "mounting a tmpfs", "source shmem, by a tmpfs",
                        capability_has(CAP_SYS_ADMIN) || machine_user_namespaces_work(),
                        "this user may mount none, and may make no user namespace to mount it in",
                        privns_todo(root) });
}

/* `setting` below transparent_hugepage is not "never", nor "deny", which shmem has too. */
static void add_thp(const struct sys_root *root, const char *setting, const char *name,
                    const char *use, enum privilege privilege, struct json_object *privileges)
{
        char path[100], choice[32], reason[100];
        struct status status;

        snprintf(path, sizeof(path), "kernel/mm/transparent_hugepage/%s", setting);
        status = sys_read_choice(root->sysfs, path, choice, sizeof(choice));
        if (status_failed(&status))
                return;
        snprintf(reason, sizeof(reason), "%s is %s", setting, choice);
        add_row(privileges, &(struct privilege_row) { name, use,
                                                      strcmp(choice, "never") != 0 &&
                                                              strcmp(choice, "deny") != 0,
                                                      reason, privilege_todo(privilege, NULL) });
}

static void add_lock(struct json_object *privileges)
{
        struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
        char reason[100];

        getrlimit(RLIMIT_MEMLOCK, &limit);
        snprintf(reason, sizeof(reason), "no more than %" PRIu64 " KiB (RLIMIT_MEMLOCK)",
                 (uint64_t)limit.rlim_cur / KIB);
        add_row(privileges, &(struct privilege_row) {
                                    "locking memory", "mlock of populate and passes",
                                    limit.rlim_cur == RLIM_INFINITY || capability_has(CAP_IPC_LOCK),
                                    reason, privilege_todo(PRIVILEGE_LOCK, "unlimited") });
}

static void add_hugetlb(const struct sys_root *root, struct json_object *privileges)
{
        size_t bytes = hugepages_pmd_bytes(root);
        struct hugepages_pool pool;
        struct status status = hugepages_pool_read(root, bytes, &pool);
        char reason[100];

        if (status_failed(&status))
                return;
        snprintf(reason, sizeof(reason), "the pool of %zu KiB pages has none free", bytes / 1024);
        add_row(privileges, &(struct privilege_row) {
                                    "hugetlb pages", "source hugetlb", pool.free > pool.reserved,
                                    reason, hugepages_pool_todo(root, bytes, pool.total + 128) });
}

/* Documentation/admin-guide/sysctl/kernel.rst: above 2 is Debian's, and closes all. */
static void add_perf(const struct sys_root *root, struct json_object *privileges)
{
        bool may_monitor = capability_has(CAP_PERFMON) || capability_has(CAP_SYS_ADMIN);
        char text[32], reason[80];
        struct status status =
                sys_read_text(root->proc, "sys/kernel/perf_event_paranoid", text, sizeof(text));
        long level = status_failed(&status) ? 0 : strtol(text, NULL, 10);

        if (status_failed(&status))
                return;
        snprintf(reason, sizeof(reason), "kernel.perf_event_paranoid is %ld", level);
        add_row(privileges, &(struct privilege_row) { "perf events", "counters, of user space",
                                                      may_monitor || level <= 2, reason,
                                                      privilege_todo(PRIVILEGE_PERF, NULL) });
        add_row(privileges,
                &(struct privilege_row) { "the kernel's events", "counters, of the kernel's work",
                                          may_monitor || level <= 1, reason,
                                          privilege_todo(PRIVILEGE_PERF, NULL) });
}

static void add_tracefs(const struct sys_root *root, struct json_object *privileges)
{
        char path[PATH_ROOM], events[PATH_ROOM + 8], reason[300];
        bool mounted, searched;

        snprintf(path, sizeof(path), "%.400s/kernel/tracing", root->sysfs);
        if (access(path, F_OK) != 0)
                return;
        searched = may(path, X_OK);
        snprintf(events, sizeof(events), "%s/events", path);
        mounted = !searched || access(events, F_OK) == 0;
        if (mounted)
                owner_words(path, reason, sizeof(reason));
        else
                snprintf(reason, sizeof(reason), "tracefs is not mounted");
        add_row(privileges,
                &(struct privilege_row) {
                        "tracefs", "the proof by tracepoints, of DAX files", searched && mounted,
                        reason,
                        privilege_todo(mounted ? PRIVILEGE_TRACEFS : PRIVILEGE_TRACEFS_MOUNT,
                                       path) });
}

/* The number of a page that is present, 0 for whom it is hidden from (Linux 4.2). */
static bool page_numbers_told(const struct sys_root *root)
{
        volatile char here = 1;
        uint64_t entry = 0;
        char path[PATH_ROOM];
        bool read;
        int fd;

        snprintf(path, sizeof(path), "%.400s/self/pagemap", root->proc);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        read = pread(fd, &entry, sizeof(entry),
                     (off_t)((uintptr_t)&here / hugepages_page_bytes() * sizeof(entry))) ==
               (ssize_t)sizeof(entry);
        close(fd);
        return read && entry & ((UINT64_C(1) << 55) - 1);
}

static void add_pages(const struct sys_root *root, struct json_object *privileges)
{
        char path[PATH_ROOM], reason[300];

        add_row(privileges,
                &(struct privilege_row) { "page frame numbers", PAGE_TOOLS, page_numbers_told(root),
                                          "/proc/self/pagemap hides them from this user",
                                          privilege_todo(PRIVILEGE_PFN, NULL) });
        snprintf(path, sizeof(path), "%.400s/kpageflags", root->proc);
        if (access(path, F_OK) == 0)
                add_row(privileges,
                        &(struct privilege_row) { "kpageflags", PAGE_TOOLS, may(path, R_OK),
                                                  owner_words(path, reason, sizeof(reason)),
                                                  privilege_todo(PRIVILEGE_KPAGEFLAGS, NULL) });
}

struct names {
        char **list; /* in order */
        int count;
};

static int no_dots(const struct dirent *entry)
{
        return entry->d_name[0] != '.';
}

static struct names names_read(const char *folder)
{
        struct dirent **entries = NULL;
        struct names names = { .count = scandir(folder, &entries, no_dots, versionsort) };

        if (names.count < 0)
                names.count = 0;
        names.list = calloc((size_t)names.count + 1, sizeof(*names.list));
        for (int i = 0; i < names.count; i++) {
                if (names.list)
                        names.list[i] = strdup(entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
        if (!names.list)
                names.count = 0;
        return names;
}

static void names_free(struct names *names)
{
        for (int i = 0; i < names->count; i++)
                free(names->list[i]);
        free(names->list);
}

/* The attribute `resource` of a device: its own mode, or an address that the kernel writes as 0. */
static bool place_hidden(const char *folder, const char *name)
{
        char path[PATH_ROOM], text[64];
        struct status status;

        snprintf(path, sizeof(path), "%.200s/%.100s/resource", folder, name);
        if (access(path, F_OK) != 0)
                return false;
        if (!may(path, R_OK))
                return true;
        snprintf(path, sizeof(path), "%.100s/resource", name);
        status = sys_read_text(folder, path, text, sizeof(text));
        return !status_failed(&status) && strcmp(text, "0x0") == 0;
}

static void add_places(const struct sys_root *root, struct json_object *privileges)
{
        static const char *const buses[] = { "nd", "dax" };
        char folder[PATH_ROOM], reason[300] = "";
        int count = 0;

        for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
                struct names names;

                snprintf(folder, sizeof(folder), "%.400s/bus/%s/devices", root->sysfs, buses[i]);
                names = names_read(folder);
                count += names.count;
                for (int k = 0; names.list && k < names.count && !*reason; k++)
                        if (place_hidden(folder, names.list[k]))
                                snprintf(reason, sizeof(reason),
                                         "where %.100s begins in memory is hidden from this user",
                                         names.list[k]);
                names_free(&names);
        }
        if (count)
                add_row(privileges,
                        &(struct privilege_row) { "places of namespaces",
                                                  "explain, and the arm pte:extent", !*reason,
                                                  reason, privilege_todo(PRIVILEGE_PLACES, NULL) });
}

static void add_device(struct json_object *privileges, const char *path, const char *name,
                       const char *use, enum privilege privilege)
{
        char reason[300];

        add_row(privileges, &(struct privilege_row) { name, use, may(path, R_OK | W_OK),
                                                      owner_words(path, reason, sizeof(reason)),
                                                      privilege_todo(privilege, path) });
}

static void add_devdax(const struct sys_root *root, struct json_object *privileges)
{
        char path[PATH_ROOM];
        struct names names;

        snprintf(path, sizeof(path), "%.400s/bus/dax/devices", root->sysfs);
        names = names_read(path);
        for (int i = 0; i < names.count; i++) {
                snprintf(path, sizeof(path), "%.300s/%.100s", root->dev, names.list[i]);
                if (access(path, F_OK) == 0) /* not while it is system RAM */
                        add_device(privileges, path, path, "source devdax", PRIVILEGE_DEVDAX);
        }
        names_free(&names);
}

/* What is in the group: "source vfio: 0000:41:00.0". */
static void group_use(const struct sys_root *root, const char *group, char *text, size_t size)
{
        char path[PATH_ROOM];
        struct names names;

        snprintf(path, sizeof(path), "%.300s/kernel/iommu_groups/%.40s/devices", root->sysfs,
                 group);
        names = names_read(path);
        snprintf(text, size, "source vfio");
        for (int i = 0; i < names.count; i++) {
                size_t used = strlen(text);

                snprintf(text + used, size - used, "%s%.40s", i ? " " : ": ", names.list[i]);
        }
        names_free(&names);
}

/* The kernel makes a group's node when vfio-pci takes the first of its devices. */
static void add_vfio(const struct sys_root *root, struct json_object *privileges)
{
        char folder[PATH_ROOM], path[PATH_ROOM + 64], use[200];
        struct names names;

        snprintf(folder, sizeof(folder), "%.400s/vfio", root->dev);
        names = names_read(folder);
        for (int i = 0; i < names.count; i++) {
                const char *name = names.list[i];

                snprintf(path, sizeof(path), "%s/%.60s", folder, name);
                if (strcmp(name, "vfio") == 0) {
                        add_device(privileges, path, path, "source vfio", PRIVILEGE_VFIO);
                } else if (name[strspn(name, "0123456789")] == '\0') {
                        group_use(root, name, use, sizeof(use));
                        add_device(privileges, path, path, use, PRIVILEGE_VFIO_GROUP);
                }
        }
        names_free(&names);
}

void machine_privileges(const struct sys_root *root, struct json_object *privileges)
{
        add_namespaces(root, privileges);
        add_lock(privileges);
        add_thp(root, "enabled", "huge pages of anon", "source anon", PRIVILEGE_THP, privileges);
        add_thp(root, "shmem_enabled", "huge pages of memfd", "source shmem, without a tmpfs",
                PRIVILEGE_THP_SHMEM, privileges);
        add_hugetlb(root, privileges);
        add_perf(root, privileges);
        add_tracefs(root, privileges);
        add_pages(root, privileges);
        add_places(root, privileges);
        add_devdax(root, privileges);
        add_vfio(root, privileges);
}
