/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/samples.h"

#include "csv/columns.h"
#include "csv/file.h"
#include "csv/row.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct samples_writer {
        int fd;
        off_t size; /* of the whole rows */
        char path[PATH_MAX];
        struct option_columns options;
        const struct counter_selection *selection;
        struct csv_row row;
        struct csv_row there; /* what a row that is there says of its cell */
};

/* Writes the row with one write(); what got only halfway is taken back. */
static struct status flush_row(struct samples_writer *writer)
{
        const struct csv_row *row = &writer->row;
        ssize_t done;
        int error;

        do
                done = write(writer->fd, row->text, row->length);
        while (done < 0 && errno == EINTR);
        if (done == (ssize_t)row->length) {
                writer->size += done;
                return status_ok();
        }
        error = done < 0 ? errno : ENOSPC;
        if (done > 0 && ftruncate(writer->fd, writer->size) != 0)
                return status_errno(error, csv_write_advice(error), "%s ends in half a row",
                                    writer->path);
        return status_errno(error, csv_write_advice(error), "cannot write to %s", writer->path);
}

static struct status make_header(struct samples_writer *writer)
{
        static const char *const before[] = { "block", "trial", "sample", "cell",   "workload",
                                              "op",    "unit",  "bytes",  "threads" };
        static const char *const middle[] = {
                "source",       "target",        "fs",    "memmap", "dax",
                "map",          "file_state",    "lever", "asked",  "arm_target",
                "shift_bytes",  "proven",
                "pmd_fraction", "zero_fraction", "proof", "ops",    "time_ns",
                "minflt",       "majflt",        "run_minflt",    "switches",
                "waited_ns",    "migrations",    "page_table_bytes",
                "pmd_fraction_after",
        };
        struct csv_row *row = &writer->row;

        csv_row_begin(row);
        for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
                csv_row_name(row, "", before[i]);
        option_columns_header(&writer->options, row);
        for (size_t i = 0; i < sizeof(middle) / sizeof(middle[0]); i++)
                csv_row_name(row, "", middle[i]);
        counter_columns_header(writer->selection, row);
        csv_row_name(row, "", "status");
        csv_row_name(row, "", "reason");
        return csv_row_end(row);
}

/* A file that is there must begin with the header; one that ends within it begins anew. */
static struct status match_header(struct samples_writer *writer)
{
        const struct csv_row *row = &writer->row;
        char *there = malloc(row->length);
        ssize_t length = there ? pread(writer->fd, there, row->length, 0) : -1;
        bool same = length >= 0 && memcmp(there, row->text, (size_t)length) == 0;
        off_t size = lseek(writer->fd, 0, SEEK_END);

        free(there);
        if (length < 0 || size < 0)
                return status_errno(errno, NULL, "cannot read %s", writer->path);
        if (!same)
                return status_make(STATUS_USAGE, "begin a new run in a new folder",
                                   "%s has other columns than this run would write", writer->path);
        if ((size_t)length == row->length) {
                writer->size = size;
                return status_ok();
        }
        TRY(samples_writer_cut(writer, 0));
        return flush_row(writer);
}

static struct status open_file(const char *dir, int flags, struct samples_writer *writer)
{
        int length = snprintf(writer->path, sizeof(writer->path), "%s/samples.csv", dir);
        struct stat about;

        if (length < 0 || (size_t)length >= sizeof(writer->path))
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the path of the results folder is too long");
        writer->fd = open(writer->path,
                          O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags,
                          0644);
        if (writer->fd < 0 && errno != ELOOP)
                return status_errno(errno, csv_write_advice(errno), "cannot make %s", writer->path);
        /* A second name may lead to what is no file of results. */
        if (writer->fd < 0 || fstat(writer->fd, &about) != 0 || !S_ISREG(about.st_mode) ||
            about.st_nlink != 1)
                return status_make(STATUS_USAGE, "put a copy of the file in its place",
                                   "%s is a link, or no regular file", writer->path);
        return status_ok();
}

static void free_writer(struct samples_writer *writer)
{
        option_columns_free(&writer->options);
        csv_row_free(&writer->row);
        csv_row_free(&writer->there);
        free(writer);
}

static struct status open_writer(const char *dir, const struct cell *cells, size_t cell_count,
                                 const struct counter_selection *selection, bool is_new,
                                 struct samples_writer **ret_writer)
{
        struct samples_writer *writer = calloc(1, sizeof(*writer));
        struct status status;

        if (!writer)
                return status_errno(ENOMEM, NULL, "cannot write samples.csv");
        writer->fd = -1;
        writer->selection = selection;
        status = option_columns_make(cells, cell_count, &writer->options);
        if (!status_failed(&status))
                status = open_file(dir, is_new ? O_EXCL : 0, writer);
        if (!status_failed(&status))
                status = make_header(writer);
        if (!status_failed(&status))
                status = is_new ? flush_row(writer) : match_header(writer);
        if (status_failed(&status)) {
                if (writer->fd >= 0) {
                        close(writer->fd);
                        if (is_new)
                                unlink(writer->path);
                }
                free_writer(writer);
                return status;
        }
        *ret_writer = writer;
        return status_ok();
}

struct status samples_writer_open(const char *dir, const struct cell *cells, size_t cell_count,
                                  const struct counter_selection *selection,
                                  struct samples_writer **ret_writer)
{
        return open_writer(dir, cells, cell_count, selection, true, ret_writer);
}

struct status samples_writer_continue(const char *dir, const struct cell *cells, size_t cell_count,
                                      const struct counter_selection *selection,
                                      struct samples_writer **ret_writer)
{
        return open_writer(dir, cells, cell_count, selection, false, ret_writer);
}

struct status samples_writer_cut(struct samples_writer *writer, uint64_t bytes)
{
        if (ftruncate(writer->fd, (off_t)bytes) != 0)
                return status_errno(errno, csv_write_advice(errno), "cannot cut %s", writer->path);
        writer->size = (off_t)bytes;
        return status_ok();
}

struct status samples_writer_sync(struct samples_writer *writer)
{
        if (fdatasync(writer->fd) != 0 && errno != EINVAL)
                return status_errno(errno, csv_write_advice(errno), "cannot write %s",
                                    writer->path);
        return status_ok();
}

/* Where this arm's bytes are, when not where the others' are, and how its extents were shifted. */
static void arm_fields(const struct cell *cell, struct csv_row *row)
{
        char place[400] = "";

        if (cell->arm_source)
                snprintf(place, sizeof(place), "%s%s%s", cell->arm_source->name,
                         *cell->arm_target ? ":" : "", cell->arm_target);
        csv_row_text(row, place);
        if (cell->shift)
                csv_row_number(row, cell->shift);
        else
                csv_row_empty(row);
}

static void cell_fields(const struct samples_writer *writer, const struct cell *cell,
                        const struct source *source, struct csv_row *row)
{
        static const char *const dax_names[] = { "no", "yes" };

        csv_row_text(row, cell->workload->name);
        csv_row_text(row, cell->op->name);
        csv_row_text(row, unit_name(cell->op->unit));
        csv_row_number(row, cell->bytes);
        csv_row_number(row, cell->threads);
        option_columns_fields(&writer->options, cell, row);
        csv_row_text(row, cell->source->name);
        csv_row_text(row, cell->target ? cell->target : "");
        csv_row_text(row, source ? source->fs : "");
        csv_row_text(row, source ? memmap_name(source->memmap) : "");
        csv_row_text(row, source && source->dax >= 0 ? dax_names[source->dax != 0] : "");
        csv_row_text(row, cell_map_word(cell));
        csv_row_text(row, cell_state_word(cell));
        csv_row_text(row, lever_name(cell->arm.lever));
        csv_row_text(row, grain_name(cell->arm.grain));
        arm_fields(cell, row);
}

/* Nothing was proven without a method, so there is no fraction either. */
static void fraction_field(const struct proof *proof, double fraction, struct csv_row *row)
{
        csv_row_real(row, *proof->methods ? fraction : (double)NAN, 9);
}

static void sample_fields(const struct samples_writer *writer, const struct sample *sample,
                          struct csv_row *row)
{
        const struct proof *proof = &sample->proof;

        csv_row_text(row, grain_name(proof->proven));
        fraction_field(proof, proof->pmd_fraction, row);
        fraction_field(proof, proof->zero_fraction, row);
        csv_row_text(row, proof->methods);
        csv_row_count(row, sample->ops);
        csv_row_count(row, sample->time_ns);
        csv_row_count(row, proof->minflt);
        csv_row_count(row, proof->majflt);
        csv_row_count(row, sample->run_minflt);
        csv_row_count(row, sample->switches);
        csv_row_count(row, sample->waited_ns);
        csv_row_count(row, sample->migrations);
        csv_row_count(row, proof->page_table_bytes);
        fraction_field(&sample->after, sample->after.pmd_fraction, row);
        counter_columns_fields(writer->selection, sample, row);
        csv_row_text(row, status_code_name(sample->status));
        csv_row_text(row, sample->reason);
}

#define CELL_COLUMN 4 /* "workload": where the cell's fields begin */

/* Of the source as it was opened, not of the cell. */
static bool is_of_source(const char *column)
{
        return strcmp(column, "fs") == 0 || strcmp(column, "memmap") == 0 ||
               strcmp(column, "dax") == 0;
}

struct status samples_writer_match(struct samples_writer *writer, const struct cell *cell,
                                   const struct csv_reader *reader)
{
        struct csv_row *expected = &writer->row, *there = &writer->there;

        csv_row_begin(expected);
        csv_row_begin(there);
        cell_fields(writer, cell, NULL, expected);
        for (size_t i = CELL_COLUMN; i < CELL_COLUMN + expected->fields; i++) {
                bool skip = is_of_source(csv_reader_column_name(reader, i));

                csv_row_text(there, skip ? "" : csv_reader_field(reader, i));
        }
        if (expected->no_memory || there->no_memory)
                return status_errno(ENOMEM, NULL, "cannot compare the samples with the plan");
        if (expected->length != there->length ||
            memcmp(expected->text, there->text, there->length) != 0)
                return csv_reader_fault(reader, "the plan's cell of that number is another one");
        return status_ok();
}

struct status samples_writer_append(struct samples_writer *writer, const struct cell *cell,
                                    const struct source *source, const struct sample *sample)
{
        struct csv_row *row = &writer->row;

        csv_row_begin(row);
        csv_row_number(row, sample->block);
        csv_row_number(row, sample->trial);
        csv_row_number(row, sample->sample);
        csv_row_number(row, sample->cell);
        cell_fields(writer, cell, source, row);
        sample_fields(writer, sample, row);
        TRY(csv_row_end(row));
        return flush_row(writer);
}

struct status samples_writer_close(struct samples_writer *writer)
{
        struct status status = samples_writer_sync(writer);

        if (close(writer->fd) != 0 && !status_failed(&status))
                status = status_errno(errno, csv_write_advice(errno), "cannot close %s",
                                      writer->path);
        free_writer(writer);
        return status;
}
