/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/crs.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proj.h>

#include "pipeline/space/crs_pipeline.h"

/* A PROJ context and the first thing it complained of. */
struct session {
	PJ_CONTEXT *ctx;
	bool database; /* may be looked into; opening it takes longer than most of what is done here */
	char said[200];
};

struct crs_transform {
	struct session session;
	PJ *pj;
};

static void keep_words(void *data, int level, const char *message)
{
	struct session *s = data;

	(void)level;
	if (s->said[0])
		return;
	snprintf(s->said, sizeof(s->said), "%s", message);
	for (char *c = s->said; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
}

/* Which grid files are installed must not change a result: none is ever found. */
static const char *find_file(PJ_CONTEXT *ctx, const char *name, void *data)
{
	const struct session *s = data;
	bool wanted = !strcmp(name, "proj.ini") || (s->database && !strcmp(name, "proj.db"));

	(void)ctx;
	return wanted ? NULL : "/dev/null/none";
}

/* s must not move afterwards: PROJ keeps its address. */
static int session_begin(struct session *s, bool database, struct error *e)
{
	s->said[0] = 0;
	s->database = database;
	s->ctx = proj_context_create();
	if (!s->ctx)
		return error_nomem(e, "PROJ");
	proj_log_func(s->ctx, s, keep_words);
	proj_context_set_enable_network(s->ctx, 0);
	proj_context_set_file_finder(s->ctx, find_file, s);
	return 0;
}

static void session_end(struct session *s)
{
	if (s->ctx)
		proj_context_destroy(s->ctx);
	s->ctx = NULL;
}

static const char *said(const struct session *s, const char *otherwise)
{
	return s->said[0] ? s->said : otherwise;
}

/*
 * PROJ takes more for a CRS than a user should be able to name: files
 * ("init="), grids, pipelines, and any word that some name contains.
 */
static int check_text(const char *def, struct error *e)
{
	static const char *const refused[] = { "init=", "nadgrids=", "geoidgrids=", "pipeline" };
	size_t letters =
		strspn(def, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	bool proj = strstr(def, "proj=");

	for (const char *c = def; *c; c++)
		if ((unsigned char)*c < ' ')
			return error_set(e, ERROR_CONFIG, "CRS with a control character in it");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strstr(def, refused[i]))
			return error_set(e, ERROR_CONFIG, "CRS %s: \"%s\" is not accepted", def,
					 refused[i]);
	if (!proj && (!letters || (def[letters] != ':' && def[letters] != '[')))
		return error_set(
			e, ERROR_CONFIG,
			"CRS %s: give an EPSG code (EPSG:32643) or a PROJ string (+proj=...)", def);
	return 0;
}

static PJ *create(struct session *s, const char *def, struct error *e)
{
	char text[sizeof(((struct crs *)0)->def) + 16];
	PJ *pj;

	if (check_text(def, e))
		return NULL;
	/* Without it a PROJ string is a conversion, not a CRS. */
	snprintf(text, sizeof(text), "%s%s", def,
		 strstr(def, "proj=") && !strstr(def, "type=crs") ? " +type=crs" : "");
	pj = proj_create(s->ctx, text);
	if (pj && proj_is_crs(pj))
		return pj;
	proj_destroy(pj);
	error_set(e, ERROR_CONFIG, "CRS %s: PROJ does not know it (%s)", def,
		  said(s, "it is not a coordinate reference system"));
	return NULL;
}

/* The operation from a to b with x, y order on both sides; NULL if there is none but a ballpark. */
static PJ *operation(struct session *s, const PJ *a, const PJ *b)
{
	static const char *const options[] = { "ALLOW_BALLPARK=NO", NULL };
	PJ *raw = proj_create_crs_to_crs_from_pj(s->ctx, a, b, NULL, options);
	PJ *ordered = raw ? proj_normalize_for_visualization(s->ctx, raw) : NULL;

	proj_destroy(raw);
	return ordered;
}

/* The best operation that PROJ's database has from one to the other; NULL with the error. */
static PJ *look_up(struct session *s, const struct crs *from, const struct crs *to, struct error *e)
{
	PJ *a = create(s, from->def, e);
	PJ *b = a ? create(s, to->def, e) : NULL;
	PJ *pj = b ? operation(s, a, b) : NULL;

	if (b && !pj)
		error_set(e, ERROR_CONFIG, "CRS %s to %s: PROJ has no exact way (%s)", from->def,
			  to->def, said(s, "their datums are not related"));
	proj_destroy(b);
	proj_destroy(a);
	return pj;
}

static PJ *create_pipeline(struct session *s, const char *pipeline, struct error *e)
{
	PJ *pj = proj_create(s->ctx, pipeline);

	if (!pj)
		error_set(e, ERROR_BUG, "PROJ does not take %s (%s)", pipeline,
			  said(s, "no reason given"));
	return pj;
}

int crs_transform_new(struct crs_transform **out, const struct crs *from, const struct crs *to,
		      struct error *e)
{
	struct crs_transform *t = calloc(1, sizeof(*t));
	char pipeline[CRS_PIPELINE];
	bool known = crs_pipeline(from, to, pipeline);

	*out = NULL;
	if (!t)
		return error_nomem(e, "a transformation");
	if (session_begin(&t->session, !known, e)) {
		free(t);
		return -1;
	}
	t->pj = known ? create_pipeline(&t->session, pipeline, e)
		      : look_up(&t->session, from, to, e);
	if (!t->pj) {
		crs_transform_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

void crs_transform_free(struct crs_transform *t)
{
	if (!t)
		return;
	proj_destroy(t->pj);
	session_end(&t->session);
	free(t);
}

static void mark_lost(size_t n, double *x, double *y)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]) || !isfinite(y[i]))
			x[i] = y[i] = HUGE_VAL;
}

void crs_transform_points(struct crs_transform *t, size_t n, double *x, double *y)
{
	mark_lost(n, x, y);
	proj_trans_generic(t->pj, PJ_FWD, x, sizeof(*x), n, y, sizeof(*y), n, NULL, 0, 0, NULL, 0,
			   0);
	mark_lost(n, x, y);
}

int crs_wkt2(const struct crs *crs, char **wkt, struct error *e)
{
	static const char *const options[] = { "MULTILINE=NO", NULL };
	char pipeline[CRS_PIPELINE];
	bool known = crs_pipeline(crs, &CRS_LONLAT, pipeline) && !strncmp(crs->def, "+proj=", 6);
	struct session s;
	const char *text;
	PJ *pj;
	int ret = -1;

	*wkt = NULL;
	if (session_begin(&s, !known, e))
		return -1;
	pj = create(&s, crs->def, e);
	text = pj ? proj_as_wkt(s.ctx, pj, PJ_WKT2_2019, options) : NULL;
	if (pj && !text)
		error_set(e, ERROR_CONFIG, "CRS %s: there is no WKT for it (%s)", crs->def,
			  said(&s, "no reason given"));
	if (text)
		ret = (*wkt = strdup(text)) ? 0 : error_nomem(e, "a CRS");
	proj_destroy(pj);
	session_end(&s);
	return ret;
}

/* The projected CRS itself, without the datum shift that may be bound to it; to be destroyed. */
static PJ *unbound(struct session *s, const PJ *pj)
{
	if (proj_get_type(pj) == PJ_TYPE_BOUND_CRS)
		return proj_get_source_crs(s->ctx, pj);
	return proj_clone(s->ctx, pj);
}

static int check_projected(struct session *s, const PJ *pj, const char *def, struct error *e)
{
	PJ *crs = unbound(s, pj);
	PJ *axes = NULL;
	int ret = -1;

	if (!crs || proj_get_type(crs) != PJ_TYPE_PROJECTED_CRS) {
		error_set(e, ERROR_CONFIG, "CRS %s: not a projected CRS; one in metres is needed",
			  def);
		goto out;
	}
	axes = proj_crs_get_coordinate_system(s->ctx, crs);
	for (int i = 0; i < 2; i++) {
		double metres = 0;

		if (!axes || !proj_cs_get_axis_info(s->ctx, axes, i, NULL, NULL, NULL, &metres,
						    NULL, NULL, NULL)) {
			error_set(e, ERROR_CONFIG, "CRS %s: no axes", def);
			goto out;
		}
		if (metres != 1.0) {
			error_set(e, ERROR_CONFIG, "CRS %s: its unit is not the metre", def);
			goto out;
		}
	}
	ret = 0;
out:
	proj_destroy(axes);
	proj_destroy(crs);
	return ret;
}

/* The EPSG code of a CRS that carries one or is the same, name and all, as one. */
static bool epsg_code(struct session *s, const PJ *pj, bool named, char *def, size_t size)
{
	const char *authority = proj_get_id_auth_name(pj, 0), *code = proj_get_id_code(pj, 0);
	int *confidence = NULL;
	PJ_OBJ_LIST *found = NULL;
	PJ *first = NULL;
	bool ok = false;

	/* A CRS of a PROJ string has no name, and most of the database would be read to see that none is like it. */
	if (authority ? strcmp(authority, "EPSG") != 0 : named) {
		found = proj_identify(s->ctx, pj, "EPSG", NULL, &confidence);
		if (found && proj_list_get_count(found) > 0 && confidence[0] == 100)
			first = proj_list_get(s->ctx, found, 0);
		code = first ? proj_get_id_code(first, 0) : NULL;
	}
	if (code)
		ok = snprintf(def, size, "EPSG:%s", code) < (int)size;
	proj_destroy(first);
	proj_list_destroy(found);
	proj_int_list_destroy(confidence);
	return ok;
}

/* Append a word of a PROJ string, unless it says what PROJ takes for granted. */
static int append_word(char *def, size_t size, const char *word)
{
	static const char *const implied[] = { "+type=crs", "+no_defs", "+x_0=0", "+y_0=0",
					       "+wktext" };
	size_t used = strlen(def);

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
		if (!strcmp(word, implied[i]))
			return 0;

	int n = snprintf(def + used, size - used, "%s%s", used ? " " : "", word);

	return n < (int)(size - used) ? 0 : -1;
}

/* PROJ's own spelling of a CRS, tidied.  -1 if there is none or it is too long. */
static int proj_text(struct session *s, const PJ *pj, char *def, size_t size)
{
	const char *text = proj_as_proj_string(s->ctx, pj, PJ_PROJ_4, NULL);
	bool shifted = text && strstr(text, "+towgs84=");
	char copy[1024], *rest = copy;

	if (!text || snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return -1;
	def[0] = 0;
	for (char *word; (word = strsep(&rest, " "));) {
		bool unnamed = !shifted && !strcmp(word, "+ellps=WGS84");

		if (*word && append_word(def, size, unnamed ? "+datum=WGS84" : word))
			return -1;
	}
	return 0;
}

/* "+proj=utm +zone=43 [+south] +datum=WGS84 +units=m" is EPSG:32643 (32743). */
static void utm_code(char *def, size_t size)
{
	char rest[64];
	int zone;

	if (sscanf(def, "+proj=utm +zone=%d %63[^\n]", &zone, rest) != 2 || zone < 1 || zone > 60)
		return;
	if (!strcmp(rest, "+datum=WGS84 +units=m"))
		snprintf(def, size, "EPSG:326%02d", zone);
	else if (!strcmp(rest, "+south +datum=WGS84 +units=m"))
		snprintf(def, size, "EPSG:327%02d", zone);
}

static int spell(struct session *s, const PJ *pj, struct crs *out, const char *def, struct error *e)
{
	if (check_projected(s, pj, def, e))
		return -1;
	if (epsg_code(s, pj, !strstr(def, "proj="), out->def, sizeof(out->def)))
		return 0;
	if (proj_text(s, pj, out->def, sizeof(out->def)))
		return error_set(
			e, ERROR_CONFIG,
			"CRS %s: neither an EPSG code nor a PROJ string of under %zu letters "
			"says the same",
			def, sizeof(out->def));
	utm_code(out->def, sizeof(out->def));
	return 0;
}

int crs_normalise(struct crs *crs, struct error *e)
{
	struct crs_transform *probe = NULL;
	struct session s = { 0 };
	struct crs clean = { 0 };
	PJ *pj = NULL;
	int ret = -1;

	if (crs_zone_of(crs))
		return 0;
	if (session_begin(&s, true, e) || !(pj = create(&s, crs->def, e)) ||
	    spell(&s, pj, &clean, crs->def, e))
		goto out;
	/* A PROJ string may have lost the datum; then there is no way to anywhere. */
	if (crs_transform_new(&probe, &CRS_LONLAT, &clean, e))
		goto out;
	*crs = clean;
	ret = 0;
out:
	crs_transform_free(probe);
	proj_destroy(pj);
	session_end(&s);
	return ret;
}

/* Half the step of the differences, in degrees: their error is of the order of its square [rad], 1e-10. */
#define SCALE_STEP_DEG 0.001

/*
 * Map area over true area at longitude and latitude p: the determinant of the derivatives of x and y,
 * over that of the ellipsoid, M N cos(latitude) (Snyder 1987, USGS PP 1395, equations 4-19 to 4-21).
 * proj_factors() says the same, but sets up the projection anew for every point.
 */
static double areal_scale(PJ *to_base, PJ_COORD p, double a, double e2)
{
	const double h = SCALE_STEP_DEG, span = 2 * proj_torad(h);
	double sine = sin(proj_torad(p.xy.y)), w = 1 - e2 * sine * sine;
	double truth = a * a * (1 - e2) / (w * w) * cos(proj_torad(p.xy.y));
	PJ_COORD east = proj_trans(to_base, PJ_INV, proj_coord(p.xy.x + h, p.xy.y, 0, 0));
	PJ_COORD west = proj_trans(to_base, PJ_INV, proj_coord(p.xy.x - h, p.xy.y, 0, 0));
	PJ_COORD north = proj_trans(to_base, PJ_INV, proj_coord(p.xy.x, p.xy.y + h, 0, 0));
	PJ_COORD south = proj_trans(to_base, PJ_INV, proj_coord(p.xy.x, p.xy.y - h, 0, 0));
	double map = (east.xy.x - west.xy.x) * (north.xy.y - south.xy.y) -
		     (north.xy.x - south.xy.x) * (east.xy.y - west.xy.y);

	return fabs(map) / (span * span) / truth;
}

static void areal_scales(PJ *to_base, double a, double e2, size_t n, const double *x,
			 const double *y, double *scale)
{
	for (size_t i = 0; i < n; i++) {
		PJ_COORD p = proj_trans(to_base, PJ_FWD, proj_coord(x[i], y[i], 0, 0));
		double s = NAN;

		if (isfinite(p.xy.x) && isfinite(p.xy.y))
			s = areal_scale(to_base, p, a, e2);
		scale[i] = isfinite(s) && s > 0 ? s : NAN;
	}
}

/* Half the longer axis [m] and the square of the eccentricity. */
static int ellipsoid_of(struct session *s, const PJ *base, double *a, double *e2)
{
	PJ *ellipsoid = proj_get_ellipsoid(s->ctx, base);
	double b = 0;
	int ok = ellipsoid && proj_ellipsoid_get_parameters(s->ctx, ellipsoid, a, &b, NULL, NULL);

	proj_destroy(ellipsoid);
	*e2 = ok ? 1 - b * b / (*a * *a) : 0;
	return ok ? 0 : -1;
}

/* The way from a projected CRS to the degrees of its datum, and its ellipsoid; NULL with the error. */
static PJ *to_base_of(struct session *s, const struct crs *crs, double *a, double *e2,
		      struct error *e)
{
	PJ *pj = create(s, crs->def, e), *projection = NULL, *base = NULL, *to_base = NULL;

	if (!pj || check_projected(s, pj, crs->def, e))
		goto out;
	projection = unbound(s, pj);
	base = projection ? proj_crs_get_geodetic_crs(s->ctx, projection) : NULL;
	to_base = base ? operation(s, projection, base) : NULL;
	if (!to_base || ellipsoid_of(s, base, a, e2)) {
		error_set(e, ERROR_CONFIG, "areal scale of CRS %s: %s", crs->def,
			  said(s, "PROJ cannot give it"));
		proj_destroy(to_base);
		to_base = NULL;
	}
out:
	proj_destroy(base);
	proj_destroy(projection);
	proj_destroy(pj);
	return to_base;
}

int crs_areal_scale(const struct crs *crs, size_t n, const double *x, const double *y,
		    double *scale, struct error *e)
{
	/* Of WGS 84, NIMA TR8350.2, table 3.1. */
	double a = 6378137, b = (1 - 1 / 298.257223563) * a, e2 = 1 - b * b / (a * a);
	char pipeline[CRS_PIPELINE];
	bool known = crs_pipeline(crs, &CRS_LONLAT, pipeline);
	struct session s = { 0 };
	PJ *to_base;

	if (session_begin(&s, !known, e))
		return -1;
	to_base = known ? create_pipeline(&s, pipeline, e) : to_base_of(&s, crs, &a, &e2, e);
	if (to_base)
		areal_scales(to_base, a, e2, n, x, y, scale);
	proj_destroy(to_base);
	session_end(&s);
	return to_base ? 0 : -1;
}

int crs_utm_zone(double longitude_deg)
{
	double turns = (longitude_deg + 180) / 360;
	int zone = (int)((turns - floor(turns)) * 60) + 1;

	return zone > 60 ? 60 : zone;
}

int crs_zone_of(const struct crs *crs)
{
	int code, end = 0;

	if (sscanf(crs->def, "EPSG:%5d%n", &code, &end) != 1 || crs->def[end] || end != 10)
		return 0;
	if (code / 100 != 326 && code / 100 != 327)
		return 0;
	return code % 100 >= 1 && code % 100 <= 60 ? code % 100 : 0;
}
