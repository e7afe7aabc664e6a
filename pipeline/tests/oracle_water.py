#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reading of the water methods, to hold the program's maps against.

oracle_water.py PRODUCT RESULT METHOD[:fixed|otsu][,METHOD...] [PRODUCT_MASKS=yes|no] [STEP=X] [OTHERS=yes|no]
    PRODUCT: folder of a Landsat Collection 2 Level-2 product; RESULT: folder of an observation
    of it on the product's own grid, with the layers water and why; METHOD: see
    METHODS in oracle_methods.py; of several, RESULT/METHOD holds the folder of each.  STEP: in a map by otsu, the index and its threshold may have
    been rounded to multiples of X (of X of what the histogram is of).
    Exit status 0: every pixel is as here, but for those at a threshold.  1: some are not.
    OTHERS: RESULT is one folder, and status 0 that it is by none of these methods.
oracle_water.py --vectors
    Check this oracle against values computed by others.

All is double precision.  The program reckons in single precision, so a pixel may differ where
a quantity that decides is as near to its threshold as NEAR: every rule is evaluated three
times, as it stands and with all its thresholds shifted by NEAR against and for water, and a
pixel is decided where the three agree.  The methods are in oracle_methods.py.
"""

import collections
import glob
import os
import sys

import numpy
from osgeo import gdal

from oracle_methods import (
    CLOUD, ICE, METHODS, NODATA, NOT, OPEN, ROLES, WOFS_TREE, Bands, answer_of,
    dswe_tests, mndwi, all_raised, white_tests, wi2015, wofs_quantities,
)  # fmt: skip
from oracle_vectors import check_all

gdal.UseExceptions()

WHY_RESCUED = 1 << 11

BANDS = {"T": "123457", "E": "123457", "C": "234567", "O": "234567"}  # by sensor, as ROLES


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


def oracle(product, name, way, masks, step=0):
    """The Answer for a whole product."""
    index = METHODS[name]
    filled = product.filled(index.roles.split() if index else ROLES)
    hidden = product.hidden() if masks else numpy.zeros(filled.shape, bool)
    snow = product.snow() if masks else numpy.zeros(filled.shape, bool)
    a = answer_of(name, way, product.rho, ~filled & ~hidden & ~snow, step)
    for where, code in ((snow, ICE), (hidden, CLOUD), (filled, NODATA)):
        a.classes[where] = code
        a.sure[where] = True
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
    y = all_raised(x) if name == "dswx" else x
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


def compare(product, result_folder, method, masks, step):
    name, _, way = method.partition(":")
    if name not in METHODS or way not in ("", "fixed", "otsu") or way and not METHODS[name]:
        raise RuntimeError("%s: not a method; methods: %s" % (method, " ".join(METHODS)))
    answer = oracle(product, name, way, masks, step)
    found, grid = read(os.path.join(result_folder, "water.tif"))
    why, _ = read(os.path.join(result_folder, "why.tif"))
    if grid != product.grid or found.shape != answer.classes.shape:
        raise RuntimeError("%s: not on the grid of %s" % (result_folder, product.folder))
    differs = comparable(name, found) != comparable(name, answer.classes)
    rescued = differs & (why & WHY_RESCUED != 0) if masks else numpy.zeros(found.shape, bool)
    close = differs & ~answer.sure & ~rescued
    wrong = differs & ~close & ~rescued
    if answer.threshold is not None:
        print("threshold %.9g" % answer.threshold)
    print("%s %s: %d compared, %d open water, %d equal, %d differ: %d beyond a threshold's doubt, "
          "%d of %d in doubt, %d rescued"
          % (os.path.basename(os.path.normpath(product.folder)), method, found.size,
             (answer.classes == OPEN).sum(), (~differs).sum(), differs.sum(), wrong.sum(),
             close.sum(), (~answer.sure).sum(), rescued.sum()))  # fmt: skip
    if differs.any():
        say_differing(product, name, answer, found, why, differs)
    return not wrong.any()


def main(words):
    if words == ["--vectors"]:
        return check_all()
    options = dict(word.partition("=")[::2] for word in words[3:])
    masks, step = options.pop("PRODUCT_MASKS", "no"), options.pop("STEP", "0")
    others = options.pop("OTHERS", "no")
    if len(words) < 3 or options or not {masks, others} <= {"yes", "no"}:
        sys.exit(__doc__.strip())
    product, methods = Product(words[0]), words[2].split(",")
    one = len(methods) == 1 or others == "yes"
    same = [compare(product, words[1] if one else os.path.join(words[1], method, "*"), method,
                    masks == "yes", float(step)) for method in methods]  # fmt: skip
    return not any(same) if others == "yes" else all(same)


if __name__ == "__main__":
    try:
        sys.exit(not main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit("oracle_water.py: %s" % error)
