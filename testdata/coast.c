/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/coast.h"

#include <math.h>

#include "testdata/noise.h"
#include "testdata/outline.h"
#include "testdata/plane.h"

#define TURN (2 * M_PI)

enum {
	EDGE_MIN_M = 45, /* refinement ends below this */
	DISPLACE_MAX_M = 1500,
	ISLANDS = 60,
	PONDS = 60,
	BLOB_VERTICES = 10, /* of an island or pond before refinement */
	CLEAR_M = 1000,	    /* from the outline: more than refinement moves it */
};
#define DISPLACE_SHARE 0.2

/* Where the Ili ends in the lake, in PLANE_LAEA: 74.65 E 45.3 N. */
#define DELTA_X (-129406.0)
#define DELTA_Y (-76469.0)

/* A curve about a centre: fills p[0..1] for an angle. */
typedef void curve_fn(double radius, double angle, double p[2]);

static void ellipse_at(double radius, double angle, double p[2])
{
	p[0] = radius * cos(angle);
	p[1] = radius * COAST_ELLIPSE_RATIO * sin(angle);
}

static void star_at(double radius, double angle, double p[2])
{
	double r = radius * (1 + COAST_STAR_DEPTH * cos(COAST_STAR_ARMS * angle));

	p[0] = r * cos(angle);
	p[1] = r * sin(angle);
}

/* The curve about (x, y), turned by so many degrees from east to north. */
static int draw(struct rings *out, curve_fn *curve, const double at[2], double radius,
		double turn_deg, struct failure *f)
{
	double c = cos(turn_deg / 180 * M_PI), s = sin(turn_deg / 180 * M_PI), p[2];
	int n = (int)(TURN * radius * 1.5);

	n = n < 1024 ? 1024 : n > 65536 ? 65536 : n;
	for (int i = 0; i < n; i++) {
		curve(radius, TURN * i / n, p);
		if (rings_vertex(out, at[0] + p[0] * c - p[1] * s, at[1] + p[0] * s + p[1] * c, f))
			return -1;
	}
	return rings_close(out, f);
}

int coast_ellipse(struct rings *out, const double at[2], double radius, double turn_deg,
		  struct failure *f)
{
	return draw(out, ellipse_at, at, radius, COAST_ELLIPSE_TURN_DEG + turn_deg, f);
}

int coast_star(struct rings *out, const double at[2], double radius, double turn_deg,
	       struct failure *f)
{
	return draw(out, star_at, at, radius, turn_deg, f);
}

double coast_ellipse_area(double radius)
{
	return M_PI * radius * radius * COAST_ELLIPSE_RATIO;
}

double coast_star_area(double radius)
{
	return M_PI * radius * radius * (1 + COAST_STAR_DEPTH * COAST_STAR_DEPTH / 2);
}

/* The integral of a smooth periodic speed: the trapezoidal rule converges faster than any power. */
double coast_ellipse_perimeter(double radius)
{
	int n = 4096;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		double s = sin(TURN * i / n), c = COAST_ELLIPSE_RATIO * cos(TURN * i / n);

		sum += sqrt(s * s + c * c);
	}
	return radius * sum * TURN / n;
}

double coast_star_perimeter(double radius)
{
	int n = 4096;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		double a = COAST_STAR_ARMS * TURN * i / n;
		double r = 1 + COAST_STAR_DEPTH * cos(a);
		double slope = -COAST_STAR_ARMS * COAST_STAR_DEPTH * sin(a);

		sum += sqrt(r * r + slope * slope);
	}
	return radius * sum * TURN / n;
}

/* The edge a-b without b, refined; the key names it, its halves get keys of their own. */
static int refine(struct rings *out, const double a[2], const double b[2], uint64_t key,
		  struct failure *f)
{
	double dx = b[0] - a[0], dy = b[1] - a[1], length = sqrt(dx * dx + dy * dy), move, m[2];

	if (length < EDGE_MIN_M)
		return rings_vertex(out, a[0], a[1], f);
	move = (2 * hash_unit(hash64(key)) - 1) * fmin(DISPLACE_SHARE * length, DISPLACE_MAX_M);
	m[0] = (a[0] + b[0]) / 2 - dy / length * move;
	m[1] = (a[1] + b[1]) / 2 + dx / length * move;
	if (refine(out, a, m, hash64(key ^ 1), f))
		return -1;
	return refine(out, m, b, hash64(key ^ 2), f);
}

static int refine_ring(struct rings *out, int n, const double (*at)[2], uint64_t key,
		       struct failure *f)
{
	for (int i = 0; i < n; i++)
		if (refine(out, at[i], at[(i + 1) % n], hash_place(key, i, n), f))
			return -1;
	return rings_close(out, f);
}

/* An island or pond: radius up to p[2] about (p[0], p[1]). */
static int blob(struct rings *out, const double p[3], uint64_t key, struct failure *f)
{
	double at[BLOB_VERTICES][2];

	for (int i = 0; i < BLOB_VERTICES; i++) {
		double r = p[2] * (0.55 + 0.45 * hash_unit(hash_place(key, i, 7)));

		at[i][0] = p[0] + r * cos(TURN * i / BLOB_VERTICES);
		at[i][1] = p[1] + r * sin(TURN * i / BLOB_VERTICES);
	}
	return refine_ring(out, BLOB_VERTICES, (const double(*)[2])at, key, f);
}

static int far_from_all(const double (*taken)[3], int n, const double p[3])
{
	for (int i = 0; i < n; i++)
		if (hypot(p[0] - taken[i][0], p[1] - taken[i][1]) <
		    1.5 * (p[2] + taken[i][2]) + 200)
			return 0;
	return 1;
}

/* A place for an island: anywhere in the lake; radius by a power law, 100 m to 4 km. */
static void propose_island(uint64_t h, double p[3])
{
	p[0] = -223000 + 448000 * hash_unit(hash64(h));
	p[1] = -110000 + 204000 * hash_unit(hash64(h + 1));
	p[2] = fmin(100 * pow(1 - hash_unit(hash64(h + 2)), -1.1), 4000);
}

/* A place for a pond: about the delta, 60 to 600 m. */
static void propose_pond(uint64_t h, double p[3])
{
	p[0] = DELTA_X + 16000 * (double)hash_bell(hash64(h));
	p[1] = DELTA_Y + 12000 * (double)hash_bell(hash64(h + 1));
	p[2] = 60 * pow(10, hash_unit(hash64(h + 2)));
}

/* Blobs that stay clear of the outline, on its inside (sign 1) or outside (-1), and of each other. */
static int scatter(struct rings *out, const struct rings *outline, int sign, uint64_t key,
		   struct failure *f)
{
	double taken[ISLANDS > PONDS ? ISLANDS : PONDS][3];
	int n = 0, wanted = sign > 0 ? ISLANDS : PONDS;

	for (uint64_t k = 0; n < wanted && k < 4000; k++) {
		double *p = taken[n];

		(sign > 0 ? propose_island : propose_pond)(hash64(key + 16 * k), p);
		if (sign * rings_distance(outline, p[0], p[1]) < 1.2 * p[2] + CLEAR_M ||
		    !far_from_all((const double(*)[3])taken, n, p))
			continue;
		if (blob(out, p, hash64(key ^ k), f))
			return -1;
		n++;
	}
	return 0;
}

int coast_balkhash(struct rings *out, uint64_t seed, struct failure *f)
{
	enum { N = OUTLINE_VERTICES - 1 };
	double at[OUTLINE_VERTICES][2];
	struct rings outline = { 0 };
	int ret = -1;

	if (plane_laea(OUTLINE_VERTICES, outline_degrees, at, f))
		return -1;
	for (int i = 0; i < N; i++)
		if (rings_vertex(&outline, at[i][0], at[i][1], f))
			goto out;
	if (rings_close(&outline, f) ||
	    refine_ring(out, N, (const double(*)[2])at, hash64(seed ^ 0x5105e), f) ||
	    scatter(out, &outline, 1, hash64(seed ^ 0x151a), f) ||
	    scatter(out, &outline, -1, hash64(seed ^ 0x90d), f))
		goto out;
	ret = 0;
out:
	rings_release(&outline);
	return ret;
}
