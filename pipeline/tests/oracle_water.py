#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reading of the water methods, to hold the program's maps against.

oracle_water.py PRODUCT RESULT METHOD[:fixed|otsu] [PRODUCT_MASKS=yes|no]
    PRODUCT: folder of a Landsat Collection 2 Level-2 product; RESULT: folder of an observation
    of it on the product's own grid, with the layers water and why; METHOD: see METHODS below.
    Exit status 0: every pixel is as here, but for those at a threshold.  1: some are not.
oracle_water.py --vectors
    Check this oracle against values computed by others.

All is double precision.  The program reckons in single precision, so a pixel may differ where
a quantity that decides is as near to its threshold as NEAR: every rule is evaluated three
times, as it stands and with all its thresholds shifted by NEAR against and for water, and a
pixel is decided where the three agree.  Formulas and thresholds: McFeeters 1996 (NDWI), Xu 2006
(MNDWI), Feyisa 2014 (AWEI), Fisher 2016 (WI2015), Wang 2018 (MBWI), Crist 1985 (wetness), Jones
2019 and the OPERA DSWx-HLS specification (DSWE, DSWx), Mueller 2016 (WOfS), Otsu 1979.
"""

import collections
import glob
import os
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()

NEAR = 1e-5  # of a quantity in reflectance, or of an index
FLOAT = 2e-7  # what a sum of two reflectances in single precision may be off, with a margin

NOT, OPEN, PARTIAL, ICE, CLOUD, NODATA = 0, 1, 2, 252, 253, 255
WHY_RESCUED = 1 << 11

ROLES = ("blue", "green", "red", "nir", "swir1", "swir2")
BANDS = {"T": "123457", "E": "123457", "C": "234567", "O": "234567"}  # by sensor, as ROLES

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


def difference(a, b):
    """(a - b) / (a + b); not a number where the sum is too small to divide by."""
    total = a + b
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(total > 1e-4, (a - b) / total, numpy.nan)


def difference_near(a, b):
    return numpy.maximum(NEAR, FLOAT / numpy.maximum(numpy.abs(a + b), FLOAT))


def difference_above(a, b, threshold):
    """The sign of a - b is exact in any precision, thus no room for error at threshold 0."""
    near = difference_near(a, b)
    if threshold == 0:
        near = numpy.where(a == b, 0.0, near)
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
    vegetation = Test(0.7 - ndvi(x), difference_near(x.nir, x.red))
    return (
        [m(0.124)],
        [Test((x.green + x.red) - (x.nir + x.swir1))],
        [Test(aweish(x))],
        [m(-0.44), below(x.swir1, 0.09), below(x.nir, 0.15), vegetation],
        [m(-0.5), below(x.blue, 0.10), below(x.swir1, 0.30), below(x.swir2, 0.10), below(x.nir, 0.25)],
    )


def every(tests, slack):
    return numpy.logical_and.reduce([t.holds(slack) for t in tests])


def dswe_code(x, slack=0):
    # That a test more holds never makes a pixel less of water, so slack has one direction.
    return sum(every(tests, slack).astype(int) << bit for bit, tests in enumerate(dswe_tests(x)))


def raised(x):
    return Bands(*(numpy.maximum(band, 1e-4) for band in x))


# ---- the default method ------------------------------------------------------------------


def white_tests(x):
    return [
        Test(x.nir - 0.15, inclusive=True),
        Test(x.blue - 0.15),
        Test(1.25 * x.blue - x.red),
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
    ratio = lambda a, b: (difference(a, b), difference_near(a, b))
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
    """Of each pixel: wet, the number of its leaf, and whether all tests on its way were clear."""
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
    """Class of each pixel, whether it is beyond doubt, and whether it has one at all."""

    def __init__(self, classes, sure, undefined=None):
        self.classes, self.sure = classes, sure
        self.undefined = numpy.zeros(classes.shape, bool) if undefined is None else undefined
        self.threshold = None


def three(classify):
    one, less, more = (classify(slack) for slack in (0, -1, 1))
    return Answer(one, (one == less) & (one == more))


def by_index(index, x, seen, way):
    value = index.function(x)
    threshold = 0.0
    if way == "otsu":
        known = seen & numpy.isfinite(value)
        found = otsu(value[known] / index.scale)
        threshold = 0.0 if found is None else found * index.scale
    if index.pair:
        test = difference_above(*(getattr(x, name) for name in index.pair), threshold)
    else:
        test = Test(value - threshold)
    answer = three(lambda slack: numpy.where(test.holds(slack), OPEN, NOT))
    answer.undefined = ~numpy.isfinite(value)
    answer.classes[answer.undefined] = NODATA
    answer.threshold = threshold
    return answer


def by_wofs(x):
    wet, leaf, sure = wofs_leaves(x)
    return Answer(numpy.where(wet, OPEN, NOT), sure, leaf == 0)


def answer_of(name, way, x, seen):
    if METHODS[name]:
        return by_index(METHODS[name], x, seen, way)
    if name == "wofs":
        return by_wofs(x)
    if name == "balkhash":
        return three(lambda slack: numpy.where(balkhash_water(x, seen, slack), OPEN, NOT))
    y = raised(x) if name == "dswx" else x
    return three(lambda slack: COLLAPSED[DSWE_CLASS[dswe_code(y, slack)]])


# ---- products ----------------------------------------------------------------------------


def read(pattern):
    paths = glob.glob(pattern)
    if len(paths) != 1:
        raise RuntimeError("%s: %d files, not one" % (pattern, len(paths)))
    raster = gdal.Open(paths[0])
    return raster.ReadAsArray(), raster.GetGeoTransform()


class Product:
    def __init__(self, folder):
        self.folder = folder
        self.sensor = os.path.basename(os.path.normpath(folder))[1]
        dn = [self.layer("SR_B" + band)[0] for band in BANDS[self.sensor]]
        self.grid = self.layer("SR_B" + BANDS[self.sensor][0])[1]
        self.dn = Bands(*dn)
        self.rho = Bands(*(band.astype(float) * 2.75e-5 - 0.2 for band in dn))
        self.qa = self.layer("QA_PIXEL")[0]
        self.radsat = self.layer("QA_RADSAT")[0]

    def layer(self, name):
        return read(os.path.join(self.folder, "*_%s.TIF" % name))

    def filled(self, roles):
        """No data in one of these bands, or dropped (TM, ETM+) or hidden by terrain (OLI)."""
        lost = self.radsat >> (11 if self.sensor in "CO" else 9) & 1 != 0
        return numpy.logical_or.reduce([lost] + [getattr(self.dn, role) == 0 for role in roles])

    def hidden(self):
        """Cloud, its margin, its shadow, cirrus."""
        hidden = self.qa & 0b11010 != 0
        if self.sensor in "CO":
            hidden |= (self.qa & 0b100 != 0) | (self.qa >> 14 == 3)
        return hidden

    def snow(self):
        return self.qa & 0b100000 != 0


def oracle(product, name, way, masks):
    """The Answer for a whole product."""
    index = METHODS[name]
    filled = product.filled(index.roles.split() if index else ROLES)
    hidden = product.hidden() if masks else numpy.zeros(filled.shape, bool)
    snow = product.snow() if masks else numpy.zeros(filled.shape, bool)
    a = answer_of(name, way, product.rho, ~filled & ~hidden & ~snow)
    for where, code in ((snow, ICE), (hidden, CLOUD), (filled, NODATA)):
        a.classes[where] = code
        a.sure[where] = True
        a.undefined[where] = False
    return a


# ---- comparison --------------------------------------------------------------------------


def distances(name, x, threshold):
    """Of each pixel, by name of the quantity, how far it is from its threshold."""
    if METHODS[name]:
        return {name: METHODS[name].function(x) - threshold}
    if name == "wofs":
        limits = collections.defaultdict(list)
        def collect(node):
            if len(node) == 4:
                limits[node[0]].append(node[1])
                collect(node[2])
                collect(node[3])
        collect(WOFS_TREE)
        values = wofs_quantities(x)
        return {
            "%s %g" % (q, limit): values[q][0] - limit for q in limits for limit in limits[q]
        }
    y = raised(x) if name == "dswx" else x
    named = {}
    for number, tests in enumerate(dswe_tests(y), 1):
        for i, test in enumerate(tests):
            named["test %d%s" % (number, "abcde"[i])] = test.margin
    if name == "balkhash":
        named.update({"wi2015": wi2015(x), "mndwi": mndwi(x)})
        named.update(("white %d" % i, t.margin) for i, t in enumerate(white_tests(x)))
    return named


def nearest(named, row, column):
    """The quantity nearest to its threshold there."""
    known = [(abs(v[row, column]), q) for q, v in named.items() if numpy.isfinite(v[row, column])]
    return min(known) if known else (numpy.inf, "nothing")


def say_differing(product, name, answer, found, why, wrong, most=12):
    named = distances(name, product.rho, answer.threshold or 0)
    rows, columns = numpy.nonzero(wrong)
    near = sorted(nearest(named, r, c)[0] for r, c in zip(rows, columns))
    print("distance of what decides from its threshold: least %.3g, median %.3g, most %.3g"
          % (near[0], near[len(near) // 2], near[-1]))  # fmt: skip
    pairs = collections.Counter(zip(answer.classes[wrong].tolist(), found[wrong].tolist()))
    for (here, there), n in pairs.most_common():
        print("%7d pixels: %d here, %d in the map" % (n, here, there))
    for r, c in list(zip(rows, columns))[:most]:
        print("row %d column %d: %d here, %d in the map, why %#x, %s; nearest %.3g (%s)"
              % (r, c, answer.classes[r, c], found[r, c], why[r, c],
                 " ".join("%.6f" % band[r, c] for band in product.rho),
                 *nearest(named, r, c)))  # fmt: skip


def comparable(name, classes):
    """What of a class is compared: partial water of the default method hangs on fractions."""
    return numpy.where(classes == OPEN, OPEN, NOT) if name == "balkhash" else classes


def compare(product_folder, result_folder, method, masks):
    name, _, way = method.partition(":")
    if name not in METHODS or way not in ("", "fixed", "otsu") or way and not METHODS[name]:
        raise RuntimeError("%s: not a method; methods: %s" % (method, " ".join(METHODS)))
    product = Product(product_folder)
    answer = oracle(product, name, way, masks)
    found, grid = read(os.path.join(result_folder, "water.tif"))
    why, _ = read(os.path.join(result_folder, "why.tif"))
    if grid != product.grid or found.shape != answer.classes.shape:
        raise RuntimeError("%s: not on the grid of %s" % (result_folder, product_folder))
    differs = comparable(name, found) != comparable(name, answer.classes)
    rescued = differs & (why & WHY_RESCUED != 0) if masks else numpy.zeros(found.shape, bool)
    undefined = differs & answer.undefined & ~rescued
    close = differs & ~answer.sure & ~undefined & ~rescued
    wrong = differs & ~close & ~undefined & ~rescued
    if answer.threshold is not None:
        print("threshold %.9g" % answer.threshold)
    print("%s %s: %d compared, %d open water, %d equal, %d differ: %d beyond a threshold's doubt, "
          "%d of %d in doubt, %d of %d undefined, %d rescued"
          % (os.path.basename(os.path.normpath(product_folder)), method, found.size,
             (answer.classes == OPEN).sum(), (~differs).sum(), differs.sum(), wrong.sum(),
             close.sum(), (~answer.sure).sum(), undefined.sum(), answer.undefined.sum(),
             rescued.sum()))  # fmt: skip
    if differs.any():
        say_differing(product, name, answer, found, why, differs)
    return not wrong.any()


# ---- checks of this oracle ---------------------------------------------------------------

# Spectrum (as ROLES); NDWI, MNDWI, NDVI, AWEInsh, AWEIsh, WI2015, wetness by Crist and of OLI;
# DSWE code, test 5 first, and class; leaf and value of WOfS.
VECTORS = """
CLEAR_WATER  .03,.025,.01,.005,.003,.002      .666667 .785714 -.333333 .081250 .080000 5.398400 .006633 .011405 11111 1 6 128
TURBID_WEST  .1,.14,.13,.06,.01,.006          .400000 .866667 -.368421 .488500 .343500 20.974400 .070863 .096001 01111 1 6 128
VERY_TURBID  .12,.18,.2,.14,.03,.015          .125000 .714286 -.176471 .523750 .311250 20.885400 .094932 .138814 01111 1 6 128
DRY_SAND     .15,.22,.28,.34,.42,.38          -.214286 -.312500 .096774 -1.930000 -.535000 -29.499600 -.327755 -.198323 00000 0 38 0
SALT_CRUST   .45,.5,.52,.54,.4,.3             -.038462 .111111 .018868 -.560000 .215000 11.680400 -.092905 .099889 00110 4 3 0
WET_SALT     .28,.31,.32,.3,.09,.05           .016393 .550000 -.032258 .667500 .457500 27.090400 .126756 .223889 00111 2 3 0
GREEN_REED   .035,.07,.05,.35,.18,.09         -.666667 -.440000 .750000 -.775000 -.607500 -25.149600 -.090939 -.014378 00000 0 36 0
DRY_REED     .075,.11,.15,.23,.28,.2          -.352941 -.435897 .210526 -1.287500 -.465000 -21.919600 -.204963 -.129815 00000 0 36 0
MIX50_W_SAND .09,.1225,.145,.1725,.2115,.191  -.169492 -.266467 .086614 -.924375 -.227500 -12.050600 -.160561 -.093459 00000 0 38 0
DARK_SHADOW  .015,.015,.012,.02,.018,.012     -.142857 -.090909 .250000 -.050000 -.007500 1.259400 -.009167 -.002302 11000 3 27 128
SNOW         .82,.8,.78,.7,.1,.08             .066667 .777778 -.054054 2.405000 1.600000 81.680400 .424114 .668664 00111 2 3 0
LAKE_ICE     .42,.42,.38,.28,.05,.04          .200000 .787234 -.151515 1.300000 .965000 49.990400 .202154 .312657 00111 2 3 0
"""

CLASS_OF_CODES = {
    0: "00000 00001 00010 00100 01000",
    1: "01111 10111 11011 11101 11110 11111",
    2: "00111 01011 01101 01110 10011 10101 10110 11001 11010 11100",
    3: "11000",
    4: "00011 00101 00110 01001 01010 01100 10000 10001 10010 10100",
}

failed = []


def expect(true, words):
    if not true:
        failed.append(words)
        print("not as expected: %s" % words)


def spectrum(text):
    return Bands(*(numpy.array([[float(value)]]) for value in text.split(",")))


def check_vector(line):
    name, bands, *expected = line.split()
    x = spectrum(bands)
    functions = (ndwi, mndwi, ndvi, aweinsh, aweish, wi2015, wetness)
    values = [f(x)[0, 0] for f in functions] + [wetness(x, WETNESS_OLI)[0, 0]]
    for i, (value, text) in enumerate(zip(values, expected)):
        expect(abs(value - float(text)) <= 5.1e-7, "%s %d: %.9g is not %s" % (name, i, value, text))
    code, dswe, leaf, value = expected[len(values) :]
    expect(dswe_code(x)[0, 0] == int(code, 2), "%s: code %s" % (name, bin(dswe_code(x)[0, 0])))
    expect(DSWE_CLASS[int(code, 2)] == int(dswe), "%s: class" % name)
    wet, here, sure = (a[0, 0] for a in wofs_leaves(x))
    expect((here, 128 * wet) == (int(leaf), int(value)), "%s: leaf %d" % (name, here))
    expect(sure, "%s: WOfS in doubt" % name)


def check_signs():
    """Both false forms of AWEInsh that are in use give other values for wet salt."""
    x = spectrum(".28,.31,.32,.3,.09,.05")
    expect(abs(aweinsh(x)[0, 0] - 0.6675) < 1e-9, "AWEInsh of wet salt")
    plus = 4 * (x.green - x.swir1) - 0.25 * x.nir + 2.75 * x.swir2
    times = 4 * (x.green - x.swir1) - (0.25 * x.nir * 2.75 * x.swir2)
    expect(abs(plus[0, 0] - 0.9425) < 1e-9, "AWEInsh with the wrong sign")
    expect(abs(times[0, 0] - 0.8696875) < 1e-9, "AWEInsh as a product")
    expect(abs(mbwi(spectrum(".1,.14,.13,.06,.01,.006"))[0, 0] - 0.074) < 1e-9, "MBWI")


def check_recode():
    for value, codes in CLASS_OF_CODES.items():
        for code in codes.split():
            expect(DSWE_CLASS[int(code, 2)] == value, "class of %s" % code)
    for code in range(32):
        ones = bin(code).count("1")
        closed = [0, 4 if code == 16 else 0, 3 if code == 24 else 4, 2, 1, 1][ones]
        expect(DSWE_CLASS[code] == closed, "class of code %d" % code)
        for bit in range(5):  # what dswe_code says of slack
            order = [NOT, PARTIAL, OPEN].index
            less, more = COLLAPSED[DSWE_CLASS[[code & ~(1 << bit), code]]]
            expect(order(less) <= order(more), "code %d without bit %d" % (code, bit))


def check_edges():
    """All comparisons of DSWE are strict."""
    passed = lambda bands, test: bool(dswe_code(spectrum(bands))[0, 0] >> test - 1 & 1)
    expect(passed("0,.5621,0,0,.4379,0", 1), "MNDWI above .124")
    expect(not passed("0,.5619,0,0,.4381,0", 1), "MNDWI below .124")
    expect(not passed(".1,.25,.5,.5,.25,0", 2), "G + R = N + S1")
    for test, bands, edge in (
        (4, ".05,.1,.05,.05,%s,.01", (".08999", ".09")),
        (4, ".05,.1,.12,%s,.05,.01", (".14999", ".15")),
        (5, "%s,.1,.05,.05,.05,.01", (".09999", ".10")),
        (5, ".05,.2,.05,.05,%s,.01", (".29999", ".30")),
        (5, ".05,.1,.05,.05,.05,%s", (".09999", ".10")),
        (5, ".05,.1,.05,%s,.05,.01", (".24999", ".25")),
    ):
        expect(passed(bands % edge[0], test), "test %d of %s" % (test, bands % edge[0]))
        expect(not passed(bands % edge[1], test), "test %d of %s" % (test, bands % edge[1]))


# A spectrum (green .1, red and near infrared from n43, SWIR from n52 and n72) for each leaf.
WOFS_LEAVES = """
3 .21 -.5 0 0;  6 .05 -.9 0 -.9;  7 .05 -.9 .62 -.9;  10 .15 -.1 -.02 0;  11 .15 -.1 0 0
14 .03 -.1 0 0;  15 .04 -.1 0 0;  17 .05 -.1 .21 -.24;  19 .047 -.1 .23 -.24;  20 .048 -.1 .23 -.24
23 .034 0 0 0;  25 .03 0 .55 0;  27 .03 .11 .53 0;  31 .012 .13 -.5 0;  32 .013 .13 -.5 0
33 .03 .13 .5 0;  34 .031 .13 .5 0;  36 .01 .35 0 0;  38 .025 .3 0 0;  40 .02 .3 .46 0
42 .02 .3 .4 0;  44 .012 .3 -.5 0;  45 .013 .3 -.5 0
"""


def check_leaves():
    """Each leaf of the tree is reached by the spectrum that is its own."""
    for line in WOFS_LEAVES.replace(";", "\n").split("\n"):
        if not line.strip():
            continue
        leaf, blue, n52, n43, n72 = (float(word) for word in line.split())
        ratio = lambda n: (1 + n) / (1 - n)
        red = 0.03 if n43 < 0 or leaf == 31 else 0.05
        x = Bands(*(numpy.array([[v]]) for v in (
            blue, 0.1, red, red * ratio(n43), 0.1 * ratio(n52), 0.1 * ratio(n72))))  # fmt: skip
        here = wofs_leaves(x)[1][0, 0]
        expect(here == leaf, "leaf %d of WOfS: %d" % (leaf, here))


def check_reach():
    """Against a flood that takes one pixel after another."""
    random = numpy.random.RandomState(1)
    through = random.rand(60, 70) < 0.42
    core = through & (random.rand(60, 70) < 0.01)
    found, left = core.copy(), list(zip(*numpy.nonzero(core)))
    while left:
        row, column = left.pop()
        for r in range(max(row - 1, 0), min(row + 2, 60)):
            for c in range(max(column - 1, 0), min(column + 2, 70)):
                if through[r, c] and not found[r, c]:
                    found[r, c] = True
                    left.append((r, c))
    expect(core.sum() < found.sum() < through.sum(), "a flood that fills some, not all")
    expect(numpy.array_equal(found, reach(core, through)), "what hangs together with the core")


def check_otsu():
    """Against variances in floating point, and ties by hand."""
    values = numpy.concatenate([numpy.linspace(-0.6, -0.2, 700), numpy.linspace(0.3, 0.9, 500)])
    bins = numpy.floor((values + 1) * 128)
    spread = {
        k: numpy.mean(bins <= k) * numpy.mean(bins > k)
        * (bins[bins <= k].mean() - bins[bins > k].mean()) ** 2
        for k in range(int(bins.min()), int(bins.max()))
    }  # fmt: skip
    best = max(spread, key=lambda k: (round(spread[k], 9), -k))
    expect(otsu(values) == (best + 1) / 128 - 1, "Otsu of two ramps")
    expect(otsu(numpy.array([-0.5, 0.5])) == 65 / 128 - 1, "the first of many ties")
    expect(otsu(numpy.array([0.1, 0.1])) is None, "no threshold of one bin")
    expect(otsu(numpy.array([-7.0, 7.0])) == 1 / 128 - 1, "values beyond the bins")


def check_all():
    for line in VECTORS.strip().split("\n"):
        check_vector(line)
    for check in (
        check_signs, check_recode, check_edges, check_leaves, check_reach, check_otsu,
    ):  # fmt: skip
        check()
    print("%d wrong" % len(failed))
    return not failed


def main(words):
    if words == ["--vectors"]:
        return check_all()
    if len(words) not in (3, 4) or words[3:] not in ([], ["PRODUCT_MASKS=yes"], ["PRODUCT_MASKS=no"]):
        sys.exit(__doc__.strip())
    return compare(*words[:3], words[3:] == ["PRODUCT_MASKS=yes"])


if __name__ == "__main__":
    try:
        sys.exit(not main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit("oracle_water.py: %s" % error)
