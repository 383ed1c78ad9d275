/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_json.h"

#include "sys/json_fields.h"
#include "sys/machine.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
        json_object_object_add(object, key, json_object_new_uint64(number));
}

/* Now, in UTC: "2026-01-31T23:59:59Z". */
static void add_now(struct json_object *object, const char *key)
{
        time_t now = time(NULL);
        struct tm parts;
        char text[64];

        gmtime_r(&now, &parts);
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
        json_set_text(object, key, text);
}

static struct json_object *at(struct json_object *object, const char *key)
{
        struct json_object *found = NULL;

        json_object_object_get_ex(object, key, &found);
        return found;
}

/* The list of that name, made where there is none. */
static struct json_object *list_at(struct json_object *object, const char *key)
{
        struct json_object *list = at(object, key);

        if (json_object_is_type(list, json_type_array))
                return list;
        list = json_object_new_array();
        json_object_object_add(object, key, list);
        return list;
}

static struct json_object *events_describe(const struct counter_selection *selection, size_t set)
{
        struct json_object *events = json_object_new_array();
        const struct counter_column *columns = counter_selection_set(selection, set)->columns;

        for (size_t i = 0; columns[i].name; i++) {
                struct json_object *event = json_object_new_object();

                json_set_text(event, "column", columns[i].name);
                json_set_text(event, "event", counter_selection_event(selection, set, i));
                json_set_text(event, "missing", counter_selection_missing(selection, set, i));
                json_object_array_add(events, event);
        }
        return events;
}

struct json_object *counters_describe(const struct counter_selection *selection)
{
        struct json_object *list = json_object_new_array();

        for (size_t i = 0; i < counter_selection_sets(selection); i++) {
                struct json_object *set = json_object_new_object();
                const char *reason = counter_selection_reason(selection, i);

                json_set_text(set, "set", counter_selection_set(selection, i)->name);
                json_set_text(set, "summary", counter_selection_set(selection, i)->summary);
                json_object_object_add(set, "usable", json_object_new_boolean(!*reason));
                json_set_text(set, "reason", reason);
                json_object_object_add(set, "events", events_describe(selection, i));
                json_object_array_add(list, set);
        }
        return list;
}

/* Without random numbers it has none, and knows no file for its own. */
static void add_id(struct json_object *run)
{
        uint64_t words[2];
        char text[40];

        if (getrandom(words, sizeof(words), 0) != (ssize_t)sizeof(words))
                return;
        snprintf(text, sizeof(text), "%016" PRIx64 "%016" PRIx64, words[0], words[1]);
        json_set_text(run, "id", text);
}

const char *run_json_id(struct json_object *machine)
{
        struct json_object *id = at(at(machine, "run"), "id");

        return id ? json_object_get_string(id) : "";
}

static struct json_object *run_describe(const struct run_folder_request *request)
{
        struct json_object *run = json_object_new_object();
        struct json_object *argv = json_object_new_array();
        const struct plan_settings *settings = &request->plan->settings;

        for (int i = 0; i < request->argc; i++)
                json_add_text(argv, request->argv[i]);
        add_id(run);
        json_set_text(run, "plan", request->plan->name);
        json_set_text(run, "plan_text", request->plan->text);
        json_object_object_add(run, "argv", argv);
        add_number(run, "seed", settings->seed);
        add_number(run, "budget_ns", settings->budget_ns);
        json_set_text(run, "clock", request->clock);
        json_object_object_add(run, "precision", json_object_new_double(settings->precision));
        add_now(run, "started");
        json_set_text(run, "cpus", settings->cpus);
        json_set_text(run, "mem_node", settings->mem_node);
        json_set_text(run, "placement", request->placement->how);
        json_object_object_add(run, "counters", counters_describe(request->selection));
        return run;
}

/* __VERSION__ of gcc is a number alone. */
#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

struct status run_json_describe(const struct run_folder_request *request,
                                struct json_object **ret_machine)
{
        struct json_object *program = json_object_new_object(), *machine = NULL;
        struct status status = machine_describe(request->root, &machine);

        if (status_failed(&status)) {
                json_object_put(program);
                return status;
        }
        json_set_text(program, "version", PMDGAIN_VERSION);
        json_set_text(program, "compiler", COMPILER);
        json_object_object_add(machine, "pmdgain", program);
        json_object_object_add(machine, "run", run_describe(request));
        *ret_machine = machine;
        return status_ok();
}

/*
 * A segment is one stretch of a run, from its start or resumption to where it ended or was cut
 * off: then it has no "finished", and its length is told by the last sample that it wrote.
 */
void run_json_segment(struct json_object *machine)
{
        struct json_object *segment = json_object_new_object();

        add_now(segment, "started");
        json_object_array_add(list_at(at(machine, "run"), "segments"), segment);
}

static time_t time_of(const char *text)
{
        struct tm parts = { 0 };

        return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts) ? timegm(&parts) : 0;
}

uint64_t run_json_spent(struct json_object *machine, time_t last_sample)
{
        struct json_object *segments = list_at(at(machine, "run"), "segments");
        uint64_t spent = 0;

        for (size_t i = 0; i < json_object_array_length(segments); i++) {
                struct json_object *segment = json_object_array_get_idx(segments, i);
                time_t started = time_of(json_object_get_string(at(segment, "started")));

                if (!at(segment, "elapsed_ns"))
                        add_number(segment, "elapsed_ns",
                                   last_sample > started && started ?
                                           (uint64_t)(last_sample - started) * 1000000000 :
                                           0);
                spent += json_object_get_uint64(at(segment, "elapsed_ns"));
        }
        return spent;
}

static struct json_object *source_describe(const struct engine_source *source)
{
        struct json_object *one = json_object_new_object();
        bool failed = status_failed(&source->status);

        json_set_text(one, "source", source->class->name);
        json_set_text(one, "target", source->target);
        json_set_text(one, "how", failed ? source->status.what : source->source.how);
        json_set_text(one, "status", status_code_name(source->status.code));
        return one;
}

/* The same sources, had or not, in the same order? */
static struct status sources_same(struct json_object *then, struct json_object *now)
{
        static const char *const keys[] = { "source", "target", "status" };
        size_t count = json_object_array_length(now);

        if (count != json_object_array_length(then))
                return status_make(STATUS_USAGE, "go on all the same by --force-resume",
                                   "the run had other sources");
        for (size_t i = 0; i < count; i++) {
                struct json_object *was = json_object_array_get_idx(then, i);
                struct json_object *is = json_object_array_get_idx(now, i);

                for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
                        if (!json_object_equal(at(was, keys[k]), at(is, keys[k])))
                                return status_make(
                                        STATUS_USAGE,
                                        "make it as it was, or go on all the same by "
                                        "--force-resume",
                                        "source %.40s (%.20s) of the run is now %.40s (%.20s)",
                                        json_object_get_string(at(was, "source")),
                                        json_object_get_string(at(was, "status")),
                                        json_object_get_string(at(is, "source")),
                                        json_object_get_string(at(is, "status")));
        }
        return status_ok();
}

struct status run_json_sources(struct json_object *machine, const struct engine_source *sources,
                               size_t count, bool force)
{
        struct json_object *list = json_object_new_array(), *run = at(machine, "run");
        struct json_object *then = at(run, "sources");
        struct status status = status_ok();

        for (size_t i = 0; i < count; i++)
                json_object_array_add(list, source_describe(&sources[i]));
        if (json_object_is_type(then, json_type_array) && !force)
                status = sources_same(then, list);
        if (status_failed(&status))
                json_object_put(list);
        else
                json_object_object_add(run, "sources", list);
        return status;
}

static struct json_object *warning_describe(enum warning_code code, const char *text)
{
        struct json_object *object = json_object_new_object();

        json_set_text(object, "code", warning_code_name(code));
        json_set_text(object, "text", text);
        return object;
}

/* Those that the engine makes of all rows say what is true of the whole run: old ones are not. */
static bool is_of_the_whole(const char *code)
{
        static const enum warning_code codes[] = { WARNING_FEW_BLOCKS, WARNING_IMPRECISE,
                                                   WARNING_GIVEN_UP, WARNING_NEIGHBOUR };

        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
                if (code && strcmp(code, warning_code_name(codes[i])) == 0)
                        return true;
        return false;
}

void run_json_warn(struct json_object *machine, enum warning_code code, const char *text)
{
        json_object_array_add(list_at(at(machine, "run"), "warnings"),
                              warning_describe(code, text));
}

void run_json_finish(struct json_object *machine, const struct engine_result *result,
                     uint64_t spent_ns)
{
        struct json_object *run = at(machine, "run"), *segments = list_at(run, "segments");
        struct json_object *before = list_at(run, "warnings"), *kept = json_object_new_array();
        size_t count = json_object_array_length(segments);
        struct json_object *segment = count ? json_object_array_get_idx(segments, count - 1) : run;

        for (size_t i = 0; i < json_object_array_length(before); i++) {
                struct json_object *each = json_object_array_get_idx(before, i);

                if (!is_of_the_whole(json_object_get_string(at(each, "code"))))
                        json_object_array_add(kept, json_object_get(each));
        }
        for (size_t i = 0; i < result->warnings.count; i++)
                json_object_array_add(kept, warning_describe(result->warnings.list[i].code,
                                                             result->warnings.list[i].text));
        json_object_object_add(run, "warnings", kept);
        add_now(segment, "finished");
        add_number(segment, "elapsed_ns",
                   result->elapsed_ns > spent_ns ? result->elapsed_ns - spent_ns : 0);
        add_now(run, "finished");
        add_number(run, "elapsed_ns", result->elapsed_ns);
        add_number(run, "blocks", result->blocks);
        json_object_object_add(run, "interrupted", json_object_new_boolean(result->interrupted));
}
