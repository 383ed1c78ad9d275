/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain run: measure a plan, and leave CSV, plots and a report. */
#include "cli/cli.h"
#include "cli/data_dir.h"
#include "cli/progress.h"
#include "cli/run_folder.h"
#include "cli/run_json.h"
#include "cli/run_options.h"
#include "cli/show.h"
#include "engine/engine.h"
#include "sys/nvdimm.h"
#include "sys/placement.h"
#include "sys/root.h"

#include <errno.h>
#include <libgen.h>
#include <pmdgain/units.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that one run holds. */
struct session {
        struct run_options options;
        struct sys_root root;
        struct clock clock;
        struct plan *plan;
        struct placement placement;
        struct counter_selection *selection;
        struct run_folder folder;
        struct progress progress;
        struct engine_result result;
        uint64_t synced_ns; /* when samples.csv was brought to the disk last */
        int interrupt_fd;
        bool measured; /* samples.csv was given a row */
};

static struct status on_sources(void *context, const struct engine_source *sources, size_t count)
{
        struct session *session = context;

        for (size_t i = 0; i < count; i++) {
                const struct engine_source *each = &sources[i];
                bool failed = status_failed(&each->status);

                printf("source %s%s%s: %s%s\n", each->class->name, *each->target ? ":" : "",
                       each->target, failed ? "cannot be had: " : "",
                       failed ? each->status.what : each->source.how);
        }
        fflush(stdout);
        return run_folder_sources(&session->folder, sources, count);
}

static struct status on_sample(void *context, const struct cell *cell,
                               const struct source *source, const struct sample *sample)
{
        struct session *session = context;

        session->measured = true;
        return samples_writer_append(session->folder.writer, cell, source, sample);
}

#define SYNC_EVERY_NS UINT64_C(1000000000)

/* What a killed process wrote, the kernel has. Power may fail too: the disk has all but the last
 * block, or the last second where blocks are shorter. */
static struct status on_block(void *context)
{
        struct session *session = context;
        uint64_t now = clock_now(&session->clock);

        if (now - session->synced_ns < SYNC_EVERY_NS)
                return status_ok();
        session->synced_ns = now;
        return samples_writer_sync(session->folder.writer);
}

static void on_progress(void *context, const struct engine_progress *state)
{
        struct session *session = context;

        progress_show(&session->progress, state);
}

/* SIGINT, SIGTERM and SIGHUP end the run in order: what is measured is on disk already. */
static struct status interrupts_catch(int *ret_fd)
{
        sigset_t set;
        int fd;

        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGHUP);
        sigprocmask(SIG_BLOCK, &set, NULL);
        fd = signalfd(-1, &set, SFD_CLOEXEC);
        if (fd < 0)
                return status_errno(errno, NULL, "cannot catch interrupts");
        *ret_fd = fd;
        return status_ok();
}

static void interrupts_release(int fd)
{
        struct signalfd_siginfo taken;
        sigset_t set;

        if (fd < 0)
                return;
        /* Taken ones are done with; they must not end the report. */
        sigpending(&set);
        if (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP))
                if (read(fd, &taken, sizeof(taken)) < 0)
                        taken.ssi_signo = 0;
        close(fd);
        sigemptyset(&set);
        sigprocmask(SIG_SETMASK, &set, NULL);
}

static void dry_run_print(const struct plan *plan)
{
        char text[200];

        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];

                printf("%4zu  %s%s%s  %s\n", i + 1, cell->source->name, *cell->target ? ":" : "",
                       cell->target, cell_describe(cell, text, sizeof(text)));
        }
        printf("%zu cells in %u comparisons; nothing was measured\n", plan->cell_count,
               plan->group_count);
}

static struct status session_measure(struct session *session)
{
        struct engine_observer observer = {
                .context = session,
                .sources = on_sources,
                .sample = on_sample,
                .block = on_block,
                .progress = on_progress,
        };
        struct engine_request request = {
                .plan = session->plan,
                .root = &session->root,
                .clock = &session->clock,
                .placement = &session->placement,
                .selection = session->selection,
                .observer = &observer,
                .past = &session->folder.past,
                .spent_ns = session->folder.spent_ns,
                .run_id = run_json_id(session->folder.machine),
        };
        struct status status, finished;

        TRY(interrupts_catch(&session->interrupt_fd));
        request.interrupt_fd = session->interrupt_fd;
        session->progress = progress_begin(stderr);
        status = engine_run(&request, &session->result);
        progress_end(&session->progress);
        interrupts_release(session->interrupt_fd);
        finished = run_folder_finish(&session->folder, &session->result);
        return status_failed(&status) ? status : finished;
}

/* The NUMA node of the first target that has one, a new file's by its folder; -1 for none. */
static int node_of_targets(const struct session *session)
{
        for (size_t i = 0; i < session->plan->cell_count; i++) {
                char path[256];
                struct stat facts;
                int node = -1;

                snprintf(path, sizeof(path), "%s", session->plan->cells[i].target);
                if (!*path || (stat(path, &facts) && stat(dirname(path), &facts)))
                        continue;
                if (S_ISCHR(facts.st_mode))
                        node = nvdimm_node(&session->root, S_IFCHR, facts.st_rdev);
                else
                        node = nvdimm_node(&session->root, S_IFBLK, facts.st_dev);
                if (node >= 0)
                        return node;
        }
        return -1;
}

/* Where workloads put their scratch files unless the plan says. */
static void scratch_choose(struct plan_settings *settings)
{
        const char *folder = getenv("TMPDIR");

        if (!*settings->scratch)
                snprintf(settings->scratch, sizeof(settings->scratch), "%s",
                         folder && *folder ? folder : "/var/tmp");
}

/* What names things of this machine: refused before anything is made, and by a dry run too. */
static struct status session_place(struct session *session)
{
        const struct plan_settings *settings = &session->plan->settings;

        TRY(placement_make(settings->cpus, settings->mem_node, node_of_targets(session),
                           &session->placement));
        return counter_selection_make(settings->counters, &session->selection);
}

static struct status session_open(struct session *session, int argc, char **argv)
{
        struct run_folder_request folder = {
                .path = *session->options.resume ? session->options.resume :
                                                   session->options.output,
                .resume = *session->options.resume,
                .force = session->options.force_resume,
                .clock = session->options.clock,
                .plan = session->plan,
                .root = &session->root,
                .placement = &session->placement,
                .argc = argc,
                .argv = argv,
        };

        TRY(placement_bind_memory(&session->placement));
        folder.selection = session->selection;
        TRY(run_folder_open(&folder, &session->folder));
        printf("pmdgain %s: plan %s, %u comparisons, results in %s\n", PMDGAIN_VERSION,
               session->plan->name, session->plan->group_count, session->folder.path);
        if (folder.resume)
                printf("going on after %zu rows that are there\n", session->folder.past.rows);
        if (*session->folder.differences)
                printf("warning: going on on what it did not begin on: %s\n",
                       session->folder.differences);
        return status_ok();
}

static enum exit_code verdict(const struct engine_result *result)
{
        if (result->rows_failed || result->rows_invalid || result->interrupted)
                return EXIT_FAILED;
        return result->rows_ok ? EXIT_DONE : EXIT_SKIPPED;
}

static void outcome_print(const struct session *session)
{
        const struct engine_result *result = &session->result;
        char took[UNITS_TEXT_MAX];

        for (size_t i = 0; i < result->warnings.count; i++)
                printf("warning: %s\n", result->warnings.list[i].text);
        if (result->interrupted)
                printf("interrupted: what was measured by then is kept in %s\n",
                       session->folder.path);
        printf("%u blocks in %s: %zu samples, %zu invalid, %zu failed, %zu skipped\n",
               result->blocks, time_format_human(result->elapsed_ns, took, sizeof(took)),
               result->rows_ok, result->rows_invalid, result->rows_failed, result->rows_skip);
}

static struct status session_run(struct session *session, int argc, char **argv,
                                 enum exit_code *code)
{
        TRY(run_options_parse(argc, argv, &session->options));
        session->clock = strcmp(session->options.clock, "instructions") == 0 ? clock_instructions()
                                                                             : clock_monotonic();
        if (session->options.help) {
                cli_help(&command_run, stdout);
                return status_ok();
        }
        if (*session->options.resume)
                TRY(run_resume_plan(&session->options, &session->plan));
        else
                TRY(run_options_plan(&session->options, &session->plan));
        TRY(session_place(session));
        if (session->options.dry_run) {
                dry_run_print(session->plan);
                return status_ok();
        }
        scratch_choose(&session->plan->settings);
        TRY(session_open(session, argc, argv));
        TRY(session_measure(session));
        samples_writer_close(session->folder.writer);
        session->folder.writer = NULL;
        past_free(&session->folder.past);
        *code = verdict(&session->result);
        TRY(report_show(session->folder.path, session->options.png, stdout));
        outcome_print(session);
        return status_ok();
}

static enum exit_code run_main(int argc, char **argv)
{
        struct session *session = calloc(1, sizeof(*session));
        enum exit_code code = EXIT_DONE;
        struct status status;

        if (!session) {
                status = status_make(STATUS_SYSTEM, NULL, "out of memory");
                return cli_fail("run", &status);
        }
        signal(SIGPIPE, SIG_IGN); /* who reads the output may leave; the run goes on to its end */
        session->root = sys_root_real();
        session->folder.fd = -1;
        status = session_run(session, argc, argv, &code);
        if (status_failed(&status)) {
                code = cli_fail("run", &status);
                if (!session->measured)
                        run_folder_drop(&session->folder);
        }
        run_folder_close(&session->folder);
        counter_selection_free(session->selection);
        plan_free(session->plan);
        free(session);
        return code;
}

const struct cli_command command_run = {
        .name = "run",
        .summary = "Measures a plan; leaves samples.csv, summary.csv, plots and report.html",
        .arguments = "",
        .options = run_option_table,
        .main = run_main,
};
