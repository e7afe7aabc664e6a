/* SPDX-License-Identifier: Apache-2.0
 *
 * truth_secchi.h - Secchi depth in double precision: QAA v6 (Lee et al. 2002, 2014), the diffuse
 * attenuation of Lee et al. 2013, the depth of Lee et al. 2015; as truth_quality.h, with bounds.
 */
#ifndef KERNELS_TESTS_TRUTH_SECCHI_H
#define KERNELS_TESTS_TRUTH_SECCHI_H

#include "kernels/tests/truth_quality.h"

/* Rrs, rrs below the surface, and u = bb / (a + bb), a band each. */
struct truth_light {
	struct near rrs[4], below[4], u[4];
};

static struct truth_light truth_light(const float *rho)
{
	const double g0 = .08945, g1 = .1247;
	struct near two = near_exact(2), four = near_exact(4);
	struct truth_light l;

	for (int i = 0; i < 4; i++) {
		struct near under, root;

		l.rrs[i] = truth_rrs(rho[i]);
		under = near_add(printed(.52), near_mul(printed(1.7), l.rrs[i]));
		l.below[i] = near_div(l.rrs[i], under);
		root = near_sqrt(near_add(near_mul(printed(g0), printed(g0)),
					  near_mul(near_mul(four, printed(g1)), l.below[i])));
		l.u[i] = near_div(near_sub(root, printed(g0)), near_mul(two, printed(g1)));
	}
	return l;
}

/* The particles' backscattering at the band of reference. */
struct truth_particles {
	struct near bbp, slope;
	int reference;
};

static struct near truth_a_clear(const struct truth_light *l, const struct qaa *qaa)
{
	const struct near *r = l->below;
	struct near blue = near_add(r[0], r[1]);
	struct near more = near_div(near_mul(near_mul(near_exact(5), r[3]), r[3]), r[1]);
	struct near x = near_log10(near_div(blue, near_add(r[2], more)));
	struct near e = near_mul(x, near_add(printed(-1.36583), near_mul(x, printed(-.469266))));

	return near_add(given(qaa->aw[2]), near_exp10(near_add(printed(-1.1459), e)));
}

static struct near truth_a_red(const struct truth_light *l, const struct qaa *qaa)
{
	struct near q = near_div(l->rrs[3], near_add(l->rrs[0], l->rrs[1]));

	return near_add(given(qaa->aw[3]), near_mul(printed(.39), near_power(q, printed(1.14))));
}

static struct truth_particles truth_particles(const struct truth_light *l, const struct qaa *qaa,
					      bool *close)
{
	struct near one = near_exact(1), a, blue_green, fall;
	struct truth_particles p = { .reference =
					     near_less(l->rrs[3], printed(.0015), close) ? 2 : 3 };
	struct near u = l->u[p.reference];

	a = p.reference == 2 ? truth_a_clear(l, qaa) : truth_a_red(l, qaa);
	p.bbp = near_sub(near_div(near_mul(u, a), near_sub(one, u)), given(qaa->bbw[p.reference]));
	blue_green = near_div(near_mul(printed(-.9), l->below[0]), l->below[2]);
	fall = near_mul(printed(1.2), near_exp(blue_green));
	p.slope = near_mul(near_exact(2), near_sub(one, fall));
	return p;
}

/* Absorption and backscattering of a band. */
struct truth_medium {
	struct near a, bb;
};

/*
 * (reference / wavelength)^slope as the kernels take it, the exponential of slope times a
 * difference of logarithms: their errors, 5 roundings of some 6, are what the bound is about.
 */
static struct truth_medium truth_medium(const struct truth_light *l, struct truth_particles p,
					const struct qaa *qaa, int i)
{
	struct near apart = near_sub(near_log(given(qaa->wavelength[p.reference])),
				     near_log(given(qaa->wavelength[i])));
	struct near rise = near_exp(near_mul(p.slope, apart));
	struct truth_medium m;

	m.bb = near_add(given(qaa->bbw[i]), near_mul(p.bbp, rise));
	m.a = near_div(near_mul(near_sub(near_exact(1), l->u[i]), m.bb), l->u[i]);
	return m;
}

/* (1 + .005 sun) a + (1 - .265 bbw / bb) 4.26 (1 - .52 e^(-10.8 a)) bb */
static struct near truth_attenuation(struct truth_medium m, float bbw, float sun_zenith_deg)
{
	struct near one = near_exact(1);
	struct near dim = near_mul(printed(.52), near_exp(near_mul(printed(-10.8), m.a)));
	struct near water = near_div(near_mul(printed(.265), given(bbw)), m.bb);
	struct near scatters =
		near_mul(near_mul(near_sub(one, water), printed(4.26)), near_sub(one, dim));
	struct near slant = near_add(one, near_mul(printed(.005), given(sun_zenith_deg)));

	return near_add(near_mul(slant, m.a), near_mul(scatters, m.bb));
}

/* None unless all bands are positive, and in each backscattering and attenuation; unknown where two
 * bands are too alike to tell which is the clearest. */
static struct near truth_secchi(const float *rho, const struct qaa *qaa, float sun_zenith_deg)
{
	struct truth_light l = truth_light(rho);
	bool close = false, good = true;
	struct truth_particles p = truth_particles(&l, qaa, &close);
	struct near kd[4], least, contrast, depth;
	int best = 0;

	for (int i = 0; i < 4; i++) {
		struct truth_medium m = truth_medium(&l, p, qaa, i);

		kd[i] = truth_attenuation(m, qaa->bbw[i], sun_zenith_deg);
		good &= near_positive(m.bb, &close) & near_positive(kd[i], &close);
		close |= !(m.bb.e < fabs(m.bb.v)) || !isfinite(kd[i].e);
		best = i > 0 && near_less(kd[i], kd[best], &close) ? i : best;
	}
	if (!(rho[0] > 0 && rho[1] > 0 && rho[2] > 0 && rho[3] > 0))
		return near_none();
	least = kd[best];
	contrast = near_div(near_abs(near_sub(printed(.14), l.rrs[best])), printed(.013));
	depth = near_div(near_log(contrast), near_mul(printed(2.5), least));
	return near_if(good, close, depth);
}

#endif
