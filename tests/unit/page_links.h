/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a page that was made, and following its links within. */
#ifndef PMDGAIN_TESTS_PAGE_LINKS_H
#define PMDGAIN_TESTS_PAGE_LINKS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The caller frees it. */
static inline char *page_read(const char *path)
{
        enum { SIZE_MAX_READ = 8 << 20 };
        FILE *file = fopen(path, "re");
        char *text = calloc(1, SIZE_MAX_READ);

        assert_non_null(file);
        assert_non_null(text);
        assert_in_range(fread(text, 1, SIZE_MAX_READ - 1, file), 1, SIZE_MAX_READ - 2);
        fclose(file);
        return text;
}

/* Each link inside of the page has something it goes to, once; returns how many there are. */
static inline size_t page_links_check(const char *text)
{
        size_t count = 0;

        for (const char *at = strstr(text, "href=\"#"); at; at = strstr(at + 1, "href=\"#")) {
                char id[128];
                const char *found;
                int length = (int)strcspn(at + 7, "\"");

                snprintf(id, sizeof(id), " id=\"%.*s\"", length, at + 7);
                found = strstr(text, id);
                if (!found)
                        fail_msg("a link leads nowhere: %s", id);
                assert_null(strstr(found + 1, id));
                count++;
        }
        return count;
}

#endif
