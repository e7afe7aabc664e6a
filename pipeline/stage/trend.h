/* SPDX-License-Identifier: Apache-2.0
 *
 * trend.h - how a shore moves along one transect: the statistics of DSAS (Himmelstoss et al. 2018,
 * USGS OFR 2018-1179) of positions d [m] at times t [decimal years] with uncertainties U [m].
 *
 * Positions are measured from the landward end of a transect.  So a positive change is one
 * towards the lake: the shore advances, the lake shrinks.
 *
 * All statistics are those of the positions that are numbers and no outliers:
 *
 *	SCE = max d - min d			NSM = d(youngest) - d(oldest)
 *	EPR = NSM / T, T = t(youngest) - t(oldest)
 *	its sigma = sqrt(U(youngest)^2 + U(oldest)^2) / T
 *
 * Least squares of d = a + m t; m is LRR, or WLR with the weights w = 1 / U^2 (else w = 1):
 *
 *	m = S_td / S_tt, S_td = sum w (t - t_w) (d - d_w), S_tt = sum w (t - t_w)^2
 *	R = sum w (d - a - m t)^2		S_dd = sum w (d - d_w)^2
 *	r2 = 1 - R / S_dd			LSE, WSE = sqrt(R / (n - 2))
 *	SE = LSE / sqrt(S_tt)			ci95 = t(n - 2, .975) * LSE or WSE / sqrt(S_tt)
 *	sigma of WLR = 1 / sqrt(S_tt): what the U alone make of it
 *
 * r2 is the ordinary one (some print 1 - sqrt(R / S_dd)), and everything of WLR has its weights (some take
 * plain sums for WSE).  WSE is without a unit, about 1 where the U are right.
 */
#ifndef PIPELINE_STAGE_TREND_H
#define PIPELINE_STAGE_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* When a shoreline was, and how well its place is known. */
struct trend_period {
	double time;	    /* decimal years */
	double uncertainty; /* U: one standard deviation [m], > 0 */
};

/* NaN: not defined for this sample. */
struct trend {
	uint32_t positions_nr; /* that are numbers, outliers among them */
	uint32_t outliers_nr;
	double sce, nsm;		 /* [m]; from 2 positions on */
	double epr, epr_sigma;		 /* [m/year]; the same, of different times */
	double lrr, lr2, lse, se, lci95; /* [m/year, 1, m, m/year, m/year]; from 3 on */
	double wlr, wr2, wse, wci95;	 /* [m/year, 1, 1, m/year]; where all U are > 0 */
	double wlr_sigma;		 /* [m/year] */
};

/* Fewer positions than these are not searched for outliers. */
#define TREND_OUTLIER_LEAST 5

/*
 * Mark outliers among n positions (NaN: none, never marked): 0.6745 |d - median| / MAD > 3.5, MAD being the median of
 * |d - median| (Iglewicz and Hoaglin 1993, "How to detect and handle outliers", as DEA Coastlines
 * has it).  None among fewer than TREND_OUTLIER_LEAST, and none where MAD is 0.  BUG if there is no memory.
 */
int trend_outliers(const double *positions, size_t n, bool *outlier, struct error *e);

/*
 * The statistics.  Periods in order of time: the first is the oldest, the last the youngest, and of equal times
 * the order given decides.  A position, or a time, that is not finite is no position.  Numbers of one CPU are
 * those of any other.
 */
struct trend trend_of(const struct trend_period *periods, const double *positions,
		      const bool *outlier, size_t n);

/*
 * Quantile p (0.5 <= p <= 0.9999) of Student's t with dof >= 1 degrees of freedom, to 1e-9: bisection of
 * the finite series 26.7.3 and 26.7.4 of Abramowitz and Stegun 1964.  HUGE_VAL for dof = 0.
 */
double trend_student(size_t dof, double p);

#endif
