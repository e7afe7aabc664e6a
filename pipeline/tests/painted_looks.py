#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""painted_looks.py MOSAIC LAYER OBSERVATION...   is MOSAIC what comes of painting a layer of these observations over
each other in this order, where they have data?  Prints how many pixels are compared and how many two of them saw;
exit status 1 if one differs or there are no such pixels.
"""
import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()
mosaic = gdal.Open(sys.argv[1])
t = mosaic.GetGeoTransform()
nodata = mosaic.GetRasterBand(1).GetNoDataValue()
found = mosaic.ReadAsArray()
painted, seen = np.full_like(found, nodata), np.zeros(found.shape, int)
for path in sys.argv[3:]:
    look = gdal.Open("%s/%s.tif" % (path, sys.argv[2]))
    s = look.GetGeoTransform()
    x, y, pixels = round((s[0] - t[0]) / t[1]), round((s[3] - t[3]) / t[5]), look.ReadAsArray()
    assert (s[1], s[5]) == (t[1], t[5]) and look.GetSpatialRef().IsSame(mosaic.GetSpatialRef())
    assert x >= 0 and y >= 0
    part = np.s_[y:y + pixels.shape[0], x:x + pixels.shape[1]]
    painted[part] = np.where(pixels != nodata, pixels, painted[part])
    seen[part] += pixels != nodata
print("# %d pixels seen, %d by two or more" % ((seen > 0).sum(), (seen > 1).sum()))
if not np.array_equal(painted, found):
    print("# %d pixels differ" % (painted != found).sum())
    sys.exit(1)
sys.exit(not (seen > 1).any())
