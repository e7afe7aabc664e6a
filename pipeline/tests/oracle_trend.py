#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Statistics of transects once more, with numpy: oracle_trend.py FILE.

A line of FILE is a series: "n t u d ...", then the outlier flags, then what test_trend.c found, in the order
of NAMES.  Prints how many series agree; status 1 if one does not.
"""

import functools
import math
import sys

import numpy

NAMES = "sce nsm epr epr_sigma lrr lr2 lse se lci95 wlr wr2 wse wci95 wlr_sigma".split()
TOLERANCE = 1e-7


@functools.lru_cache(None)
def student(dof):
    """Two-sided 95 % by quadrature of the density: no series."""
    x, w = numpy.polynomial.legendre.leggauss(400)
    log_c = math.lgamma((dof + 1) / 2) - math.lgamma(dof / 2) - math.log(dof * math.pi) / 2
    low, high = 0.0, 20.0
    for _ in range(80):
        t = (low + high) / 2
        at = (x + 1) * t / 2
        inside = t * numpy.sum(w * numpy.exp(log_c - (dof + 1) / 2 * numpy.log1p(at**2 / dof)))
        low, high = (t, high) if inside < 0.95 else (low, t)
    return high


def outliers(d):
    there = numpy.isfinite(d)
    flags = numpy.zeros(len(d), bool)
    if there.sum() >= 5:
        away = numpy.abs(d - numpy.median(d[there]))
        mad = numpy.median(away[there])
        if mad > 0:
            flags[there] = 0.6745 * away[there] / mad > 3.5
    return flags


def regression(t, d, u):
    """By the normal equations of the scaled design matrix: slope, r2, error, its sigma, sigma of U."""
    root = 1 / u
    t = t - t.mean()
    design = numpy.column_stack([root, root * t])
    beta = numpy.linalg.lstsq(design, root * d, rcond=None)[0]
    rest = numpy.sum((root * d - design @ beta) ** 2)
    total = numpy.sum((root * (d - numpy.average(d, weights=root**2))) ** 2)
    covariance = numpy.linalg.inv(design.T @ design)
    error = math.sqrt(rest / (len(t) - 2))
    slope_sigma = math.sqrt(covariance[1, 1])
    return beta[1], 1 - rest / total, error, error * slope_sigma, slope_sigma


def expected(t, u, d, flags):
    use = numpy.isfinite(d) & ~flags
    t, u, d = t[use], u[use], d[use]
    out = dict.fromkeys(NAMES, math.nan)
    if len(d) >= 2:
        years = t[-1] - t[0]
        out["sce"] = numpy.ptp(d)
        out["nsm"] = d[-1] - d[0]
        out["epr"] = out["nsm"] / years
        out["epr_sigma"] = math.hypot(u[0], u[-1]) / years
    if len(d) >= 3:
        m, r2, error, sigma, _ = regression(t, d, numpy.ones(len(d)))
        out.update(lrr=m, lr2=r2, lse=error, se=sigma, lci95=student(len(d) - 2) * sigma)
        m, r2, error, sigma, plain = regression(t, d, u)
        out.update(wlr=m, wr2=r2, wse=error, wci95=student(len(d) - 2) * sigma, wlr_sigma=plain)
    return out


def check(number, line):
    words = [float(w) for w in line.split()]
    n = int(words[0])
    t, u, d = numpy.array(words[1 : 1 + 3 * n]).reshape(n, 3).T
    flags = numpy.array(words[1 + 3 * n : 1 + 4 * n]) != 0
    found = dict(zip(NAMES, words[1 + 4 * n :], strict=True))
    wrong = [] if (flags == outliers(d)).all() else ["outliers"]
    for name, want in expected(t, u, d, flags).items():
        got = found[name]
        both_nan = math.isnan(want) and math.isnan(got)
        if not both_nan and not abs(got - want) <= TOLERANCE * max(1, abs(want)):
            wrong.append(f"{name} {got} is not {want}")
    for text in wrong:
        print(f"# series {number}: {text}")
    return not wrong, flags.any()


def main():
    with open(sys.argv[1], encoding="ascii") as lines:
        results = [check(i, line) for i, line in enumerate(lines, 1)]
    good = sum(ok for ok, _ in results)
    print(f"# {good} of {len(results)} series agree, {sum(o for _, o in results)} of them with outliers")
    return good != len(results) or not results


if __name__ == "__main__":
    sys.exit(main())
