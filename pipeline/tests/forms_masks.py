#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What was not seen, in every form that says so, against the truth; and what halves a product.

forms_masks.py TEST: see forms_product.py.
"""

import os

import numpy

from forms_product import CLOUD, NODATA, Product, attempt, main, read, scene, wrong

WHY_CLOUD, WHY_SHADOW, WHY_GAP, WHY_DEFECT = 1 << 2, 1 << 4, 1 << 8, 1 << 17
SKY_CLOUD, SKY_SHADOW, SKY_GAP, SKY_LOST = 1, 2, 16, 32

# Mask form -> options, side of the mask's pixel in those of the product, is a shadow in it?
MASKS = {
    "QA_PIXEL of OLI": (["--kind", "landsat-l2"], 1, True),
    "QA_PIXEL of ETM+": (["--kind", "landsat-l1", "--spacecraft", "LE07"], 1, True),
    "BQA C1 of OLI": (["--kind", "landsat-l1", "--collection", "01"], 1, True),
    "BQA C1 of TM": (
        ["--kind", "landsat-l1", "--spacecraft", "LT05", "--collection", "01"], 1, True),
    "BQA pre": (["--kind", "landsat-l1", "--spacecraft", "LC08", "--collection", "pre"], 1, False),
    "Fmask": (["--kind", "hls-l30"], 1, True),
    "SCL": (["--kind", "sentinel2-l2a"], 2, True),
    "MSK_CLASSI": (["--kind", "sentinel2-l1c"], 6, False),
    "MSK_CLOUDS": (["--kind", "sentinel2-l1c", "--baseline", "0209"], 0, False),
}


def why_bits(folder, bit):
    return (read(os.path.join(folder, "why.tif")) & bit) != 0


def count_different(words, got, truth):
    n = numpy.count_nonzero(got != truth)
    print("%-28s %d of %d pixels differ" % (words, n, numpy.count_nonzero(truth)))
    if n or not truth.any():
        wrong("%s: %d pixels differ from the truth's %d" % (words, n, numpy.count_nonzero(truth)))


def enclosed(unseen):
    """Unseen pixels with seen ones above and below: a gap at the border may be the swath's edge."""
    seen = ~unseen
    above = numpy.logical_or.accumulate(seen, 0)
    below = numpy.logical_or.accumulate(seen[::-1], 0)[::-1]
    return unseen & above & below


def form_gaps(form, options):
    words = ["--spacecraft", "LE07", "--date", "20100712", "--slc-off", "--lake", "star"]
    p = Product(options + words, 400, "slc")
    folder = scene(p.path, "out", "--overwrite", "--layers", "water,why",
                   "--method", "dswe", "--masks", "product")[0]
    truth = p.truth_raster("sky.tif") == SKY_GAP
    inside = enclosed(truth)
    count_different(form, why_bits(folder, WHY_GAP) & (inside | ~truth), inside)
    unseen = read(os.path.join(folder, "water.tif")) == NODATA
    count_different("  no data there", unseen, truth)


def gaps():
    """The gaps of Landsat 7 after 2003-05-31 are gaps, and nothing else is."""
    attempt("L2", form_gaps, "L2", ["--kind", "landsat-l2"])
    attempt("L1", form_gaps, "L1", ["--kind", "landsat-l1"])
    attempt("C1", form_gaps, "C1", ["--kind", "landsat-l1", "--collection", "01"])


def halves():
    """Half tiles are two observations of their own names, and together the whole."""
    options = ["--kind", "sentinel2-l2a", "--lake", "star"]
    whole = scene(Product(options, 300).path, "whole")[0]
    folders = []
    for strip in ("1", "2"):
        p = Product(options + ["--datastrip", strip], 300)
        folders += scene(p.path, "halves")
    if len(set(folders)) != 2:
        wrong("half tiles: observations %s" % " ".join(folders))
    both = [read(os.path.join(f, "water.tif")) for f in folders]
    reference = read(os.path.join(whole, "water.tif"))
    middle = reference.shape[0] // 2
    # Within 2 pixels of the cut the bands of 20 m have no neighbour.
    for k, part in ((0, slice(0, middle - 2)), (1, slice(middle + 2, None))):
        if (both[k][part] != reference[part]).any():
            wrong("half %d: another water map than the whole tile's" % (k + 1))
    if (both[0][middle + 2 :] != NODATA).any() or (both[1][: middle - 2] != NODATA).any():
        wrong("half tiles: something was seen in the other half")
    print("two halves: %s" % " ".join(os.path.basename(f) for f in folders))


def form_granules(options):
    p = Product(options + ["--lake", "star", "--granules", "2"], 300, "two")
    folders = scene(p.path, "two_out", "--overwrite")
    print("%s: %s" % (options[1], " ".join(os.path.basename(f) for f in folders)))
    if len(folders) != 2 or len(set(folders)) != 2:
        wrong("two granules: observations %s" % " ".join(folders))
        return
    second = p.stem + "_T" + os.path.basename(folders[1]).rsplit("_T", 1)[-1][:5]
    for folder, stem in zip(folders, (p.stem, second)):
        classes = read(os.path.join(p.folder, "truth", stem, "class.tif"))
        share = (read(os.path.join(folder, "water.tif")) != classes).mean()
        if share > 0.01:
            wrong("granule %s: %.1f %% are not as the truth" % (folder, 100 * share))


def granules():
    """A product of two granules gives two observations, each of its own place."""
    old = ["--kind", "sentinel2-l1c", "--baseline", "0204", "--naming", "old"]
    for options in (["--kind", "sentinel2-l2a"], old):
        attempt(" ".join(options), form_granules, options)


def majority(bits, side):
    """Cells of so many pixels of which at least half have the bit, at the pixels."""
    if side <= 1:
        return bits
    h, w = bits.shape
    cells = bits.reshape(h // side, side, w // side, side).sum(axis=(1, 3)) * 2 >= side * side
    return cells.repeat(side, 0).repeat(side, 1)


def edge_of(bits):
    """Pixels with a neighbour of the other kind."""
    out = numpy.zeros_like(bits)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)):
        out |= numpy.roll(bits, (dy, dx), (0, 1)) != bits
    return out


def form_clouds(form, options, side, shadows):
    p = Product(options + ["--lake", "star", "--clouds", "6"], 360, form.replace(" ", "_"))
    folder = scene(p.path, "out", "--overwrite", "--layers", "water,why",
                   "--method", "dswe", "--masks", "product")[0]
    sky = p.truth_raster("sky.tif")
    cloud, got = (sky & SKY_CLOUD) != 0, why_bits(folder, WHY_CLOUD)
    if side:
        count_different(form, got, majority(cloud, side))
    else:
        # An outline of 96 straight pieces in whole metres: right but for its own pixels.
        keep = ~edge_of(cloud)
        count_different(form, got & keep, cloud & keep)
    if shadows and side == 1:
        shadow = (sky & SKY_SHADOW) != 0
        count_different("  shadow", why_bits(folder, WHY_SHADOW), shadow)
    hidden = read(os.path.join(folder, "water.tif"))[got]
    if numpy.count_nonzero(hidden != CLOUD):
        wrong("%s: %d pixels under cloud have a class" % (form, (hidden != CLOUD).sum()))


def clouds():
    """Each form of mask hides the pixels that the truth has under cloud."""
    for form, given in MASKS.items():
        attempt(form, form_clouds, form, *given)


def defects():
    """Rows that MSK_QUALIT says are lost are defects, and nothing else is."""
    p = Product(["--kind", "sentinel2-l2a", "--defects", "--lake", "star"], 360)
    folder = scene(p.path, "out", "--layers", "water,why",
                   "--method", "dswe", "--masks", "product")[0]
    truth = (p.truth_raster("sky.tif") & SKY_LOST) != 0
    count_different("MSK_QUALIT", why_bits(folder, WHY_DEFECT), truth)


main((gaps, halves, granules, clouds, defects))
