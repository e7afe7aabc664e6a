#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reading of the water's quality, pixel by pixel, to hold the program's layers against.

oracle_quality_map.py PRODUCT RESULT... [GLINT=swir|direct|none] [DEPTHS=FILE] [THRESHOLD=VALUE]...
    PRODUCT: folder of Landsat Collection 2 Level-2, HLS S30 or Sentinel-2 Level-2A (.SAFE, as GeoTIFF or
    JPEG 2000; its bands of 10 m alone, so with GLINT=none: whether the infrared is too bright is taken from
    the result).  RESULT: folders of observations of it on the product's own grid, with water, why, quality
    and any of the quantities and indices.  DEPTHS: what --bathymetry was, on the product's grid.  Thresholds
    are those of --set; their defaults and which there are: LIMITS.
    Exit status 0: every pixel is as here.  1: some are not.

Formulas: oracle_quality.py, in double precision.  The tolerance of a value is its 16-bit code's, half a step
of 11 bits of mantissa, 2^-12, and FORMULA more for logarithms and powers in single precision; LEAST, the
smallest code, for what is smaller than that.  (On the product's own grid nothing is moved, so the layer's
own 11 bits are those of the code.)
Reflectances of HLS and Sentinel-2 are rounded to the steps of 2.75e-5 in which the program keeps them.  A
pixel that differs by more is judged again with its mean reflectances moved by NEAR, what single precision
makes of them, either way and at random: it is as here if it lies within what these give.
"""

import glob
import json
import math
import multiprocessing
import os
import random
import sys
import types

import numpy
from osgeo import gdal

import oracle_quality as q
from oracle_quality import NAN

gdal.UseExceptions()

CODE, FORMULA, LEAST, MOST, NEAR = 2 ** -12, 2e-5, 2 ** -13 * (1 + 2 ** -11), 524032, 1e-7
NEGATIVE, BRIGHT, TURBID, NO_SKILL, RANGE, RESIDUAL, BLOOM, SHALLOW = (1 << i for i in range(8))
OPEN, LAND = 1, (0, 2)
ENOUGH = 100  # wrong pixels, after which no more are looked for
LIMITS = {"quality.window": 90, "quality.nir": .2, "quality.swir1": .05, "plants.fai": .02, "chl.turbid": 30}
WHY_SATURATED, WHY_MIXED, WHY_QUALITY, WHY_SHALLOW, WHY_BLOOM = 1 << 1, 1 << 18, 1 << 14, 1 << 15, 1 << 31


# ---- sensors -----------------------------------------------------------------------------


def named(roles, bands):
    return dict(zip(roles.split(), bands.split()))


TM = named("blue green red nir swir1 swir2 thermal", "SR_B1 SR_B2 SR_B3 SR_B4 SR_B5 SR_B7 ST_B6")
OLI = named("coastal blue green red nir swir1 swir2 thermal", "SR_B1 SR_B2 SR_B3 SR_B4 SR_B5 SR_B6 SR_B7 ST_B10")
S30 = named("coastal blue green red edge705 edge740 edge783 nir swir1 swir2", "B01 B02 B03 B04 B05 B06 B07 B8A B11 B12")
MSI = named("blue green red nir", "B02_10m B03_10m B04_10m B08_10m")
QAA_OLI = {"nm": (442.98, 482.59, 561.33, 654.61), "aw": (.00716, .01581, .06933, .37353),
           "bbw": (.0018828, .0013284, .0006975, .0003616)}
QAA_MSI = {"nm": (442.70, 492.72, 559.85, 664.62), "aw": (.00714, .02128, .06296, .41391),
           "bbw": (.0018893, .0012184, .0007010, .0003387)}
# By the first letters of a product's name: wavelengths [nm], constants of turbidity, suspended matter, QAA.
SENSORS = {
    "LT05": dict(bands=TM, nm={"red": 659.6, "nir": 839.1, "swir1": 1677}, oc2="oc2_oli", spm=(355.85, .1728),
                 turbidity={"red": (267.40, .17172), "nir": (2184.37, .20918)}),
    "LE07": dict(bands=TM, nm={"red": 661.4, "nir": 834.6, "swir1": 1649.8}, oc2="oc2_oli", spm=(355.85, .1728),
                 turbidity={"red": (271.72, .17171), "nir": (2170.33, .20907)}),
    "LC09": dict(bands=OLI, nm={"coastal": 443, "red": 654.6, "nir": 864.6, "swir1": 1609.1}, oc2="oc2_oli",
                 oc3="oc3_oli", spm=(346.32, .19905), qaa=QAA_OLI,
                 turbidity={"red": (257.43, .16878), "nir": (3260.52, .21132)}),
    "HLS.": dict(bands=S30, nm=dict(q.WAVES_MSI, coastal=442.7, edge705=704.1), oc2="oc2", oc3="oc3",
                 spm=(342.10, .19563), qaa=QAA_MSI, turbidity=q.TURBIDITY_S2A),
    "S2B_": dict(bands=MSI, nm={}, oc2="oc2", spm=(342.10, .19563),
                 turbidity={"red": (289.61, .17260), "nir": (2052.74, .20914)}),
}


# ---- algorithms --------------------------------------------------------------------------


def ci(s, b):
    weight = (555 - s.nm["coastal"]) / (s.nm["red"] - s.nm["coastal"])
    return 10 ** min(-.4287 + 230.47 * q.colour_index(b.coastal, b.green, b.red, weight), 300)


def oci(s, b):
    low, other = ci(s, b), q.oc(s.oc3, (b.coastal, b.blue), b.green)
    share = (low - .25) / (.35 - .25)
    if math.isnan(low) or math.isnan(other) or not 0 < share < 1:
        return NAN if math.isnan(low + other) else low if share <= 0 else other
    return (1 - share) * low + share * other


def secchi(s, b, sun):
    rho = (b.coastal, b.blue, b.green, b.red)
    if min(rho) <= 0:
        return NAN
    rrs, bbw = [v / math.pi for v in rho], s.qaa["bbw"]
    a, bbp, _ = q.qaa(rrs, s.qaa)
    kd = [q.kd_2013(a[i], bbp[i] + bbw[i], bbw[i], sun) for i in range(4)]
    positive = min(kd) > 0 and min(bbp[i] + bbw[i] for i in range(4)) > 0
    depth = q.depth(rrs, kd) if positive else NAN
    return depth if depth > 0 else NAN


def default(s, b):
    if "edge705" in s.bands:
        return q.chl_default(b.blue, b.green, b.red, b.edge705, b.fnu)
    return q.chl_clear(b.blue, b.green, b.fnu, s.oc2)


# Bands and published range, then the value; s: sensor, b: a pixel's bands.
ALGORITHMS = {
    "chlorophyll:balkhash": ("blue green edge705 red nir", .01, 60, default),
    "chlorophyll:oc2": ("blue green", .01, 30, lambda s, b: q.oc(s.oc2, (b.blue,), b.green)),
    "chlorophyll:oc3": ("coastal blue green", .01, 30, lambda s, b: q.oc(s.oc3, (b.coastal, b.blue), b.green)),
    "chlorophyll:oc3-franz": ("coastal blue green", .01, 30,
                              lambda s, b: q.oc("oc3_oli_f15", (b.coastal, b.blue), b.green)),
    "chlorophyll:ci": ("coastal blue green red", .01, .4, ci),
    "chlorophyll:oci": ("coastal blue green red", .01, 30, oci),
    "chlorophyll:ndci": ("red edge705", 1, 60, lambda s, b: q.chl_ndci_monotonic(b.red, b.edge705)),
    "chlorophyll:moses2": ("red edge705", 3, 100, lambda s, b: q.chl_moses2(b.red, b.edge705)),
    "chlorophyll:gilerson2": ("red edge705", 5, 150, lambda s, b: q.chl_gilerson2(b.red, b.edge705)),
    "chlorophyll:gurlin2": ("red edge705", 2, 100, lambda s, b: q.chl_gurlin2(b.red, b.edge705)),
    "chlorophyll:moses3": ("red edge705 edge740", 3, 100, lambda s, b: q.chl_moses3(b.red, b.edge705, b.edge740)),
    "chlorophyll:gilerson3": ("red edge705 edge740", 5, 150,
                              lambda s, b: q.chl_gilerson3(b.red, b.edge705, b.edge740)),
    "chlorophyll:gurlin3": ("red edge705 edge740", 2, 100, lambda s, b: q.chl_gurlin3(b.red, b.edge705, b.edge740)),
    "chlorophyll:gons": ("red edge705 edge783", 3, 200, lambda s, b: q.chl_gons(b.red, b.edge705, b.edge783)),
    "turbidity:dogliotti": ("red nir", 0, 1000, lambda s, b: b.fnu),
    "spm:nechad": ("red", 0, 1000, lambda s, b: q.nechad(b.red, *s.spm)),
    "secchi:lee": ("coastal blue green red", .1, 30, lambda s, b: secchi(s, b, b.sun)),
    "cdom:ficek": ("green red", .1, 20, lambda s, b: q.cdom(b.green, b.red)),
}


def regression(text):
    """An algorithm of a text such as "1.3 -2.1*blue/green 0.4*red"."""
    constant, terms = 0, []
    for word in text.split():
        number, _, bands = word.partition("*")
        if bands:
            terms.append((float(number), bands.split("/")))
        else:
            constant += float(number)

    def value(_, b):
        rho = {band: getattr(b, band) for _, bands in terms for band in bands}
        if min(rho.values()) <= 0:
            return NAN
        return math.exp(constant + sum(c * math.log(rho[n[0]] / (rho[n[1]] if n[1:] else 1)) for c, n in terms))
    return " ".join(sorted({band for _, bands in terms for band in bands})), 0, math.inf, value


# ---- products and results ----------------------------------------------------------------


def read(pattern):
    paths = glob.glob(pattern, recursive=True)
    if len(paths) != 1:
        raise RuntimeError("%s: %d files, not one" % (pattern, len(paths)))
    raster = gdal.Open(paths[0])
    return raster.ReadAsArray(), raster.GetGeoTransform()


class Product:
    """Stored values in steps of 2.75e-5 from -.2 on, 0 where there are none."""

    def __init__(self, folder):
        self.name = os.path.basename(os.path.normpath(folder))
        self.sensor = types.SimpleNamespace(**SENSORS[self.name[:4]])
        self.folder, self.packed = folder, {}
        self.grid = self.stored("red")[1]

    def stored(self, role):
        name = self.sensor.bands[role]
        end = {"L": "*_%s.TIF", "H": "*.%s.tif", "S": "**/*_%s.jp2"}[self.name[0]] % name
        return read(os.path.join(self.folder, end))

    def band(self, role):
        if role not in self.packed:
            dn = self.stored(role)[0].astype(int)
            fill, zero = {"L": (0, 0), "H": (-9999, 0), "S": (0, 1000)}[self.name[0]]
            steps = numpy.floor(((dn - zero) * 1e-4 + .2) / 2.75e-5 + .5).clip(1, 65535)
            self.packed[role] = numpy.where(dn == fill, 0, dn if self.name[0] == "L" else steps.astype(int))
        return self.packed[role]

    def reflectance(self, role):
        """As it is, not in steps."""
        dn, scale = self.stored(role)[0], {"L": (2.75e-5, -.2), "H": (1e-4, 0), "S": (1e-4, -.1)}[self.name[0]]
        return dn * scale[0] + scale[1]


def squares(a, radius):
    """Sums over squares of 2 radius + 1; nothing lies beyond the edge."""
    side = 2 * radius + 1
    s = numpy.pad(numpy.pad(a.astype(numpy.int64), radius).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return s[side:, side:] - s[:-side, side:] - s[side:, :-side] + s[:-side, :-side]


def near(shore, radius):
    """Pixels within a circle around those of the shore."""
    h, w = shore.shape
    padded, out = numpy.pad(shore, radius), numpy.zeros(shore.shape, bool)
    for dy in range(-radius, radius + 1):
        reach = math.isqrt(radius ** 2 - dy ** 2)
        row = numpy.pad(padded[radius + dy:radius + dy + h].astype(int).cumsum(1), ((0, 0), (1, 0)))
        out |= row[:, radius + reach + 1:radius + reach + 1 + w] > row[:, radius - reach:radius - reach + w]
    return out


def options_of(item):
    return item["balkhash:options"]["layers"].split(",")


class Result:
    def __init__(self, product, folder, options):
        self.product, self.sensor, self.folder = product, product.sensor, folder
        self.limits = {name: float(options.get(name, value)) for name, value in LIMITS.items()}
        self.glint, depths = options.get("GLINT", "swir"), options.get("DEPTHS")
        with open(os.path.join(folder, "item.json"), encoding="utf-8") as f:
            item = json.load(f)["properties"]
        options = item["balkhash:options"]
        self.sun = 90 - item["view:sun_elevation"]
        self.factors = item["balkhash:quality"].get("glint_factors", {})
        self.swir2_scale = item["balkhash:quality"].get("swir2_scale", 1)
        # These see no fraction, and so no mixed pixels: what touches land is taken for mixed.
        self.ring = item["balkhash:method"]["name"] in ("ndwi", "mndwi") and "fraction" not in options_of(item)
        self.layers = options["layers"].split(",")
        self.rules = {n: ALGORITHMS[n] for n in self.layers if n in ALGORITHMS}
        if "chlorophyll:regression" in self.layers:
            self.rules["chlorophyll:regression"] = regression(options["regression"])
        self.water, self.why, self.quality = (self.layer(n) for n in ("water", "why", "quality"))
        roles = {role for rule in self.rules.values() for role in rule[0].split()} | {"red", "nir"}
        self.roles = sorted(roles & set(self.sensor.bands))
        also = {"S": [], "L": ["swir1", "swir2"], "H": ["swir1", "swir2"]}[product.name[0]]
        self.bands = self.roles + (also[:1] if self.glint == "none" else also)
        self.make_means(int(self.limits["quality.window"] / product.grid[1]) // 2)
        shore = near(numpy.isin(self.water, LAND), int(500 / product.grid[1] + 1e-6))
        known = read(depths)[0] if depths else numpy.full(shore.shape, NAN)
        self.shore = numpy.where(numpy.isnan(known), shore, known < 6)

    def layer(self, name):
        a, grid = read(os.path.join(self.folder, name + ".tif"))
        if grid != self.product.grid:
            raise RuntimeError("%s: %s is not on the grid of the product" % (self.folder, name))
        return a

    def make_means(self, radius):
        pure = (self.water == OPEN) & (self.why & (WHY_MIXED | WHY_SATURATED) == 0)
        for role in self.bands:
            pure &= self.product.band(role) != 0
        if self.ring:
            pure = squares(pure, 1) == 9
        count = squares(pure, radius).clip(1)
        self.pure = pure
        self.means = {r: squares(self.product.band(r) * pure, radius) / count * 2.75e-5 - .2 for r in self.bands}

    # -- a pixel --

    def water_of(self, raw):
        """Reflectance of water: the smaller SWIR band, of 0 to .03, taken off."""
        if self.glint == "none":
            return raw
        left = q.residual(raw["swir1"], raw["swir2"] * self.swir2_scale, .03)
        return {r: raw[r] - left * (self.factors[r] if self.glint == "direct" else 1) for r in self.roles}

    def infrared(self, raw, found):
        if "swir1" not in raw:
            return found & (BRIGHT | BLOOM)
        floats = q.fai(raw["red"], raw["nir"], raw["swir1"], self.sensor.nm) >= self.limits["plants.fai"]
        bright = raw["nir"] >= self.limits["quality.nir"] or raw["swir1"] >= self.limits["quality.swir1"]
        return (BRIGHT if bright else 0) | (BLOOM if floats else 0)

    def judge(self, raw, shore, found):
        """Values by layer and flags of a pixel's mean reflectances; found: the flags of the result."""
        rho = self.water_of(raw)
        b = types.SimpleNamespace(**rho, sun=self.sun, fnu=q.turbidity(rho["red"], rho["nir"], self.sensor.turbidity))
        flags = self.infrared(raw, found) | (0 if b.fnu < self.limits["chl.turbid"] else TURBID)
        flags |= SHALLOW if shore and b.fnu < 5 else 0
        if min(rho[r] for r in self.roles if r != "nir") <= 0:
            flags |= NEGATIVE
        if "edge705" in self.roles and "chlorophyll:balkhash" in self.rules and abs(b.edge705 - .75 * b.red) < .01 * (1 - .75):
            flags |= RESIDUAL
        values = {}
        for name, (_, low, high, formula) in self.rules.items():
            v = formula(self.sensor, b)
            flags |= RANGE if v < low or v > high else 0
            chlorophyll = name.startswith("chlorophyll")
            if name != "temperature:usgs" and math.isnan(v) and not flags & (NEGATIVE | BRIGHT):
                flags |= NO_SKILL if name == "chlorophyll:balkhash" else RANGE
            hidden = flags & (BRIGHT | (BLOOM if chlorophyll else 0)) or v < 0
            values[name.split(":")[0]] = NAN if hidden else min(v, MOST)
        return values, flags

    def judge_near(self, raw, shore, found):
        """The same of reflectances that are a little other."""
        dice = random.Random(1)
        moves = [{role: sign * NEAR} for role in raw for sign in (-1, 1)]
        moves += [{role: dice.choice((-1, 1)) * NEAR for role in raw} for _ in range(16)]
        return [self.judge({r: raw[r] + m.get(r, 0) for r in raw}, shore, found) for m in moves]


# ---- comparison --------------------------------------------------------------------------


def far(found, value):
    """How far a value is from what is due, as a share of what is allowed; above 1: too far."""
    if math.isnan(found) or math.isnan(value):
        return 0 if math.isnan(found) and math.isnan(value) else math.inf
    return abs(found - value) / ((CODE + FORMULA) * abs(value) + (LEAST if value < LEAST else 0))


def within(found, values):
    """Is it as in one of these, or between them?  Where some have no value, it may be a little smaller yet."""
    numbers = [v for v in values if not math.isnan(v)]
    if math.isnan(found) or not numbers:
        return math.isnan(found) and len(numbers) < len(values)
    low, high = min(numbers), max(numbers)
    low -= high - low if len(numbers) < len(values) else 0
    return far(found, min(max(found, low), high)) <= 1


def compare_pixel(r, at, maps, tally):
    """Is the pixel as it is due?  Counts it."""
    raw, flags = {role: float(mean[at]) for role, mean in r.means.items()}, int(r.quality[at])
    found = {layer: float(m[at]) for layer, m in maps.items()}
    values, due = r.judge(raw, r.shore[at], flags)
    shares = {layer: far(found[layer], values[layer]) for layer in maps}
    if flags == due and all(share <= 1 for share in shares.values()):
        for layer, v in values.items():
            tally["values"] += not math.isnan(v)
            tally["most"] = max(tally["most"], abs(found[layer] / v - 1) if v > LEAST else 0)
        return True
    near_by = r.judge_near(raw, r.shore[at], flags) + [(values, due)]
    tally["doubt"] += 1
    bits = all(any((n[1] ^ flags) & 1 << i == 0 for n in near_by) for i in range(8))
    if bits and all(within(found[layer], [n[0][layer] for n in near_by]) for layer in maps):
        return True
    if tally["wrong"] < 6:
        print("row %d column %d: flags %#x, %#x in the map; %s; %s" % (*at, due, flags, ", ".join(
            "%s %.6g, %.6g in the map" % (layer, values[layer], found[layer]) for layer in maps), raw))
    tally["wrong"] += 1
    return False


def compare_others(r):
    """Temperature, indices, reasons, and that nothing stands outside of open water: words of what is wrong."""
    wrong = []
    flagged = {WHY_QUALITY: NEGATIVE | BRIGHT | NO_SKILL | RANGE, WHY_SHALLOW: SHALLOW, WHY_BLOOM: BLOOM}
    for bit, flags in flagged.items():
        if ((r.why & bit != 0) != (r.quality & flags != 0)).any():
            wrong.append("reason %#x is not as the flags" % bit)
    if r.quality[~r.pure].any():
        wrong.append("flags outside of open water")
    if "temperature:usgs" in r.layers:
        celsius = r.product.band("thermal") * .00341802 + 149 - 273.15
        found = r.layer("temperature")
        off = numpy.abs(found - celsius)[r.pure].max()
        print("%s: temperature within %.4f degrees" % (r.folder, off))
        if not off <= .01 or not numpy.isnan(found[~r.pure]).all():
            wrong.append("temperature")
    heights = {"fai": "red nir swir1", "afai": "red edge740 nir", "mci": "red edge705 edge740"}
    for layer in set(heights) & set(r.layers):
        left, middle, right = heights[layer].split()
        nm = {"edge740": 740.5, **r.sensor.nm}
        due = q.height(*(r.product.reflectance(x) for x in (left, middle, right)),
                       q.height_weight(nm, left, middle, right))
        seen = numpy.logical_and.reduce([r.product.band(x) != 0 for x in (left, middle, right)]) & (r.water != 255)
        off = numpy.abs(r.layer(layer) * 1e-4 - due)[seen].max()
        print("%s: %s within %.3g" % (r.folder, layer, off))
        if not off <= .5e-4 + 1e-6:
            wrong.append(layer)
    return wrong


def compare(product, folder, options):
    r = Result(product, folder, options)
    maps = {name.split(":")[0]: r.layer(name.split(":")[0]) for name in r.rules}
    tally = {"values": 0, "most": 0, "doubt": 0, "wrong": 0}
    for at in zip(*(i.tolist() for i in numpy.nonzero(r.pure))):
        compare_pixel(r, at, maps, tally)
        if tally["wrong"] == ENOUGH:
            break
    wrong = compare_others(r)
    wrong += [layer for layer, m in maps.items() if not numpy.isnan(m[~r.pure]).all()]
    flags = " ".join("%d: %d" % (1 << i, (r.quality & 1 << i != 0).sum()) for i in range(8))
    print("%s %s: %d pixels, %d values, differ by %.3g at most, %d looked at twice, %d wrong%s; flags %s"
          % (product.name[:4], " ".join(r.rules), r.pure.sum(), tally["values"], tally["most"], tally["doubt"],
             tally["wrong"], "".join("; wrong: " + w for w in wrong), flags))  # fmt: skip
    return not wrong and not tally["wrong"] and r.pure.any()


def main(words):
    options = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    folders = [word for word in words[1:] if "=" not in word]
    if not folders or set(options) - {"GLINT", "DEPTHS"} - set(LIMITS):
        sys.exit(__doc__.strip())
    product = Product(words[0])
    with multiprocessing.Pool(min(len(folders), os.cpu_count() or 1)) as pool:
        return all(pool.starmap(compare, [(product, folder, options) for folder in folders]))


if __name__ == "__main__":
    try:
        sys.exit(not main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit("oracle_quality_map.py: %s" % error)
