/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/probe_table.h"
#include "cli/probe_text.h"
#include "user_emulation.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *printed(struct json_object *machine)
{
        FILE *file = tmpfile();
        size_t size;
        char *text;

        probe_print(machine, file);
        size = (size_t)ftell(file);
        rewind(file);
        text = calloc(1, size + 1);
        assert_non_null(text);
        assert_int_equal(fread(text, 1, size, file), size);
        fclose(file);
        return text;
}

static char *printed_json(const char *json)
{
        struct json_object *machine = json_tokener_parse(json);
        char *text;

        assert_non_null(machine);
        text = printed(machine);
        json_object_put(machine);
        return text;
}

static void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part)) {
                print_error("'%s' is not shown\n", part);
                fail();
        }
}

static void nothing_known_is_no_fault(void **state)
{
        static const char *const machines[] = {
                "{}",
                "{\"cpu\":[],\"dax\":7,\"numa\":{\"nodes\":{}},\"proofs\":\"x\",\"thp\":[1]}",
                "{\"cpu\":{\"caches\":[{}],\"tlbs\":[{}],\"dtlb\":[{}]},\"proofs\":[{}]}",
                "{\"dax\":{\"regions\":[{}],\"namespaces\":[{}],\"devices\":[{}],\"mounts\":[{}]}}",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
                char *text = printed_json(machines[i]);

                assert_has(text, "Machine");
                assert_has(text, "NVDIMM and DAX");
                assert_null(strstr(text, "(null)"));
                assert_null(strchr(text, '\033')); /* a file is no terminal */
                free(text);
        }
}

static void what_is_known_is_shown(void **state)
{
        static const char machine[] =
                "{\"evidence\":\"emulated\",\"hypervisor\":{\"signature\":\"TCGTCGTCGTCG\"},"
                "\"cpu\":{\"tlbs\":[{\"level\":2,\"type\":\"unified\",\"page_bytes\":[4096,2097152]"
                ","
                "\"entries\":1536,\"ways\":6},{\"level\":1,\"type\":\"data\",\"access\":\"stores\","
                "\"page_bytes\":[4096],\"entries\":16,\"ways\":16,\"note\":\"odd unit\"}],"
                "\"dtlb\":[{\"level\":2,\"page_bytes\":4096,\"entries\":1536}]},"
                "\"memory\":{\"total_bytes\":1073741824},\"limits\":{\"memlock_unlimited\":true},"
                "\"numa\":{\"nodes\":[{\"node\":0,\"cpus\":\"0-3\"},{\"node\":1,\"cpus\":\"4\"}],"
                "\"distances\":[[10,21],[21,10]]},"
                "\"proofs\":[{\"name\":\"pagemap\",\"works\":false,\"reason\":\"too old\","
                "\"todo\":\"use Linux 6.7\"},{\"name\":\"vmpte\",\"works\":true}],"
                "\"pmu\":{\"paranoid\":3,\"pmus\":[\"cpu\",\"software\"],\"reason\":\"closed\","
                "\"todo\":\"sysctl x=1\"},"
                "\"counters\":[{\"set\":\"dtlb\",\"summary\":\"TLB\",\"usable\":false,"
                "\"reason\":\"no PMU "
                "here\",\"events\":[]},{\"set\":\"faults\",\"summary\":\"faults\","
                "\"usable\":true,\"reason\":\"\",\"events\":[{\"column\":\"minor\","
                "\"event\":\"perf::MINOR-FAULTS\"},{\"column\":\"major\",\"event\":\"\"}]}]}";
        static const char *const parts[] = {
                "emulated (the CPU is software",
                "TCGTCGTCGTCG",
                "L2   unified",
                "4 KiB, 2 MiB",
                "1536     6\n",
                "data (stores)",
                "16       all\n",
                "odd unit",
                "4 KiB pages  L2     1536     6 MiB\n",
                "1 GiB",
                "may lock         all\n",
                "10 21\n",
                "21 10\n",
                "no: too old\n",
                "-> use Linux 6.7\n",
                "works\n",
                "cpu software\n",
                "closed\n",
                "-> sysctl x=1\n",
                "no: no PMU here\n",
                "works: faults\n",
                "perf::MINOR-FAULTS\n",
                "this CPU has none\n",
        };
        char *text = printed_json(machine);

        (void)state;
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                assert_has(text, parts[i]);
        free(text);
}

/* The column in which a word starts on the line that begins with `line`; bytes are columns here. */
static ptrdiff_t column(const char *text, const char *line, const char *word)
{
        const char *start = strstr(text, line), *found = start ? strstr(start, word) : NULL;

        if (!found)
                fail_msg("no '%s' after '%s'", word, line);
        while (start > text && start[-1] != '\n')
                start--;
        return found - start;
}

static void columns_are_aligned(void **state)
{
        char *text = printed_json(
                "{\"dax\":{\"namespaces\":[{\"name\":\"namespace0.0\",\"mode\":\"fsdax\","
                "\"memmap\":\"ram\",\"blockdev\":\"pmem0\"},{\"name\":\"n\\u00e41\","
                "\"mode\":\"devdax\",\"memmap\":\"pmem\",\"chardev\":\"dax1.0\"}]}}");

        (void)state;
        assert_int_equal(column(text, "namespace ", "memmap"), column(text, "namespace0.0", "ram"));
        /* the second name has a letter of two bytes */
        assert_int_equal(column(text, "namespace ", "memmap") + 1,
                         column(text, "n\xc3\xa4", "pmem"));
        assert_int_equal(column(text, "namespace ", "device"),
                         column(text, "namespace0.0", "pmem0"));
        free(text);
}

static void no_name_can_write_to_the_terminal(void **state)
{
        static const char nasty[] =
                "\033]0;x\007\r\nFAKE LINE \x7f \xc2\x9b\x31m "
                "\xe2\x80\xaegnp.exe \xff\xc3( \xc1\x81 \xf0\x9f\x92\xbe \xc3\xa4";
        struct json_object *machine = json_tokener_parse("{\"dax\":{}}"), *dax, *mounts, *mount;
        char *text;

        (void)state;
        json_object_object_get_ex(machine, "dax", &dax);
        mounts = json_object_new_array();
        mount = json_object_new_object();
        json_object_object_add(mount, "path", json_object_new_string(nasty));
        json_object_object_add(mount, "options", json_object_new_string(nasty));
        json_object_array_add(mounts, mount);
        json_object_object_add(dax, "mounts", mounts);
        json_object_object_add(machine, "pmu", json_tokener_parse("{\"reason\":\"a\\u001b[2Jb\"}"));
        text = printed(machine);
        for (const char *c = text; *c; c++)
                assert_true(*c == '\n' || (unsigned char)*c >= 0x20);
        assert_null(strchr(text, 0x7f));
        assert_null(strstr(text, "\xc2\x9b"));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\nFAKE"));
        assert_has(text, "\\x1b]0;x\\x07\\x0d\\x0aFAKE LINE \\x7f \\xc2\\x9b1m \\xe2\\x80\\xaegnp");
        assert_has(text,
                   "\\xff\\xc3( \\xc1\\x81 \xf0\x9f\x92\xbe \xc3\xa4"); /* text is left as it is */
        assert_has(text, "a\\x1b[2Jb");
        free(text);
        json_object_put(machine);
}

/* What a terminal gets of a machine without facts. */
static bool bold_on_terminal(void)
{
        int primary = posix_openpt(O_RDWR | O_NOCTTY);
        struct json_object *machine;
        char first[256] = "";
        size_t length = 0;
        FILE *terminal;

        if (primary < 0 || grantpt(primary) != 0 || unlockpt(primary) != 0)
                skip();
        machine = json_object_new_object();
        terminal = fdopen(open(ptsname(primary), O_RDWR | O_NOCTTY | O_CLOEXEC), "r+");
        assert_non_null(terminal);
        probe_print(machine, terminal);
        fflush(terminal);
        while (!strstr(first, "Machine\r\n") && !strstr(first, "Machine\033[0m")) {
                /* A terminal passes on what it has, a part of it too. */
                ssize_t got = read(primary, first + length, sizeof(first) - 1 - length);

                assert_true(got > 0);
                length += (size_t)got;
        }
        fclose(terminal);
        close(primary);
        json_object_put(machine);
        return strstr(first, "\033[1mMachine\033[0m");
}

static void headings_are_bold_on_a_terminal_only(void **state)
{
        (void)state;
        unsetenv("NO_COLOR");
        if (user_emulation_of_pages())
                skip();
        assert_true(bold_on_terminal());
        setenv("NO_COLOR", "1", 1);
        assert_false(bold_on_terminal());
        unsetenv("NO_COLOR");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_known_is_no_fault),
                cmocka_unit_test(what_is_known_is_shown),
                cmocka_unit_test(columns_are_aligned),
                cmocka_unit_test(no_name_can_write_to_the_terminal),
                cmocka_unit_test(headings_are_bold_on_a_terminal_only),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
