/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud.h - clouds, their shadows and a margin around both, found by the program itself, in a scene
 * whose pixels' tests (kernels/cloud.h) are spooled.
 *
 *   measure   percentiles of temperature and variability over clear land and water
 *   decide    cloud or not, pixel by pixel; objects without a seed dropped; 3 x 3 majority
 *   shadow    darker than the land around, where some cloud's shadow may fall
 *   margin    disks around both
 *   mark      bits of the spool's plane of reasons (kernels/why.h)
 *
 * The steps are those of Fmask, reduced: no objects are matched with their shadows one by one, and no
 * elevation is asked.  Only pixels of region within rect take part, so nothing outside of them casts
 * a shadow.  Everything is counted in integers and worked on in rows of the scene: the result depends
 * neither on the tiles' size nor on the number of threads.
 *
 * Over water nothing is called cloud on its spectrum alone, as bright turbid water has that spectrum:
 * it must be colder than the water too, or, where no temperature is known, white and bright in the
 * SWIR, which water is not, whatever it carries.
 */
#ifndef PIPELINE_STAGE_CLOUD_H
#define PIPELINE_STAGE_CLOUD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/cloud.h"
#include "pipeline/base/error.h"
#include "pipeline/io/spool.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/region.h"

/* Of a plane that the spool does not have. */
#define CLOUD_NO_PLANE SIZE_MAX

/* Planes of the spool. */
struct cloud_planes {
	size_t tests;	    /* u8, fill 0: cloud_tests */
	size_t variability; /* u8: cloud_tests */
	size_t bt;	    /* u16, brightness temperature [0.01 K], 0 = unknown; or none */
	size_t nir, swir1;  /* u16, packed (kernels/calib.h), 0 = unknown */
	size_t cdi;	    /* u8, CLOUD_CDI_*: cloud_cdi_tile(); or none */
	size_t why;	    /* u32: read, and written back where a bit was added */
};

/* What was found, for item.json; temperatures 0 where unknown. */
struct cloud_found {
	int64_t seen; /* pixels that took part and have data */
	int64_t cloud, shadow, margin, cirrus;
	double land_low_k, land_high_k, water_k; /* percentiles of clear land and water */
	double land_threshold;			 /* cloud probability that a cloud over land has */
};

/* Constant while cloud_run() works, but for found. */
struct cloud_job {
	struct spool *spool; /* with tiles of side x side pixels of grid */
	struct cloud_planes planes;
	const struct grid *grid; /* in metres, pixels square */
	int32_t side;
	struct rect rect;	     /* pixels that take part: those within, and in region */
	const struct region *region; /* NULL: all of rect */
	const size_t *tiles;	     /* that the spool holds; they must cover region within rect */
	size_t tiles_nr;
	int threads;

	/* Means of the scene [degrees]: from the vertical, and clockwise from the grid's north to
	 * where sun and satellite are. */
	double sun_zenith, sun_azimuth, view_zenith, view_azimuth;
	struct cloud_limits limits;

	struct cloud_found found; /* filled */
};

/* Bytes that cloud_run() takes. */
size_t cloud_bytes(const struct cloud_job *job);

/*
 * Find clouds and shadows; ORs WHY_CLOUD_OWN, WHY_SHADOW_OWN, WHY_DILATED_OWN and WHY_CIRRUS_OWN into
 * the plane of reasons.  Where the sun stands lower than 5 degrees no shadow is sought.  IO, BUG.
 */
int cloud_run(struct cloud_job *job, struct error *e);

/* --- cloud displacement index of Sentinel-2 (Frantz et al. 2018, doi:10.1016/j.rse.2018.04.046) --- */

/* Of a pixel; a seed grows too. */
enum cloud_cdi {
	CLOUD_CDI_GROW = 1, /* index below limits.cdi_grow */
	CLOUD_CDI_SEED = 2, /* index below limits.cdi_seed */
};

/* Stored values of rect in on the working grid, row by row without gaps. */
struct cloud_cdi_bands {
	const uint16_t *b08, *b8a, *b07;
	struct calib b08_calib, b8a_calib, b07_calib;
};

/* Working pixels that in has more than out on every side, unless the grid ends; pixel: 10 or 20 m. */
int32_t cloud_cdi_halo(int32_t pixel_m);

/* Bytes of the scratch of cloud_cdi_tile(). */
size_t cloud_cdi_scratch_size(struct rect in, int32_t pixel_m);

/*
 * Seeds of rect out, row by row without gaps, from the bands of rect in, which holds it with
 * its halo.  On pixels of 20 m, of which each covers four of 10 m, on the lattice of the grid's
 * corner, B08 blurred there as the 20 m bands are: V = variance over 7 x 7 of B08 / B8A and of
 * B07 / B8A, index = (V(B07) - V(B08)) / their
 * sum, 0 where both are 0 or the pixel has no data.  Integer sums: the same for any tiles.
 */
void cloud_cdi_tile(const struct cloud_cdi_bands *bands, struct rect in, struct rect out,
		    int32_t pixel_m, struct cloud_limits limits, void *scratch, uint8_t *seeds);

#endif
