/* SPDX-License-Identifier: Apache-2.0
 *
 * observe.h - one granule to one observation: a granule on its working grid
 * (classify), the scene-wide endmembers, and the warp to the target grid.
 *
 * Data flows one way:
 *
 *   classify   source blocks -> class, why, packed bands, indices   (spool)
 *   endmembers spool -> one water and one land spectrum             (struct unmix)
 *   warp       spool -> fraction -> target grid -> GeoTIFF tiles    (output)
 */
#ifndef PIPELINE_STAGE_OBSERVE_H
#define PIPELINE_STAGE_OBSERVE_H

#include "pipeline/base/context.h"
#include "pipeline/io/area.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/lake.h"
#include "pipeline/io/mask.h"
#include "pipeline/io/output.h"
#include "pipeline/io/product.h"
#include "pipeline/io/scene.h"
#include "pipeline/io/spool.h"
#include "pipeline/space/mapping.h"
#include "pipeline/space/region.h"
#include "pipeline/stage/darkness.h"
#include "pipeline/stage/thumbnail.h"

#define OBSERVE_INDICES_MAX 8

/* One for each 16-bit value. */
#define OBSERVE_SUN_FACTORS 65536
#define OBSERVE_LAYERS_MAX  (3 + OBSERVE_INDICES_MAX)

/* An index layer: its name in layer.c, how a row is computed. */
struct index_rule {
	const char *layer;
	void (*row)(const struct kernels *k, size_t n, const float *const rho[ROLE_NR], float *out);
};

/* The rule of an index layer, or NULL if there is none of that name. */
const struct index_rule *index_rule_find(const char *layer);

/* A mask of the product and what its values mean. */
struct observe_mask {
	enum role role;
	struct mask_rule rules[MASK_RULES_MAX];
	size_t rules_nr;
};

/* Planes of the spool; indices follow. */
enum observe_plane { PLANE_WATER, PLANE_WHY, PLANE_NIR, PLANE_SWIR1, PLANE_SWIR2, PLANE_INDEX };

/*
 * One granule on its way to an observation.  Made by scene.c; constant while
 * workers run, except where a field says otherwise.
 */
struct observe {
	const struct context *context;
	const struct product *product;
	const struct granule *granule;
	const struct lake *lake; /* NULL: none */

	struct grid target;			    /* of the observation */
	struct mapping *mapping;		    /* target to working grid */
	struct region *target_region, *work_region; /* the lake; NULL: everything */
	struct rect work_rect; /* the working pixels that the target can touch */

	enum role roles[ROLE_NR]; /* that are read */
	size_t roles_nr;
	struct rayleigh rayleigh[ROLE_NR];
	bool toa;   /* Rayleigh is to be removed */
	float *sun; /* factor for each value of ROLE_SUN_ZENITH; NULL: the scene's mean angle */
	struct observe_mask masks[ROLE_NR]; /* of the roles that are read and hide something */
	size_t masks_nr;
	struct region *opaque, *cirrus; /* cloud outlines on the working grid; NULL: none */
	int32_t halo;			/* rows more that classify reads above and below a tile */
	uint32_t hide, ice;		/* reasons that make a pixel cloud, ice */

	const struct index_rule *indices[OBSERVE_INDICES_MAX];
	size_t indices_nr;
	const struct layer *layers[OBSERVE_LAYERS_MAX]; /* of the output, in its order */
	size_t layers_nr;

	int threads;
	struct progress progress; /* of the run under way; used by the ordered step only */
	struct scene *scene;
	struct spool *spool; /* written by classify, read after */
	size_t *tiles;	     /* working tiles that are needed, in order */
	size_t tiles_nr;

	struct thumbnail thumbnail; /* written by classify */
	struct darkness darkness;   /* written by classify's ordered step */
	const char *doubt;	    /* what the pixels say against the offset; NULL: nothing */

	bool unmixable; /* water and land can be told apart */
	struct unmix unmix;

	struct output *output;
	struct area *area; /* counters: AREA_* */
	struct footprint *footprint;
};

/* Counters of an observation's area. */
enum observe_area {
	AREA_NOT,
	AREA_OPEN,
	AREA_PARTIAL,
	AREA_ICE,
	AREA_CLOUD,
	AREA_PERCENT,
	AREA_NR
};

/* Find the working tiles that the target needs; fills tiles.  Plans the scene's blocks. */
int classify_plan(struct observe *o, struct error *e);

/* Bytes that a run of classify takes on so many threads, blocks included. */
size_t classify_bytes(const struct observe *o, int threads);

/* Fill the spool. */
int classify_run(struct observe *o, struct error *e);

/*
 * Endmembers from the pure, clear pixels of the lake on every 4th row and
 * column; fills unmixable and unmix.  Integer sums: independent of tiles and threads.
 */
int endmembers_run(struct observe *o, struct error *e);

/* Bytes that a run of warp takes on so many threads. */
size_t warp_bytes(const struct observe *o, int threads);

/* Make the output's tiles. */
int warp_run(struct observe *o, struct error *e);

/*
 * Make the observation of a granule below options->output, unless it stands there already, and print
 * its folder.  half: the data strip goes into its id.  lake: NULL for none.
 */
int observe_granule(const struct context *context, const struct product *product,
		    const struct granule *granule, bool half, const struct lake *lake,
		    struct error *e);

#endif
