#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every product form against the one truth that the generator wrote in all of them.

forms_truth.py TEST: makes the products, runs the program and compares.  Prints what was measured;
ends with 1 and words where something is off.

Bounds.  A band stores value = dn * gain + offset with whole dn, so what is read back is
within h = gain / 2 of the truth (EXACT covers floats and the decimals of "info").  An index
of the bands is within the largest change that +-h of its bands can make, plus half a step of
its own file, 0.5e-4; bands of 20 m have one value in four pixels of 10 m.  Products that have
radiance only (TM and ETM+ before Collection 1) need the distance of the sun, of which the
generator's almanac and the program's may differ by 3e-4, so reflectance by 6e-4 of itself.
"""

import itertools
import os

import numpy
from osgeo import gdal

from forms_product import WATER, Product, attempt, bands_of, main, read, scene, shared, wrong

EXACT = 3e-7
SUN_DISTANCE = 6e-4
INDEX_STEP = 0.5e-4
AREA_PERCENT = 0.1
ODD = "-1000,-998,-1003,-996,-1000,-1000,-1000,-1011,-1007,-1000,-1000,-987,-1013"

# What the program must read: name -> options of the generator, size of the window in pixels.
FORMS = {
    "landsat 9 L2": (["--kind", "landsat-l2"], 120),
    "landsat 8 L2": (["--kind", "landsat-l2", "--spacecraft", "LC08"], 120),
    "landsat 7 L2": (["--kind", "landsat-l2", "--spacecraft", "LE07"], 120),
    "landsat 5 L2": (["--kind", "landsat-l2", "--spacecraft", "LT05"], 120),
    "landsat 9 L1": (["--kind", "landsat-l1"], 120),
    "landsat 7 L1": (["--kind", "landsat-l1", "--spacecraft", "LE07"], 120),
    "landsat 4 L1": (["--kind", "landsat-l1", "--spacecraft", "LT04"], 120),
    "landsat 8 C1": (["--kind", "landsat-l1", "--spacecraft", "LC08", "--collection", "01"], 120),
    "landsat 5 C1": (["--kind", "landsat-l1", "--spacecraft", "LT05", "--collection", "01"], 120),
    "landsat 8 pre": (["--kind", "landsat-l1", "--spacecraft", "LC08", "--collection", "pre"], 120),
    "landsat 7 pre": (["--kind", "landsat-l1", "--spacecraft", "LE07", "--collection", "pre"], 120),
    "landsat 5 pre": (["--kind", "landsat-l1", "--spacecraft", "LT05", "--collection", "pre"], 120),
    "S2 L1C 02.04": (["--kind", "sentinel2-l1c", "--baseline", "0204"], 240),
    "S2 L1C 02.09": (["--kind", "sentinel2-l1c", "--baseline", "0209"], 240),
    "S2 L1C 05.11": (["--kind", "sentinel2-l1c", "--baseline", "0511"], 240),
    "S2 L2A 02.09": (["--kind", "sentinel2-l2a", "--baseline", "0209"], 240),
    "S2 L2A 03.01": (["--kind", "sentinel2-l2a", "--baseline", "0301"], 240),
    "S2 L2A 04.00": (["--kind", "sentinel2-l2a", "--baseline", "0400"], 240),
    "S2 L2A 05.11": (["--kind", "sentinel2-l2a", "--baseline", "0511"], 240),
    "S2 L2A odd": (["--kind", "sentinel2-l2a", "--offsets", ODD, "--quantification", "9000"], 240),
    "HLS L30": (["--kind", "hls-l30"], 120),
    "HLS S30": (["--kind", "hls-s30"], 120),
    "STAC landsat 9 L2": (["--kind", "landsat-l2", "--stac", "1.0"], 120),
    "STAC landsat 5 L2": (["--kind", "landsat-l2", "--spacecraft", "LT05", "--stac", "1.1"], 120),
    "STAC S2 L2A": (["--kind", "sentinel2-l2a", "--stac", "1.0"], 240),
    "STAC S2 L2A odd": (
        ["--kind", "sentinel2-l2a", "--stac", "1.1", "--offsets", ODD, "--quantification", "9000"],
        240,
    ),
}

RADIANCE_ONLY = ("landsat 7 pre", "landsat 5 pre")

# Which role each index wants, and what it makes of them.
INDICES = {
    "ndwi": (("green", "nir"), lambda g, n: (g - n) / (g + n)),
    "mndwi": (("green", "swir1"), lambda g, s: (g - s) / (g + s)),
    "ndvi": (("nir", "red"), lambda n, r: (n - r) / (n + r)),
    "aweish": (
        ("blue", "green", "nir", "swir1", "swir2"),
        lambda b, g, n, s, t: b + 2.5 * g - 1.5 * (n + s) - 0.25 * t,
    ),
}


def usable(role):
    return not role.startswith("thermal") and role not in ("cirrus", "vapour")


def form_reflectance(form, options, size):
    p = Product(options + ["--ramp"], size, shared(form))
    bands, worst = bands_of(p.info()), 0
    for role in filter(usable, bands):
        b = bands[role]
        data = gdal.Open(p.find(os.path.basename(b["file"])))
        t = data.GetGeoTransform()
        grid = (t[0], t[3], t[1], data.RasterXSize, data.RasterYSize)
        truth = p.ramp(p.truth_name(b["name"]), grid)
        value = data.ReadAsArray().astype(float) * b["gain"] + b["offset"]
        slack = EXACT + (SUN_DISTANCE * truth if form in RADIANCE_ONLY else 0)
        excess = (abs(value - truth) - slack) / (b["gain"] / 2)
        worst = max(worst, excess.max())
        if excess.max() > 1:
            wrong("%s, %s: %.3f half steps off" % (form, role, excess.max()))
    if not {"blue", "green", "red", "nir", "swir1", "swir2"} <= set(bands):
        wrong("%s: bands %s only" % (form, " ".join(sorted(bands))))
    print("%-18s %2d bands, at most %.3f half steps off" % (form, len(bands), worst))


def reflectance():
    """gain * dn + offset of "info" gives the truth in every pixel of every band."""
    for form, given in FORMS.items():
        attempt(form, form_reflectance, form, *given)


def index_bound(function, truths, halves):
    """The largest change of the index by +-half a step of each band."""
    here, bound = function(*truths), 0
    for signs in itertools.product((-1, 1), repeat=len(truths)):
        moved = [t + s * h for t, s, h in zip(truths, signs, halves)]
        bound = numpy.maximum(bound, abs(function(*moved) - here))
    return here, bound


def truth_of(p, band):
    """What a band has at the pixels of the product: where it is coarser, its own pixel's value."""
    x0, y0, pixel, width, height = p.whole_grid()
    k = round(band["pixel_m"][0] / pixel)
    own = p.ramp(p.truth_name(band["name"]), (x0, y0, k * pixel, width // k, height // k))
    return own.repeat(k, 0).repeat(k, 1)


def check_indices(form, p, folder):
    bands, worst = bands_of(p.info()), 0
    for layer, (roles, function) in INDICES.items():
        truths = [truth_of(p, bands[r]) for r in roles]
        halves = [bands[r]["gain"] / 2 + EXACT for r in roles]
        if form in RADIANCE_ONLY:
            halves = [h + SUN_DISTANCE * t for h, t in zip(halves, truths)]
        truth, bound = index_bound(function, truths, halves)
        value = read(os.path.join(folder, layer + ".tif")) * 1e-4
        excess = abs(value - truth) / (bound + INDEX_STEP + 1e-6)
        worst = max(worst, excess.max())
        if excess.max() > 1:
            wrong("%s, %s: %.3f of the bound" % (form, layer, excess.max()))
    return worst


def form_indices(form, options, size):
    p = Product(options + ["--ramp"], size, shared(form))
    folder = scene(p.name, "out", "--layers", ",".join(["water", *INDICES]), "--overwrite")[0]
    print("%-18s at most %.3f of the bound" % (form, check_indices(form, p, folder)))


def indices():
    """Indices of every form are those of the truth; four of them, in every pixel."""
    for form, given in FORMS.items():
        attempt(form, form_indices, form, *given)


def pure(fraction, reach):
    """Pixels that are all water or all land, and so are those within reach."""
    out = [(fraction == whole) for whole in (0, 10000)]
    for k, same in enumerate(out):
        grown = same.copy()
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                grown &= numpy.roll(same, (dy, dx), (0, 1))
        out[k] = grown
    return out


def form_water(form, options, size):
    p = Product(options + ["--lake", "star", "--radius", "900"], size, form.replace(" ", "_"))
    folder = scene(p.name, "out", "--overwrite")[0]
    got = read(os.path.join(folder, "water.tif"))
    land, wet = pure(p.truth_raster("fraction16.tif"), 2 if "S2" in form else 1)
    bad = numpy.count_nonzero(got[land] != 0) + numpy.count_nonzero(got[wet] != WATER)
    if bad:
        wrong("%s: %d pure pixels have another class than the truth" % (form, bad))
    fraction = read(os.path.join(folder, "fraction.tif")).astype(float)
    area = fraction[fraction <= 100].sum() * p.grid["pixel_m"] ** 2 * 1e-8
    off = 100 * (area / p.truth["area"]["water_utm_km2"] - 1)
    if abs(off) > AREA_PERCENT:
        wrong("%s: area %+.3f %% off" % (form, off))
    n = numpy.count_nonzero(wet) + numpy.count_nonzero(land)
    print("%-18s %d pure pixels as they are, area %+.3f %%" % (form, n, off))


def water():
    """Water and land of the same lake stand alike in every form, but in pixels on the shore.

    The bands are those of the truth already; without BALKHASH_LONG one form of three shows that so is what is made of them.
    """
    every = 1 if os.environ.get("BALKHASH_LONG") else 3
    for form, given in list(FORMS.items())[::every]:
        attempt(form, form_water, form, *given)


def sun():
    """Level-1 is divided by the cosine of each pixel's sun, where the product has its angle."""
    options = ["--kind", "landsat-l1", "--ramp", "--sun-range", "8"]
    p = Product(options, 120)
    folder = scene(p.path, "out", "--layers", "water," + ",".join(INDICES))[0]
    zenith = numpy.radians(p.truth["air"]["sun_zenith_deg"])
    # SZA has hundredths of a degree: reflectance is off by tan(zenith) * 0.005 degree of itself.
    slack = numpy.tan(zenith + numpy.radians(4)) * numpy.radians(0.005)
    bands = bands_of(p.info())
    roles, function = INDICES["aweish"]
    truths = [truth_of(p, bands[r]) for r in roles]
    halves = [1.1 * bands[r]["gain"] / 2 + EXACT + slack * t for r, t in zip(roles, truths)]
    truth, bound = index_bound(function, truths, halves)
    value = read(os.path.join(folder, "aweish.tif")) * 1e-4
    column = abs(value - truth) / (bound + INDEX_STEP)
    mean = numpy.cos(numpy.radians(p.truth["air"]["sun_zenith_deg"] + 4)) / numpy.cos(zenith)
    print("AWEIsh at most %.3f of the bound; by the scene's sun %.0f %% off in the east"
          % (column.max(), 100 * abs(1 - mean)))
    if column.max() > 1:
        wrong("sun of each pixel: AWEIsh %.3f of the bound" % column.max())


main((reflectance, indices, water, sun))
