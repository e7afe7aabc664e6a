/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/result.h"
#include "pipeline/stage/stages.h"

struct verify {
	const struct context *context;
	json_t *report; /* array; NULL: lines of text instead */
	size_t seen, bad;
	struct error last;
};

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

/* Files that nobody vouches for: named, not an error.  An array of names. */
static json_t *extra_files(const struct verify *v, const struct result *r)
{
	struct folder f = { 0 };
	struct error why = { 0 };
	json_t *list = json_array();

	if (folder_read(&f, r->path, &why))
		log_event(v->context->log, LOG_WARNING, CODE_WARNING_FILES, "%s", why.text);
	for (size_t i = 0; i < f.names_nr; i++) {
		if (is_listed(r, f.names[i]))
			continue;
		log_event(v->context->log, LOG_WARNING, CODE_WARNING_FILES,
			  "%s/%s: not listed in item.json", r->path, f.names[i]);
		json_array_append_new(list, json_string(f.names[i]));
	}
	folder_release(&f);
	return list;
}

static void report(struct verify *v, const char *path, const struct error *e, json_t *extra)
{
	bool bad = e->code != ERROR_NONE;

	v->seen++;
	v->bad += bad;
	if (bad)
		v->last = *e;
	if (v->report) {
		json_t *one = json_pack("{s:s, s:b, s:s*, s:O*}", "path", path, "ok", !bad, "error",
					bad ? e->text : NULL, "extra_files", extra);

		json_array_append_new(v->report, one);
	} else if (bad) {
		/* The words may begin with the path already. */
		bool named = !strncmp(e->text, path, strlen(path)) && e->text[strlen(path)] == ':';

		printf("BAD %s%s%s\n", named ? "" : path, named ? "" : ": ", e->text);
	} else {
		printf("ok  %s\n", path);
	}
	fflush(stdout);
}

static void verify_one(struct verify *v, const char *path)
{
	struct error e = { 0 };
	struct result *r = NULL;
	json_t *extra = NULL;

	if (!result_open(&r, path, &e)) {
		result_verify(r, &e);
		extra = extra_files(v, r);
	}
	report(v, path, &e, extra);
	json_decref(extra);
	result_free(r);
}

static void verify_path(struct verify *v, const char *path)
{
	struct result_paths paths = { 0 };
	struct error e = { 0 };

	if (result_paths_add(&paths, path, &e))
		report(v, path, &e, NULL);
	for (size_t i = 0; i < paths.nr; i++)
		verify_one(v, paths.path[i]);
	result_paths_release(&paths);
}

int verify_command(const struct context *context, struct error *e)
{
	const struct options *o = context->options;
	struct verify v = { .context = context, .report = o->json ? json_array() : NULL };

	for (size_t i = 0; i < o->paths_nr; i++)
		verify_path(&v, o->paths[i]);
	if (v.report) {
		json_dumpf(v.report, stdout, JSON_INDENT(2));
		printf("\n");
		json_decref(v.report);
	}
	if (!v.bad)
		return 0;
	/* A path that leads nowhere is not a damaged result. */
	if (v.seen == 1 && v.last.code == ERROR_NOINPUT) {
		*e = v.last;
		return -1;
	}
	return error_set(e, ERROR_DATA, "%zu of %zu results are not what they say", v.bad, v.seen);
}
