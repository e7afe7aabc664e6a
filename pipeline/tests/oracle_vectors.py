# SPDX-License-Identifier: Apache-2.0
"""Checks of oracle_methods.py against values computed by others: oracle_water.py --vectors."""

import numpy

from oracle_methods import (
    COLLAPSED, DSWE_CLASS, NOT, OPEN, PARTIAL, WETNESS_OLI, Bands, aweinsh, aweish, dswe_code,
    mbwi, mndwi, ndvi, ndwi, otsu, reach, wetness, wi2015, wofs_leaves,
)  # fmt: skip

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
