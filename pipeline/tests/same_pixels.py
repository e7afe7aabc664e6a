#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""same_pixels.py A B   exit status 0 if two rasters have the same grid and the same pixels."""
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()
a, b = (gdal.Open(path) for path in sys.argv[1:3])
same = a.GetGeoTransform() == b.GetGeoTransform() and numpy.array_equal(a.ReadAsArray(), b.ReadAsArray())
if not same:
    print("%s and %s differ" % tuple(sys.argv[1:3]))
sys.exit(not same)
