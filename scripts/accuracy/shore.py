# SPDX-License-Identifier: Apache-2.0
"""
Shorelines, areas and changes of lakes known in closed form, from product to change map.

    python3 scripts/accuracy/shore.py [--seed N] [--places N] [--only WORDS]

Prints a table in Markdown; exit status 1 if a target is missed.  Programs: BALKHASH and GENERATOR, else those of
build/release.
"""

import argparse
import json
import math
import os
import random
import secrets
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from osgeo import ogr

from tools import Failure, Tools, verdict

RMSE_MAX, BIAS_MAX = .10, .03  # pixels of the coarsest band, or of the grid where that is coarser
AREA_MAX, CHANGE_MAX = .05, 1.0  # % of the lake; % of what a shift of one such pixel changes
RADIUS_M = 4500
CENTRE = (76.9, 46.2)
LAEA = "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"
SHAPES = ("circle", "ellipse", "star")

LANDSAT, LANDSAT5 = ("landsat-l2", "LC09", 400), ("landsat-l2", "LT05", 400)
SENTINEL2 = ("sentinel2-l2a", "S2B", 1200)
# Name, product, pixel of the lake's grid or None for the product's own, pixel that counts.
GRIDS = (
    ("Landsat 9, own grid", LANDSAT, None, 30),
    ("Landsat 9, 30 m", LANDSAT, 30, 30),
    ("Landsat 5, 30 m", LANDSAT5, 30, 30),
    ("Sentinel-2, own grid", SENTINEL2, None, 20),
    ("Sentinel-2, 10 m", SENTINEL2, 10, 20),
    ("Sentinel-2, 20 m", SENTINEL2, 20, 20),
    ("Sentinel-2, 30 m", SENTINEL2, 30, 30),
)
SENSED = (("noise", ("--snr",)), ("noise, point spread", ("--snr", "--psf", ".5")))


def curve(shape, t):
    """Points and derivatives of a shore of radius 1 at parameters t, as complex numbers."""
    if shape == "circle":
        return np.exp(1j * t), 1j * np.exp(1j * t)
    if shape == "ellipse":
        return np.cos(t) + .5j * np.sin(t), -np.sin(t) + .5j * np.cos(t)
    r, slope = 1 + .15 * np.cos(5 * t), -.75 * np.sin(5 * t)
    return r * np.exp(1j * t), (slope + 1j * r) * np.exp(1j * t)


def distances(shape, radius, turn, places):
    """
    Signed distances from a shore about 0, positive in the water, of complex places near it; by Gauss-Newton steps
    from the direction of each.
    """
    q = places * np.exp(-1j * turn) / radius
    t = np.arctan2(2 * q.imag, q.real) if shape == "ellipse" else np.angle(q)
    for _ in range(20):
        p, d = curve(shape, t)
        t = t - ((p - q) * d.conj()).real / np.abs(d) ** 2
    p, d = curve(shape, t)
    return radius * (d.conj() * (q - p)).imag / np.abs(d)


def vertices(path, layer):
    """The vertices of a layer of lines, as complex numbers."""
    source, all_points = ogr.Open(path), []
    for feature in source.GetLayerByName(layer):
        line = feature.GetGeometryRef()
        parts = [line] if line.GetGeometryCount() == 0 else [line.GetGeometryRef(i)
                                                             for i in range(line.GetGeometryCount())]
        all_points += [np.array(part.GetPoints())[:-1, :2] for part in parts]
    points = np.concatenate(all_points)
    return points[:, 0] + 1j * points[:, 1]


def _facts(truth):
    with open(os.path.join(truth, "truth.json"), encoding="utf-8") as f:
        facts = json.load(f)
    return facts["shore"], facts["area"]["water_equal_area_km2"]


def measure(tools, folder, job, seed):
    """One lake at one place, seen twice: its shore one pixel further out the second time."""
    (_, product, grid, pixel), shape, (_, sensed), place = job
    kind, craft, size = product
    draw = random.Random(f"{seed} {job}")
    east, north, turn = draw.random() * pixel, draw.random() * pixel, draw.random() * 360
    centre = f"{CENTRE[0] + east / (111320 * math.cos(math.radians(CENTRE[1]))):.8f},{CENTRE[1] + north / 111320:.8f}"
    target = () if grid is None else ("-t_srs", LAEA, "-tr", str(grid), str(grid))
    observations, shores, areas = [], [], []
    for shift, day in ((0, "0712"), (pixel, "0813")):
        made, truth = tools.generate(
            folder, "--kind", kind, "--spacecraft", craft, "--date", ("2009" if craft == "LT05" else "2024") + day,
            "--lake", shape, "--radius", str(RADIUS_M), "--turn", f"{turn:.6f}", "--shift", str(shift), "--center",
            f"{CENTRE[0]},{CENTRE[1]}", "--lake-center", centre, "--size", str(size), "--plane",
            "utm" if grid is None else "laea", "--seed", str(seed + place), "--threads", "1", *sensed)
        observations.append(tools.scene(made, os.path.join(folder, "out"), "--layers", "water,fraction",
                                        "--threads", "1", *target))
        shore, area = _facts(truth)
        shores.append(shore)
        areas.append(area if grid is None else shore["area_km2"])
    change = os.path.join(folder, "change")
    tools.run("change", *observations, "-o", change, "--threads", "1")
    result = _compare(change, shape, turn, shores[0], areas, pixel)
    shutil.rmtree(folder)
    return result


def _compare(change, shape, turn, shore, areas, pixel):
    """(RMSE, bias, area error in %, error of the change in % by fraction and by pixels, vertices)."""
    turned = math.radians(turn + (30 if shape == "ellipse" else 0)) if shape != "circle" else 0
    line = vertices(os.path.join(change, "shoreline.gpkg"), "before") - complex(*shore["center_m"])
    d = distances(shape, RADIUS_M, turned, line) / pixel
    with open(os.path.join(change, "summary.json"), encoding="utf-8") as f:
        whole = json.load(f)["areas"][0]
    gain = areas[1] - areas[0]
    by_pixels = whole["change"]["gain_km2"] - whole["change"]["loss_km2"]
    return (float(np.sqrt((d ** 2).mean())), float(d.mean()),
            100 * (whole["before"]["water_km2"] / areas[0] - 1),
            100 * (whole["change"]["net_water_km2"] / gain - 1), 100 * (by_pixels / gain - 1), len(d))


def rows(tools, folder, seed, places=2, words=""):
    """For each grid, shape and kind of sensing: the worst of the places."""
    kinds = [(g, s, n) for g in GRIDS for s in SHAPES for n in SENSED if words in f"{g[0]} {s} {n[0]}"]
    jobs = [(*k, place) for k in kinds for place in range(places)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(lambda i: measure(tools, os.path.join(folder, str(i)), jobs[i], seed), range(len(jobs))))
    for i, (grid, shape, sensed) in enumerate(kinds):
        some = done[i * places:(i + 1) * places]
        yield (grid[0], shape, sensed[0], sum(r[5] for r in some),
               *(max((r[k] for r in some), key=abs) for k in range(5)))


def met(row):
    return (row[4] <= RMSE_MAX and abs(row[5]) <= BIAS_MAX and abs(row[6]) <= AREA_MAX and
            abs(row[7]) <= CHANGE_MAX)


def table(results):
    """Lines of Markdown."""
    yield ("| grid | lake | seen with | vertices | RMSE, pixels | bias, pixels | area, % | change by fraction, % | "
           "by pixels, % | within the targets |")
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for r in results:
        yield (f"| {r[0]} | {r[1]} | {r[2]} | {r[3]} | {r[4]:.4f} | {r[5]:+.4f} | {r[6]:+.4f} | {r[7]:+.3f} | "
               f"{r[8]:+.2f} | {'met' if met(r) else '**missed**'} |")


def targets(results):
    n = sum(met(r) for r in results)
    return [(n == len(results), f"shores of known lakes: {n} of {len(results)} cases within RMSE {RMSE_MAX:g}, bias "
             f"{BIAS_MAX:g} pixel, area {AREA_MAX:g} %, change of one pixel {CHANGE_MAX:g} %")]


def main():
    parser = argparse.ArgumentParser(prog="shore", description=__doc__.strip().splitlines()[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--places", type=int, default=2)
    parser.add_argument("--only", default="", help="part of the first three columns")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    print(f"Seed {seed}.\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="balkhash-shore-") as folder:
        results = list(rows(Tools.found(), folder, seed, arguments.places, arguments.only))
    done = targets(results)
    print(verdict(list(table(results)) + [""], done))
    return 0 if all(status for status, _ in done) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"shore: {failure}")
