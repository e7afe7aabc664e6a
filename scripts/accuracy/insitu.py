# SPDX-License-Identifier: Apache-2.0
"""
Chlorophyll of every algorithm beside samples from boats (CoastColour round robin, Nechad et al. 2015).

    python3 scripts/accuracy/insitu.py [OUT]

Prints the report; with OUT, pictures go to OUT/pictures.  Table: BALKHASH_TESTDATA/chlorophyll/Nechad2015.csv.
Values are those of the program BENCH_INSITU, else of build/release, and must agree with the oracle of the tests.
"""

import csv
import itertools
import math
import os
import random
import statistics
import sys
from dataclasses import dataclass

import scatter
from tools import Failure, failed, verdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../pipeline/tests"))
import oracle_insitu  # noqa: E402
import oracle_quality as oracle  # noqa: E402

PROGRAM = "build/release/pipeline/tests/bench_insitu"
# The table's band that is nearest; it has none beyond 708.75 nm.
NEAREST = {"b443": "X442.5", "b490": "X490", "g560": "X560", "r665": "X665", "e705": "X708.75"}
MISSING = 999.99
SINGLES = ("oc2_oli", "oc3_oli_f15", "oc3_oli", "oc2", "oc3", "ci", "oci", "ndci", "ndci_monotonic", "moses2",
           "gilerson2", "gurlin2")
UNJUDGED = ("moses3", "gilerson3", "gurlin3", "gons", "mci")
DEFAULT, LANDSAT = "balkhash", "balkhash_landsat"
RANGE = .01, 60  # mg/m3; a flag says that a value is beyond
TYPES = ("blue", "green", "green, red edge", "red")
MAE_MOST = 1.65
RESIDUAL = .01  # rho_w
DRAWS = 2000  # of intervals, always the same ones


@dataclass
class Row:
    """One sample."""
    provider: str
    chlorophyll: float  # mg/m3
    bands: dict  # name -> rho_w
    kind: str  # one of TYPES


def kind_of(b):
    """Optical type, by where the spectrum of 443, 490, 560, 665 and 705 nm has its peak."""
    peak = max(b["b443"], b["b490"], b["g560"], b["r665"], b["e705"])
    if peak in (b["b443"], b["b490"]):
        return "blue"
    if peak == b["g560"]:
        return "green, red edge" if b["e705"] > b["r665"] else "green"
    return "red"


def read(path):
    """The rows that have chlorophyll."""
    rows = []
    with open(path, encoding="utf-8", newline="") as f:
        for r in csv.DictReader(f):
            if float(r["X.Chl_a..ug.L."]) != MISSING:
                bands = {name: math.pi * float(r[column]) for name, column in NEAREST.items()}
                rows.append(Row(r["DataProvider"], float(r["X.Chl_a..ug.L."]), bands, kind_of(bands)))
                rows[-1].bands["between"] = {n: math.pi * float(r["X" + n]) for n in ("442.5", "490", "620", "665")}
    return rows


def program():
    """Path of the program that runs the kernels, or None where it is not built."""
    path = os.environ.get("BENCH_INSITU", PROGRAM)
    return path if os.path.exists(path) else None


def values(rows):
    """Columns of rows of rho_w by band, from the program where there is one: it must agree with the oracle."""
    path = program()
    if not path:
        return oracle_insitu.by_oracle(rows)
    try:
        return oracle_insitu.compare(path, rows)
    except oracle_insitu.Disagreement as words:
        raise Failure(str(words)) from words


# Measures


def usable(value):
    return math.isfinite(value) and value > 0


def pairs_of(found, rows, name):
    """(value, measured, row) where an algorithm has a value."""
    return [(f[name], r.chlorophyll, r) for f, r in zip(found, rows) if usable(f[name])]


def error(pairs):
    """Mean of |log10(value / measured)|."""
    return sum(abs(math.log10(v / m)) for v, m, *_ in pairs) / len(pairs)


def factor(pairs):
    """MAE factor: what values are wrong by on the average."""
    return 10 ** error(pairs)


def bias(pairs):
    """Factor by which values are too high."""
    return 10 ** (sum(math.log10(v / m) for v, m, *_ in pairs) / len(pairs))


def symmetric(pairs):
    """Median symmetric accuracy in % (Morley et al. 2018)."""
    return 100 * (math.exp(statistics.median(abs(math.log(v / m)) for v, m, *_ in pairs)) - 1)


def rmsle(pairs):
    return math.sqrt(sum(math.log10(v / m) ** 2 for v, m, *_ in pairs) / len(pairs))


def constant(pairs):
    """The same rows with the geometric mean of their samples as value."""
    mean = math.exp(sum(math.log(m) for _, m, *_ in pairs) / len(pairs))
    return [(mean, m) for _, m, *_ in pairs]


def skill(pairs):
    """1: perfect, 0: no better than one constant for these rows (which knows their samples)."""
    return 1 - error(pairs) / error(constant(pairs))


def of_kind(pairs, kind):
    return [p for p in pairs if p[2].kind == kind]


# The constant of draws: how sure is it that values are better?


def apart(pairs):
    """Error less that of the constant of the same rows, in decades: below 0 the values are better."""
    return error(pairs) - error(constant(pairs))


def interval(groups):
    """95 % of apart() over draws of whole groups of pairs, with replacement."""
    draw = random.Random(1)
    found = sorted(apart([p for _ in groups for p in draw.choice(groups)]) for _ in range(DRAWS))
    return found[round(.025 * DRAWS)], found[round(.975 * DRAWS) - 1]


def by_rows(pairs):
    return interval([[p] for p in pairs])


def providers(pairs):
    """Pairs by provider: rows of one are not independent."""
    return [[p for p in pairs if p[2].provider == name] for name in sorted({p[2].provider for p in pairs})]


def told(pairs):
    """apart() and its intervals, in words; of fewer than three providers no draws say anything."""
    groups = providers(pairs)
    low, high = by_rows(pairs)
    words = f"{apart(pairs):+.3f}, {low:+.3f} to {high:+.3f} by rows, "
    if len(groups) < 3:
        return words + "none by provider ({} rows)".format(" + ".join(str(len(g)) for g in groups))
    return words + "{:+.3f} to {:+.3f} by {} providers".format(*interval(groups), len(groups))


# Reports: lines of Markdown, and targets as (met, words)


def table(found, rows):
    yield ("| algorithm | valid % | MAE factor | the default there | bias factor | MdSA % | RMSLE | skill: "
           + " | ".join(TYPES) + " |")
    yield "|---|" + "---|" * (6 + len(TYPES))
    for name in (DEFAULT, LANDSAT) + SINGLES:
        pairs = pairs_of(found, rows, name)
        both = shared(found, rows, name)
        skills = [of_kind(pairs, kind) for kind in TYPES]
        yield "| " + " | ".join(
            [name, f"{100 * len(pairs) / len(rows):.0f}", f"{factor(pairs):.3f}", f"{factor(both):.3f} of {len(both)}",
             f"{bias(pairs):.3f}", f"{symmetric(pairs):.0f}", f"{rmsle(pairs):.3f}"]
            + [f"{skill(s):+.2f} ({len(s)})" if len(s) > 2 else "" for s in skills]) + " |"
    pairs = [(1, r.chlorophyll, r) for r in rows]
    mean = constant(pairs)
    yield (f"| a constant | 100 | {factor(mean):.3f} | | 1.000 | {symmetric(mean):.0f} | {rmsle(mean):.3f} |"
           + " |" * len(TYPES))
    yield ""
    yield f"Cannot be judged on this table, which ends at 708.75 nm: {', '.join(UNJUDGED)}."
    yield ""


def shared(found, rows, name, of=DEFAULT):
    """The default's pairs (or those of another) on the rows where the default and an algorithm both have a value."""
    return [(f[of], r.chlorophyll, r) for f, r in zip(found, rows) if usable(f[DEFAULT]) and usable(f[name])]


def kinds(found, rows):
    """The default in each optical type, beside the constant of the type's rows."""
    yield ("| optical type | samples | chlorophyll, mg/m3 | default valid | MAE factor | bias factor "
           "| MAE factor of the constant there | MAE less the constant's, in decades; 95 % of it |")
    yield "|---|---|---|---|---|---|---|---|"
    for kind in TYPES:
        mine = [r.chlorophyll for r in rows if r.kind == kind]
        pairs = of_kind(pairs_of(found, rows, DEFAULT), kind)
        figures = [f"{f(pairs):.3f}" if pairs else "" for f in (factor, bias, lambda p: factor(constant(p)))]
        figures.append(told(pairs) if pairs else "")
        yield f"| {kind} | {len(mine)} | {min(mine):g} - {max(mine):g} | {len(pairs)} | " + " | ".join(figures) + " |"
    yield ""


def default_of(row, fnu, **how):
    b = row.bands
    return oracle.chl_default(b["b490"], b["g560"], b["r665"], b["e705"], fnu, **how)


def refitted(found, rows, how):
    """The default's pairs with other numbers, by the oracle."""
    made = [(default_of(r, f["turbidity"], **how), r.chlorophyll, r) for f, r in zip(found, rows)]
    return [p for p in made if usable(p[0])]


def clear_up_to(rows, turbid):
    """Pairs of the default for sensors without 705 nm with another limit, by the oracle."""
    made = []
    for r in rows:
        blue, green, fnu = r.bands["b490"], r.bands["g560"], oracle.branch(r.bands["r665"], oracle.TURBIDITY_OLI["red"])
        made.append((oracle.chl_clear(blue, green, fnu, turbid=turbid), r.chlorophyll, r))
    return [p for p in made if usable(p[0])]


def by_provider(found, rows):
    """Leave a provider out: are the blend's two numbers, fitted to the others, better than the published ones?"""
    steps = itertools.product(range(60, 100, 5), range(10, 75, 5))
    grid = [{"q_low": low / 100, "q_span": span / 100} for low, span in steps]
    made = {tuple(how.values()): refitted(found, rows, how) for how in grid}
    left, words = [], []
    for provider in sorted({r.provider for r in rows}):
        best = min(made, key=lambda how: error([p for p in made[how] if p[2].provider != provider]))
        mine = [p for p in made[best] if p[2].provider == provider]
        published = [p for p in pairs_of(found, rows, DEFAULT) if p[2].provider == provider]
        left += mine
        words.append(f"| {provider} | {len(published)} | {factor(published):.3f} | {best[0]:g}, {best[1]:g} "
                     f"| {factor(mine):.3f} |")
    yield "| provider | valid | MAE factor | q_low, q_span fitted to all others | MAE factor with them |"
    yield "|---|---|---|---|---|"
    yield from words
    yield f"| all | {len(left)} | {factor(pairs_of(found, rows, DEFAULT)):.3f} | | {factor(left):.3f} |"
    yield ""


def sensitivity(found, rows):
    """The default where every band has a flat residual more."""
    yield ("| residual in rho_w | default valid | MAE factor | clear (below 5 FNU): MAE factor | bias factor "
           "| with a share of the red edge % |")
    yield "|---|---|---|---|---|---|"
    for more in (-.001, 0, .001, .002, .005, RESIDUAL):
        shifted = [dict(r.bands, **{b: r.bands[b] + more for b in NEAREST}) for r in rows]
        moved = values(shifted)
        pairs = pairs_of(moved, rows, DEFAULT)
        clear = {id(r) for f, r in zip(found, rows) if f["turbidity"] < 5}
        mine = [p for p in pairs if id(p[2]) in clear]
        weights = [oracle.edge_weight(b["r665"], b["e705"]) for b, r in zip(shifted, rows) if id(r) in clear]
        edge = 100 * sum(w > 0 for w in weights) / len(weights)
        yield f"| {more:+.3f} | {len(pairs)} | {factor(pairs):.3f} | {factor(mine):.3f} | {bias(mine):.3f} | {edge:.0f} |"
    yield ""


def variants(found, rows):
    """What the default's rules do, by the oracle."""
    yield "| default with another rule (oracle) | valid | MAE factor | bias factor |"
    yield "|---|---|---|---|"
    rules = (("as it is", {}), ("a value everywhere", {"everywhere": True}),
             ("no red edge where red <= .001", {"red_least": .001}), ("no red edge where red <= .01", {"red_least": .01}),
             ("no red edge where red <= .01, a value everywhere", {"red_least": .01, "everywhere": True}))
    for words, how in rules:
        pairs = refitted(found, rows, how)
        yield f"| {words} | {len(pairs)} | {factor(pairs):.3f} | {bias(pairs):.3f} |"
    for turbid in (5, 10, 30):
        pairs = clear_up_to(rows, turbid)
        yield f"| {LANDSAT}, up to {turbid} FNU | {len(pairs)} | {factor(pairs):.3f} | {bias(pairs):.3f} |"
    yield ""


def as_oli(rows):
    """Bands of the table brought to OLI's: blue by the logarithm between 442.5 and 490 nm, red between 620 and 665 nm."""
    for r in rows:
        b = r.bands["between"]
        t, u = (482.6 - 442.5) / (490 - 442.5), (654.6 - 620) / (665 - 620)
        yield dict(r.bands, b490=b["442.5"] ** (1 - t) * b["490"] ** t, r665=b["620"] * (1 - u) + b["665"] * u)


def interpolated(rows):
    found = values(list(as_oli(rows)))
    words = [f"{n} {factor(pairs_of(found, rows, n)):.3f}" for n in ("oc2_oli", "oc3_oli_f15", "oc3_oli", LANDSAT)]
    yield f"With blue and red interpolated to OLI's 482.6 and 654.6 nm: {', '.join(words)}."
    yield ""


def but(names):
    return f"; not below {', '.join(names)}" if names else ""


def better_than_constant(pairs):
    """The status of the target: None where the values are not better, and chance may have done it."""
    return True if apart(pairs) < 0 else None if by_rows(pairs)[0] <= 0 else False


def type_target(kind, pairs):
    status, own, other = better_than_constant(pairs), factor(pairs), factor(constant(pairs))
    words = f"chlorophyll, {kind}: MAE factor {own:.3f} {'below' if status else 'not below'} the constant's {other:.3f}"
    if status is None:
        words += f"; not better than the constant, not significantly worse ({told(pairs)})"
    return status, words


def targets(found, rows):
    mine = pairs_of(found, rows, DEFAULT)
    yield factor(mine) <= MAE_MOST, f"chlorophyll: MAE factor {factor(mine):.3f} <= {MAE_MOST}"
    better = [n for n in SINGLES if factor(pairs_of(found, rows, n)) <= factor(mine)]
    yield not better, f"chlorophyll: MAE factor below each single algorithm's on its rows{but(better)}"
    better = [n for n in SINGLES if factor(shared(found, rows, n, n)) <= factor(shared(found, rows, n))]
    yield not better, f"chlorophyll: MAE factor below each single algorithm's where both have a value{but(better)}"
    for kind in TYPES:
        pairs = of_kind(mine, kind)
        if pairs:
            yield type_target(kind, pairs)
    bad = [f[n] for f in found for n in SINGLES + (DEFAULT, LANDSAT) if f[n] < 0]
    yield not bad, f"chlorophyll: {len(bad)} negative values; none"
    bad = sum(not RANGE[0] <= f[DEFAULT] <= RANGE[1] and not int(f["flags"]) & oracle.RANGE
              for f in found if usable(f[DEFAULT]))
    yield bad == 0, f"chlorophyll: {bad} values outside {RANGE[0]:g} - {RANGE[1]:g} mg/m3 without a flag; none"


def report(folder, out, lines):
    """Tables, and pictures below OUT where it is given; returns the targets as (met, words)."""
    path = os.path.join(folder, "chlorophyll", "Nechad2015.csv")
    if not os.path.exists(path):
        lines += ["The samples were left out: BALKHASH_TESTDATA has no chlorophyll/Nechad2015.csv.", ""]
        return []
    rows = read(path)
    found = values([r.bands for r in rows])
    lines += [f"{len(rows)} samples with chlorophyll."]
    if not program():
        lines += ["", "**The program was not built: these are the oracle's values.**"]
    lines += ["", *table(found, rows), *interpolated(rows), *kinds(found, rows), *by_provider(found, rows),
              *sensitivity(found, rows), *variants(found, rows)]
    if out:
        pictures(found, rows, os.path.join(out, "pictures"))
    return list(targets(found, rows))


def pictures(found, rows, folder):
    os.makedirs(folder, exist_ok=True)

    def points(name):
        return [(m, v, r.kind) for v, m, r in pairs_of(found, rows, name)]

    scatter.one(os.path.join(folder, "chlorophyll-default.svg"), points(DEFAULT), TYPES)
    panels = [(n, f"MAE factor {factor(pairs_of(found, rows, n)):.2f}, {100 * len(points(n)) / len(rows):.0f} % valid",
               points(n)) for n in SINGLES if n != "ci"]
    scatter.many(os.path.join(folder, "chlorophyll-singles.svg"), panels, TYPES)


def main():
    lines = []
    met = report(os.environ.get("BALKHASH_TESTDATA", ""), sys.argv[1] if len(sys.argv) > 1 else None, lines)
    print(verdict(lines, met), end="")
    return 1 if failed(met) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"insitu: {failure}")
