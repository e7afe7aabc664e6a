#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""same_pixels.py A B [C D ...]   exit status 0 if each two rasters have the same grid and the same pixels."""
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()
names = sys.argv[1:]
if not names or len(names) % 2:
    sys.exit(__doc__)
differing = 0
for pair in zip(names[::2], names[1::2]):
    a, b = (gdal.Open(path) for path in pair)
    if a.GetGeoTransform() != b.GetGeoTransform() or not numpy.array_equal(a.ReadAsArray(), b.ReadAsArray()):
        print("%s and %s differ" % pair)
        differing += 1
sys.exit(differing != 0)
