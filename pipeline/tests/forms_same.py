#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One product in several containers and with several forms of metadata: the same rasters.

forms_same.py TEST: see forms_product.py.
"""

import glob
import itertools
import os
import shutil
import tarfile
import zipfile

from osgeo import gdal

from forms_product import Product, attempt, main, scene, wrong

# An Item does not say from where the satellite looked, which is what glint depends on.
LAYERS = ("--layers", "water,fraction,why,mndwi,aweish,quicklook", "--set", "glint.angle=0")
STAR = ["--lake", "star", "--radius", "600", "--clouds", "2"]
# What a raster says of the product that it is from: its name, and a sum of its metadata file too.
OF_THE_PRODUCT = ("PRODUCT", "BALKHASH_UNIT")


def content(path):
    """All of a raster, overviews too, but what names the product."""
    data = gdal.Open(path)
    tags = {k: v for k, v in data.GetMetadata().items() if k not in OF_THE_PRODUCT}
    out = [tags, data.GetGeoTransform(), data.GetProjection()]
    for i in range(1, data.RasterCount + 1):
        band = data.GetRasterBand(i)
        levels = [band] + [band.GetOverview(k) for k in range(band.GetOverviewCount())]
        out += [band.GetNoDataValue(), band.GetScale(), band.GetOffset(), band.GetMetadata()]
        out += [level.ReadAsArray().tobytes() for level in levels]
    return out


def rasters(folder, same_file):
    """Every file but item.json, as bytes; TIFFs of another metadata file by content()."""
    out = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name == "item.json":
            continue
        if name.endswith(".tif") and not same_file:
            out[name] = content(path)
            continue
        with open(path, "rb") as file:
            out[name] = file.read()
    return out


def observe(name, same_file=False):
    """The rasters of the observations of a product."""
    shutil.rmtree("same", ignore_errors=True)
    return [rasters(f, same_file) for f in scene(name, "same", *LAYERS)]


def compare(words, reference, name, same_file):
    got = observe(name, same_file)
    if got != reference:
        wrong("%s: other rasters" % words)
    print("%-40s %d observations, %d files each" % (words, len(got), len(got[0])))


def same(words, reference, name, same_file=False):
    """A product gives the same rasters: with the same metadata file byte by byte."""
    attempt(words, compare, words, reference, name, same_file)


def pack(path, form, top):
    """Pack a folder; top: with its name, else its files at the top."""
    base = os.path.basename(path)
    name = "%s.%s" % (base.replace(".SAFE", ""), form)
    if form == "zip":
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
            for folder, _, names in sorted(os.walk(path)):
                for n in sorted(names):
                    whole = os.path.join(folder, n)
                    z.write(whole, (base + "/" if top else "") + os.path.relpath(whole, path))
        return name
    with tarfile.open(name, "w:gz" if form == "tar.gz" else "w") as t:
        if top:
            t.add(path, base)
        else:
            for n in sorted(os.listdir(path)):
                t.add(os.path.join(path, n), n)
    return name


def kind_containers(kind, top):
    p = Product(["--kind", kind] + STAR, 180)
    reference = observe(p.name, True)
    for form in ("tar", "tar.gz", "zip"):
        same("%s as %s" % (kind, form), reference, pack(p.path, form, top), True)
    files = [glob.glob(p.path + end) for end in ("/*_MTL.txt", "/MTD_*.xml", "/*.B03.tif")]
    file = sum(files, [])[0]
    same("%s by %s" % (kind, os.path.basename(file)[-14:]), reference, file, True)


def containers():
    """One product as folder, metadata file, tar, tar.gz, zip."""
    for kind, top in (("landsat-l2", False), ("sentinel2-l2a", True), ("hls-s30", True)):
        attempt(kind, kind_containers, kind, top)


def mtl_forms(kind, collection, craft):
    options = ["--kind", kind, "--collection", collection, "--spacecraft", craft] + STAR
    reference = observe(Product(options, 120, "txt").path)
    # Before Collection 2 there was no XML of this form.
    for form in ("xml", "json") if collection == "02" else ("json",):
        p = Product(options + ["--mtl", form], 120, form)
        same("%s %s %s, MTL as %s" % (craft, kind, collection, form), reference, p.path)


def image_forms():
    options = ["--kind", "sentinel2-l2a"] + STAR
    reference = observe(Product(options, 180, "jp2").path)
    for form in ("tif", "tif-as-jp2"):
        p = Product(options + ["--images", form], 180, form)
        same("sentinel2-l2a, images %s" % form, reference, p.path)


def old_naming():
    options = ["--kind", "sentinel2-l1c", "--baseline", "0204"] + STAR
    reference = observe(Product(options, 180, "compact").path)
    p = Product(options + ["--naming", "old"], 180, "old")
    same("sentinel2-l1c, old naming", reference, p.path)


def item(kind, version):
    """The Item beside the metadata, and alone with the images."""
    p = Product(["--kind", kind, "--stac", version] + STAR, 180, "stac" + version)
    os.rename(p.name, "item.json")
    reference = observe(p.path)
    os.rename("item.json", p.name)
    same("%s by its Item %s" % (kind, version), reference, p.name)


def metadata():
    """MTL as txt, xml, json; images as GeoTIFF; old naming; STAC: the same rasters."""
    for given in (("landsat-l2", "02", "LC09"), ("landsat-l1", "02", "LE07"),
                  ("landsat-l1", "01", "LC08"), ("landsat-l1", "pre", "LT05")):
        attempt(" ".join(given), mtl_forms, *given)
    attempt("images", image_forms)
    attempt("old naming", old_naming)
    for given in itertools.product(("landsat-l2", "sentinel2-l2a"), ("1.0", "1.1")):
        attempt("Item of " + " ".join(given), item, *given)


main((containers, metadata))
