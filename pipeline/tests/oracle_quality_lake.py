#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an observation of a lake says of its water's quality, counted anew.

oracle_quality_lake.py summary RESULT
    Is summary.json what the layers say: pixels, areas, median, 5 and 95 %, of the whole and of the basins of
    the built-in lake?  A percentile is the smallest value that at least that share of the pixels does not
    exceed.  The grid has equal areas.
oracle_quality_lake.py plants PRODUCT RESULT OUTLINE [REEDS]
    Is layer vegetation as its rules are?  PRODUCT: as of oracle_quality_map.py; RESULT: on its grid;
    OUTLINE, REEDS: where plants are looked for (GeoJSON).  Which side of an outline a pixel's centre lies on
    may differ where it is within a pixel of it.
Exit status 0: all is as here.  1: something is not, and is named.
"""

import json
import math
import os
import sys

import numpy
from osgeo import gdal, ogr, osr

from oracle_methods import ROLES, Bands, dswe_code
from oracle_quality_map import Product

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()

THRESHOLDS = {"chlorophyll": (2.5, 8, 25), "secchi": (1.5, 3, 6), "turbidity": (5, 30, 100), "spm": (5, 30, 100),
              "cdom": (1, 3, 6), "temperature": (15, 20, 25), "fai": (0, .02, .05)}
FLAGS = ("negative", "bright", "turbid", "no_skill", "range", "residual", "bloom", "shallow")  # by bit
WHY_MIXED = 1 << 18
BASINS = (("ili-delta", 0, 0), ("west", 72.5, 75.47), ("east", 75.47, 80.5))  # longitudes; of the delta nothing is seen
NONE, REED, WET, FLOATING, HIDDEN, NODATA = 0, 1, 2, 3, 253, 255
HALF = 1e-6  # of the last digit of an area, km2


def layer(folder, name):
    return gdal.Open(os.path.join(folder, name + ".tif"))


class Wrong(list):
    """What is not as it should be; says it."""

    def check(self, true, words):
        if not true:
            print("wrong: " + words)
            self.append(words)


# ---- summary -----------------------------------------------------------------------------


def longitudes(raster):
    """Of all pixels' centres."""
    x0, dx, _, y0, _, dy = raster.GetGeoTransform()
    here = osr.SpatialReference(wkt=raster.GetProjection())
    there = osr.SpatialReference()
    there.ImportFromEPSG(4326)
    for crs in (here, there):
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    y, x = numpy.mgrid[:raster.RasterYSize, :raster.RasterXSize] + .5
    points = numpy.column_stack([(x0 + x * dx).ravel(), (y0 + y * dy).ravel()])
    moved = osr.CoordinateTransformation(here, there).TransformPoints(points)
    return numpy.array(moved)[:, 0].reshape(x.shape)


def same_number(said, value, name):
    """A summary has five digits; of temperatures, steps of .01 K and the layer's own rounding."""
    return abs(said - value) <= (.0101 if name == "temperature" else abs(value) * .5e-4 + 1e-9)


def check_unit(wrong, said, values, name, pixel_km2):
    """A reporting unit of a quantity: values of its pixels, ascending."""
    words = "%s of %s: %s" % (name, said["name"], said)
    wrong.check(said["pixels"] == len(values), words)
    wrong.check(abs(said["km2"] - len(values) * pixel_km2) <= HALF, words)
    for key, share in (("median", .5), ("p05", .05), ("p95", .95)):
        if len(values):
            due = values[math.ceil(round(share * 1000) * len(values) / 1000) - 1]
            wrong.check(same_number(said[key], due, name), "%s, %s %g" % (words, key, due))
        else:
            wrong.check(said[key] is None, words)
    wrong.check([a["from"] for a in said["at_least"]] == list(THRESHOLDS[name]), words)
    for above in said["at_least"]:
        due = (values >= above["from"]).sum() * pixel_km2
        wrong.check(abs(above["km2"] - due) <= HALF, "%s, from %g: %.6f" % (words, above["from"], due))


def values_of(folder, name):
    """Values of a quantity, NaN where there is none; of an index only those of open water count."""
    raster = layer(folder, name)
    values = raster.ReadAsArray()
    if values.dtype != numpy.int16:
        return values
    water, why = layer(folder, "water").ReadAsArray(), layer(folder, "why").ReadAsArray()
    good = (values != -32768) & (water == 1) & (why & WHY_MIXED == 0)
    return numpy.where(good, values / 1e4, numpy.nan)


def check_flags(wrong, said, flags, pixel_km2):
    for bit, name in enumerate(FLAGS):
        due = (flags >> bit & 1).sum() * pixel_km2
        wrong.check(abs(said[name + "_km2"] - due) <= HALF, "%s of %s: %g" % (name, said["name"], due))


def check_plants(wrong, said, classes, pixel_km2):
    keys = {"reed_km2": REED, "wet_vegetation_km2": WET, "floating_km2": FLOATING}
    for key, code in keys.items():
        due = (classes == code).sum() * pixel_km2
        wrong.check(abs(said[key] - due) <= HALF, "%s of %s: %g, not %g" % (key, said["name"], said[key], due))


def check_summary(folder):
    wrong, water = Wrong(), layer(folder, "water")
    with open(os.path.join(folder, "summary.json"), encoding="utf-8") as f:
        summary = json.load(f)
    lon, pixel_km2 = longitudes(water), abs(water.GetGeoTransform()[1] * water.GetGeoTransform()[5]) / 1e6
    units = {"whole": numpy.ones(lon.shape, bool)}
    units.update((name, (lon >= west) & (lon < east)) for name, west, east in BASINS)
    for quantity in summary["quantities"]:
        name = quantity["layer"]
        values = values_of(folder, name)
        wrong.check([u["name"] for u in quantity["areas"]] == list(units), name + ": names of its areas")
        for said in quantity["areas"]:
            inside = values[units[said["name"]] & ~numpy.isnan(values)]
            check_unit(wrong, said, numpy.sort(inside), name, pixel_km2)
        print("%s: %s" % (name, ", ".join("%s %d pixels, median %s" % (u["name"], u["pixels"], u["median"])
                                          for u in quantity["areas"])))  # fmt: skip
    flags = layer(folder, "quality").ReadAsArray()
    for said in summary["flags"]:
        check_flags(wrong, said, flags[units[said["name"]]], pixel_km2)
    print("flags: %s" % summary["flags"][0])
    classes = layer(folder, "vegetation").ReadAsArray()
    for said in summary["vegetation"]:
        check_plants(wrong, said, classes[units[said["name"]]], pixel_km2)
    print("vegetation: %s" % summary["vegetation"][0])
    return not wrong


# ---- plants ------------------------------------------------------------------------------


def inside(raster, path):
    """Pixels whose centre lies in a file's polygons."""
    memory = gdal.GetDriverByName("MEM").Create("", raster.RasterXSize, raster.RasterYSize, 1)
    memory.SetGeoTransform(raster.GetGeoTransform())
    memory.SetProjection(raster.GetProjection())
    crs = osr.SpatialReference(wkt=raster.GetProjection())
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    source, store = gdal.OpenEx(path), ogr.GetDriverByName("Memory").CreateDataSource("")
    moved = store.CreateLayer("", crs)
    for feature in source.GetLayer(0):
        shape = feature.GetGeometryRef().Clone()
        shape.Segmentize(.001)  # its edges are straight in degrees
        shape.TransformTo(crs)
        copy = ogr.Feature(moved.GetLayerDefn())
        copy.SetGeometry(shape)
        moved.CreateFeature(copy)
    gdal.RasterizeLayer(memory, [1], moved, burn_values=[1])
    return memory.ReadAsArray() == 1


def wider(a):
    p = numpy.pad(a, 1)
    return numpy.logical_or.reduce([p[y:y + a.shape[0], x:x + a.shape[1]] for y in range(3) for x in range(3)])


def spectrum(x, nm, slack):
    """Reed, wet vegetation or none; floating or not; a positive slack is for plants."""
    with numpy.errstate(all="ignore"):
        ndvi = (x.nir - x.red) / (x.nir + x.red)
    reed = (ndvi >= .4 - slack) & (x.swir1 <= .25 + slack)
    wet = (ndvi >= .2 - slack) & (dswe_code(x, slack) & 24 != 0)
    weight = (nm["nir"] - nm["red"]) / (nm["swir1"] - nm["red"])
    floating = x.nir - x.red - (x.swir1 - x.red) * weight >= .02 - slack
    return numpy.where(reed, REED, numpy.where(wet, WET, NONE)), numpy.where(floating, FLOATING, NONE)


def check_classes(folder, result, paths):
    product, wrong = Product(folder), Wrong()
    raster = layer(result, "water")
    water, found = raster.ReadAsArray(), layer(result, "vegetation").ReadAsArray()
    if raster.GetGeoTransform() != product.grid:
        raise RuntimeError("%s: not on the grid of %s" % (result, folder))
    shapes = [inside(raster, path) for path in paths]
    sure_in = numpy.logical_or.reduce([~wider(~s) for s in shapes])
    sure_out = ~numpy.logical_or.reduce([wider(s) for s in shapes])
    wrong.check((found[sure_out] == NODATA).all(), "plants outside")
    rho, due = Bands(*(product.reflectance(role) for role in ROLES)), []
    for slack in (-1e-6, 0, 1e-6):
        land, lake = spectrum(rho, product.sensor.nm, slack)
        due.append(numpy.where(water == 1, lake, land))
    sure = sure_in & (due[0] == due[1]) & (due[1] == due[2])
    expected = numpy.where((water == 252) | (water == 253), HIDDEN, numpy.where(water == 255, NODATA, due[1]))
    wrong.check((found == expected)[sure].all(), "%d of %d pixels" % ((found != expected)[sure].sum(), sure.sum()))
    counts = {code: int((found == code).sum()) for code in (NONE, REED, WET, FLOATING, HIDDEN)}
    beyond = [int(((found == REED) & ~wider(s)).sum()) for s in shapes]
    print("pixels by class: %s; reed beyond each outline: %s; in doubt: %d" % (counts, beyond, (sure_in & ~sure).sum()))
    return not wrong and min(list(counts.values()) + beyond[:len(shapes) - 1]) > 0


def main(words):
    if len(words) == 2 and words[0] == "summary":
        return check_summary(words[1])
    if len(words) >= 4 and words[0] == "plants":
        return check_classes(words[1], words[2], words[3:])
    sys.exit(__doc__.strip())


if __name__ == "__main__":
    try:
        sys.exit(not main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit("oracle_quality_lake.py: %s" % error)
