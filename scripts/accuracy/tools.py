# SPDX-License-Identifier: Apache-2.0
"""The two programs, and rasters as arrays."""

import configparser
import json
import os
import subprocess

from osgeo import gdal

gdal.UseExceptions()


class Failure(Exception):
    """Something that ends the run; its words say what."""


# A target is (status, words); None: missed, but by less than chance allows.
STATUS = {True: "met", False: "**missed**", None: "**missed**, though not significantly"}


def verdict(lines, targets):
    """A report's text, its targets last."""
    return "\n".join(lines + [f"- {STATUS[status]}: {words}" for status, words in targets]) + "\n"


def failed(targets):
    """Is there a target that was missed by more than chance allows?"""
    return any(status is False for status, _ in targets)


class Tools:
    """Paths of balkhash and of the generator; both print the paths of what they made."""

    def __init__(self, balkhash, generator):
        self.balkhash = balkhash
        self.generator = generator

    def _run(self, program, arguments):
        done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failure(f"{program} {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
        return done.stdout.strip()

    @classmethod
    def found(cls):
        """Those that BALKHASH and GENERATOR name, else those of build/release."""
        return cls(os.path.abspath(os.environ.get("BALKHASH", "build/release/balkhash")),
                   os.path.abspath(os.environ.get("GENERATOR", "build/release/balkhash-testdata")))

    def run(self, command, *arguments):
        """Another command of balkhash; what it prints."""
        return self._run(self.balkhash, [command, "-q", *arguments])

    def exact(self, raster, out, *lake):
        """The exact fraction (x 10000) of a lake on the grid of a raster, into another."""
        self._run(self.generator, ["--exact", raster, out, *lake])

    def generate(self, folder, *arguments):
        """A generated product: its path, and the folder of its truth."""
        product = self._run(self.generator, ["--out", folder, *arguments])
        truth = os.path.basename(product)
        if truth.endswith(".SAFE"):
            truth = truth[: -len(".SAFE")]
        return product, os.path.join(folder, "truth", truth)

    def scene(self, product, folder, *arguments):
        """The observation that balkhash makes of a product."""
        return self._run(self.balkhash, ["scene", "-q", "--overwrite", product, "-o", folder, *arguments])


def array(path):
    """The first band of a raster, or None where there is no such file."""
    return gdal.Open(path).ReadAsArray() if os.path.exists(path) else None


def grid(path):
    """Origin and pixel of a raster in metres, (width, height), and its coordinate system as EPSG:CODE."""
    raster = gdal.Open(path)
    srs = raster.GetSpatialRef()
    return raster.GetGeoTransform(), (raster.RasterXSize, raster.RasterYSize), f"EPSG:{srs.GetAuthorityCode(None)}"


def lake_file(path, raster, season):
    """A lake on the grid of a raster, its outline the whole window; season as in the file, or None."""
    (x0, dx, _, y0, _, dy), (width, height), crs = grid(raster)
    x1, y1 = x0 + width * dx, y0 + height * dy
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    outline = os.path.splitext(path)[0] + ".geojson"
    with open(outline, "w", encoding="utf-8") as f:
        json.dump({"type": "FeatureCollection",
                   "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs[5:]}"}},
                   "features": [{"type": "Feature", "properties": {},
                                 "geometry": {"type": "Polygon", "coordinates": [ring]}}]}, f)
    lake = configparser.ConfigParser()
    lake["lake"] = {"name": "window", "outline": os.path.basename(outline), "crs": crs,
                    "te": f"{x0} {y1} {x1} {y0}", "tr": f"{dx:g}"}
    if season:
        lake["lake"]["season"] = season
    with open(path, "w", encoding="utf-8") as f:
        lake.write(f)
    return path
