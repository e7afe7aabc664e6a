#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Broken and hostile products through the whole program.

hostile.py GROUP   makes small products with $GENERATOR in the current folder, breaks a copy of one in
                   every way of the group, runs `$BALKHASH info` and `$BALKHASH scene` on it, and writes TAP.

A case passes if scene ends within 5 seconds (20 under a sanitizer: $BALKHASH_SLOW) with the status and the
words expected, in one line on stderr that begins "balkhash: ", leaving no result and no stage behind; info, too, must end in
time and by itself: it is given several cases at once, and each of them alone where that goes wrong, for most of the time
goes into the starts of the program.  "maybe" as status: 0 or 65 or 66 (a changed byte may change nothing that matters).
With BALKHASH_LONG files are cut at four times as many places, and more bits are flipped.
"""
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import zipfile
import gzip
import io

from osgeo import gdal, osr

gdal.UseExceptions()

PROGRAM, GENERATOR = os.environ["BALKHASH"], os.environ["GENERATOR"]
SECONDS = float(os.environ.get("BALKHASH_SLOW", "5"))
DATA, ABSENT, ARRIVING, MAYBE, FINE = 65, 66, 75, "maybe", 0
SOME = 3  # of several products some failed
AT_ONCE = 10  # cases of one run of info


def generate(*options):
    run = subprocess.run([GENERATOR, "--out", "products", "--size", "192", "--lake", "circle", *options],
                         check=True, capture_output=True, text=True)
    return run.stdout.strip()


def find(folder, end):
    """The one file below a folder whose name ends so."""
    found = [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names if name.endswith(end)]
    assert len(found) == 1, (folder, end, found)
    return found[0]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    if os.path.lexists(path):
        os.remove(path)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# --- ways to break a file: each takes the path ---

def cut(share):
    return lambda path: write(path, read(path)[:int(len(read(path)) * share)])


def flip(seed, count=1):
    def change(path):
        data, dice = bytearray(read(path)), random.Random(seed)
        for _ in range(count):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        write(path, bytes(data))
    return change


def content(data):
    return lambda path: write(path, data)


def replace(old, new, count=1):
    def change(path):
        data = read(path)
        old_bytes, new_bytes = old.encode(), new.encode()
        assert old_bytes in data, (path, old)
        write(path, data.replace(old_bytes, new_bytes, count))
    return change


def line(key, value, group=None):
    """Another value for the first KEY of an MTL, or of a group of it."""
    def change(path):
        out, inside, done = [], group is None, False
        for text in read(path).decode().splitlines():
            words = text.split("=")
            if group and text.strip() == "GROUP = " + group:
                inside = True
            if inside and not done and words[0].strip() == key:
                text, done = "    %s = %s" % (key, value), True
            out.append(text)
        assert done, key
        write(path, "\n".join(out) + "\n")
    return change


def without(path):
    os.remove(path)


def folder(path):
    os.remove(path)
    os.mkdir(path)


def fifo(path):
    os.remove(path)
    os.mkfifo(path)


def link(to):
    def change(path):
        os.remove(path)
        os.symlink(to, path)
    return change


def linked_well(path):
    os.rename(path, path + ".real")
    os.symlink(os.path.basename(path) + ".real", path)


def rewritten(**how):
    """The raster again, other than it was."""
    def change(path):
        source = gdal.Open(path)
        width, height = how.get("size", (source.RasterXSize, source.RasterYSize))
        options = how.get("options", ["COMPRESS=DEFLATE"])
        made = gdal.GetDriverByName(how.get("driver", "GTiff")).Create(
            path + ".new", width, height, how.get("bands", 1), how.get("type", gdal.GDT_UInt16), options=options)
        made.SetGeoTransform(how.get("transform", source.GetGeoTransform()))
        crs = how.get("crs", source.GetProjection())
        if isinstance(crs, int):
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(crs)
            crs = srs.ExportToWkt()
        if crs:
            made.SetProjection(crs)
        if how.get("type", gdal.GDT_UInt16) == gdal.GDT_UInt16:
            made.GetRasterBand(1).Fill(8000)
        made = source = None
        os.replace(path + ".new", path)
        if os.path.exists(path + ".new.aux.xml"):
            os.remove(path + ".new.aux.xml")
    return change


def transform(*numbers):
    def change(path):
        rewritten(transform=[float(n) for n in numbers])(path)
    return change


def tag(number, value, kind=4):
    """Another value of a TIFF tag of the first directory (little-endian classic TIFF)."""
    def change(path):
        data = bytearray(read(path))
        assert data[:4] == b"II*\0", path
        at, = struct.unpack_from("<I", data, 4)
        entries, = struct.unpack_from("<H", data, at)
        for i in range(entries):
            where = at + 2 + 12 * i
            if struct.unpack_from("<H", data, where)[0] == number:
                struct.pack_into("<HHII", data, where, number, kind, 1, value)
                write(path, bytes(data))
                return
        raise AssertionError("no tag %d" % number)
    return change


def loop(path):
    """The last directory of a TIFF points back to the first."""
    data = bytearray(read(path))
    first, = struct.unpack_from("<I", data, 4)
    at = first
    while True:
        entries, = struct.unpack_from("<H", data, at)
        where = at + 2 + 12 * entries
        following, = struct.unpack_from("<I", data, where)
        if not following:
            break
        at = following
    struct.pack_into("<I", data, where, first)
    write(path, bytes(data))


def beside(name, data):
    """A file more in the product's folder, beside the one named."""
    return lambda path: write(os.path.join(os.path.dirname(path), name), data)


def swap(other):
    def change(path):
        second = find(os.path.dirname(path), other)
        os.rename(path, path + ".x")
        os.rename(second, path)
        os.rename(path + ".x", second)
    return change


VRT = "<VRTDataset rasterXSize='192' rasterYSize='192'><VRTRasterBand dataType='UInt16' band='1'/></VRTDataset>"
BOMB = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        + "".join('<!ENTITY %s "%s">' % (chr(99 + i), ("&%s;" % chr(98 + i)) * 10) for i in range(12))
        + "]><a>&n;</a>")
OUTSIDE = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
           "<Level-2A_User_Product><General_Info>&x;</General_Info></Level-2A_User_Product>")
LONG = bool(os.environ.get("BALKHASH_LONG"))
STEPS = [i / 20 for i in range(0, 20, 1 if LONG else 4)]
FLIPS = range(12 if LONG else 3)


def landsat_metadata():
    product = generate("--kind", "landsat-l2")
    mtl = "_MTL.txt"
    surface = "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS"
    yield from (("MTL cut at %d %%" % (100 * s), product, mtl, cut(s), DATA, "_MTL.txt") for s in STEPS)
    yield from (("MTL with a bit flipped, %d" % i, product, mtl, flip(i), MAYBE, "") for i in FLIPS)
    yield from (("MTL with many bits flipped, %d" % i, product, mtl, flip(i, 200), DATA, "_MTL.txt") for i in range(3))
    for name, change, status, words in [
        ("empty", content(""), DATA, "empty"),
        ("of NUL bytes", content(b"\0" * 65535), DATA, "empty"),
        ("of noise", content(random.Random(1).randbytes(5000)), DATA, "_MTL.txt"),
        ("too large", content("GROUP = A\n" + "K = 1\n" * 400000), DATA, "larger"),
        ("with a line without end", content("GROUP = A\nK = " + "9" * 900000 + "\nEND_GROUP = A\nEND\n"), DATA, "_MTL.txt"),
        ("with groups too deep", content("".join("GROUP = A\n" for _ in range(1000))), DATA, "deep"),
        ("missing", without, DATA, "not a product"),
        ("that is a folder", folder, DATA, "_MTL.txt"),
        ("that is a pipe", fifo, DATA, "regular"),
        ("that links to a device", link("/dev/zero"), DATA, "regular"),
        ("that links to itself", link("LOOP_MTL.txt"), MAYBE, ""),
        ("in UTF-16", content("GROUP = A".encode("utf-16")), DATA, "_MTL.txt"),
        ("with a key twice", replace("    SPACECRAFT_ID =", "    SPACECRAFT_ID = \"LANDSAT_1\"\n    SPACECRAFT_ID ="), DATA, "SPACECRAFT_ID"),
        ("with a gain that is NaN", line("REFLECTANCE_MULT_BAND_3", "NaN", surface), DATA, "REFLECTANCE_MULT_BAND_3"),
        ("with an infinite gain", line("REFLECTANCE_MULT_BAND_3", "1e999", surface), DATA, "REFLECTANCE_MULT_BAND_3"),
        ("with a gain of 0", line("REFLECTANCE_MULT_BAND_3", "0", surface), DATA, "3"),
        ("with a negative gain", line("REFLECTANCE_MULT_BAND_3", "-2e-5", surface), DATA, "3"),
        ("with a gain in hexadecimal", line("REFLECTANCE_MULT_BAND_3", "0x10", surface), DATA, "REFLECTANCE_MULT_BAND_3"),
        ("with an offset missing", replace("REFLECTANCE_ADD_BAND_3", "REFLECTANCE_OLD_BAND_3"), DATA, "REFLECTANCE_ADD_BAND_3"),
        ("that names a file above", line("FILE_NAME_BAND_3", '"../../../etc/passwd"'), DATA, "plain"),
        ("that names an absolute path", line("FILE_NAME_BAND_3", '"/etc/passwd"'), DATA, "plain"),
        ("that names an address", line("FILE_NAME_BAND_3", '"/vsicurl/http://127.0.0.1:1/x_B3.TIF"'), DATA, "plain"),
        ("that holds a VRT as a name", line("FILE_NAME_BAND_3", '"<VRTDataset>_B3.TIF"'), DATA, "plain"),
        ("that names band 5 as 3", line("FILE_NAME_BAND_3", '"x_SR_B5.TIF"'), DATA, "FILE_NAME_BAND_3"),
        ("of another level", line("PROCESSING_LEVEL", '"L9XX"'), DATA, "L9XX"),
        ("of another sensor", line("SENSOR_ID", '"RADAR"'), DATA, "RADAR"),
        ("of the multispectral scanner", line("SENSOR_ID", '"MSS"'), DATA, "MSS"),
        ("with the sun above the zenith", line("SUN_ELEVATION", "95"), DATA, "sun elevation 95"),
        ("with a day that is none", line("DATE_ACQUIRED", "2024-02-30"), DATA, "2024-02-30"),
        ("with a path that is none", line("WRS_PATH", "999"), DATA, "WRS_PATH"),
        ("with words for a number", line("SUN_AZIMUTH", '"north"'), DATA, "SUN_AZIMUTH"),
    ]:
        yield "MTL " + name, product, mtl, change, status, words


def landsat_images():
    product = generate("--kind", "landsat-l2")
    band = "_SR_B3.TIF"
    yield from (("TIFF cut at %d %%" % (100 * s), product, band, cut(s), DATA, "_SR_B3.TIF") for s in STEPS)
    yield from (("TIFF with bits flipped, %d" % i, product, band, flip(i, 20), MAYBE, "") for i in FLIPS)
    for name, change, status, words in [
        ("missing", without, ABSENT, "green (B3) is missing"),
        ("empty", content(""), DATA, "_SR_B3.TIF"),
        ("that is a VRT", content(VRT), DATA, "_SR_B3.TIF"),
        ("that is a PNG", rewritten_png, DATA, "_SR_B3.TIF"),
        ("that is text", content("II*\0 not really"), DATA, "_SR_B3.TIF"),
        ("that is a folder", folder, DATA, "_SR_B3.TIF"),
        ("that is a pipe", fifo, DATA, "regular"),
        ("that links to nothing", link("nowhere.TIF"), ABSENT, "green"),
        ("that links to itself", link("LOOP"), MAYBE, ""),
        ("that links to a text", link("/etc/passwd"), DATA, "_SR_B3.TIF"),
        ("that links well", linked_well, FINE, ""),
        ("in another zone", rewritten(crs=32612), DATA, "another coordinate reference system"),
        ("in degrees", rewritten(crs=4326), DATA, "_SR_B3.TIF"),
        ("without a CRS", rewritten(crs=""), DATA, "_SR_B3.TIF"),
        ("of another size", rewritten(size=(96, 192)), DATA, "extent"),
        ("of one pixel", rewritten(size=(1, 1)), DATA, "extent"),
        ("elsewhere", transform(500000, 30, 0, 5100000, 0, -30), DATA, "green"),
        ("turned", transform(500000, 30, 5, 5100000, 5, -30), DATA, "north-up"),
        ("with south above", transform(500000, 30, 0, 5100000, 0, 30), DATA, "north-up"),
        ("with a pixel that is NaN", transform(500000, "nan", 0, 5100000, 0, -30), DATA, "_SR_B3.TIF"),
        ("with a pixel of 0", transform(500000, 0, 0, 5100000, 0, 0), DATA, "_SR_B3.TIF"),
        ("with an endless pixel", transform(500000, 1e300, 0, 5100000, 0, -1e300), DATA, "green"),
        ("of three bands", rewritten(bands=3), DATA, "3 bands"),
        ("of floats", rewritten(type=gdal.GDT_Float32), DATA, "Float32"),
        ("of 32 bits", rewritten(type=gdal.GDT_UInt32), DATA, "UInt32"),
        ("of complex numbers", rewritten(type=gdal.GDT_CFloat32), DATA, "CFloat32"),
        ("said to be 2^31 wide", tag(256, 2**31 - 1), DATA, "_SR_B3.TIF"),
        ("said to be 2^31 high", tag(257, 2**31 - 1), DATA, "_SR_B3.TIF"),
        ("said to be 0 wide", tag(256, 0), DATA, "_SR_B3.TIF"),
        ("with tiles of 2^31", tag(322, 2**31 - 16), DATA, "_SR_B3.TIF"),
        ("with tiles of 0", tag(322, 0), DATA, "_SR_B3.TIF"),
        ("with tiles as large as a city", tag(322, 65536), DATA, "_SR_B3.TIF"),
        ("compressed by nothing known", tag(259, 4711, 3), DATA, "_SR_B3.TIF"),
        ("of 31 bits", tag(258, 31, 3), DATA, "_SR_B3.TIF"),
        ("with directories in a ring", loop, DATA, "_SR_B3.TIF"),
        ("in the place of another", swap("_SR_B5.TIF"), MAYBE, ""),
        ("still arriving", lambda p: os.rename(p, p + ".part"), ARRIVING, "arriving"),
        ("with a hostile .aux.xml", lambda p: write(p + ".aux.xml", BOMB), FINE, ""),
        ("with a hostile .ovr", lambda p: write(p + ".ovr", VRT), FINE, ""),
        ("with a hostile .msk", lambda p: write(p + ".msk", VRT), FINE, ""),
        ("with a hostile .tfw", lambda p: write(p[:-3] + "tfw", "9\n0\n0\n9\n0\n0\n"), FINE, ""),
    ]:
        yield "TIFF " + name, product, band, change, status, words
    yield "no image at all", product, "_MTL.txt", no_images, ABSENT, "blue (B2) is missing"
    yield "a quality band that is cut", product, "_QA_PIXEL.TIF", cut(.5), DATA, "_QA_PIXEL.TIF"
    yield "a quality band of three bands", product, "_QA_PIXEL.TIF", rewritten(bands=3), DATA, "_QA_PIXEL.TIF"


def rewritten_png(path):
    gdal.GetDriverByName("PNG").CreateCopy(path + ".png", gdal.Open(path))
    os.replace(path + ".png", path)


def no_images(path):
    top = os.path.dirname(path)
    for name in os.listdir(top):
        if name.endswith(".TIF"):
            os.remove(os.path.join(top, name))


def sentinel2():
    product = generate("--kind", "sentinel2-l2a", "--size", "240")
    mtd, tile, band = "MTD_MSIL2A.xml", "MTD_TL.xml", "_B03_10m.jp2"
    yield from (("MTD cut at %d %%" % (100 * s), product, mtd, cut(s), DATA, "MTD_MSIL2A.xml") for s in STEPS)
    yield from (("MTD_TL cut at %d %%" % (100 * s), product, tile, cut(s), DATA, "MTD_TL.xml") for s in STEPS)
    yield from (("JPEG 2000 cut at %d %%" % (100 * s), product, band, cut(s), DATA, band) for s in STEPS)
    yield from (("JPEG 2000 with bits flipped, %d" % i, product, band, flip(i, 20), MAYBE, "") for i in FLIPS)
    for name, which, change, status, words in [
        ("MTD empty", mtd, content(""), DATA, "empty"),
        ("MTD with an entity bomb", mtd, content(BOMB), DATA, "MTD_MSIL2A.xml"),
        ("MTD with an outer entity", mtd, content(OUTSIDE), DATA, "MTD_MSIL2A.xml"),
        ("MTD of 100000 nested elements", mtd, content("<a>" * 100000 + "</a>" * 100000), DATA, "MTD_MSIL2A.xml"),
        ("MTD larger than 16 MiB", mtd, content("<a>" + " " * (17 << 20) + "</a>"), DATA, "larger"),
        ("MTD of another level", mtd, replace("Level-2A<", "Level-1C<"), DATA, "PROCESSING_LEVEL"),
        ("MTD without quantification", mtd, replace("<BOA_QUANTIFICATION_VALUE", "<BOA_Q", 1), DATA, "MTD_MSIL2A.xml"),
        ("MTD with a quantification of 0", mtd, replace(">10000</BOA_QUANT", ">0</BOA_QUANT"), DATA, "QUANTIFICATION"),
        ("MTD with a quantification that is NaN", mtd, replace(">10000</BOA_QUANT", ">nan</BOA_QUANT"), DATA, "QUANTIFICATION"),
        ("MTD with an endless offset", mtd, replace(">-1000</BOA_ADD", ">-1e300</BOA_ADD"), DATA, "OFFSET"),
        ("MTD with an offset for band 99", mtd, replace('band_id="0">-1000', 'band_id="99">-1000'), DATA, "band_id"),
        ("MTD with an offset twice", mtd, replace('BOA_ADD_OFFSET band_id="1"', 'BOA_ADD_OFFSET band_id="0"'), DATA, "OFFSET"),
        ("MTD without NODATA", mtd, replace("NODATA", "NOTHING"), DATA, "NODATA"),
        ("MTD of another satellite", mtd, replace("Sentinel-2B</SPACECRAFT", "Sentinel-3B</SPACECRAFT"), DATA, "SPACECRAFT"),
        ("MTD with an orbit that is none", mtd, replace("</SENSING_ORBIT_NUMBER", "000</SENSING_ORBIT_NUMBER"), DATA, "ORBIT"),
        ("MTD missing", mtd, without, DATA, "not a product"),
        ("MTD_TL missing", tile, without, DATA, "MTD_TL.xml"),
        ("MTD_TL empty", tile, content(""), DATA, "MTD_TL.xml"),
        ("MTD_TL without a tile", tile, replace("_T43", "_X43"), MAYBE, ""),
        ("MTD_TL with a sun that is NaN", tile, replace_sun, DATA, "Sun"),
        ("JPEG 2000 missing at 10 m, not at 20 m", band, without, FINE, ""),
        ("JPEG 2000 empty", band, content(""), DATA, band),
        ("JPEG 2000 that is a VRT", band, content(VRT), DATA, band),
        ("JPEG 2000 of noise", band, content(random.Random(2).randbytes(4000)), DATA, band),
        ("JPEG 2000 that is a pipe", band, fifo, DATA, "regular"),
        ("JPEG 2000 that links to nothing", band, link("nowhere"), ABSENT, "green"),
        ("two files for one band", band, lambda p: shutil.copy(p, p.replace("_B03", "_2_B03")), DATA, "two files"),
        ("no folder GRANULE", mtd, lambda p: shutil.rmtree(os.path.join(os.path.dirname(p), "GRANULE")), DATA, "GRANULE"),
        ("an empty folder IMG_DATA", band, empty_images, ABSENT, "is missing"),
        ("a scene classification that is cut", "_SCL_20m.jp2", cut(.5), DATA, "_SCL_20m.jp2"),
    ]:
        yield name, product, which, change, status, words


def replace_sun(path):
    text = read(path).decode()
    at = text.index("<Mean_Sun_Angle>")
    start = text.index(">", text.index("<ZENITH_ANGLE", at)) + 1
    write(path, text[:start] + "NaN" + text[text.index("<", start):])


def empty_images(path):
    shutil.rmtree(os.path.dirname(os.path.dirname(path)))
    os.makedirs(os.path.dirname(os.path.dirname(path)))


# --- archives: the "product" is a folder, the change makes the archive that takes its place ---

def packed(kind, spoil=None, members=None):
    def change(path):
        top = os.path.dirname(path)
        name = os.path.basename(top)
        archive = top + ".pack"
        if kind == "zip":
            with zipfile.ZipFile(archive, "w") as z:
                for file in sorted(os.listdir(top)):
                    z.write(os.path.join(top, file), name + "/" + file)
        else:
            with tarfile.open(archive, "w:gz" if kind == "tar.gz" else "w", format=tarfile.GNU_FORMAT) as t:
                for file in sorted(os.listdir(top)):
                    t.add(os.path.join(top, file), file)
                for member, data in members or []:
                    member.size = len(data)
                    t.addfile(member, io.BytesIO(data))
        shutil.rmtree(top)
        os.rename(archive, top)
        if spoil:
            spoil(top)
    return change


def member(name, kind=tarfile.REGTYPE, to=""):
    m = tarfile.TarInfo(name)
    m.type, m.linkname = kind, to
    return m


def bomb(path):
    """2 GiB of zeros as one member of a gzipped tar of 2 MiB."""
    m = tarfile.TarInfo("x_MTL.txt")
    m.size = 40 << 30
    with gzip.open(path, "wb", 1) as out:
        out.write(m.tobuf(tarfile.GNU_FORMAT))
        for _ in range(512):
            out.write(bytes(1 << 20))


def archives():
    product = generate("--kind", "landsat-l2")
    mtl = "_MTL.txt"
    for kind in "tar", "tar.gz", "zip":
        yield "%s that is whole" % kind, product, mtl, packed(kind), FINE, ""
        yield from (("%s cut at %d %%" % (kind, 100 * s), product, mtl, packed(kind, cut(s)), DATA, "")
                    for s in STEPS)
        yield from (("%s with bits flipped, %d" % (kind, i), product, mtl, packed(kind, flip(i, 50)), MAYBE, "")
                    for i in range(4))
        yield "%s of noise" % kind, product, mtl, packed(kind, lambda p: write(p, read(p)[:4] + os.urandom(2000))), DATA, ""
    for kind in "tar", "tar.gz":
        for name, m, status, words in [
            ("with a name that leads out", member("../../evil.txt"), DATA, "evil"),
            ("with an absolute name", member("/tmp/evil.txt"), DATA, "evil"),
            ("with a link that leads out", member("link_MTL.txt", tarfile.SYMTYPE, "/etc/passwd"), DATA, "link"),
            ("with a hard link that leads out", member("hard.txt", tarfile.LNKTYPE, "/etc/passwd"), DATA, "hard"),
            ("with a device", member("device", tarfile.CHRTYPE), DATA, "device"),
            ("with a pipe", member("pipe", tarfile.FIFOTYPE), DATA, "pipe"),
        ]:
            yield "%s %s" % (kind, name), product, mtl, packed(kind, None, [(m, b"")]), status, words
    yield "tar.gz with a bomb", product, mtl, packed("tar.gz", bomb), DATA, ""
    yield "an empty tar", product, mtl, packed("tar", lambda p: write(p, bytes(10240))), DATA, ""
    yield "a zip in a zip", product, mtl, packed("zip", zip_again), DATA, "not a product"


def zip_again(path):
    os.rename(path, path + ".inner")
    with zipfile.ZipFile(path, "w") as z:
        z.write(path + ".inner", "inner.zip")
    os.remove(path + ".inner")


# --- STAC Items ---

def item(change):
    def apply(path):
        document = json.loads(read(path))
        change(document)
        write(path, json.dumps(document))
    return apply


def href(to):
    def change(document):
        document["assets"]["green"]["href"] = to
    return item(change)


def stac():
    product = generate("--kind", "sentinel2-l2a", "--size", "240", "--stac", "1.0")
    if os.path.isdir(product):
        product = os.path.dirname(find(product, "item.json"))
    which = "item.json"
    for name, change, status, words in [
        ("cut", cut(.5), DATA, "item.json"),
        ("empty", content(""), DATA, "item.json"),
        ("of noise", content(random.Random(3).randbytes(3000)), DATA, "item.json"),
        ("nested 100000 deep", content("[" * 100000), DATA, "item.json"),
        ("with a key twice", content('{"type": "Feature", "type": "Feature"}'), DATA, "item.json"),
        ("that is a Collection", content('{"type": "Collection", "id": "x", "links": []}'), DATA, "Collection"),
        ("that is a list of Items", content('{"type": "FeatureCollection", "features": []}'), DATA, "FeatureCollection"),
        ("without assets", item(lambda d: d.update(assets={})), DATA, "item.json"),
        ("with words for a number", item(lambda d: d["properties"].update({"view:sun_elevation": "high"})), DATA, "sun_elevation"),
        ("that names a file above", href("../../../../etc/passwd"), DATA, "href"),
        ("that names an absolute path", href("/etc/passwd"), DATA, "href"),
        ("that names an address", href("http://127.0.0.1:1/green.tif"), DATA, "127.0.0.1"),
        ("that names an address by GDAL", href("/vsicurl/http://127.0.0.1:1/green.tif"), DATA, "href"),
        ("that names a file by address", href("file:///etc/passwd"), DATA, "href"),
        ("that holds a VRT", href(VRT), DATA, "href"),
        ("that hides dots", href("%2e%2e/%2e%2e/etc/passwd"), DATA, "href"),
        ("that names nothing", href("nothing.jp2"), ABSENT, "green"),
    ]:
        yield "Item " + name, product, which, change, status, words


GROUPS = {f.__name__: f for f in (landsat_metadata, landsat_images, sentinel2, archives, stac)}


# --- running ---

def call(seconds, *arguments):
    """Exit status or "time", and stderr."""
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               errors="replace", start_new_session=True)
    try:
        _, err = process.communicate(timeout=seconds)
        return process.returncode, err
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "time", ""


def named(product):
    """What the user would name."""
    item_path = os.path.join(product, "item.json")
    return item_path if os.path.exists(item_path) else product


def judge_scene(product, status, words):
    """What is wrong with how scene takes this product; None: nothing."""
    shutil.rmtree("out", ignore_errors=True)
    os.makedirs("stage", exist_ok=True)
    code, err = call(SECONDS, "scene", "-q", "--stage", "stage", named(product), "-o", "out")
    errors = [text for text in err.splitlines() if text.startswith("balkhash: ") and "warning" not in text]
    if code not in ((0, 65, 66, 75) if status == MAYBE else (status,)):
        return "scene ends with %s, not %s: %s" % (code, status, err)
    if code and (len(errors) != 1 or words not in errors[0]):
        return "scene does not say \"%s\" in one line: %s" % (words, err)
    if code and os.path.isdir("out") and os.listdir("out"):
        return "scene leaves %s" % os.listdir("out")
    return staged()


def staged():
    return "a stage is left: %s" % os.listdir("stage") if os.listdir("stage") else None


def judge_info(products):
    """What is wrong with how info takes all of these products in one run; None: nothing."""
    code, err = call(SECONDS * (1 + len(products) / 10), "info", "--stage", "stage", *map(named, products))
    if code not in (0, 65, 66, 75, 77) and (code != SOME or len(products) == 1):
        return "info ends with %s: %s" % (code, err)
    return staged()


def judged(cases):
    """(name, what is wrong or None) of some cases."""
    copies, wrongs = [], []
    for number, (_, product, which, change, status, words) in enumerate(cases):
        copies.append(os.path.join("broken", str(number), os.path.basename(product)))
        shutil.copytree(product, copies[-1])
        change(find(copies[-1], which))
        wrongs.append(judge_scene(copies[-1], status, words))
    together = judge_info(copies)
    if together:
        alone = [judge_info([copy]) for copy in copies]
        if not any(alone):
            alone[-1] = "with the cases before: " + together
        wrongs = [a or b for a, b in zip(wrongs, alone)]
    shutil.rmtree("broken")
    return [(case[0], wrong) for case, wrong in zip(cases, wrongs)]


def main():
    cases = list(GROUPS[sys.argv[1]]())
    print("1..%d" % len(cases), flush=True)
    failed = number = 0
    shutil.rmtree("broken", ignore_errors=True)
    for start in range(0, len(cases), AT_ONCE):
        for name, wrong in judged(cases[start:start + AT_ONCE]):
            number += 1
            failed += wrong is not None
            print("%s %d - %s" % ("ok" if wrong is None else "not ok", number, name))
            if wrong:
                print("# " + wrong.replace("\n", "\n# "), flush=True)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
