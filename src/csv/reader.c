/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/reader.h"

#include "csv/split.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)

struct csv_reader {
        char *path;
        int fd;     /* -1: all is in the buffer */
        bool ended; /* nothing left to read from fd */
        char *buffer;
        size_t capacity, start, used; /* bytes start..used are not yet parsed */
        uint64_t line;                /* of the current row */
        uint64_t next_line;
        uint64_t whole_bytes;
        bool cut;
        char *header; /* the header row's own copy */
        const char **names;
        size_t column_count;
        const char **fields; /* of the current row */
};

static const char fix[] = "repair or remove that line; the file's dictionary is docs/csv.md";

static const char other_file[] = "name a file that pmdgain wrote; docs/csv.md lists the columns";

static struct status fault_at(const struct csv_reader *reader, uint64_t line, const char *what)
{
        return status_make(STATUS_USAGE, fix, "%s:%" PRIu64 ": %s", reader->path, line, what);
}

struct status csv_reader_fault(const struct csv_reader *reader, const char *what)
{
        return fault_at(reader, reader->line, what);
}

/* Gets more bytes behind those not yet parsed. */
static struct status refill(struct csv_reader *reader)
{
        ssize_t got;

        if (reader->start) {
                memmove(reader->buffer, reader->buffer + reader->start,
                        reader->used - reader->start);
                reader->used -= reader->start;
                reader->start = 0;
        }
        do
                got = read(reader->fd, reader->buffer + reader->used,
                           reader->capacity - reader->used);
        while (got < 0 && errno == EINTR);
        if (got < 0)
                return status_errno(errno, NULL, "cannot read %s", reader->path);
        reader->used += (size_t)got;
        reader->ended = got == 0;
        return status_ok();
}

/*
 * The length of the row at the start, with its line end; 0 at the end of the file, or when what
 * is left has no line end. A line end inside of quotes is part of the row.
 */
static struct status row_length(struct csv_reader *reader, size_t *ret_length)
{
        size_t scanned = 0;
        bool quoted = false;

        for (;;) {
                char *from = reader->buffer + reader->start + scanned;
                size_t left = reader->used - reader->start - scanned;
                char *end = left ? memchr(from, '\n', left) : NULL;
                char *stop = end ? end : from + left;

                for (char *at = from; (at = memchr(at, '"', (size_t)(stop - at))); at++)
                        quoted = !quoted;
                scanned += (size_t)(stop - from) + (end ? 1 : 0);
                if (end && !quoted) {
                        *ret_length = scanned;
                        break;
                }
                if (scanned > CSV_ROW_MAX)
                        return fault_at(reader, reader->next_line,
                                        quoted ? csv_split_text(CSV_SPLIT_OPEN)
                                               : "the row is too long");
                if (!end && reader->ended) {
                        *ret_length = 0;
                        break;
                }
                if (!end)
                        TRY(refill(reader));
        }
        if (*ret_length > CSV_ROW_MAX)
                return fault_at(reader, reader->next_line, "the row is too long");
        return status_ok();
}

/* The bytes after the last line end: cut off in writing, unless they could be no row's beginning.
 */
static struct status take_rest(struct csv_reader *reader)
{
        char *text = reader->buffer + reader->start;
        size_t count;
        enum csv_split result;

        reader->line = reader->next_line;
        reader->cut = reader->start < reader->used;
        if (!reader->cut)
                return status_ok();
        result = csv_split(text, reader->buffer + reader->used, NULL, 0, &count);
        reader->start = reader->used;
        if (result == CSV_SPLIT_QUOTE || result == CSV_SPLIT_AFTER)
                return csv_reader_fault(reader, csv_split_text(result));
        return status_ok();
}

/* The next row's text; NULL at the end. */
static struct status take_row(struct csv_reader *reader, char **ret_text, char **ret_end)
{
        size_t length = 0;
        char *text, *end;

        do {
                TRY(row_length(reader, &length));
                if (!length) {
                        *ret_text = NULL;
                        return reader->cut ? status_ok() : take_rest(reader);
                }
                text = reader->buffer + reader->start;
                reader->line = reader->next_line;
                for (char *at = text; (at = memchr(at, '\n', (size_t)(text + length - at))); at++)
                        reader->next_line++;
                end = text + length - 1;
                if (end > text && end[-1] == '\r')
                        end--;
                reader->start += length;
                reader->whole_bytes += length;
        } while (end == text);
        if (memchr(text, '\0', (size_t)(end - text)))
                return csv_reader_fault(reader, "a NUL byte");
        *ret_text = text;
        *ret_end = end;
        return status_ok();
}

struct status csv_reader_next(struct csv_reader *reader, bool *ret_more)
{
        char *text = NULL, *end = NULL;
        size_t count = 0;
        enum csv_split result;

        TRY(take_row(reader, &text, &end));
        if (!text) {
                *ret_more = false;
                return status_ok();
        }
        result = csv_split(text, end, reader->fields, reader->column_count, &count);
        if (result != CSV_SPLIT_OK)
                return csv_reader_fault(reader, csv_split_text(result));
        if (count != reader->column_count) {
                char message[80];

                snprintf(message, sizeof(message), "the row has %zu fields, the header %zu", count,
                         reader->column_count);
                return csv_reader_fault(reader, message);
        }
        *ret_more = true;
        return status_ok();
}

/* Keeps the header's names in memory of their own; `text` is left as it is. */
static struct status keep_names(struct csv_reader *reader, const char *text, size_t length)
{
        enum csv_split result;
        size_t room = 1, count = 0;

        for (size_t i = 0; i < length; i++)
                room += text[i] == ',';
        reader->header = strndup(text, length);
        reader->names = calloc(room, sizeof(*reader->names));
        reader->fields = calloc(room, sizeof(*reader->fields));
        if (!reader->header || !reader->names || !reader->fields)
                return status_errno(ENOMEM, NULL, "cannot read %s", reader->path);
        result = csv_split(reader->header, reader->header + length, reader->names, room, &count);
        if (result != CSV_SPLIT_OK)
                return csv_reader_fault(reader, csv_split_text(result));
        reader->column_count = count;
        for (size_t i = 0; i < count; i++)
                if (csv_reader_find(reader, reader->names[i]) != i)
                        return csv_reader_fault(reader, "two columns have the same name");
        return status_ok();
}

static struct status read_header(struct csv_reader *reader)
{
        static const char mark[] = "\xef\xbb\xbf";
        char *text = NULL, *end = NULL;

        while (!reader->ended && reader->used < sizeof(mark))
                TRY(refill(reader));
        if (reader->used >= 3 && memcmp(reader->buffer, mark, 3) == 0)
                reader->start = reader->whole_bytes = 3;
        TRY(take_row(reader, &text, &end));
        if (!text)
                return fault_at(reader, 1, "there is no whole header line");
        return keep_names(reader, text, (size_t)(end - text));
}

static struct status open_reader(const char *name, int fd, size_t capacity,
                                 struct csv_reader **ret_reader)
{
        struct csv_reader *reader = calloc(1, sizeof(*reader));

        if (!reader)
                return status_errno(ENOMEM, NULL, "cannot read %s", name);
        *reader = (struct csv_reader){ .fd = fd, .next_line = 1, .capacity = capacity };
        reader->path = strdup(name);
        reader->buffer = malloc(capacity + 1); /* room for a NUL */
        if (!reader->path || !reader->buffer) {
                csv_reader_close(reader);
                return status_errno(ENOMEM, NULL, "cannot read %s", name);
        }
        *ret_reader = reader;
        return status_ok();
}

static struct status begin(struct csv_reader *reader, struct csv_reader **ret_reader)
{
        struct status status = read_header(reader);

        if (status_failed(&status))
                csv_reader_close(reader);
        else
                *ret_reader = reader;
        return status;
}

struct status csv_reader_open(const char *path, struct csv_reader **ret_reader)
{
        struct csv_reader *reader = NULL;
        struct status status;
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return errno == ENOENT || errno == ENOTDIR
                               ? status_make(STATUS_USAGE, "name the folder of a run",
                                             "%s is not there", path)
                               : status_errno(errno, "name the folder of a run", "cannot open %s",
                                              path);
        status = open_reader(path, fd, BUFFER_BYTES, &reader);
        if (status_failed(&status)) {
                close(fd);
                return status;
        }
        return begin(reader, ret_reader);
}

struct status csv_reader_open_memory(const char *name, const void *bytes, size_t size,
                                     struct csv_reader **ret_reader)
{
        struct csv_reader *reader = NULL;

        TRY(open_reader(name, -1, size, &reader));
        if (size)
                memcpy(reader->buffer, bytes, size);
        reader->used = size;
        reader->ended = true;
        return begin(reader, ret_reader);
}

void csv_reader_close(struct csv_reader *reader)
{
        if (!reader)
                return;
        if (reader->fd >= 0)
                close(reader->fd);
        free(reader->path);
        free(reader->buffer);
        free(reader->header);
        free(reader->names);
        free(reader->fields);
        free(reader);
}

size_t csv_reader_columns(const struct csv_reader *reader)
{
        return reader->column_count;
}

const char *csv_reader_column_name(const struct csv_reader *reader, size_t column)
{
        return reader->names[column];
}

size_t csv_reader_find(const struct csv_reader *reader, const char *name)
{
        for (size_t i = 0; i < reader->column_count; i++)
                if (strcmp(reader->names[i], name) == 0)
                        return i;
        return CSV_NO_COLUMN;
}

struct status csv_reader_need(const struct csv_reader *reader, const char *name, size_t *ret_column)
{
        size_t column = csv_reader_find(reader, name);

        if (column == CSV_NO_COLUMN)
                return status_make(STATUS_USAGE, other_file, "%s:1: the column '%s' is missing",
                                   reader->path, name);
        *ret_column = column;
        return status_ok();
}

const char *csv_reader_field(const struct csv_reader *reader, size_t column)
{
        return column < reader->column_count ? reader->fields[column] : "";
}

static struct status bad_field(const struct csv_reader *reader, size_t column, const char *kind)
{
        char message[200];

        snprintf(message, sizeof(message), "'%.60s' in column '%.60s' is not %s",
                 reader->fields[column], reader->names[column], kind);
        return csv_reader_fault(reader, message);
}

struct status csv_reader_count(const struct csv_reader *reader, size_t column,
                               struct count *ret_count)
{
        const char *field = csv_reader_field(reader, column);
        struct count count = { 0 };
        const char *at = field;

        for (; *at >= '0' && *at <= '9'; at++) {
                if (__builtin_mul_overflow(count.value, UINT64_C(10), &count.value) ||
                    __builtin_add_overflow(count.value, (uint64_t)(*at - '0'), &count.value))
                        return bad_field(reader, column, "below 2^64");
        }
        if (*at)
                return bad_field(reader, column, "a whole number");
        count.known = at > field;
        *ret_count = count;
        return status_ok();
}

struct status csv_reader_real(const struct csv_reader *reader, size_t column, double *ret_value)
{
        const char *field = csv_reader_field(reader, column);
        double value = NAN;

        if (*field) {
                struct status status = real_parse(field, &value);

                if (status_failed(&status))
                        return bad_field(reader, column, "a number");
        }
        *ret_value = value;
        return status_ok();
}

uint64_t csv_reader_line(const struct csv_reader *reader)
{
        return reader->line;
}

bool csv_reader_cut(const struct csv_reader *reader)
{
        return reader->cut;
}

uint64_t csv_reader_whole_bytes(const struct csv_reader *reader)
{
        return reader->whole_bytes;
}
