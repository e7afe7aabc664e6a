#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# oracle_mosaic.py MOSAIC OBSERVATION...: the layers of a mosaic by the frequency rule, made again with numpy from
# observations of which no two are of one overpass.  Prints how many pixels are compared; exit status 1 if one differs.
import json
import os
import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()


def read(folder, layer):
    return gdal.Open(os.path.join(folder, layer + ".tif"))


def placed(folder, layer, mosaic, nodata):
    """An observation's layer on the grid of the mosaic."""
    source, target = read(folder, layer), read(mosaic, "water")
    out = np.full((target.RasterYSize, target.RasterXSize), nodata, dtype=source.ReadAsArray(0, 0, 1, 1).dtype)
    s, t = source.GetGeoTransform(), target.GetGeoTransform()
    x, y = round((s[0] - t[0]) / t[1]), round((s[3] - t[3]) / t[5])
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + source.RasterXSize, target.RasterXSize), min(y + source.RasterYSize, target.RasterYSize)
    out[top:bottom, left:right] = source.ReadAsArray()[top - y:bottom - y, left - x:right - x]
    return out


def lower_median(stack, valid):
    """Along the first axis; the second result is of how many."""
    values = np.where(valid, stack, np.inf).astype(np.float64)
    values.sort(axis=0)
    n = valid.sum(axis=0)
    middle = np.take_along_axis(values, np.maximum(n - 1, 0)[None] // 2, axis=0)[0]
    return middle, n


def median(stack, valid):
    """The plain one along the first axis, in whole numbers, half to even; 255 where there is none."""
    values = np.where(valid, stack, np.nan)
    there = valid.any(axis=0)
    out = np.full(there.shape, 255.0)
    out[there] = np.rint(np.nanmedian(values[:, there], axis=0))
    return out


def months_of(folders, seen, wet):
    looked, water = {}, {}
    for i, folder in enumerate(folders):
        time = json.load(open(os.path.join(folder, "item.json")))["properties"]["datetime"]
        looked[time[5:7]] = looked.get(time[5:7], 0) + seen[i]
        water[time[5:7]] = water.get(time[5:7], 0) + wet[i]
    months = sum((n > 0).astype(int) for n in looked.values())
    season = sum(((n > 0) & (2 * water[k] >= n)).astype(int) for k, n in looked.items())
    return months, np.where(months > 0, season, 255)


def truths(mosaic, folders):
    """Name and array of every layer."""
    water = np.stack([placed(f, "water", mosaic, 255) for f in folders])
    seen, wet, partial = water <= 2, water == 1, water == 2
    observed = seen.sum(axis=0)
    fraction = np.stack([placed(f, "fraction", mosaic, 255) for f in folders])
    months, season = months_of(folders, seen.astype(int), wet.astype(int))
    yield "observed", observed
    yield "wet", wet.sum(axis=0)
    yield "partial", partial.sum(axis=0)
    yield "fraction", median(fraction, seen & (fraction <= 100))
    yield "months", months
    yield "seasonality", season
    for name in ("chlorophyll", "turbidity", "temperature", "mndwi"):
        if not os.path.exists(os.path.join(mosaic, name + ".tif")):
            continue
        index = name == "mndwi"
        nodata = -32768 if index else np.nan
        having = [os.path.exists(os.path.join(f, name + ".tif")) for f in folders]
        values = np.stack([placed(f, name, mosaic, nodata) for f, h in zip(folders, having) if h])
        valid = seen[having] & ((values != nodata) if index else ~np.isnan(values))
        middle, n = lower_median(values, valid)
        yield name, np.where(n > 0, middle, nodata)
        yield name + "_looks", n


def main():
    mosaic, folders = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    compared = 0
    for name, truth in truths(mosaic, folders):
        if not os.path.exists(os.path.join(mosaic, name + ".tif")):
            continue
        got = read(mosaic, name).ReadAsArray()
        same = np.isclose(got, truth, rtol=0, atol=1 / 1024 if name == "temperature" else 0, equal_nan=True)
        if not same.all():
            sys.exit(f"{name}: {(~same).sum()} pixels differ, the first at {np.argwhere(~same)[0]}")
        valid = ~np.isnan(truth) & (truth != 255) & (truth != -32768)
        print(f"# {name}: {got.size} pixels, {valid.sum()} with a value")
        compared += valid.sum()
    sys.exit(1 if compared < 1000 else 0)


main()
