/* SPDX-License-Identifier: Apache-2.0 */
/* Putting an SVG file of gnuplot's into the page. */
#include "report/html.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SVG_BYTES_MAX (16UL << 20)

static struct status file_read(const char *path, char **ret_text)
{
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
        char *text = NULL;
        size_t size = 0, used = 0;

        if (!file) {
                int error = errno;

                if (fd >= 0)
                        close(fd);
                return status_errno(error, NULL, "cannot read %s", path);
        }
        do {
                char *larger = used + 65536 < SVG_BYTES_MAX ? realloc(text, used + 65537) : NULL;

                if (!larger) {
                        free(text);
                        fclose(file);
                        return status_make(STATUS_SYSTEM, NULL, "%s is too large for the page",
                                           path);
                }
                text = larger;
                size = fread(text + used, 1, 65536, file);
                used += size;
        } while (size > 0);
        fclose(file);
        text[used] = '\0';
        *ret_text = text;
        return status_ok();
}

/* gnuplot makes none of these; a file that has one is not gnuplot's. */
static bool could_run(const char *svg)
{
        static const char *const words[] = { "<script", "<foreignObject", "<iframe",
                                             "<a ",     "<animate",       "<set" };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strcasestr(svg, words[i]))
                        return true;
        return false;
}

/* An attribute that names an id, and what stands before the name. */
static size_t id_reference(const char *at)
{
        static const char *const forms[] = { " id='", " id=\"", "xlink:href='#", "xlink:href=\"#",
                                             "url(#" };

        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
                if (strncmp(at, forms[i], strlen(forms[i])) == 0)
                        return strlen(forms[i]);
        return 0;
}

/* <title>: a browser would show "gnuplot_plot_1" under the mouse. */
static const char *title_end(const char *at)
{
        const char *end;

        if (strncmp(at, "<title>", 7) != 0)
                return NULL;
        end = strstr(at, "</title>");
        return end ? end + strlen("</title>") : NULL;
}

struct status html_svg(struct html *html, const char *path, const char *prefix)
{
        const char *at, *end;
        char *text = NULL;

        TRY(file_read(path, &text));
        at = strstr(text, "<svg");
        if (!at || !strstr(at, "</svg>") || could_run(at)) {
                free(text);
                return status_make(STATUS_INVALID, "make the report again",
                                   "%s is not a picture of gnuplot's", path);
        }
        while (*at) {
                size_t length = id_reference(at);

                end = title_end(at);
                if (end) {
                        at = end;
                } else if (length) {
                        fwrite(at, 1, length, html->out);
                        fprintf(html->out, "%s-", prefix);
                        at += length;
                } else {
                        fputc(*at++, html->out);
                }
        }
        free(text);
        return status_ok();
}
