/* SPDX-License-Identifier: Apache-2.0 */
/* The machine, how it was measured, how to do it again, and how to read it. */
#include "report/page.h"
#include "report/words.h"

#include <math.h>
#include <pmdgain/units.h>
#include <string.h>

static void fact_plain(const struct page *page, const char *name, const char *pointer)
{
        html_fact(page->html, name, fact_text(page->machine, pointer));
}

static void fact_bytes(const struct page *page, const char *name, const char *pointer)
{
        char text[WORDS_MAX];

        html_fact(page->html, name,
                  words_bytes(fact_number(page->machine, pointer), text, sizeof(text)));
}

/* Any JSON value for people: "node 0, cpus 0-1", "10 21". */
static void value_text(struct html *html, struct json_object *value)
{
        if (json_object_is_type(value, json_type_object)) {
                bool first = true;

                json_object_object_foreach(value, key, member)
                {
                        html_textf(html, "%s%s ", first ? "" : ", ", key);
                        value_text(html, member);
                        first = false;
                }
        } else if (json_object_is_type(value, json_type_array)) {
                for (size_t i = 0; i < json_object_array_length(value); i++) {
                        html_text(html, i ? " " : "");
                        value_text(html, json_object_array_get_idx(value, i));
                }
        } else {
                html_text(html, value ? json_object_get_string(value) : "–");
        }
}

static void fact_list(const struct page *page, const char *name, const char *pointer)
{
        size_t count = fact_length(page->machine, pointer);

        if (!count)
                return;
        html_element(page->html, "dt", NULL, name);
        html_open(page->html, "dd", NULL);
        for (size_t i = 0; i < count; i++) {
                struct json_object *element = fact_element(page->machine, pointer, i);
                bool plain = !json_object_is_type(element, json_type_object) &&
                             !json_object_is_type(element, json_type_array);

                html_text(page->html, i == 0 ? "" : plain ? ", " : "; ");
                value_text(page->html, element);
        }
        html_close(page->html, "dd");
}

struct word {
        const char *before, *pointer;
};

/* Those that there are, on one line. */
static void fact_words(const struct page *page, const char *name, const struct word *words)
{
        char line[512];
        size_t used = 0;

        line[0] = '\0';
        for (; words->pointer; words++) {
                const char *text = fact_text(page->machine, words->pointer);

                if (text[0] && used < sizeof(line))
                        used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s%s",
                                                 used ? ", " : "", words->before, text);
        }
        html_fact(page->html, name, line);
}

static void fact_caches(const struct page *page)
{
        size_t count = fact_length(page->machine, "/cpu/caches");

        if (!count)
                return;
        html_element(page->html, "dt", NULL, "Caches");
        html_open(page->html, "dd", NULL);
        for (size_t i = 0; i < count; i++) {
                struct json_object *cache = fact_element(page->machine, "/cpu/caches", i);
                char size[WORDS_MAX];

                html_textf(page->html, "%sL%s %s %s", i ? ", " : "", fact_text(cache, "/level"),
                           fact_text(cache, "/type"),
                           words_bytes(fact_number(cache, "/bytes"), size, sizeof(size)));
                if (fact_number(cache, "/shared_cpus") > 1)
                        html_textf(page->html, " (shared by %s CPUs)",
                                   fact_text(cache, "/shared_cpus"));
        }
        html_close(page->html, "dd");
}

static void fact_proofs(const struct page *page)
{
        size_t count = fact_length(page->machine, "/proofs");

        if (!count)
                return;
        html_element(page->html, "dt", NULL, "Proofs");
        html_open(page->html, "dd", NULL);
        for (size_t i = 0; i < count; i++) {
                struct json_object *proof = fact_element(page->machine, "/proofs", i);
                const char *reason = fact_text(proof, "/reason");
                bool works = json_object_get_boolean(fact(proof, "/works"));

                html_textf(page->html, "%s%s %s%s%s%s", i ? ", " : "", fact_text(proof, "/name"),
                           works ? "works" : "does not work", reason[0] ? " (" : "", reason,
                           reason[0] ? ")" : "");
        }
        html_close(page->html, "dd");
}

static void machine_cpu(const struct page *page)
{
        fact_plain(page, "CPU", "/cpu/model_name");
        fact_words(page, "Identity",
                   (const struct word[]) { { "", "/cpu/vendor" },
                                           { "family ", "/cpu/family" },
                                           { "model ", "/cpu/model" },
                                           { "stepping ", "/cpu/stepping" },
                                           { "microcode ", "/cpu/microcode" },
                                           { NULL, NULL } });
        fact_words(page, "Topology",
                   (const struct word[]) { { "sockets ", "/cpu/sockets" },
                                           { "cores ", "/cpu/cores" },
                                           { "hardware threads ", "/cpu/threads" },
                                           { "MHz ", "/cpu/mhz" },
                                           { NULL, NULL } });
        fact_caches(page);
        fact_list(page, "Instruction sets", "/cpu/isa");
        fact_plain(page, "Hypervisor", "/hypervisor/signature");
}

void page_machine(const struct page *page)
{
        if (!page->machine)
                return;
        html_section_begin(page->html, "machine", "The machine", NULL);
        html_raw(page->html, "<dl class=\"facts\">\n");
        machine_cpu(page);
        fact_plain(page, "Kernel", "/kernel/release");
        fact_plain(page, "Kernel build", "/kernel/version");
        fact_plain(page, "Architecture", "/kernel/arch");
        fact_bytes(page, "Memory", "/memory/total_bytes");
        fact_bytes(page, "Available at the start", "/memory/available_bytes");
        fact_bytes(page, "Base page", "/memory/page_bytes");
        fact_bytes(page, "PMD", "/memory/pmd_bytes");
        fact_list(page, "NUMA nodes", "/numa/nodes");
        fact_list(page, "NUMA distances", "/numa/distances");
        fact_plain(page, "THP", "/thp/enabled");
        fact_plain(page, "THP for shmem", "/thp/shmem_enabled");
        fact_proofs(page);
        fact_plain(page, "perf_event_paranoid", "/pmu/paranoid");
        fact_list(page, "PMUs", "/pmu/pmus");
        fact_list(page, "NVDIMM regions", "/dax/regions");
        fact_list(page, "Namespaces", "/dax/namespaces");
        fact_list(page, "DAX devices", "/dax/devices");
        fact_list(page, "DAX mounts", "/dax/mounts");
        html_raw(page->html, "</dl>\n");
        html_section_end(page->html);
}

static void method_sources(const struct page *page)
{
        for (size_t i = 0; i < fact_length(page->machine, "/run/sources"); i++) {
                struct json_object *source = fact_element(page->machine, "/run/sources", i);
                const char *target = fact_text(source, "/target");

                html_open(page->html, "dt", NULL);
                html_textf(page->html, "Source %s%s%s", fact_text(source, "/source"),
                           target[0] ? ":" : "", target);
                html_close(page->html, "dt");
                html_element(page->html, "dd", NULL, fact_text(source, "/how"));
        }
}

/* A word of a command as a shell would need it. */
static void shell_word(struct html *html, const char *word)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "-_=+./:,@%";

        if (word[0] && strspn(word, plain) == strlen(word)) {
                html_text(html, word);
                return;
        }
        html_text(html, "'");
        for (; *word; word++) {
                if (*word == '\'') {
                        html_text(html, "'\\''");
                } else {
                        size_t run = strcspn(word, "'");

                        html_textf(html, "%.*s", (int)run, word);
                        word += run - 1;
                }
        }
        html_text(html, "'");
}

/* Is the first word of the command the program, not already its first argument? */
static bool names_program(struct json_object *word)
{
        const char *text = word ? json_object_get_string(word) : "";
        const char *slash = strrchr(text, '/');

        return strcmp(slash ? slash + 1 : text, "pmdgain") == 0;
}

void page_command(struct html *html, struct json_object *machine)
{
        if (!names_program(fact_element(machine, "/run/argv", 0)))
                html_text(html, "pmdgain ");
        for (size_t i = 0; i < fact_length(machine, "/run/argv"); i++) {
                struct json_object *word = fact_element(machine, "/run/argv", i);

                html_text(html, i ? " " : "");
                shell_word(html, word ? json_object_get_string(word) : "");
        }
}

static void method_command(const struct page *page)
{
        if (!fact_length(page->machine, "/run/argv"))
                return;
        html_element(page->html, "h3", NULL, "To do it again");
        html_open(page->html, "pre", NULL);
        page_command(page->html, page->machine);
        html_close(page->html, "pre");
        if (fact_text(page->machine, "/run/seed")[0])
                html_elementf(page->html, "p", "note",
                              "Add --seed %s for the same order of cells. The report alone: "
                              "pmdgain report on the folder with samples.csv and machine.json.",
                              fact_text(page->machine, "/run/seed"));
}

void page_method(const struct page *page)
{
        const char *plan = fact_text(page->machine, "/run/plan_text");
        double budget = fact_number(page->machine, "/run/budget_ns");
        char text[WORDS_MAX];

        if (!page->machine)
                return;
        html_section_begin(
                page->html, "method", "How it was measured",
                "Cells run in random order inside blocks; each trial maps afresh, proves "
                "the grain, and only then times. What is compared is compared inside a "
                "block.");
        html_raw(page->html, "<dl class=\"facts\">\n");
        fact_plain(page, "Plan", "/run/plan");
        fact_plain(page, "Blocks", "/run/blocks");
        fact_plain(page, "Seed", "/run/seed");
        if (budget > 0)
                html_fact(page->html, "Time budget",
                          time_format_human((uint64_t)budget, text, sizeof(text)));
        fact_plain(page, "Started", "/run/started");
        fact_plain(page, "Finished", "/run/finished");
        fact_list(page, "CPUs", "/run/cpus");
        fact_plain(page, "Memory node", "/run/mem_node");
        fact_plain(page, "Placement", "/run/placement");
        method_sources(page);
        fact_plain(page, "pmdgain", "/pmdgain/version");
        html_raw(page->html, "</dl>\n");
        method_command(page);
        if (plan[0]) {
                html_element(page->html, "h3", NULL, "The plan");
                html_element(page->html, "pre", NULL, plan);
        }
        html_section_end(page->html);
}

void page_reading(const struct page *page)
{
        static const char *const terms[][2] = {
                { "Gain", "PTE time per operation ÷ PMD time per operation, paired inside blocks. "
                          "1.25: the same work takes 1.25 times as long by PTE." },
                { "95 % interval", "A bootstrap interval over blocks: what the gain is known to, "
                                   "on this machine in this run. It says nothing of other "
                                   "machines." },
                { "Not resolved", "The interval contains 1, or there were too few pairs for one: "
                                  "no difference was shown, which does not show that there is "
                                  "none." },
                { "Proof", "How the kernel was seen to have mapped the bytes. A trial whose proven "
                           "grain is not the asked one is invalid and in no number." },
                { "Evidence", "hardware: no hypervisor. virtual: a guest, where a TLB miss walks "
                              "two sets of page tables and the host chooses its own grain. "
                              "emulated: a CPU made of software, whose times mean nothing for "
                              "hardware." },
                { "Page tables", "Bytes of page tables that the mapping took, by VmPTE; every "
                                 "process that maps the bytes pays them again." },
        };

        html_section_begin(page->html, "reading", "How to read it", NULL);
        html_raw(page->html, "<dl class=\"facts\">\n");
        for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
                html_fact(page->html, terms[i][0], terms[i][1]);
        html_raw(page->html, "</dl>\n");
        html_section_end(page->html);
}
