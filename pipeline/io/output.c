/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/output_internal.h"
#include "pipeline/io/result.h"

/* --- is there anything to do? --- */

/* What stands at target is a result: is it this unit's? */
static int check_result(const struct context *c, const char *target, const char *unit, bool *needed,
			struct error *e)
{
	struct result *r = NULL;
	struct error why = { 0 };
	bool same, damaged = result_open(&r, target, &why);
	char id[100];

	same = !damaged && !strcmp(r->unit, unit);
	snprintf(id, sizeof(id), "%.99s", damaged ? "damaged" : r->id);
	result_free(r);
	*needed = c->options->overwrite;
	if (c->options->overwrite)
		return 0;
	if (same) {
		log_event(c->log, LOG_INFO, CODE_RESULT_SKIPPED,
			  "%s: there already, made from the same inputs", target);
		return 0;
	}
	*needed = c->options->replace;
	if (c->options->replace)
		return 0;
	return error_set(
		e, ERROR_CANTCREATE,
		"cannot create %s: another result is there (%s), from other inputs, options or "
		"version: --overwrite replaces it",
		target, id);
}

/* The real path of a target, or of the nearest folder above it that is there; to be freed. */
static char *real_folder(const char *target)
{
	char *path = strdup(target), *real = NULL, *slash;

	while (path && !(real = realpath(path, NULL))) {
		for (slash = path + strlen(path); slash > path && slash[-1] == '/'; slash--)
			slash[-1] = 0;
		slash = strrchr(path, '/');
		if (!slash)
			snprintf(path, strlen(path) + 1, ".");
		else
			slash[slash == path] = 0;
	}
	free(path);
	return real;
}

int output_apart(const char *target, const char *input, struct error *e)
{
	char *a = real_folder(target), *b = realpath(input, NULL);
	size_t n = b ? strlen(b) : 0;
	bool inside = a && b && !strncmp(a, b, n) && (a[n] == 0 || a[n] == '/');

	free(a);
	free(b);
	if (!inside)
		return 0;
	return error_set(e, ERROR_USAGE,
			 "-o %s is the input %s, or lies in it: name another folder", target,
			 input);
}

int output_needed(const struct context *context, const char *target, const char *unit, bool *needed,
		  struct error *e)
{
	char *item = path_join(target, "item.json");
	struct folder f = { 0 };
	struct stat st;
	bool there = item && !lstat(item, &st), empty;

	free(item);
	if (!item)
		return error_nomem(e, target);
	if (there)
		return check_result(context, target, unit, needed, e);
	*needed = true;
	if (lstat(target, &st))
		return 0;
	empty = S_ISDIR(st.st_mode) && !folder_read(&f, target, e) && !f.names_nr;
	folder_release(&f);
	if (empty || S_ISLNK(st.st_mode))
		return 0;
	return error_set(e, ERROR_CANTCREATE,
			 "cannot create %s: something else is there, no result: move it away or "
			 "name another folder",
			 target);
}

/* --- open --- */

void output_free(struct output *o)
{
	if (!o)
		return;
	for (size_t k = 0; k < o->layers_nr && o->layer; k++)
		geotiff_free(o->layer[k].geotiff);
	for (size_t i = 0; i < o->files_nr; i++) {
		free(o->file[i].name);
		free(o->file[i].title);
		free(o->file[i].media_type);
		free(o->file[i].role);
	}
	stage_release(&o->stage);
	deflaters_free(o->deflaters);
	free(o->file);
	free(o->layer);
	free(o);
}

static int create_layer(struct output *o, size_t k, const struct output_spec *spec,
			const struct geotiff_options *options, struct error *e)
{
	struct output_layer *l = &o->layer[k];
	size_t n = spec->items_nr;
	struct geotiff_item *items = malloc((n + 2) * sizeof(*items));
	char *path;
	int ret = -1;

	l->layer = spec->layers[k];
	snprintf(l->file, sizeof(l->file), "%s.tif", l->layer->name);
	path = path_join(o->stage.path, l->file);
	if (!items || !path) {
		error_nomem(e, l->file);
		goto out;
	}
	items[0] = (struct geotiff_item){ "BALKHASH_VERSION", BALKHASH_VERSION };
	items[1] = (struct geotiff_item){ "BALKHASH_UNIT", o->unit };
	if (n)
		memcpy(items + 2, spec->items, n * sizeof(*items));
	l->spec = (struct geotiff_spec){
		.path = path,
		.layer = l->layer,
		.grid = o->grid,
		.options = *options,
		.items = items,
		.items_nr = n + 2,
		.kernels = o->context->kernels,
		.timing = o->context->timing,
		.deflaters = o->deflaters,
		.threads = output_layer_threads(o->context->options, spec->layers_nr),
	};
	if (geotiff_create(&l->geotiff, &l->spec, e))
		goto out;
	l->slot_at = o->slot_size;
	o->slot_size += (geotiff_slot_size(l->geotiff) + 63) / 64 * 64;
	ret = 0;
out:
	free(path);
	free(items);
	return ret;
}

int output_open(struct output **out, const struct output_spec *spec, struct error *e)
{
	const struct options *options = spec->context->options;
	struct geotiff_options creation = { 0 };
	struct output *o = calloc(1, sizeof(*o));

	if (!o)
		return error_nomem(e, spec->target);
	o->stage.fd = -1;
	o->context = spec->context;
	o->grid = spec->grid;
	snprintf(o->unit, sizeof(o->unit), "%s", spec->unit);
	o->layers_nr = spec->layers_nr;
	o->layer = calloc(spec->layers_nr + 1, sizeof(*o->layer));
	if (!o->layer) {
		error_nomem(e, spec->target);
		goto fail;
	}
	for (size_t i = 0; i < options->creation.nr; i++)
		if (geotiff_option(&creation, options->creation.values[i], e))
			goto fail;
	o->deflaters = deflaters_new(geotiff_deflate_level(&creation));
	if (!o->deflaters) {
		error_nomem(e, spec->target);
		goto fail;
	}
	if (stage_open(&o->stage, spec->target, e))
		goto fail;
	for (size_t k = 0; k < spec->layers_nr; k++)
		if (create_layer(o, k, spec, &creation, e))
			goto fail;
	*out = o;
	return 0;
fail:
	output_free(o);
	return -1;
}

const char *output_folder(const struct output *o)
{
	return o->stage.path;
}

/* --- tiles --- */

size_t output_slot_size(const struct output *o)
{
	return o->slot_size;
}

size_t output_worker_bytes(const struct output *o)
{
	size_t largest = 0;

	for (size_t k = 0; k < o->layers_nr; k++) {
		size_t n = geotiff_worker_size(o->layer[k].geotiff);

		largest = n > largest ? n : largest;
	}
	return 2 * o->slot_size + largest;
}

int output_encode(struct output *o, size_t i, size_t k, const void *pixels, void *slot,
		  struct error *e)
{
	struct output_layer *l = &o->layer[k];

	return geotiff_encode(l->geotiff, i, pixels, (unsigned char *)slot + l->slot_at, e);
}

int output_append(struct output *o, size_t i, const void *slot, struct error *e)
{
	for (size_t k = 0; k < o->layers_nr; k++) {
		struct output_layer *l = &o->layer[k];

		if (geotiff_append(l->geotiff, i, (const unsigned char *)slot + l->slot_at, e))
			return -1;
	}
	return 0;
}

/* --- further files --- */

int output_add(struct output *o, const char *file, const char *title, const char *media_type,
	       const char *role, struct error *e)
{
	struct output_file *grown = realloc(o->file, (o->files_nr + 1) * sizeof(*grown));
	struct output_file *f;

	if (!grown)
		return error_nomem(e, file);
	o->file = grown;
	f = &grown[o->files_nr++];
	f->name = strdup(file);
	f->title = strdup(title);
	f->media_type = strdup(media_type);
	f->role = strdup(role);
	return f->name && f->title && f->media_type && f->role ? 0 : error_nomem(e, file);
}

int output_add_text(struct output *o, const char *file, char *text, const char *title,
		    const char *media_type, struct error *e)
{
	char *path = path_join(o->stage.path, file);
	int ret = text && path ? file_write(path, text, strlen(text), e) : error_nomem(e, file);

	free(path);
	free(text);
	return ret ? -1 : output_add(o, file, title, media_type, "data", e);
}

struct geotiff_statistics output_statistics(const struct output *o, size_t k)
{
	return o->layer[k].statistics;
}

/* --- publish --- */

/* The assets: layers, then files in the order they were added. */
static struct item_asset *make_assets(const struct output *o)
{
	struct item_asset *assets = calloc(o->layers_nr + o->files_nr + 1, sizeof(*assets));

	for (size_t k = 0; assets && k < o->layers_nr; k++)
		assets[k] = (struct item_asset){ .file = o->layer[k].file,
						 .layer = o->layer[k].layer,
						 .statistics = o->layer[k].statistics };
	for (size_t i = 0; assets && i < o->files_nr; i++)
		assets[o->layers_nr + i] = (struct item_asset){ .file = o->file[i].name,
								.title = o->file[i].title,
								.media_type = o->file[i].media_type,
								.role = o->file[i].role };
	return assets;
}

/* Has another process published the same unit meanwhile? */
static bool published_already(const struct output *o)
{
	struct error why = { 0 };
	struct result *r = NULL;
	bool same = !result_open(&r, o->stage.target, &why) && !strcmp(r->unit, o->unit);

	result_free(r);
	return same;
}

int output_publish(struct output *o, struct item *item, struct error *e)
{
	const struct options *options = o->context->options;
	bool replace = options->overwrite || options->replace;
	struct item_asset *assets = make_assets(o);
	int ret = -1;

	if (!assets)
		return error_nomem(e, "the list of assets");
	item->grid = o->grid;
	item->assets = assets;
	item->assets_nr = o->layers_nr + o->files_nr;
	if (item_write(o->stage.path, item, e))
		goto out;
	ret = stage_publish(&o->stage, replace, e);
	if (ret && e->code == ERROR_CANTCREATE && published_already(o)) {
		log_event(o->context->log, LOG_INFO, CODE_RESULT_ELSEWHERE,
			  "%s: made by another process meanwhile", o->stage.target);
		*e = (struct error){ 0 };
		ret = 0;
	} else if (!ret) {
		log_event(o->context->log, LOG_DEBUG, CODE_RESULT_DONE, "%s: published",
			  o->stage.target);
	}
out:
	item->assets = NULL;
	item->assets_nr = 0;
	free(assets);
	return ret;
}
