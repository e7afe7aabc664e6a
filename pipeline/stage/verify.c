/* SPDX-License-Identifier: Apache-2.0
 *
 * verify.c - the command "verify": are results what they say they are?
 */
#include "pipeline/stage/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utf8.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/result.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/stages.h"

/* --- the report --- */

/* A path may hold any bytes, and words may be cut inside a character: what is no UTF-8 becomes '?'.  NULL of NULL. */
static json_t *text_json(const char *text)
{
	char *copy = text ? strdup(text) : NULL;
	json_t *json;

	for (char *at = copy; at && *at;) {
		const char *next = at;

		if (utf8_next(&next) == UTF8_UNKNOWN && next - at == 1)
			*at = '?';
		at += next - at;
	}
	json = copy ? json_string(copy) : NULL;
	free(copy);
	return json;
}

/* A new array; NULL where there is nothing. */
static json_t *texts(const struct findings *f)
{
	json_t *list = f->nr ? json_array() : NULL;

	for (size_t i = 0; i < f->kept; i++)
		json_array_append_new(list, text_json(f->text[i]));
	return list;
}

static void report_json(struct verify *v, const struct verdict *d, const char *error)
{
	json_t *one = json_pack("{s:o, s:b, s:o*, s:o*, s:O*, s:o*}", "path", text_json(d->path),
				"ok", !error, "error", text_json(error), "findings", texts(&d->bad),
				"extra_files", d->extra_files, "warnings", texts(&d->unsure));

	json_array_append_new(v->report, one);
}

/* All of what is bad, as one line; NULL: nothing is.  To be freed; *lost: no memory. */
static char *bad_line(const struct verdict *d, bool *lost)
{
	size_t n = strlen(d->path), size = n + 4;
	char *line;

	/* The words of an error may begin with the path already. */
	if (d->error.code) {
		bool named = !strncmp(d->error.text, d->path, n) && d->error.text[n] == ':';

		*lost = asprintf(&line, "%s%s%s", named ? "" : d->path, named ? "" : ": ",
				 d->error.text) < 0;
		return *lost ? NULL : line;
	}
	*lost = false;
	if (!d->bad.nr)
		return NULL;
	for (size_t i = 0; i < d->bad.kept; i++)
		size += strlen(d->bad.text[i]) + 2;
	size += 40;
	line = malloc(size);
	*lost = !line;
	if (!line)
		return NULL;
	snprintf(line, size, "%s: ", d->path);
	findings_line(&d->bad, line + n + 2, size - n - 2);
	return line;
}

static void warn(const struct verify *v, const struct verdict *d)
{
	const struct log *log = v->context->log;
	const json_t *name;
	size_t i;

	for (i = 0; i < d->unsure.kept; i++)
		log_event(log, LOG_WARNING, CODE_WARNING_UNKNOWN, "%s: %s", d->path,
			  d->unsure.text[i]);
	json_array_foreach(d->extra_files, i, name)
		log_event(log, LOG_WARNING, CODE_WARNING_FILES, "%s/%s: not listed in item.json",
			  d->path, json_string_value(name));
}

void verify_report(struct verify *v, struct verdict *d)
{
	bool lost;
	char *line = bad_line(d, &lost);

	v->seen++;
	v->bad += line || lost;
	if (d->error.code || d->bad.nr)
		v->last = d->error.code ? d->error : (struct error){ .code = ERROR_DATA };
	warn(v, d);
	if (v->report)
		report_json(v, d, line);
	else
		printf("%s %s\n", line ? "BAD" : "ok ", line ? line : d->path);
	fflush(stdout);
	free(line);
	json_decref(d->extra_files);
	d->extra_files = NULL;
	findings_release(&d->bad);
	findings_release(&d->unsure);
}

/* --- one result --- */

static bool is_listed(const struct result *r, const char *name)
{
	const char *file;

	if (!strcmp(name, "item.json"))
		return true;
	for (size_t i = 0; (file = result_file(r, i)); i++)
		if (!strcmp(file, name))
			return true;
	return false;
}

/* Files that nobody vouches for: named, not an error. */
static void find_extra_files(struct verdict *d, const struct result *r)
{
	struct folder f = { 0 };
	struct error why = { 0 };

	d->extra_files = json_array();
	if (folder_read(&f, r->path, &why))
		findings_add(&d->unsure, "%s", why.text);
	for (size_t i = 0; i < f.names_nr; i++)
		if (!is_listed(r, f.names[i]))
			json_array_append_new(d->extra_files, text_json(f.names[i]));
	folder_release(&f);
}

/* What the ledger says that was published here. */
static void compare_with_ledger(struct verdict *d, const struct result *r,
				const struct ledger *ledger, const char *name)
{
	const json_t *said = ledger_result(ledger, name);
	const char *unit = json_string_value(json_object_get(said, "unit"));
	const char *hash = json_string_value(json_object_get(said, "sha256"));
	char *item = path_join(r->path, "item.json"), found[SHA256_HEX];
	struct error why = { 0 };

	if (!said)
		findings_add(&d->unsure, "no unit of the ledger made it");
	else if (!unit || strcmp(unit, r->unit) != 0)
		findings_add(
			&d->bad,
			"it is of unit %.12s, but the ledger says that unit %.12s was published here",
			r->unit, unit ? unit : "?");
	else if (!item || file_sha256(item, found, &why))
		findings_add(&d->bad, "item.json cannot be read: %s",
			     item ? why.text : "no memory");
	else if (hash && strcmp(hash, found) != 0)
		findings_add(&d->bad, "item.json is not the one that was published (SHA-256)");
	free(item);
}

struct job {
	struct verify *verify;
	const struct verify_list *list;
	struct verdict *verdict;
	struct progress progress;
};

static int work(void *state, size_t i, void *slot, struct error *e)
{
	const struct job *job = state;
	const struct verify_list *list = job->list;
	struct verdict *d = &job->verdict[i];
	struct result *r = NULL;
	int ret = 0;

	(void)slot;
	d->path = list->path[i];
	if (!result_open(&r, d->path, &d->error)) {
		ret = result_examine(r, &d->bad, e);
		find_extra_files(d, r);
		if (list->ledger)
			compare_with_ledger(d, r, list->ledger, d->path + list->prefix);
	}
	result_free(r);
	if (d->error.code == ERROR_BUG) {
		*e = d->error;
		return -1;
	}
	return ret;
}

static int write(void *state, size_t i, const void *slot, struct error *e)
{
	struct job *job = state;

	(void)slot;
	(void)e;
	verify_report(job->verify, &job->verdict[i]);
	/* Without a line for each there is nothing else to see. */
	if (job->verify->report)
		progress_step(&job->progress, i + 1);
	return 0;
}

int verify_results(struct verify *v, const struct verify_list *list, struct error *e)
{
	const struct tiles_ops ops = { NULL, work, write, NULL };
	struct job job = { .verify = v, .list = list };
	int ret;

	if (!list->nr)
		return 0;
	job.verdict = calloc(list->nr, sizeof(*job.verdict));
	if (!job.verdict)
		return error_nomem(e, "verdicts");
	if (v->report)
		progress_start(&job.progress, v->context->log, "verify", list->nr);
	ret = tiles_run(list->nr, v->context->options->threads, 64, &ops, &job, e);
	/* Of a run that was stopped. */
	for (size_t i = 0; i < list->nr; i++) {
		json_decref(job.verdict[i].extra_files);
		findings_release(&job.verdict[i].bad);
		findings_release(&job.verdict[i].unsure);
	}
	free(job.verdict);
	return ret;
}

/* --- the command --- */

static bool is_run(const char *path)
{
	char *ledger = path_join(path, "ledger");
	bool is = ledger && folder_is_folder(ledger);

	free(ledger);
	return is;
}

static int verify_path(struct verify *v, const char *path, struct error *e)
{
	struct result_paths paths = { 0 };
	struct verdict d = { .path = path };
	struct verify_list list = { 0 };
	int ret = 0;

	if (is_run(path))
		return verify_run(v, path, e);
	if (result_paths_add(&paths, path, &d.error)) {
		verify_report(v, &d);
	} else {
		list.path = paths.path;
		list.nr = paths.nr;
		ret = verify_results(v, &list, e);
	}
	result_paths_release(&paths);
	return ret;
}

static int verdict_of(const struct verify *v, struct error *e)
{
	if (!v->bad)
		return 0;
	/* A path that leads nowhere is not a damaged result. */
	if (v->seen == 1 && v->last.code == ERROR_NOINPUT) {
		*e = v->last;
		return -1;
	}
	return error_set(e, ERROR_DATA, "%zu of %zu are not what they say", v->bad, v->seen);
}

int verify_command(const struct context *context, struct error *e)
{
	const struct options *o = context->options;
	struct verify v = { .context = context, .report = o->json ? json_array() : NULL };
	int ret = 0;

	for (size_t i = 0; i < o->paths_nr && !ret; i++)
		ret = verify_path(&v, o->paths[i], e);
	if (v.report) {
		json_dumpf(v.report, stdout, JSON_INDENT(2));
		printf("\n");
		json_decref(v.report);
	}
	return ret ? -1 : verdict_of(&v, e);
}
