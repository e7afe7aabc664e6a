/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "pipeline/run/tiles.h"

/* --- options --- */

static const char *const compress_name[] = { [GEOTIFF_DEFLATE] = "DEFLATE",
					     [GEOTIFF_ZSTD] = "ZSTD",
					     [GEOTIFF_LZW] = "LZW",
					     [GEOTIFF_NONE] = "NONE" };

/* Highest LEVEL of each; 0: has none. */
static const int level_max[] = { [GEOTIFF_DEFLATE] = 12, [GEOTIFF_ZSTD] = 22 };

static int option_compress(struct geotiff_options *options, const char *value, struct error *e)
{
	for (size_t i = 0; i < sizeof(compress_name) / sizeof(compress_name[0]); i++)
		if (!strcasecmp(value, compress_name[i])) {
			options->compress = (enum geotiff_compress)i;
			return 0;
		}
	return error_set(e, ERROR_CONFIG, "-co COMPRESS=%s: it may be DEFLATE, ZSTD, LZW or NONE",
			 value);
}

static int option_level(struct geotiff_options *options, const char *value, struct error *e)
{
	char *end;
	long level = strtol(value, &end, 10);

	if (!*value || *end || level < 1 || level > level_max[GEOTIFF_ZSTD])
		return error_set(e, ERROR_CONFIG,
				 "-co LEVEL=%s: it may be 1 to 12 for DEFLATE, 1 to 22 for ZSTD",
				 value);
	options->level = (int)level;
	return 0;
}

int geotiff_option(struct geotiff_options *options, const char *name_value, struct error *e)
{
	if (!strncasecmp(name_value, "COMPRESS=", 9))
		return option_compress(options, name_value + 9, e);
	if (!strncasecmp(name_value, "LEVEL=", 6))
		return option_level(options, name_value + 6, e);
	return error_set(e, ERROR_CONFIG,
			 "-co %s: not known; there are COMPRESS=DEFLATE|ZSTD|LZW|NONE and LEVEL=N",
			 name_value);
}

static int check_options(const struct geotiff *g, struct error *e)
{
	const struct geotiff_options *o = &g->options;
	int max = o->compress <= GEOTIFF_ZSTD ? level_max[o->compress] : 0;

	if (o->level > 0 && max == 0)
		return error_set(e, ERROR_CONFIG,
				 "-co LEVEL=%d: COMPRESS=%s has no levels; leave LEVEL away",
				 o->level, compress_name[o->compress]);
	if (o->level < 0 || o->level > max)
		return error_set(e, ERROR_CONFIG, "-co LEVEL=%d: COMPRESS=%s has levels 1 to %d",
				 o->level, compress_name[o->compress], max);
	if (!TIFFIsCODECConfigured(geotiff_compression(g)))
		return error_set(e, ERROR_CONFIG,
				 "-co COMPRESS=%s: this libtiff does not have it; use DEFLATE",
				 compress_name[o->compress]);
	return 0;
}

/* --- create --- */

static int copy_items(struct geotiff *g, const struct geotiff_spec *spec)
{
	g->items = calloc(spec->items_nr + 1, sizeof(*g->items));
	if (!g->items)
		return -1;
	for (size_t i = 0; i < spec->items_nr; i++) {
		g->items_nr = i + 1;
		g->items[i].name = strdup(spec->items[i].name);
		g->items[i].value = strdup(spec->items[i].value);
		if (!g->items[i].name || !g->items[i].value)
			return -1;
	}
	return 0;
}

/* Each level half the one above, rounded up, until the image is one tile. */
static int make_levels(struct geotiff *g)
{
	struct grid grid = g->grid;
	uint64_t blocks = 0;

	for (;;) {
		struct geotiff_level *l = &g->level[g->levels_nr++];

		l->grid = grid;
		l->tiles_nr = grid_tiles(&grid, GEOTIFF_TILE);
		l->tile = calloc(l->tiles_nr, sizeof(*l->tile));
		l->blocks = blocks;
		if (!l->tile)
			return -1;
		if (l->tiles_nr == 1)
			return 0;
		blocks += l->tiles_nr * (uint64_t)(g->tile_bytes / 4);
		grid.width = (grid.width + 1) / 2;
		grid.height = (grid.height + 1) / 2;
	}
}

static int create_target(struct geotiff *g, struct error *e)
{
	g->target = open(g->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	g->created = g->target >= 0;
	if (g->created)
		return 0;
	if (errno == EEXIST)
		return error_set(e, ERROR_CANTCREATE, "cannot create %s: it exists", g->path);
	error_errno(e, errno, "cannot create %s", g->path);
	if (e->code == ERROR_NOINPUT)
		e->code = ERROR_CANTCREATE;
	return -1;
}

/* A file without a name in the target's folder, so on the target's disk. */
static int open_spool(const struct geotiff *g, int *fd, struct error *e)
{
	const char *slash = strrchr(g->path, '/');
	int n = slash ? (int)(slash - g->path) + 1 : 0;
	char *name = NULL;

	if (asprintf(&name, "%.*s.balkhash-XXXXXX", n, g->path) < 0)
		return error_nomem(e, "a file name");
	name[n] = 0;
	*fd = open(n ? name : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	name[n] = '.';
	/* Some file systems (NFS) have no O_TMPFILE. */
	if (*fd < 0) {
		*fd = mkostemp(name, O_CLOEXEC);
		if (*fd >= 0)
			unlink(name);
	}
	if (*fd < 0)
		error_errno(e, errno, "cannot make a temporary file beside %s", g->path);
	free(name);
	return *fd < 0 ? -1 : 0;
}

static int init(struct geotiff *g, const struct geotiff_spec *spec, struct error *e)
{
	g->layer = spec->layer;
	g->grid = spec->grid;
	g->options = spec->options;
	g->kernels = spec->kernels;
	g->timing = spec->timing;
	g->deflaters = spec->deflaters;
	if (!g->deflaters)
		g->deflaters = g->own_deflaters =
			deflaters_new(geotiff_deflate_level(&spec->options));
	if (!g->deflaters)
		return error_nomem(e, spec->path);
	g->threads = spec->threads;
	g->classic_max = GEOTIFF_CLASSIC_MAX;
	g->path = strdup(spec->path);
	if (!g->path || copy_items(g, spec))
		return error_nomem(e, "a GeoTIFF");
	if (g->grid.width < 1 || g->grid.height < 1 || g->grid.width > GRID_SIDE_MAX ||
	    g->grid.height > GRID_SIDE_MAX || g->threads < 1)
		return error_set(e, ERROR_BUG, "cannot write %s: %d x %d pixels, %d threads",
				 g->path, g->grid.width, g->grid.height, g->threads);
	if (check_options(g, e) || geotiff_encode_init(g, e))
		return -1;
	if (make_levels(g))
		return error_nomem(e, "the tiles of a GeoTIFF");
	if (geotiff_place_init(&g->place, &g->grid, e))
		return error_prefix(e, "%s", g->path);
	if (create_target(g, e) || open_spool(g, &g->spool, e))
		return -1;
	return g->levels_nr > 1 ? open_spool(g, &g->pixels, e) : 0;
}

int geotiff_create(struct geotiff **out, const struct geotiff_spec *spec, struct error *e)
{
	struct geotiff *g = calloc(1, sizeof(*g));

	*out = NULL;
	if (!g)
		return error_nomem(e, "a GeoTIFF");
	g->target = g->spool = g->pixels = -1;
	pthread_mutex_init(&g->lock, NULL);
	if (init(g, spec, e)) {
		geotiff_free(g);
		return -1;
	}
	*out = g;
	return 0;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void geotiff_free(struct geotiff *g)
{
	if (!g)
		return;
	if (g->created && !g->finished)
		unlink(g->path);
	close_file(&g->target);
	close_file(&g->spool);
	close_file(&g->pixels);
	for (int l = 0; l < g->levels_nr; l++)
		free(g->level[l].tile);
	for (size_t i = 0; i < g->items_nr; i++) {
		free((char *)g->items[i].name);
		free((char *)g->items[i].value);
	}
	free(g->items);
	geotiff_place_release(&g->place);
	deflaters_free(g->own_deflaters);
	for (size_t i = 0; i < g->uniform_nr; i++)
		free(g->uniform[i].bytes);
	pthread_mutex_destroy(&g->lock);
	free(g->path);
	free(g);
}

/* --- tiles --- */

int geotiff_encode(struct geotiff *g, size_t i, const void *pixels, void *slot, struct error *e)
{
	return geotiff_encode_level(g, 0, i, pixels, slot, e);
}

static int append_level(struct geotiff *g, int level, size_t i, const void *slot, struct error *e)
{
	struct geotiff_level *l = &g->level[level];
	uint64_t start = timing_start(g->timing);
	struct geotiff_sums sums;
	uint32_t size;
	const unsigned char *bytes = geotiff_slot_tile(slot, &size, &sums);

	if (i != l->appended || i >= l->tiles_nr)
		return error_set(e, ERROR_BUG,
				 "cannot write %s: tile %zu comes as number %zu of %zu", g->path, i,
				 l->appended, l->tiles_nr);
	if (geotiff_pwrite(g->spool, bytes, size, g->spool_size))
		return geotiff_write_fail(errno, g->path, e);
	l->tile[i].offset = g->spool_size;
	l->tile[i].size = size;
	l->appended++;
	g->spool_size += size;
	if (level == 0)
		geotiff_sums_add(&g->sums, &sums);
	timing_stop(g->timing, TIMING_WRITE, start);
	return 0;
}

int geotiff_append(struct geotiff *g, size_t i, const void *slot, struct error *e)
{
	return append_level(g, 0, i, slot, e);
}

struct geotiff_statistics geotiff_statistics(const struct geotiff *g)
{
	const struct geotiff_sums *s = &g->sums;
	struct geotiff_statistics out = {
		.valid = s->valid,
		.total = (uint64_t)g->grid.width * (uint64_t)g->grid.height,
		.min = NAN,
		.max = NAN,
		.mean = NAN,
		.stddev = NAN,
	};
	double n = (double)s->valid, variance;

	if (!s->valid)
		return out;
	out.min = s->min;
	out.max = s->max;
	if (g->layer->type == LAYER_F32) {
		out.mean = s->real_sum / n;
		variance = s->real_square_sum / n - out.mean * out.mean;
	} else {
		/* Exact: at most 2^30 pixels of 2^32, so both products are below 2^128. */
		uint64_t sum = (uint64_t)(s->sum < 0 ? -s->sum : s->sum);
		__extension__ unsigned __int128 square = sum;

		square *= sum;
		out.mean = (double)s->sum / n;
		variance = (double)(s->square_sum * s->valid - square) / n / n;
	}
	out.stddev = variance > 0 ? sqrt(variance) : 0;
	return out;
}

/* --- finish --- */

/* One level of overviews, whose pixels come from the blocks of the level below. */
struct reduce_job {
	struct geotiff *g;
	int level;
};

struct reduce_worker {
	struct reduce_job job;
	unsigned char *pixels, *block;
};

static void reduce_stop(void *state)
{
	struct reduce_worker *w = state;

	free(w->pixels);
	free(w->block);
	free(w);
}

static int reduce_start(void *job, void **state, struct error *e)
{
	struct reduce_job *j = job;
	struct reduce_worker *w = calloc(1, sizeof(*w));

	*state = w;
	if (!w)
		return error_nomem(e, "an overview");
	w->job = *j;
	w->pixels = malloc(j->g->tile_bytes);
	w->block = malloc(j->g->tile_bytes / 4);
	return w->pixels && w->block ? 0 : error_nomem(e, "an overview");
}

/* Copy the block of tile (x, y) of the level below to its quarter of the rect r. */
static int read_block(struct reduce_worker *w, int32_t x, int32_t y, struct rect r, struct error *e)
{
	const struct geotiff *g = w->job.g;
	const struct geotiff_level *below = &g->level[w->job.level - 1];
	int32_t across = (below->grid.width + GEOTIFF_TILE - 1) / GEOTIFF_TILE;
	struct rect block = { x * GEOTIFF_HALF, y * GEOTIFF_HALF, GEOTIFF_HALF, GEOTIFF_HALF };
	size_t tile = (size_t)y * (size_t)across + (size_t)x, row;

	block = rect_intersect(block, r);
	row = (size_t)block.w * g->pixel_size;
	if (below->tile[tile].uniform)
		geotiff_fill(g, below->tile[tile].value, rect_area(block), w->block);
	else if (geotiff_pread(g->pixels, w->block, row * (size_t)block.h,
			       below->blocks + tile * (uint64_t)(g->tile_bytes / 4)))
		return error_errno(e, errno, "cannot read back the overviews of %s", g->path);
	for (int32_t i = 0; i < block.h; i++) {
		size_t at = (size_t)(block.y - r.y + i) * (size_t)r.w + (size_t)(block.x - r.x);

		memcpy(w->pixels + at * g->pixel_size, w->block + (size_t)i * row, row);
	}
	return 0;
}

static int reduce_work(void *state, size_t i, void *slot, struct error *e)
{
	struct reduce_worker *w = state;
	struct geotiff *g = w->job.g;
	struct rect r = grid_tile(&g->level[w->job.level].grid, GEOTIFF_TILE, i);

	for (int32_t y = r.y / GEOTIFF_HALF; y * GEOTIFF_HALF < r.y + r.h; y++)
		for (int32_t x = r.x / GEOTIFF_HALF; x * GEOTIFF_HALF < r.x + r.w; x++)
			if (read_block(w, x, y, r, e))
				return -1;
	return geotiff_encode_level(g, w->job.level, i, w->pixels, slot, e);
}

static int reduce_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct reduce_job *j = job;

	return append_level(j->g, j->level, i, slot, e);
}

static const struct tiles_ops reduce_ops = {
	.start = reduce_start,
	.work = reduce_work,
	.write = reduce_write,
	.stop = reduce_stop,
};

static int make_overviews(struct geotiff *g, struct error *e)
{
	for (int l = 1; l < g->levels_nr; l++) {
		struct reduce_job job = { .g = g, .level = l };

		if (tiles_run(g->level[l].tiles_nr, g->threads, geotiff_slot_size(g), &reduce_ops,
			      &job, e))
			return -1;
	}
	return 0;
}

/* Synced and closed, each of which may be where a write fails. */
static int settle(struct geotiff *g, struct error *e)
{
	int fd = g->target;

	if (fsync(fd))
		return geotiff_write_fail(errno, g->path, e);
	g->target = -1;
	if (close(fd))
		return geotiff_write_fail(errno, g->path, e);
	return 0;
}

int geotiff_finish(struct geotiff *g, struct error *e)
{
	const struct geotiff_level *image = &g->level[0];

	if (image->appended != image->tiles_nr)
		error_set(e, ERROR_BUG, "cannot finish %s: %zu of %zu tiles", g->path,
			  image->appended, image->tiles_nr);
	else if (!make_overviews(g, e) && !geotiff_layout(g, e) && !settle(g, e) &&
		 !geotiff_check(g, e))
		g->finished = true;
	close_file(&g->spool);
	close_file(&g->pixels);
	if (g->finished)
		return 0;
	if (g->created)
		unlink(g->path);
	g->created = false;
	return -1;
}
