/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/ledger_internal.h"

#define FILE_BYTES_MAX ((size_t)1 << 30) /* a worker that appended for years */
#define LINE_BYTES_MAX ((size_t)1 << 20)

/* --- what is known --- */

static struct unit *unit_of(struct ledger *l, const char *name, bool make)
{
	json_t *place = json_object_get(l->places, name);

	if (place)
		return &l->units[json_integer_value(place)];
	if (!make)
		return NULL;
	if (l->units_nr == l->units_room) {
		size_t room = l->units_room ? 2 * l->units_room : 256;
		struct unit *more = realloc(l->units, room * sizeof(*more));

		if (!more)
			return NULL;
		l->units = more;
		l->units_room = room;
	}
	if (json_object_set_new(l->places, name, json_integer((json_int_t)l->units_nr)))
		return NULL;
	l->units[l->units_nr] = (struct unit){ 0 };
	return &l->units[l->units_nr++];
}

static int set_failed(struct unit *u, const json_t *event, int code)
{
	const char *error = json_string_value(json_object_get(event, "error"));

	free(u->error);
	u->error = strdup(error ? error : "");
	u->known.state = UNIT_FAILED;
	u->known.code = code;
	u->known.failures++;
	u->known.crashes = code ? 0 : u->known.crashes + 1;
	u->known.error = u->error;
	return u->error ? 0 : -1;
}

/* Remember that units of this name made this folder. */
static int add_made(struct ledger *l, const char *name, const char *folder)
{
	json_t *list = json_object_get(l->made, name), *known;
	size_t i;

	if (!list && json_object_set_new(l->made, name, list = json_array()))
		return -1;
	json_array_foreach(list, i, known) if (!strcmp(json_string_value(known), folder)) return 0;
	return json_array_append_new(list, json_string(folder));
}

/* Keep the later of two times. */
static void keep_later(int64_t *time, const char *text)
{
	int64_t other;

	if (text && !utc_parse(text, &other) && other > *time)
		*time = other;
}

static void note_scene(struct ledger *l, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));
	double bytes = json_number_value(json_object_get(event, "bytes"));
	const json_t *result;
	size_t i;

	if (!kind || strcmp(kind, "scene") != 0)
		return;
	l->bytes += bytes;
	l->seconds += bytes > 0 ? json_number_value(json_object_get(event, "seconds")) : 0;
	keep_later(&l->latest_done, json_string_value(json_object_get(event, "time")));
	json_array_foreach(json_object_get(event, "results"), i, result)
		keep_later(&l->newest_scene, json_string_value(json_object_get(result, "time")));
}

/* Set what is known under a key, if nothing later is; workers' files overlap in time.  Takes the reference. */
static int set_later(json_t *known, const char *key, json_t *value, int64_t time)
{
	json_t *before = json_object_get(json_object_get(known, key), "time");

	if (before && json_integer_value(before) > time) {
		json_decref(value);
		return 0;
	}
	return value && !json_object_set_new(value, "time", json_integer(time))
		       ? json_object_set_new(known, key, value)
		       : -1;
}

/* This unit is the last of its name that was done. */
static int set_latest(struct ledger *l, const char *unit, const json_t *event, const char *name,
		      int64_t time)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));
	char *key = NULL;
	int ret;

	if (asprintf(&key, "%s %s", kind ? kind : "", name) < 0)
		return -1;
	ret = set_later(l->latest, key, json_pack("{s:s}", "unit", unit), time);
	free(key);
	return ret;
}

static int set_done(struct ledger *l, struct unit *u, const char *unit, const json_t *event,
		    int64_t time, bool keep)
{
	const char *name = json_string_value(json_object_get(event, "name"));
	const char *kind = json_string_value(json_object_get(event, "kind"));
	json_t *results = json_object_get(event, "results"), *result;
	size_t i;

	if (keep && name && set_latest(l, unit, event, name, time))
		return -1;
	json_decref(u->results);
	u->results = keep ? json_incref(results) : NULL;
	u->known = (struct ledger_unit){ .state = UNIT_DONE, .results = u->results };
	note_scene(l, event);
	json_array_foreach(u->results, i, result)
	{
		const char *folder = json_string_value(json_object_get(result, "folder"));

		if (folder && (set_later(l->makers, folder,
					 json_pack("{s:s, s:s, s:s, s:O}", "unit", unit, "name",
						   name ? name : "", "kind", kind ? kind : "",
						   "result", result),
					 time) ||
			       (name && add_made(l, name, folder))))
			return -1;
	}
	return 0;
}

int ledger_apply(struct ledger *l, json_t *event, bool keep, struct error *e)
{
	const char *name = json_string_value(json_object_get(event, "event"));
	const char *unit = json_string_value(json_object_get(event, "unit"));
	const char *text = json_string_value(json_object_get(event, "time"));
	struct unit *u;
	int64_t time;
	int ret = 0;

	if (!name || !unit || !text || utc_parse(text, &time)) {
		l->broken++;
		return 0;
	}
	if (!strcmp(name, "replaced"))
		return json_array_append(l->replaced, event) ? error_nomem(e, "the ledger") : 0;
	u = unit_of(l, unit, true);
	if (!u)
		return error_nomem(e, "the ledger");
	if (time < u->known.time)
		return 0;
	/* An attempt that is followed by another had no end. */
	u->known.lost += u->known.state == UNIT_BEGUN && !strcmp(name, "start");
	if (!strcmp(name, "start"))
		u->known.state = UNIT_BEGUN;
	else if (!strcmp(name, "done"))
		ret = set_done(l, u, unit, event, time, keep);
	else if (!strcmp(name, "failed"))
		ret = set_failed(u, event, (int)json_integer_value(json_object_get(event, "code")));
	else if (!strcmp(name, "crashed"))
		ret = set_failed(u, event, 0);
	else if (!strcmp(name, "interrupted"))
		u->known.state = u->known.failures ? UNIT_FAILED : UNIT_UNKNOWN;
	u->known.time = time;
	return ret ? error_nomem(e, "the ledger") : 0;
}

/* --- reading --- */

int ledger_apply_line(struct ledger *l, const char *line, size_t size, struct error *e)
{
	json_t *event = size > LINE_BYTES_MAX ? NULL : json_loadb(line, size, 0, NULL);
	int ret = 0;

	if (json_is_object(event))
		ret = ledger_apply(l, event, true, e);
	else
		l->broken++;
	json_decref(event);
	return ret;
}

static int read_events(struct ledger *l, const char *path, struct error *e)
{
	const char *line, *end;
	char *text = NULL;
	size_t size;
	int ret = 0;

	if (file_read(path, FILE_BYTES_MAX, &text, &size, e))
		return -1;
	/* What is behind the last end of a line was not written to its end. */
	for (line = text; !ret && (end = memchr(line, '\n', size - (size_t)(line - text)));
	     line = end + 1)
		ret = ledger_apply_line(l, line, (size_t)(end - line), e);
	l->broken += !ret && line < text + size;
	free(text);
	return ret;
}

static int is_events(const struct dirent *d)
{
	size_t n = strlen(d->d_name), k = strlen(LEDGER_ENDING);

	return d->d_name[0] != '.' && n > k && !strcmp(d->d_name + n - k, LEDGER_ENDING);
}

static int read_all(struct ledger *l, struct error *e)
{
	char *folder = ledger_path(l, "attempts");
	struct dirent **names = NULL;
	int n, ret = 0;

	if (!folder)
		return error_nomem(e, "a path");
	n = scandir(folder, &names, is_events, alphasort);
	/* Who comes to write is told what stands in the way. */
	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		ret = error_errno(e, errno, "cannot list %s", folder);
	for (int i = 0; i < n; i++) {
		char *path = path_join(folder, names[i]->d_name);

		if (!path)
			ret = error_nomem(e, "a path");
		if (!ret)
			ret = read_events(l, path, e);
		free(path);
		free(names[i]);
	}
	free(names);
	free(folder);
	return ret;
}

int ledger_open(struct ledger **out, const char *dir, struct error *e)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (!l)
		return error_nomem(e, "the ledger");
	l->fd = -1;
	l->folder = path_join(dir, "ledger");
	l->places = json_object();
	l->makers = json_object();
	l->latest = json_object();
	l->made = json_object();
	l->replaced = json_array();
	if (!l->folder || !l->places || !l->makers || !l->latest || !l->made || !l->replaced) {
		ledger_free(l);
		return error_nomem(e, "the ledger");
	}
	if (read_all(l, e)) {
		ledger_free(l);
		return -1;
	}
	*out = l;
	return 0;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->units_nr; i++) {
		free(l->units[i].error);
		json_decref(l->units[i].results);
	}
	if (l->fd >= 0)
		close(l->fd);
	free(l->units);
	json_decref(l->places);
	json_decref(l->makers);
	json_decref(l->latest);
	json_decref(l->made);
	json_decref(l->replaced);
	free(l->folder);
	free(l);
}

/* --- asking --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

struct ledger_unit ledger_unit(const struct ledger *l, const char *unit)
{
	const json_t *place = json_object_get(l->places, unit);

	return place ? l->units[json_integer_value(place)].known : (struct ledger_unit){ 0 };
}

const char *ledger_maker(const struct ledger *l, const char *folder)
{
	return json_string_value(json_object_get(json_object_get(l->makers, folder), "unit"));
}

const char *ledger_maker_name(const struct ledger *l, const char *folder)
{
	return json_string_value(json_object_get(json_object_get(l->makers, folder), "name"));
}

const json_t *ledger_result(const struct ledger *l, const char *folder)
{
	return json_object_get(json_object_get(l->makers, folder), "result");
}

const json_t *ledger_made(const struct ledger *l, const char *name)
{
	return json_object_get(l->made, name);
}

/* Is it among the results of the last unit of its maker's name? */
static bool is_kept(const struct ledger *l, const char *folder)
{
	const json_t *maker = json_object_get(l->makers, folder), *result;
	const char *last;
	char *key = NULL;
	size_t i;

	if (!*text_of(maker, "name") ||
	    asprintf(&key, "%s %s", text_of(maker, "kind"), text_of(maker, "name")) < 0)
		return true;
	last = json_string_value(json_object_get(json_object_get(l->latest, key), "unit"));
	free(key);
	json_array_foreach(last ? ledger_unit(l, last).results : NULL, i,
			   result) if (!strcmp(text_of(result, "folder"), folder)) return true;
	return !last;
}

bool ledger_expects(const struct ledger *l, const char *folder)
{
	const char *maker = ledger_maker(l, folder);
	const json_t *place = maker ? json_object_get(l->places, maker) : NULL;
	const struct unit *u = place ? &l->units[json_integer_value(place)] : NULL;

	return u && u->known.state == UNIT_DONE && is_kept(l, folder);
}

const json_t *ledger_folders(const struct ledger *l)
{
	return l->makers;
}

double ledger_rate(const struct ledger *l)
{
	return l->seconds > 0 ? l->bytes / l->seconds : 0;
}

int64_t ledger_latest(const struct ledger *l)
{
	return l->latest_done;
}

int64_t ledger_newest_scene(const struct ledger *l)
{
	return l->newest_scene;
}

const json_t *ledger_replaced(const struct ledger *l)
{
	return l->replaced;
}

size_t ledger_broken(const struct ledger *l)
{
	return l->broken;
}

char *ledger_path(const struct ledger *l, const char *name)
{
	return path_join(l->folder, name);
}
