/* SPDX-License-Identifier: Apache-2.0 */
/* Running gnuplot: with arguments, never through a shell, and in the run's folder, so that no path
 * and no name from data gets into a script or a command. */
#include "report/plots.h"
#include "report/text.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAW_SECONDS 120 /* then something is wrong: a plot takes a second */
#define EXIT_NO_GNUPLOT 127
#define EXIT_NO_FOLDER 126

/* By the absolute folders of PATH alone: others would be looked for below the run's folder, where
 * anybody may have put a program of that name. */
static bool gnuplot_find(char *program, size_t size)
{
        const char *search = getenv("PATH");

        for (const char *at = search ? search : "/usr/bin:/bin"; *at;) {
                int length = (int)strcspn(at, ":");

                if (*at == '/' && snprintf(program, size, "%.*s/gnuplot", length, at) < (int)size &&
                    access(program, X_OK) == 0)
                        return true;
                at += length + (at[length] == ':');
        }
        return false;
}

/* What would make gnuplot read, load or run something else than the script. */
static void environment_clean(void)
{
        static const char *const names[] = { "GNUPLOT_LIB", "GNUPLOT_DRIVER_DIR", "GNUPLOT_PS_DIR",
                                             "GNUTERM",     "FIT_SCRIPT",         "FIT_LOG" };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                unsetenv(names[i]);
}

/* gnuplot follows links. Where somebody else may put such, root draws as that user. */
static bool owner_become(const struct stat *folder)
{
        if (geteuid() != 0 || folder->st_uid == 0)
                return true;
        return setgroups(0, NULL) == 0 && setgid(folder->st_gid) == 0 &&
               setuid(folder->st_uid) == 0;
}

static _Noreturn void gnuplot_exec(const char *dir, const char *program, const char *script,
                                   const char *settings)
{
        struct stat plots;
        int log;

        if (chdir(dir) != 0 || lstat("plots", &plots) != 0 || !S_ISDIR(plots.st_mode) ||
            !owner_become(&plots))
                _exit(EXIT_NO_FOLDER);
        unlink("plots/gnuplot.log");
        log = open("plots/gnuplot.log", O_CREAT | O_EXCL | O_WRONLY, 0666);
        if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
                _exit(EXIT_NO_FOLDER);
        signal(SIGALRM, SIG_DFL);
        alarm(DRAW_SECONDS);
        environment_clean();
        execl(program, "gnuplot", "-d", "-e", settings, script, (char *)NULL);
        _exit(EXIT_NO_GNUPLOT);
}

/* The first line of gnuplot's log that says something. */
static void log_read(const char *dir, char *line, size_t line_size)
{
        char path[PATH_MAX], raw[512];
        FILE *file = NULL;

        line[0] = '\0';
        if (snprintf(path, sizeof(path), "%s/plots/gnuplot.log", dir) < (int)sizeof(path))
                file = fopen(path, "re");
        while (file && !line[0] && fgets(raw, sizeof(raw), file)) {
                raw[strcspn(raw, "\n")] = '\0';
                text_line(raw + strspn(raw, " \t"), 200, line, line_size);
        }
        if (file)
                fclose(file);
}

static void log_remove(const char *dir)
{
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/plots/gnuplot.log", dir) < (int)sizeof(path))
                unlink(path);
}

static struct status no_gnuplot(void)
{
        return status_make(STATUS_SKIP, "install gnuplot and run `pmdgain report` again",
                           "no plots: there is no gnuplot here");
}

static struct status gnuplot_run(const char *dir, const char *script, const char *settings,
                                 const char *name)
{
        char line[512], program[PATH_MAX];
        int result;
        pid_t child;

        if (!gnuplot_find(program, sizeof(program)))
                return no_gnuplot();
        child = fork();
        if (child < 0)
                return status_errno(errno, "try again with more memory", "cannot run gnuplot");
        if (child == 0)
                gnuplot_exec(dir, program, script, settings);
        while (waitpid(child, &result, 0) < 0)
                if (errno != EINTR)
                        return status_errno(errno, NULL, "cannot wait for gnuplot");
        if (WIFEXITED(result) && WEXITSTATUS(result) == 0) {
                log_remove(dir);
                return status_ok();
        }
        if (WIFEXITED(result) && WEXITSTATUS(result) == EXIT_NO_GNUPLOT) {
                log_remove(dir);
                return no_gnuplot();
        }
        if (WIFSIGNALED(result) && WTERMSIG(result) == SIGALRM)
                return status_make(STATUS_SYSTEM, "see plots/gnuplot.log",
                                   "plot %s: gnuplot took more than %d s", name, DRAW_SECONDS);
        log_read(dir, line, sizeof(line));
        return status_make(STATUS_SYSTEM, "see plots/gnuplot.log", "plot %s: gnuplot failed%s%s",
                           name, line[0] ? ": " : "", line);
}

struct status plot_draw_with(const char *dir, const char *scripts, const char *name,
                             const char *settings)
{
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/%s.gp", scripts, name) >= (int)sizeof(path))
                return status_make(STATUS_USAGE, "install to a shorter path",
                                   "the path of %s.gp is too long", name);
        if (access(path, R_OK) != 0)
                return status_errno(errno, "install pmdgain again", "cannot read %s", path);
        return gnuplot_run(dir, path, settings, name);
}

/* An old picture is gone, and so is a link that somebody put in its place. */
static void picture_remove(const char *dir, const char *name, const char *ending)
{
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/plots/%s.%s", dir, name, ending) < (int)sizeof(path))
                unlink(path);
}

struct status plot_draw(const char *dir, const char *scripts, const char *name, bool png)
{
        picture_remove(dir, name, "svg");
        picture_remove(dir, name, "png");
        TRY(plot_draw_with(dir, scripts, name, "format='svg'"));
        return png ? plot_draw_with(dir, scripts, name, "format='png'") : status_ok();
}

struct status plots_draw(const char *dir, const char *scripts, bool png,
                         struct plot_result *results)
{
        char *absolute = realpath(scripts, NULL);
        struct status first = status_ok();

        if (!absolute)
                return status_errno(errno, "install pmdgain again", "no plots: cannot find %s",
                                    scripts);
        for (size_t i = 0; i < PLOT_COUNT && first.code != STATUS_SKIP; i++) {
                struct status status;

                if (!results[i].data)
                        continue;
                status = plot_draw(dir, absolute, plot_kinds[i].name, png);
                results[i].drawn = !status_failed(&status);
                if (!status_failed(&first))
                        first = status;
        }
        free(absolute);
        return first;
}
