#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
A quantity of the water as a picture, in the colours of its QGIS style, with a legend.

    scripts/quantity_picture.py LAYER.tif OUT.svg [TITLE]

LAYER.qml lies beside it.  The pixels are a PNG inside the SVG; at most SIDE of them a side, nearest.
"""

import base64
import os
import sys
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

import numpy
from osgeo import gdal

gdal.UseExceptions()

SIDE = 600
LAND = (226, 226, 224)  # no value
LINE = 20  # height of a line of the legend


def ramp(path):
    """[(value, (red, green, blue), label)] of a style."""
    items = ElementTree.parse(path).getroot().iter("item")
    return [(float(i.get("value")), tuple(int(i.get("color")[k:k + 2], 16) for k in (1, 3, 5)), i.get("label"))
            for i in items]


def coloured(values, steps):
    """RGB of values, linear between the steps."""
    known = numpy.isfinite(values)
    at = [s[0] for s in steps]
    bands = [numpy.interp(numpy.where(known, values, at[0]), at, [s[1][k] for s in steps]) for k in range(3)]
    return numpy.stack([numpy.where(known, band, LAND[k]) for k, band in enumerate(bands)]).round().astype("uint8")


def png(rgb):
    """An RGB array as the bytes of a PNG."""
    _, height, width = rgb.shape
    memory = gdal.GetDriverByName("MEM").Create("", width, height, 3)
    memory.WriteArray(rgb)
    name = "/vsimem/quantity.png"
    gdal.GetDriverByName("PNG").CreateCopy(name, memory, options=["ZLEVEL=9"])
    file = gdal.VSIFOpenL(name, "rb")
    data = gdal.VSIFReadL(1, gdal.VSIStatL(name).size, file)
    gdal.VSIFCloseL(file)
    gdal.Unlink(name)
    return bytes(data)


def svg(data, width, height, steps, title):
    high = max(height, LINE * (len(steps) + 2))
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 140} {high + 30}" '
           'font-family="sans-serif" font-size="13">')
    yield '<rect width="100%" height="100%" fill="white"/>'
    yield f'<text x="4" y="19">{escape(title)}</text>'
    yield (f'<image x="0" y="30" width="{width}" height="{height}" '
           f'href="data:image/png;base64,{base64.b64encode(data).decode()}"/>')
    for i, (_, colour, label) in enumerate(steps):
        y = 30 + i * LINE
        yield (f'<rect x="{width + 8}" y="{y}" width="18" height="{LINE}" fill="rgb{colour}"/>'
               f'<text x="{width + 32}" y="{y + 15}">{escape(label)}</text>')
    y = 30 + (len(steps) + 1) * LINE
    yield f'<rect x="{width + 8}" y="{y}" width="18" height="{LINE - 4}" fill="rgb{LAND}"/>'
    yield f'<text x="{width + 32}" y="{y + 13}">no value</text>'
    yield "</svg>"


def main(path, out, title=None):
    layer = gdal.Open(path)
    step = -(-max(layer.RasterXSize, layer.RasterYSize) // SIDE)
    values = layer.ReadAsArray()[::step, ::step]
    steps = ramp(os.path.splitext(path)[0] + ".qml")
    text = "\n".join(svg(png(coloured(values, steps)), values.shape[1], values.shape[0], steps,
                         title or layer.GetRasterBand(1).GetDescription()))
    with open(out, "w", encoding="utf-8") as f:
        f.write(text + "\n")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
