# SPDX-License-Identifier: Apache-2.0
"""Pictures of where a method fails."""

import os
import re

import numpy as np
from osgeo import gdal

SIDE = 300  # pixels, at most: larger maps are thinned out
# Not known, land and water that are right, missed, wrong, not seen.
COLOURS = ((255, 255, 255), (235, 230, 215), (90, 150, 205), (245, 150, 30), (200, 20, 40), (170, 170, 170))


def file_name(truth, method):
    """As part of a file's name: letters, digits and dashes."""
    words = f"{re.sub(r' .seed.*', '', truth)}-{method}".lower()
    return re.sub(r"[^a-z0-9]+", "-", words) + ".png"


def errors(result, folder):
    """One PNG, a palette of COLOURS, for one result."""
    truth, found = result.truth.water, result.classes
    kind = np.where(truth == 1, np.where(found == 1, 2, 3), np.where(found == 1, 4, 1))
    kind = np.where(found >= 252, 5, kind)
    kind = np.where(truth > 1, 0, kind).astype(np.uint8)
    step = -(-max(kind.shape) // SIDE)
    # The worst of a cell is what is shown: single errors would be lost.
    rows, columns = kind.shape[0] // step * step, kind.shape[1] // step * step
    rank = np.array([0, 1, 2, 4, 5, 3], np.uint8)
    cells = rank[kind[:rows, :columns]].reshape(rows // step, step, columns // step, step).max(axis=(1, 3))
    shown = np.argsort(rank).astype(np.uint8)[cells]
    memory = gdal.GetDriverByName("MEM").Create("", shown.shape[1], shown.shape[0], 1)
    table = gdal.ColorTable()
    for i, colour in enumerate(COLOURS):
        table.SetColorEntry(i, colour)
    memory.GetRasterBand(1).SetColorTable(table)
    memory.GetRasterBand(1).WriteArray(shown)
    path = os.path.join(folder, file_name(result.truth.name, result.method))
    gdal.GetDriverByName("PNG").CreateCopy(path, memory)
    if os.path.exists(path + ".aux.xml"):
        os.remove(path + ".aux.xml")
    return path
