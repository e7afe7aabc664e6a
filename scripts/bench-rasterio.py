#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# bench-rasterio.py GREEN SWIR1 QA MASK: a water mask as a careful user of rasterio and numpy writes it; for bench.
import sys

import numpy
import rasterio

green_path, swir1_path, qa_path, mask_path = sys.argv[1:]
with rasterio.open(green_path) as f:
    profile = f.profile
    green = f.read(1).astype(numpy.float32) * numpy.float32(0.0000275) - numpy.float32(0.2)
with rasterio.open(swir1_path) as f:
    swir1 = f.read(1).astype(numpy.float32) * numpy.float32(0.0000275) - numpy.float32(0.2)
with rasterio.open(qa_path) as f:
    hidden = (f.read(1) & 0b11111) != 0
with numpy.errstate(divide="ignore", invalid="ignore"):
    mndwi = (green - swir1) / (green + swir1)
mask = numpy.where(hidden, numpy.uint8(255), (mndwi > 0).astype(numpy.uint8))
profile.update(dtype="uint8", nodata=255, compress="deflate", predictor=1, tiled=True, blockxsize=512, blockysize=512)
with rasterio.open(mask_path, "w", **profile) as f:
    f.write(mask, 1)
