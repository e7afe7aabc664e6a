/* SPDX-License-Identifier: Apache-2.0
 *
 * observe.h - one granule to one observation, in passes over its working grid.
 *
 * Data flows one way; between the passes it lies in the spool:
 *
 *   classify   source blocks -> evidence, why, packed bands, indices, plants
 *   cloud      cloud tests, temperatures, why -> why          (the program's own mask)
 *   threshold  index, why -> one threshold                    (methods that ask the scene)
 *   settle     evidence, why -> water, marks                  (mostly in classify already)
 *   endmembers water, bands -> the scene's pure water and land
 *   fraction   water, bands -> class, fraction, marks
 *   shallow    class -> what lies near the shore              (where quality is asked for)
 *   quality    class, bands -> quantities, their flags        (where quality is asked for)
 *   warp       all that -> target grid -> GeoTIFF tiles       (output)
 */
#ifndef PIPELINE_STAGE_OBSERVE_H
#define PIPELINE_STAGE_OBSERVE_H

#include "kernels/fraction.h"
#include "pipeline/base/context.h"
#include "pipeline/base/file.h"
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
#include "pipeline/stage/cloud.h"
#include "pipeline/stage/darkness.h"
#include "pipeline/stage/limits.h"
#include "pipeline/stage/method.h"
#include "pipeline/stage/quality_summary.h"
#include "pipeline/stage/quantity.h"
#include "pipeline/stage/shallow.h"
#include "pipeline/stage/target.h"
#include "pipeline/stage/thumbnail.h"

#define OBSERVE_INDICES_MAX 13 /* all there are, and the method's */
#define QUANTITIES_MAX	    8
#define QUALITY_BANDS_MAX   16
#define HEIGHTS_MAX	    3

/* One for each 16-bit value. */
#define OBSERVE_SUN_FACTORS 65536
#define OBSERVE_LAYERS_MAX  (5 + OBSERVE_INDICES_MAX + QUANTITIES_MAX)

/* Pixels around what the target needs that are read too: what a fraction may depend on. */
#define OBSERVE_MARGIN 24

/* A mask of the product and what its values mean. */
struct observe_mask {
	enum role role;
	struct mask_rule rules[MASK_RULES_MAX];
	size_t rules_nr;
	struct mask_rule unknown; /* values that the mask's definition does not list */
};

/* Planes of the spool; indices follow.  Each is written by one pass and read by later ones. */
enum observe_plane {
	PLANE_EVIDENCE, /* where it is not settled at once */
	PLANE_WHY,	/* there, and where somebody asks for reasons */
	PLANE_NIR,
	PLANE_SWIR1,
	PLANE_SWIR2,
	PLANE_GROUNDS, /* grow.h; of settle, where something may grow */
	PLANE_WATER,   /* of settle */
	PLANE_MARKS, /* enum mark: of settle; fraction adds to those of its own tile; where somebody asks for reasons */
	PLANE_CLASS,	/* of fraction: water, with partial water at the shore */
	PLANE_FRACTION, /* of fraction */
	PLANE_TESTS,	/* kernels/cloud.h; these four where the program finds clouds itself */
	PLANE_VARIABILITY,
	PLANE_KELVIN,
	PLANE_DISPLACED,
	PLANE_QUALITY, /* enum quality of kernels/quality.h; the rest where quality is asked for */
	PLANE_PLANTS,  /* kernels/plants.h */
	PLANE_THERMAL, /* stored values */
	PLANE_BAND,    /* packed bands of the water's colour that no other plane has */
	PLANE_INDEX = PLANE_BAND + QUALITY_BANDS_MAX,
	PLANE_QUANTITY = PLANE_INDEX + OBSERVE_INDICES_MAX,
	PLANES_NR = PLANE_QUANTITY + QUANTITIES_MAX
};

_Static_assert((int)PLANES_NR <= SPOOL_PLANES_MAX, "the spool has a place for each plane");

/* What is asked for of the water's quality. */
struct observe_quality {
	const struct quantity_rule *rules[QUANTITIES_MAX];
	size_t rules_nr;
	const struct index_rule
		*heights[HEIGHTS_MAX]; /* layers fai, afai, mci: they are summed up too */
	size_t heights_nr;
	struct regression regression;
	bool colour;  /* reflectance is asked, so flags are raised */
	bool blends;  /* the default chlorophyll is asked for, with a red edge */
	bool plants;  /* layer vegetation */
	bool thermal; /* so is temperature */
	enum role roles[QUALITY_BANDS_MAX]; /* bands whose reflectance of water is used */
	size_t roles_nr;
	enum role bands
		[QUALITY_BANDS_MAX]; /* these and the SWIR bands that are taken off or looked at */
	size_t bands_nr;
	bool corrected;	      /* the residual of the glint is taken off */
	float glint[ROLE_NR]; /* so many times, in each band */
	float swir2_scale;    /* makes SWIR2 a measure of the glint in SWIR1 */
	float sun_zenith_deg;
	char bathymetry_sha256[SHA256_HEX]; /* of --bathymetry */
	struct region *outline;	 /* where plants are looked for, on the target; NULL: no plants */
	struct region *reeds;	 /* and there too; NULL: nowhere else */
	struct shallow *shallow; /* made by shallow_run() */
	struct quality_summary *summary;
};

/* What the program's own cloud mask needs of a scene. */
struct observe_cloud {
	bool wanted;
	bool displaced;	  /* Sentinel-2: clouds stand elsewhere in each band */
	uint16_t *kelvin; /* temperature [0.01 K] for each stored value; NULL: no thermal band */
	struct cloud_found found;
};

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
	enum role water_roles[ROLE_NR]; /* of these, without which water is not seen */
	size_t water_roles_nr;
	bool quicklook;	      /* is asked for */
	enum role picture[3]; /* of these, red, green and blue of it */
	struct rayleigh rayleigh[ROLE_NR];
	bool toa;   /* Rayleigh is to be removed */
	float *sun; /* factor for each value of ROLE_SUN_ZENITH; NULL: the scene's mean angle */
	struct observe_mask masks[ROLE_NR]; /* of the roles that are read and hide something */
	size_t masks_nr;
	/* Pixels of the working grid with such values, from classify_run() on. */
	_Atomic int64_t unknown_mask_values;
	struct region *reeds;		/* where reeds grow, on the working grid; NULL: nowhere */
	struct region *opaque, *cirrus; /* cloud outlines on the working grid; NULL: none */
	int32_t halo;			/* pixels more that classify reads around a tile */
	bool gaps;			/* there may be gaps in the swath */
	bool sharpened;			/* SWIR bands get the detail of the NIR band */
	struct observe_cloud cloud;
	struct observe_quality quality;
	float wavelength_nm[ROLE_NR]; /* of the bands that are read */

	struct method_choice choice;
	const struct index_rule *index; /* of the method; NULL: it has none */
	struct limits limits;
	struct tcw tcw;
	struct mask_limits mask_limits;
	uint32_t everywhere; /* reasons of every pixel: low sun */
	bool glint;	     /* the sun may glint: what glints is flagged */
	bool at_once;	/* classify settles: neither clouds nor a threshold are to be found first */
	bool reasons;	/* somebody asks why */
	bool shore;	/* fractions are made */
	bool nir_first; /* the SWIR bands are coarser than the working grid */

	const struct index_rule *indices[OBSERVE_INDICES_MAX];
	size_t indices_nr;
	size_t method_plane;  /* of the index whose threshold the scene gives; 0: none */
	int16_t threshold;    /* in units of 1e-4; where there is method_plane */
	bool threshold_found; /* by the scene; else as limits say */
	const struct layer *layers[OBSERVE_LAYERS_MAX]; /* of the output, in its order */
	size_t layers_nr;

	int threads;
	struct progress progress; /* of the run under way; used by the ordered step only */
	struct scene *scene;
	struct spool *spool; /* written by classify, read after */
	size_t *tiles;	     /* working tiles that are needed, in order */
	size_t tiles_nr;

	struct thumbnail thumbnail; /* written by classify; of the quicklook */
	bool doubted;		    /* is the offset? */
	struct darkness darkness;   /* written by classify's ordered step, where it is */
	const char *doubt;	    /* what the pixels say against the offset; NULL: nothing */

	struct grow *grow; /* from settle_begin() to settle_run(); NULL: nothing grows */
	struct fraction_sample scene_sample; /* the scene's pure land and water */

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

/*
 * What the observation is made of, by the options: method, limits, layers, quicklook, roles.  USAGE;
 * NOINPUT or DATA if a band is missing or broken, naming the methods that are possible.
 */
int observe_choose_bands(struct observe *o, struct error *e);

/* The numbers of this scene: masks, air, sun, halo; after the scene's grid is known.  BUG: no memory. */
int observe_choose_rules(struct observe *o, struct error *e);

/* True if a layer of that name is written. */
bool observe_has_layer(const struct observe *o, const char *name);

/* True if the role is read. */
bool observe_has_role(const struct observe *o, enum role role);

/* Have a role read too; those of a layer are asked for before. */
void observe_add_role(struct observe *o, enum role role);

/* True if a layer that is written is made of the role. */
bool observe_is_layer_role(const struct observe *o, enum role role);

/* True if the role is one of water_roles. */
bool observe_is_water_role(const struct observe *o, enum role role);

/* Find the working tiles that the target needs; fills tiles.  Plans the scene's blocks. */
int classify_plan(struct observe *o, struct error *e);

/* A working tile with the pixels around that decide about its own. */
struct rect observe_with_halo(const struct observe *o, struct rect r);

/* Bytes that a run of classify takes on so many threads, blocks included. */
size_t classify_bytes(const struct observe *o, int threads);

/* Fill the spool. */
int classify_run(struct observe *o, struct error *e);

/* Bytes that the program's own cloud mask takes on so many threads. */
size_t observe_cloud_bytes(const struct observe *o, int threads);

/* Find clouds and shadows; adds to the plane of reasons. */
int observe_cloud_run(struct observe *o, struct error *e);

/* Bytes that a run of threshold takes on so many threads. */
size_t threshold_bytes(const struct observe *o, int threads);

/*
 * Find the threshold of the method's index; fills threshold and threshold_found.  Only the lake's
 * part that the target covers counts, so it does not depend on tiles.
 */
int threshold_run(struct observe *o, struct error *e);

/* Bytes that a run of settle takes on so many threads. */
size_t settle_bytes(const struct observe *o, int threads);

/* Make water and marks of what classify has not settled, and of what grows (settle.h). */
int settle_run(struct observe *o, struct error *e);

/*
 * Endmembers from the pure, clear pixels of the lake on every 4th row and
 * column; fills scene_sample.  Integer sums: independent of tiles and threads.
 */
int endmembers_run(struct observe *o, struct error *e);

/* Bytes that a run of fraction takes on so many threads. */
size_t fraction_bytes(const struct observe *o, int threads);

/* Make class, fraction and the rest of the marks. */
int fraction_run(struct observe *o, struct error *e);

/* Read --regression; before quantities are added.  USAGE. */
int observe_read_regression(struct observe *o, struct error *e);

/*
 * Add a quantity by that algorithm ("": the layer's default); 1 if it is new, 0 if it was there, -1 on
 * failure.  USAGE for an unknown algorithm or a second one of a layer; NOINPUT or DATA for lack of bands.
 */
int observe_add_quantity(struct observe *o, const char *layer, const char *algorithm,
			 struct error *e);

/* The bands that quantities, their flags and plants read; after all layers are known.  NOINPUT, DATA. */
int observe_choose_quality(struct observe *o, struct error *e);

/* Is anything of the water's quality asked for? */
bool observe_has_quality(const struct observe *o);

/* Its numbers of this scene: what the glint has in each band, where plants are looked for. */
int observe_quality_rules(struct observe *o, struct error *e);

/* "chlorophyll:balkhash, turbidity:dogliotti"; "" without quantities. */
void observe_algorithms(const struct observe *o, char *text, size_t size);

void observe_quality_release(struct observe_quality *q);

/* Bytes that a run of warp takes on so many threads. */
size_t warp_bytes(const struct observe *o, int threads);

/* Make the output's tiles. */
int warp_run(struct observe *o, struct error *e);

/*
 * Choose what is made of a granule, on which grid and of which bands; context, product, granule and lake (or NULL) are
 * set, the rest is zero.  OUTSIDE and the errors of the parts; observe_release() also then.
 */
int observe_open(struct observe *o, struct target *target, struct error *e);
void observe_release(struct observe *o);

/*
 * Make the observation of a granule below options->output, unless it stands there already, and print
 * its folder.  half: the data strip goes into its id.  lake: NULL for none.
 */
int observe_granule(const struct context *context, const struct product *product,
		    const struct granule *granule, bool half, const struct lake *lake,
		    struct error *e);

#endif
