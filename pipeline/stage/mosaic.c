/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pipeline/base/utc.h"
#include "pipeline/stage/checksums.h"
#include "pipeline/stage/mosaic_mix.h"
#include "pipeline/stage/mosaic_read.h"
#include "pipeline/stage/stages.h"

/* Facts of one look. */
#define LOOK_BYTES 2048

/* --- what it is made of --- */

static json_t *inputs_json(const struct looks *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->nr; i++) {
		char time[UTC_TEXT];

		utc_format(l->look[i].time, time);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", l->look[i].id,
						      "unit", l->look[i].unit, "time", time));
	}
	return list;
}

/* The lake of all looks, or "". */
static const char *lake_of(const struct looks *l)
{
	for (size_t i = 1; i < l->nr; i++)
		if (strcmp(l->look[i].lake, l->look[0].lake) != 0)
			return "";
	return l->look[0].lake;
}

/* From the first look, included, to just after the last, unless a period is given. */
static void set_times(struct mosaic *m)
{
	const struct looks *l = &m->looks;

	m->result.time = m->from;
	m->result.time_end = m->to;
	if (m->has_period)
		return;
	m->result.time = l->look[l->by_rank[1]].time;
	m->result.time_end = l->look[l->by_rank[l->nr]].time + 1;
}

static int describe(struct mosaic *m, struct error *e)
{
	struct mosaic_result *r = &m->result;
	const int target_day = m->context->options->target_day;

	r->context = m->context;
	snprintf(r->lake, sizeof(r->lake), "%s", lake_of(&m->looks));
	set_times(m);
	if (fills_read(&m->fills, m->context->options->fill, r->lake, &r->grid, e))
		return -1;
	if (m->rule == RULE_BEST && best_new(&m->best, &m->looks, &r->grid, target_day,
					     (const int64_t[]){ r->time, r->time_end }, e))
		return -1;
	r->quantities = looks_made_json(&m->looks);
	r->inputs = inputs_json(&m->looks);
	r->options = mosaic_options_json(m);
	return r->inputs && r->options ? 0 : error_nomem(e, "item.json");
}

/* --- the run --- */

/* As many threads as the disk has room for spools of. */
static int fit_disk(struct mosaic *m, struct error *e)
{
	uint64_t each = mosaic_spool_bytes(m), room;
	struct statvfs fs;

	if (statvfs(output_folder(m->result.output), &fs))
		return error_errno(e, errno, "cannot ask the file system of %s",
				   m->context->options->output);
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	while (m->workers.threads > 1 && each * (uint64_t)m->workers.threads > room)
		m->workers.threads--;
	if (each > room)
		return error_set(
			e, ERROR_IO,
			"medians need up to %llu MiB of disk beside %s, where %llu MiB are "
			"free: fewer layers, or windows (-te), need less",
			(unsigned long long)(each >> 20) + 1, m->context->options->output,
			(unsigned long long)(room >> 20));
	log_event(m->context->log, LOG_INFO, CODE_STAGE_DISK,
		  "medians take up to %llu MiB of disk beside %s",
		  (unsigned long long)(each * (uint64_t)m->workers.threads >> 20) + 1,
		  m->context->options->output);
	return 0;
}

static int fit(struct mosaic *m, struct error *e)
{
	if (mosaic_result_fit(&m->result, mosaic_worker_bytes(m), m->looks.nr * LOOK_BYTES,
			      &m->workers, e))
		return -1;
	return mosaic_has_medians(m) ? fit_disk(m, e) : 0;
}

/* Are the files of the looks that lie in the grid, and of the mosaics to fill from, what they were? */
static int check_inputs(const struct mosaic *m, struct error *e)
{
	const struct looks *l = &m->looks;
	const char **path = malloc((l->nr + m->fills.nr) * sizeof(*path));
	struct checksums list = { path, 0, l->layer, l->layers_nr };
	int ret;

	if (!path)
		return error_nomem(e, "a list of files");
	for (size_t i = 0; i < l->nr; i++)
		if (!rect_empty(rect_intersect(l->look[i].place, grid_rect(&m->result.grid))))
			path[list.nr++] = l->look[i].path;
	for (size_t i = 0; i < m->fills.nr; i++)
		path[list.nr++] = m->fills.fill[i].path;
	ret = checksums_check(m->context, &list, e);
	free(path);
	return ret;
}

static bool has_pairs(const struct looks *l)
{
	return l->groups_nr < l->nr;
}

/* Make the mosaic unless it stands there already. */
static int make(struct mosaic *m, struct error *e)
{
	bool needed = false;

	if (mosaic_result_needed(&m->result, &needed, e))
		return -1;
	if (!needed)
		return 0;
	if (check_inputs(m, e) || mosaic_result_open(&m->result, e) || fit(m, e))
		return -1;
	if (has_pairs(&m->looks) && zones_new(&m->zones, &m->result.grid, e))
		return -1;
	timing_lap(m->context->timing, "open");
	if (mosaic_tiles(m, e) || mosaic_result_check_seen(&m->result, e))
		return -1;
	timing_lap(m->context->timing, "tiles");
	return mosaic_result_publish(&m->result, e);
}

static int from_observations(const struct context *context, struct error *e)
{
	struct mosaic m = { .context = context };
	int ret = -1;

	if (!mosaic_read_options(&m, e) && !looks_read(&m.looks, context, m.from, m.to, e) &&
	    !looks_grid(&m.looks, context->options, &m.result.full, &m.result.grid, e) &&
	    !describe(&m, e))
		ret = make(&m, e);
	mosaic_result_release(&m.result);
	best_free(m.best);
	fills_release(&m.fills);
	zones_free(m.zones);
	looks_release(&m.looks);
	return ret;
}

/* What the first path holds decides: windows are merged. */
static bool are_windows(const struct options *o)
{
	struct result_paths paths = { 0 };
	struct result *r = NULL;
	struct error why = { 0 };
	bool windows;

	windows = o->paths_nr && !result_paths_add(&paths, o->paths[0], &why) &&
		  !result_open(&r, paths.path[0], &why) && !strcmp(r->kind, "mosaic");
	result_free(r);
	result_paths_release(&paths);
	return windows;
}

int mosaic_command(const struct context *context, struct error *e)
{
	bool windows = are_windows(context->options);

	if (windows ? mosaic_merge(context, e) : from_observations(context, e))
		return -1;
	printf("%s\n", context->options->output);
	return 0;
}
