#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `balkhash info --json` says of real products, beside an independent reading of them.

oracle_info.py FOLDER   looks below FOLDER ($BALKHASH_TESTDATA) for every product and metadata file, reads it
                        with Python's own parsers (regular expressions, xml.etree, json, tarfile, zipfile; GDAL for
                        the headers of images), and compares every fact.  TAP, one line a product.

It shares no code and no table with the program: roles are found by wavelength names of their own below.
"""
import datetime
import glob
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile

from osgeo import gdal

gdal.UseExceptions()
PROGRAM = os.environ["BALKHASH"]

TM = {"B1": "blue", "B2": "green", "B3": "red", "B4": "nir", "B5": "swir1", "B7": "swir2"}
OLI = {"B1": "coastal", "B2": "blue", "B3": "green", "B4": "red", "B5": "nir", "B6": "swir1", "B7": "swir2", "B9": "cirrus"}
MSI = ["coastal", "blue", "green", "red", "edge705", "edge740", "edge783", "nir", "nir_narrow", "vapour", "cirrus", "swir1", "swir2"]
MSI_NAMES = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"]


class Difference(Exception):
    pass


def same(what, said, expected, tolerance=0.0):
    if isinstance(expected, float) and isinstance(said, (int, float)):
        if abs(said - expected) <= tolerance + 1e-12 * abs(expected):
            return
    elif said == expected:
        return
    raise Difference("%s: the program says %r, not %r" % (what, said, expected))


# --- Landsat ---

def landsat_facts(text, name):
    """{group: {key: text}} of an MTL in any of its three forms."""
    groups = {}
    if name.lower().endswith(".json"):
        root = json.loads(text)
        for group in next(iter(root.values())).items():
            if isinstance(group[1], dict):
                groups[group[0]] = {k: str(v) for k, v in group[1].items()}
    elif name.lower().endswith(".xml"):
        for group in ElementTree.fromstring(text):
            groups[group.tag] = {k.tag: (k.text or "").strip() for k in group}
    else:
        group = None
        for row in text.replace("\0", "").splitlines():
            match = re.match(r"\s*(\w+)\s*=\s*(.*?)\s*$", row)
            if not match:
                continue
            key, value = match.groups()
            if key == "GROUP":
                group = value
            elif key != "END_GROUP":
                groups.setdefault(group, {})[key] = value.strip('"')
    return groups


def landsat(groups, info, images):
    def first(*keys):
        for key in keys:
            for group in ("PRODUCT_CONTENTS", "IMAGE_ATTRIBUTES", "METADATA_FILE_INFO", "PRODUCT_METADATA"):
                if key in groups.get(group, {}):
                    return groups[group][key]
        return None

    level = first("PROCESSING_LEVEL", "DATA_TYPE", "PRODUCT_TYPE")
    collection = first("COLLECTION_NUMBER")
    craft = int(re.search(r"(\d)", first("SPACECRAFT_ID")).group(1))
    sensor = first("SENSOR_ID")
    same("mission", info["mission"], {"TM": "LT", "ETM": "LE", "OLI_TIRS": "LC", "OLI": "LO"}[sensor] + "%02d" % craft)
    same("level", info["level"], level)
    same("reflectance", info["reflectance"], "surface" if level.startswith("L2") else "toa")
    same("baseline", info["baseline"], "%02d" % int(collection) if collection else "pre")
    same("id", info["id"], first("LANDSAT_PRODUCT_ID") or first("LANDSAT_SCENE_ID"))
    clock = first("SCENE_CENTER_TIME", "SCENE_CENTER_SCAN_TIME")[:8]
    same("time", info["time"], "%sT%sZ" % (first("DATE_ACQUIRED", "ACQUISITION_DATE"), clock))
    same("orbit", info["orbit"], "%03d" % int(first("WRS_PATH")))
    granule = info["granules"][0]
    same("tile", granule["tile"], "%03d%03d" % (int(first("WRS_PATH")), int(first("WRS_ROW", "STARTING_ROW"))))
    sky = groups.get("IMAGE_ATTRIBUTES", groups.get("PRODUCT_PARAMETERS", {}))
    same("sun elevation", granule["sun_elevation_deg"], float(sky["SUN_ELEVATION"]), 1e-6)
    same("sun azimuth", granule["sun_azimuth_deg"] % 360, float(sky["SUN_AZIMUTH"]) % 360, 1e-6)
    cloud = sky.get("CLOUD_COVER")
    if cloud and float(cloud) >= 0:
        same("clouds", info["cloud_cover_percent"], float(cloud), 1e-6)
    factors = groups.get("LEVEL2_SURFACE_REFLECTANCE_PARAMETERS" if level.startswith("L2") else
                         "LEVEL1_RADIOMETRIC_RESCALING", groups.get("RADIOMETRIC_RESCALING", {}))
    bands = {b["role"]: b for b in granule["bands"]}
    for number, role in (OLI if sensor.startswith("OLI") else TM).items():
        mult = factors.get("REFLECTANCE_MULT_BAND_" + number[1:])
        if mult is None or role not in bands:
            continue
        same(role + " gain", bands[role]["metadata_gain"], float(mult), 1e-12)
        same(role + " offset", bands[role]["metadata_offset"], float(factors["REFLECTANCE_ADD_BAND_" + number[1:]]), 1e-9)
        same(role + " fill", bands[role]["fill"], 0)
    for role, band in bands.items():
        if images and band.get("file"):
            header(images(band["file"]), role, band)
    return len(bands)


def header(path, role, band):
    image = gdal.Open(path)
    same(role + " width", band["width"], image.RasterXSize)
    same(role + " height", band["height"], image.RasterYSize)
    t = image.GetGeoTransform()
    same(role + " pixel", band["pixel_m"][0], t[1], 1e-6)
    same(role + " pixel height", band["pixel_m"][1], -t[5], 1e-6)


# --- Sentinel-2 ---

def stripped(text):
    root = ElementTree.fromstring(text)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def sentinel2(text, tiles, info, images):
    root = stripped(text)

    def one(*names):
        for name in names:
            found = root.find(".//" + name)
            if found is not None and found.text:
                return found.text.strip()
        return None

    level = one("PROCESSING_LEVEL")
    surface = level.startswith("Level-2A")
    same("mission", info["mission"], "S2" + one("SPACECRAFT_NAME")[-1])
    same("level", info["level"], "L2A" if surface else "L1C")
    same("baseline", info["baseline"], one("PROCESSING_BASELINE"))
    same("time", info["time"], one("DATATAKE_SENSING_START")[:19] + "Z")
    same("orbit", info["orbit"], "%03d" % int(one("SENSING_ORBIT_NUMBER")))
    uri = one("PRODUCT_URI", "PRODUCT_URI_2A", "PRODUCT_URI_1C")
    if uri:
        same("id", info["id"], re.sub(r"\.SAFE$", "", uri))
    cloud = one("Cloud_Coverage_Assessment")
    if cloud:
        same("clouds", info["cloud_cover_percent"], float(cloud), 1e-6)
    quantification = float(one("BOA_QUANTIFICATION_VALUE", "L2A_BOA_QUANTIFICATION_VALUE") if surface else one("QUANTIFICATION_VALUE"))
    offsets = {int(e.get("band_id")): float(e.text) for e in root.iter("BOA_ADD_OFFSET" if surface else "RADIO_ADD_OFFSET")}
    special = {e.find("SPECIAL_VALUE_TEXT").text: int(e.find("SPECIAL_VALUE_INDEX").text) for e in root.iter("Special_Values")}
    if len(info["granules"]) != len(tiles):
        raise Difference("%d granules, not %d" % (len(info["granules"]), len(tiles)))
    count = 0
    for granule, tile_text in zip(info["granules"], tiles):
        tile = stripped(tile_text)
        name = next(e.text for e in tile.iter() if e.tag in ("TILE_ID", "TILE_ID_2A"))
        same("tile", granule["tile"], re.search(r"_(T\d\d[A-Z]{3})", name).group(1))
        sun = tile.find(".//Mean_Sun_Angle")
        same("sun elevation", granule["sun_elevation_deg"], 90 - float(sun.find("ZENITH_ANGLE").text), 1e-6)
        same("sun azimuth", granule["sun_azimuth_deg"], float(sun.find("AZIMUTH_ANGLE").text), 1e-6)
        for band in granule["bands"]:
            number = MSI.index(band["role"])
            same("name", band["name"], MSI_NAMES[number])
            same(band["role"] + " gain", band["gain"], 1 / quantification, 1e-15)
            same(band["role"] + " offset", band["offset"], offsets.get(number, 0.0) / quantification, 1e-12)
            same(band["role"] + " fill", band["fill"], special["NODATA"])
            if "SATURATED" in special:
                same(band["role"] + " saturated", band["saturated"], special["SATURATED"])
            if images and band.get("file"):
                header(images(band["file"]), band["role"], band)
            count += 1
    return count


# --- HLS ---

def hls(folder, info):
    names = sorted(n for n in os.listdir(folder) if n.endswith(".tif"))
    parts = names[0].split(".")
    same("mission", info["mission"], "HLS")
    same("level", info["level"], parts[1])
    same("tile", info["granules"][0]["tile"], parts[2])
    day = datetime.datetime.strptime(parts[3], "%Y%jT%H%M%S")
    same("time", info["time"], day.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for band in info["granules"][0]["bands"]:
        if not band.get("file"):
            continue
        image = gdal.Open(os.path.join(folder, band["file"]))
        tags = image.GetMetadata()
        if band["role"] not in ("thermal", "thermal2"):
            same("gain", band["gain"], float(tags.get("scale_factor", image.GetRasterBand(1).GetScale() or 1)), 1e-12)
            same("fill", band["fill"], int(image.GetRasterBand(1).GetNoDataValue()))
        header(os.path.join(folder, band["file"]), band["role"], band)
    return len(names)


# --- all that is below a folder ---

def info_of(path):
    run = subprocess.run([PROGRAM, "info", "--json", path], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Difference("info ends with %d: %s" % (run.returncode, run.stderr.strip()))
    return json.loads(run.stdout)[0]


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def beside(path):
    return lambda name: next(iter(glob.glob(os.path.join(glob.escape(os.path.dirname(path)), "**", name), recursive=True)))


def check_landsat(path):
    groups = landsat_facts(text_of(path), path)
    if any("MSS" in g.get("SENSOR_ID", "") for g in groups.values()):
        run = subprocess.run([PROGRAM, "info", path], capture_output=True, text=True, check=False)
        same("status of MSS", run.returncode, 65)
        if "MSS" not in run.stderr:
            raise Difference("the refusal does not name MSS: " + run.stderr)
        return 0
    return landsat(groups, info_of(path), beside(path))


def check_espa(path):
    run = subprocess.run([PROGRAM, "info", path], capture_output=True, text=True, check=False)
    same("status", run.returncode, 65)
    return 0


def check_archive(path):
    with tempfile.TemporaryDirectory() as top:
        if path.endswith(".zip"):
            with zipfile.ZipFile(path) as z:
                z.extractall(top)
            folder = next(iter(glob.glob(top + "/*.SAFE")))
            return check_safe(folder, path)
        with tarfile.open(path) as t:
            t.extractall(top)
        mtl = next(iter(glob.glob(top + "/**/*_MTL.txt", recursive=True)))
        return landsat(landsat_facts(text_of(mtl), mtl), info_of(path), beside(mtl))


def check_safe(folder, asked=None):
    mtd = next(iter(glob.glob(glob.escape(folder) + "/MTD_MSI*.xml")))
    tiles = sorted(glob.glob(glob.escape(folder) + "/GRANULE/*/MTD_TL.xml")) or [os.path.join(folder, "MTD_TL.xml")]
    return sentinel2(text_of(mtd), [text_of(t) for t in tiles], info_of(asked or folder), beside(mtd))


def products(top):
    for form in "txt", "TXT", "xml", "json":
        for path in sorted(glob.glob(top + "/landsat/**/*_MTL." + form, recursive=True)):
            yield path, check_landsat
    for path in sorted(glob.glob(top + "/landsat/metadata/*.xml")):
        if not path.endswith("_MTL.xml"):
            yield path, check_espa
    for path in sorted(glob.glob(top + "/landsat/*.tar") + glob.glob(top + "/landsat/*.tar.gz") + glob.glob(top + "/sentinel2/*.zip")):
        yield path, check_archive
    for path in sorted(glob.glob(top + "/sentinel2/*.SAFE") + glob.glob(top + "/sentinel2/metadata/*")):
        if glob.glob(glob.escape(path) + "/MTD_MSI*.xml"):
            yield path, check_safe
    for path in sorted(glob.glob(top + "/hls/HLS*")):
        yield path, lambda folder: hls(folder, info_of(folder))


def main():
    top = sys.argv[1].rstrip("/")
    cases = list(products(top))
    print("1..%d" % len(cases))
    failed = 0
    for number, (path, check) in enumerate(cases, 1):
        try:
            print("ok %d - %s: %d files of bands" % (number, path[len(top) + 1:], check(path)), flush=True)
        except (Difference, KeyError, ValueError, StopIteration, TypeError, IndexError, RuntimeError) as e:
            failed += 1
            print("not ok %d - %s\n# %s: %s" % (number, path[len(top) + 1:], type(e).__name__, e), flush=True)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
