# SPDX-License-Identifier: Apache-2.0
"""
The water fraction of mixed pixels beside generated truths.

    python3 scripts/accuracy/fraction.py [--seed N]

Prints a table in Markdown.  Programs: BALKHASH and GENERATOR, else those of build/release.
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

from tools import Failure, Tools, array

RMSE_MAX, AREA_MAX = .06, .05  # of the fraction, and % of a lake of RADIUS pixels
RADIUS = 150  # pixels
SIDE = 402  # pixels of the window
PLACES = 3  # of every case: the lake lies elsewhere on the pixels
CENTRE = (76.9, 46.2)
LINE_TURN = math.radians(17)  # of the generator's straight shore

# Name, pixel in metres, options of the generator.
SENSORS = (
    ("Landsat 9", 30, ("--kind", "landsat-l2", "--spacecraft", "LC09")),
    ("Landsat 5", 30, ("--kind", "landsat-l2", "--spacecraft", "LT05", "--date", "20090712")),
    ("Sentinel-2", 10, ("--kind", "sentinel2-l2a")),
)
SEEN = ("--snr", "--psf", ".5")
CIRCLE = ("--lake", "circle")
MUD = CIRCLE + SEEN + ("--water", "very-turbid-water", "--land", "wet-salt")
# Name, options of the generator, is the target promised?
CASES = (
    ("circle", CIRCLE + ("--snr",), True),
    ("circle, point spread", CIRCLE + SEEN, True),
    ("star", ("--lake", "star", "--snr"), True),
    ("star, point spread", ("--lake", "star") + SEEN, True),
    ("straight shore", ("--lake", "plain", "--snr"), True),
    ("straight shore, point spread", ("--lake", "plain") + SEEN, True),
    ("natural", CIRCLE + SEEN + ("--surface", "natural"), True),
    ("both sides vary by 30 %", CIRCLE + SEEN + ("--vary", ".3"), True),
    ("texture 5 %", CIRCLE + SEEN + ("--texture", ".05"), True),
    ("texture 10 %", CIRCLE + SEEN + ("--texture", ".10"), True),
    ("vary 30 %, texture 10 %", CIRCLE + SEEN + ("--vary", ".3", "--texture", ".10"), True),
) + tuple(
    (f"strip of {cover.replace('-', ' ')}, {metres} m", CIRCLE + SEEN + ("--strip", f"{cover}:{metres}"), False)
    for cover in ("wet-salt", "green-reed", "dry-reed") for metres in (15, 30, 60)
) + (
    ("mud against wet salt", MUD, True),
    ("mud against wet salt, texture 10 %", MUD + ("--texture", ".10"), False),
    ("mud against wet salt, texture 20 %", MUD + ("--texture", ".20"), False),
)


class Sums:
    """What the runs of one case add up to."""

    def __init__(self):
        self.n = self.squares = self.errors = self.moved = self.shore = self.unknown = 0
        self.areas = []

    def add(self, found, seen, exact, shore, lake):
        """Fractions 0..1, NaN where unknown; length of the shore and area of the lake in pixels, or None."""
        mixed = (exact > 0) & (exact < 1)
        known = mixed & np.isfinite(found)
        error = found[known] - seen[known]
        self.n += int(known.sum())
        self.unknown += int(mixed.sum()) - int(known.sum())
        self.squares += float((error ** 2).sum())
        self.errors += float(error.sum())
        everywhere = np.isfinite(found)
        more = float((found[everywhere] - exact[everywhere]).sum())
        self.moved += more
        self.shore += shore
        if lake:
            self.areas.append(100 * more / lake)


def _shore(truth, exact, pixel):
    """Length of the shore in pixels, and the lake's area in pixels if it is a closed one."""
    with open(os.path.join(truth, "truth.json"), encoding="utf-8") as f:
        shape = json.load(f)["shore"]
    if "perimeter_km" in shape:
        return shape["perimeter_km"] * 1e3 / pixel, shape["area_km2"] * 1e6 / pixel ** 2
    steps = np.abs(np.diff(exact, axis=0)).sum() + np.abs(np.diff(exact, axis=1)).sum()
    return float(steps) / (math.cos(LINE_TURN) + math.sin(LINE_TURN)), None


def _measure(tools, folder, sensor, case, seed):
    """One case seen by one sensor, at several places."""
    _, pixel, kind = sensor
    draw, sums = random.Random(f"{seed} {sensor[0]} {case[0]}"), Sums()
    for place in range(PLACES):
        east, north = draw.random() * pixel, draw.random() * pixel
        centre = (CENTRE[0] + east / (111320 * math.cos(math.radians(CENTRE[1]))), CENTRE[1] + north / 111320)
        product, truth = tools.generate(
            folder, *kind, "--threads", "1", "--size", str(SIDE), "--radius", str(RADIUS * pixel),
            "--center", f"{CENTRE[0]},{CENTRE[1]}", "--lake-center", f"{centre[0]:.8f},{centre[1]:.8f}",
            "--seed", str(seed + place), *case[1])
        observation = tools.scene(product, os.path.join(folder, "out"), "--layers", "water,fraction", "--threads", "1")
        found = array(os.path.join(observation, "fraction.tif")).astype(float)
        found = np.where(found > 100, np.nan, found / 100)
        exact = array(os.path.join(truth, "fraction16.tif")) / 1e4
        spread = array(os.path.join(truth, "fraction_seen.tif"))
        seen = exact if spread is None else spread / 1e4
        sums.add(found, seen, exact, *_shore(truth, exact, pixel))
        shutil.rmtree(folder)
    return _row(sensor, case, sums)


def _row(sensor, case, sums):
    rmse = math.sqrt(sums.squares / max(sums.n, 1))
    area = max(sums.areas, key=abs, default=None)
    return {"case": case[0], "sensor": sensor[0], "n": sums.n, "unknown": sums.unknown, "rmse": rmse,
            "bias": sums.errors / max(sums.n, 1), "shore": sums.moved / sums.shore, "area": area,
            "met": rmse <= RMSE_MAX and (area is None or abs(area) <= AREA_MAX), "promised": case[2]}


def rows(tools, folder, seed):
    """A dict for each case and sensor: counts, RMSE and bias of the fraction, shore in pixels, area in %."""
    jobs = [(sensor, case) for case in CASES for sensor in SENSORS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(
            lambda job: _measure(tools, os.path.join(folder, f"fraction-{jobs.index(job)}"), *job, seed), jobs)


def table(results):
    """Lines of Markdown."""
    yield ("| case | sensor | mixed pixels | RMSE | bias | shore moved, pixels | area, % | "
           f"RMSE <= {RMSE_MAX:g}, area within {AREA_MAX:g} % |")
    yield "|---|---|---|---|---|---|---|---|"
    for r in results:
        area = "" if r["area"] is None else f"{r['area']:+.3f}"
        met = "met" if r["met"] else "**missed**" if r["promised"] else "not met, not promised"
        yield (f"| {r['case']} | {r['sensor']} | {r['n']} | {r['rmse']:.4f} | {r['bias']:+.4f} | {r['shore']:+.4f} | "
               f"{area} | {met} |")


def main():
    parser = argparse.ArgumentParser(prog="fraction", description=__doc__.strip().splitlines()[0])
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tools = Tools.found()
    print(f"Seed {seed}.\n")
    with tempfile.TemporaryDirectory(prefix="balkhash-fraction-") as folder:
        for line in table(rows(tools, folder, seed)):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"fraction: {failure}")
