#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tests of product forms share: generated products, their truth, runs of the program.

Environment: GENERATOR, BALKHASH; FORMS_SHARED: a folder for products that several tests read.
"""

import json
import os
import subprocess
import sys

import numpy
from osgeo import gdal

gdal.UseExceptions()

WATER, CLOUD, NODATA = 1, 253, 255

problems = []


def wrong(words):
    problems.append(words)


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError("%s: %d: %s" % (" ".join(words), done.returncode, done.stderr.strip()))
    return done.stdout


def attempt(words, function, *given):
    """One case of many: that the program refuses it is one more thing that is wrong."""
    try:
        function(*given)
    except RuntimeError as e:
        wrong("%s: %s" % (words, e))


def shared(name):
    return os.path.join(os.path.abspath(os.environ.get("FORMS_SHARED", ".")), name.replace(" ", "_"))


def first_line(path):
    with open(path, encoding="utf-8") as file:
        return file.readline().strip()


class Product:
    """
    A generated product, where its truth lies, and what the user would name.  In a folder by shared() it is made
    by the first test that wants it; none changes it.
    """

    def __init__(self, options, size, folder="products"):
        words = [os.environ["GENERATOR"], "--out", folder, "--size", str(size), "--air", "none"]
        made = folder + ".made"
        if os.path.isabs(folder) and os.path.exists(made):
            self.path = first_line(made)
        else:
            self.path = run(*words, "--noise", "0", *options).strip()
            if os.path.isabs(folder):
                with open(made, "w", encoding="utf-8") as file:
                    file.write(self.path)
        self.folder = folder
        self.stem = os.path.basename(self.path)
        if self.stem.endswith(".SAFE"):
            self.stem = self.stem[:-5]
        item = os.path.join(self.path, "item.json")
        self.name = item if os.path.exists(item) else self.path
        with open(self.truth_path("truth.json"), encoding="utf-8") as file:
            self.truth = json.load(file)
        self.grid = self.truth["grid"]

    def truth_path(self, name):
        return os.path.join(self.folder, "truth", self.stem, name)

    def truth_raster(self, name):
        return read(self.truth_path(name))

    def ramp(self, name, grid):
        """Reflectance of a band of the truth at the pixels' centres of (x0, y0, pixel, w, h)."""
        band = next(b for b in self.truth["bands"] if b["name"] == name)
        x0, y0, pixel, width, height = grid
        e = x0 + (numpy.arange(width) + 0.5) * pixel - self.truth["ramp_mid_m"][0]
        n = y0 - (numpy.arange(height) + 0.5) * pixel - self.truth["ramp_mid_m"][1]
        return (
            band["ramp_base"]
            + band["ramp_per_m_east"] * e[None, :]
            + band["ramp_per_m_north"] * n[:, None]
        )

    def whole_grid(self):
        g = self.grid
        x0, y0 = g["upper_left_m"]
        return x0, y0, g["pixel_m"], g["width"], g["height"]

    def info(self):
        return json.loads(run(os.environ["BALKHASH"], "info", "--json", self.name))[0]

    def find(self, name):
        for folder, _, names in os.walk(self.path):
            if name in names:
                return os.path.join(folder, name)
        raise RuntimeError("%s: no %s" % (self.path, name))

    def truth_name(self, band):
        """The truth's name of a band that info calls B3: B3, SR_B3 or B03."""
        for prefix in ("", "SR_"):
            if any(b["name"] == prefix + band for b in self.truth["bands"]):
                return prefix + band
        return None


def read(path):
    return gdal.Open(path).ReadAsArray()


def scene(name, out, *options):
    """The folders of the observations, in the order of their names."""
    words = [os.environ["BALKHASH"], "scene", "-q", name, "-o", out, "--rayleigh", "none"]
    return sorted(run(*words, *options).split("\n")[:-1])


def bands_of(info):
    return {b["role"]: b for b in info["granules"][0]["bands"]}


def main(tests):
    """Run the one test that the command line names; end with 1 if something was wrong."""
    tests = {t.__name__: t for t in tests}
    if len(sys.argv) != 2 or sys.argv[1] not in tests:
        sys.exit("usage: %s %s" % (sys.argv[0], "|".join(tests)))
    attempt(sys.argv[1], tests[sys.argv[1]])
    for words in problems:
        print("WRONG: " + words)
    sys.exit(1 if problems else 0)
