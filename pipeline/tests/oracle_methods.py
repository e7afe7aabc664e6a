# SPDX-License-Identifier: Apache-2.0
"""The water methods as their papers have them, in double precision: see oracle_water.py.

Formulas and thresholds: McFeeters 1996 (NDWI), Xu 2006 (MNDWI), Feyisa 2014 (AWEI), Fisher 2016
(WI2015), Wang 2018 (MBWI), Crist 1985 (wetness), Jones 2019 and the OPERA DSWx-HLS specification
(DSWE, DSWx), Mueller 2016 (WOfS), Otsu 1979.
"""

import collections

import numpy

NEAR = 1e-5  # of a quantity in reflectance, or of an index
FLOAT = 2e-7  # what a sum of two reflectances in single precision may be off, with a margin

NOT, OPEN, PARTIAL, ICE, CLOUD, NODATA = 0, 1, 2, 252, 253, 255

ROLES = ("blue", "green", "red", "nir", "swir1", "swir2")

Bands = collections.namedtuple("Bands", ROLES)


# ---- what is compared with what, and how near it is --------------------------------------


class Test:
    """margin > 0 (or >= 0) with how far the margin may be off.  NaN is false."""

    def __init__(self, margin, near=NEAR, inclusive=False):
        self.margin, self.near, self.inclusive = margin, near, inclusive

    def holds(self, slack):
        """slack 0: as it stands; 1: also what nearly holds; -1: only what surely holds."""
        limit = -slack * self.near
        # Without room for error a tie is decided, whatever the slack.
        return self.margin >= limit if self.inclusive and not slack else self.margin > limit

    def __invert__(self):
        return Test(-self.margin, self.near, not self.inclusive)


def raised(band):
    """Surface reflectance over dark water is often negative; no ratio can do with that."""
    return numpy.maximum(band, 1e-4)


def difference(a, b):
    """(a - b) / (a + b) of reflectances raised to 1e-4."""
    a, b = raised(a), raised(b)
    return (a - b) / (a + b)


def difference_near(a, b):
    return numpy.maximum(NEAR, FLOAT / (raised(a) + raised(b)))


def difference_above(a, b, threshold):
    """The sign of a - b is exact in any precision, thus no room for error at threshold 0."""
    near = difference_near(a, b)
    if threshold == 0:
        near = numpy.where(raised(a) == raised(b), 0.0, near)
    return Test(difference(a, b) - threshold, near)


# ---- indices -----------------------------------------------------------------------------


def ndwi(x):
    return difference(x.green, x.nir)


def mndwi(x):
    return difference(x.green, x.swir1)


def ndvi(x):
    return difference(x.nir, x.red)


def aweinsh(x):
    return 4 * (x.green - x.swir1) - (0.25 * x.nir + 2.75 * x.swir2)


def aweish(x):
    return x.blue + 2.5 * x.green - 1.5 * (x.nir + x.swir1) - 0.25 * x.swir2


def wi2015(x):
    return 1.7204 + 171 * x.green + 3 * x.red - 70 * x.nir - 45 * x.swir1 - 71 * x.swir2


def mbwi(x):
    return 2 * x.green - x.red - x.nir - x.swir1 - x.swir2


def wetness(x, weights=(0.0315, 0.2021, 0.3102, 0.1594, -0.6806, -0.6109)):
    """Tasselled cap of surface reflectance (Crist 1985)."""
    return sum(w * band for w, band in zip(weights, x))


WETNESS_OLI = (0.1511, 0.1973, 0.3283, 0.3407, -0.7117, -0.4559)  # at the top of the atmosphere

# ---- DSWE --------------------------------------------------------------------------------

# Class of each code; bit 0 is test 1.
DSWE_CLASS = numpy.array(
    [0, 0, 0, 4, 0, 4, 4, 2, 0, 4, 4, 2, 4, 2, 2, 1, 4, 4, 4, 2, 4, 2, 2, 1, 3, 2, 2, 1, 2, 1, 1, 1]
)
COLLAPSED = numpy.array([NOT, OPEN, OPEN, PARTIAL, PARTIAL])


def dswe_tests(x):
    """The five tests, each a list of conditions that must all hold."""
    m = lambda threshold: difference_above(x.green, x.swir1, threshold)
    below = lambda band, limit: Test(limit - band)
    green = Test(0.7 - ndvi(x), difference_near(x.nir, x.red))
    return (
        [m(0.124)],
        [Test((x.green + x.red) - (x.nir + x.swir1))],
        [Test(aweish(x))],
        [m(-0.44), below(x.swir1, 0.09), below(x.nir, 0.15), green],
        [m(-0.5), below(x.blue, 0.10), below(x.swir1, 0.30), below(x.swir2, 0.10),
         below(x.nir, 0.25)],
    )


def every(tests, slack):
    return numpy.logical_and.reduce([t.holds(slack) for t in tests])


def dswe_code(x, slack=0):
    # That a test more holds never makes a pixel less of water, so slack has one direction.
    return sum(every(tests, slack).astype(int) << bit for bit, tests in enumerate(dswe_tests(x)))


def all_raised(x):
    return Bands(*(raised(band) for band in x))


# ---- the default method ------------------------------------------------------------------


def white_tests(x):
    return [
        Test(x.nir - 0.15, inclusive=True),
        Test(x.blue - 0.15),
        # Not red, or brighter in the SWIR than water can be.
        Test(numpy.fmax(1.25 * x.blue - x.red, x.swir2 - 0.075)),
    ]


def reach(core, through):
    """What hangs together with core, across sides and corners, through pixels of `through`."""
    found, fresh = core.copy(), core
    while fresh.any():
        wide = numpy.pad(fresh, 1)
        wide = wide[:-2] | wide[1:-1] | wide[2:]
        fresh = (wide[:, :-2] | wide[:, 1:-1] | wide[:, 2:]) & through & ~found
        found |= fresh
    return found


def balkhash_water(x, seen, slack=0):
    dark = seen & ~every(white_tests(x), -slack)
    wet = dark & Test(wi2015(x)).holds(slack)
    core = wet & numpy.isin(DSWE_CLASS[dswe_code(x, slack)], (1, 2))
    return reach(core, wet & difference_above(x.green, x.swir1, 0).holds(slack))


# ---- WOfS --------------------------------------------------------------------------------

WET, DRY = True, False

# (quantity, limit, what is where quantity <= limit, what is elsewhere); bands times 10000.
WOFS_TREE = (
    "n52", -0.01,
    ("b1", 2083.5,
        ("b7", 323.5,
            ("n43", 0.61, (WET, 6), (DRY, 7)),
            ("b1", 1400.5,
                ("n72", -0.23,
                    ("n43", 0.22, (WET, 17), ("b1", 473.0, (WET, 19), (DRY, 20))),
                    ("b1", 379.0, (WET, 14), (DRY, 15))),
                ("n43", -0.01, (WET, 10), (DRY, 11)))),
        (DRY, 3)),
    ("n52", 0.23,
        ("b1", 334.5,
            ("n43", 0.54,
                ("n52", 0.12,
                    (WET, 27),
                    ("b3", 364.5,
                        ("b1", 129.5, (WET, 31), (DRY, 32)),
                        ("b1", 300.5, (WET, 33), (DRY, 34)))),
                (DRY, 25)),
            (DRY, 23)),
        ("n52", 0.34,
            ("b1", 249.5,
                ("n43", 0.45,
                    ("b3", 364.5,
                        ("b1", 129.5, (WET, 44), (DRY, 45)),
                        (DRY, 42)),
                    (DRY, 40)),
                (DRY, 38)),
            (DRY, 36))),
)  # fmt: skip


def wofs_quantities(x):
    """Name: (value, how far it may be off)."""

    def ratio(a, b):
        """As they are: the tree was grown on integers that may be negative."""
        with numpy.errstate(divide="ignore", invalid="ignore"):
            return (a - b) / (a + b), numpy.maximum(NEAR, FLOAT / numpy.abs(a + b))

    band = lambda a: (a * 10000, NEAR * 10000)
    return {
        "n52": ratio(x.swir1, x.green),
        "n43": ratio(x.nir, x.red),
        "n72": ratio(x.swir2, x.green),
        "b1": band(x.blue),
        "b3": band(x.red),
        "b7": band(x.swir2),
    }


def wofs_leaves(x):
    """Of each pixel: wet, its leaf, whether all tests on its way were clear."""
    values = wofs_quantities(x)
    shape = x.green.shape
    wet, leaf, sure = numpy.zeros(shape, bool), numpy.zeros(shape, int), numpy.ones(shape, bool)

    def descend(node, here):
        if len(node) == 2:
            wet[here], leaf[here] = node
            return
        value, near = values[node[0]]
        sure[here & (numpy.abs(value - node[1]) <= near)] = False
        descend(node[2], here & (value <= node[1]))
        descend(node[3], here & (value > node[1]))

    descend(WOFS_TREE, numpy.ones(shape, bool))
    return wet, leaf, sure


# ---- thresholds from the histogram -------------------------------------------------------


def otsu(values):
    """Upper edge of the bin, of 256 over [-1, 1], up to which lies the darker class."""
    bins = numpy.floor((numpy.clip(values, -1, 1) + 1) * 128).astype(int)
    count = numpy.bincount(numpy.minimum(bins, 255), minlength=256)
    total = int(count.sum())
    below = sums = 0
    whole = int((count * numpy.arange(256)).sum())
    best, threshold = 0, None
    for k in range(255):
        below += int(count[k])
        sums += k * int(count[k])
        if not 0 < below < total:
            continue
        # Integers, so that ties are ties: variance times total^2, as a fraction.
        top, bottom = (whole * below - total * sums) ** 2, below * (total - below)
        if threshold is None or top * best[1] > best[0] * bottom:
            best, threshold = (top, bottom), (k + 1) / 128 - 1
    return threshold


# ---- methods -----------------------------------------------------------------------------

Index = collections.namedtuple("Index", "function roles scale pair")

METHODS = {
    "ndwi": Index(ndwi, "green nir", 1, ("green", "nir")),
    "mndwi": Index(mndwi, "green swir1", 1, ("green", "swir1")),
    "aweinsh": Index(aweinsh, "green nir swir1 swir2", 1, None),
    "aweish": Index(aweish, "blue green nir swir1 swir2", 1, None),
    "wi2015": Index(wi2015, "green red nir swir1 swir2", 100, None),
    "mbwi": Index(mbwi, "green red nir swir1 swir2", 1, None),
    "tcw": Index(wetness, " ".join(ROLES), 1, None),
    "balkhash": None,
    "dswe": None,
    "dswx": None,
    "wofs": None,
}


class Answer:
    """Class of each pixel, and whether it is beyond doubt."""

    def __init__(self, classes, sure):
        self.classes, self.sure = classes, sure
        self.threshold = None


def three(classify):
    one, less, more = (classify(slack) for slack in (0, -1, 1))
    return Answer(one, (one == less) & (one == more))


def by_index(index, x, seen, way, step):
    value = index.function(x)
    threshold, near = 0.0, NEAR
    if index.pair:
        pair = [getattr(x, name) for name in index.pair]
        near = difference_near(*pair)
    if way == "otsu":
        found = otsu(value[seen] / index.scale)
        threshold = 0.0 if found is None else found * index.scale
        # What lies on the edge of two bins is in the upper one.
        test = Test(value - threshold, near + index.scale * step / 2, inclusive=True)
    else:
        test = difference_above(*pair, 0) if index.pair else Test(value, near)
    answer = three(lambda slack: numpy.where(test.holds(slack), OPEN, NOT))
    answer.threshold = threshold
    return answer


def by_wofs(x):
    wet, leaf, sure = wofs_leaves(x)
    return Answer(numpy.where(wet, OPEN, NOT), sure)


def answer_of(name, way, x, seen, step=0):
    """step: in which thresholds from the histogram may be kept."""
    if METHODS[name]:
        return by_index(METHODS[name], x, seen, way, step)
    if name == "wofs":
        return by_wofs(x)
    if name == "balkhash":
        return three(lambda slack: numpy.where(balkhash_water(x, seen, slack), OPEN, NOT))
    y = all_raised(x) if name == "dswx" else x
    return three(lambda slack: COLLAPSED[DSWE_CLASS[dswe_code(y, slack)]])
