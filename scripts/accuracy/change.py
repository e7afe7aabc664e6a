# SPDX-License-Identifier: Apache-2.0
"""
A change map of two mosaics beside the exact truth: the fractal lake at two levels, seen by three sensors in two
UTM zones between clouds.

    python3 scripts/accuracy/change.py [--seed N] [--small] [--shift M] [--keep FOLDER]

Prints a table in Markdown; exit status 1 if a target is missed.  Programs: BALKHASH and GENERATOR, else those of
build/release.
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tools import Failure, Tools, array, verdict

AGREE_MIN, AREA_MAX = 99.5, 1.0  # % of the clear pixels; % of the areas of gain and loss, and of the net change
SHIFT_MIN = 60  # m, two pixels: of a narrower strip too large a part are pixels that moved by less than MOVED
LAND, WATER, GAIN, LOSS, UNCERTAIN = range(5)
PARTIAL, MOVED = .1, .3  # the program's partial water begins here; what it takes for a change
PIXEL_M = 30

# Name, kind, options; sizes in pixels of 30 m.  Two zones meet in the window.
WEST, MIDDLE, EAST = "77.80,46.47", "77.95,46.47", "78.10,46.47"
EPOCHS = {
    "2009": (
        ("landsat-l2", "LT05", "0712", MIDDLE, ("--zone", "43", "--path", "150")),
        ("landsat-l2", "LT05", "0805", MIDDLE, ("--zone", "44", "--path", "149")),
        ("landsat-l2", "LE07", "0720", MIDDLE, ("--zone", "43", "--path", "150", "--slc-off")),
        ("landsat-l2", "LE07", "0821", MIDDLE, ("--zone", "44", "--path", "149", "--slc-off")),
    ),
    "2024": (
        ("landsat-l2", "LC09", "0712", MIDDLE, ("--zone", "43", "--path", "150")),
        ("landsat-l2", "LC08", "0729", MIDDLE, ("--zone", "44", "--path", "149")),
        ("sentinel2-l2a", "S2B", "0718", WEST, ("--zone", "43",)),
        ("sentinel2-l2a", "S2A", "0802", EAST, ("--zone", "44",)),
        ("sentinel2-l2a", "S2A", "0812", MIDDLE, ("--zone", "43",)),
    ),
}
SEEN = ("--snr", "--psf", ".5", "--clouds", "5")


class Case:
    """Two levels of the lake; shift of the first epoch's shore in metres, positive: more water."""

    def __init__(self, size, shift, seed):
        self.size, self.shift, self.seed = size, shift, seed

    def lake(self, epoch):
        """Options of the generator that say how the lake is."""
        return ("--seed", str(self.seed), "--shift", f"{self.shift if epoch == '2009' else 0:g}")

    def name(self):
        return f"{self.size * PIXEL_M / 1000:g} km, shore {self.shift:g} m further out"


def _observe(tools, folder, case, epoch, look):
    kind, craft, day, centre, more = look
    size = case.size // 2 * 2 * (3 if kind.startswith("sentinel2") else 1)
    product, _ = tools.generate(
        os.path.join(folder, "products"), "--kind", kind, "--spacecraft", craft, "--date", epoch + day, "--center",
        centre, "--size", str(size), "--threads", "1", *more, *SEEN, *case.lake(epoch))
    return tools.scene(product, os.path.join(folder, epoch), "--lake", "balkhash", "--layers", "water,fraction",
                       "--threads", "1")


def make(tools, folder, case):
    """The change of the case and the exact fractions (0..1) of both epochs on its grid."""
    jobs = [(epoch, look) for epoch, looks in EPOCHS.items() for look in looks]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        paths = list(pool.map(lambda job: _observe(tools, folder, case, *job), jobs))
    mosaics = []
    for epoch in EPOCHS:
        mosaics.append(os.path.join(folder, f"mosaic-{epoch}"))
        tools.run("mosaic", *[p for p, job in zip(paths, jobs) if job[0] == epoch], "-o", mosaics[-1])
    change = os.path.join(folder, "change")
    tools.run("change", *mosaics, "-o", change)
    exact = []
    for epoch in EPOCHS:
        exact.append(os.path.join(folder, f"exact-{epoch}.tif"))
        tools.exact(os.path.join(change, "change.tif"), exact[-1], *case.lake(epoch))
    return change, [array(path) / 1e4 for path in exact]


def classes(before, after):
    """The change that exact fractions have: land or water by the greater part of a pixel."""
    return np.choose(2 * (before >= .5) + (after >= .5), (LAND, GAIN, LOSS, WATER))


def unclear(before, after):
    """Where exact fractions make a pixel uncertain: partial water on a side, or it moved too little."""
    partial = [(f >= PARTIAL) & (f < .5) for f in (before, after)]
    moved = (before >= .5) != (after >= .5)
    return partial[0] | partial[1] | (moved & (np.abs(after - before) < MOVED))


def confusion(true, found):
    """Rows: the truth's classes; columns: the map's."""
    return np.bincount(5 * true + found, minlength=25).reshape(5, 5)


class Judged:
    """What a change map and its truth have in common."""

    def __init__(self, case, change, exact):
        found = array(os.path.join(change, "change.tif"))
        clear = found <= UNCERTAIN
        before, after = (f[clear] for f in exact)
        found = found[clear].astype(int)
        true, doubtful = classes(before, after), unclear(before, after)
        with open(os.path.join(change, "summary.json"), encoding="utf-8") as f:
            area = json.load(f)["areas"][0]["change"]
        self.case, self.clear = case, int(clear.sum())
        self.matrix = confusion(true, found)
        self.all = 100 * float((true == found).mean())
        self.definite = 100 * float((true == found)[~doubtful].mean())
        self.by_rule = 100 * float((np.where(doubtful, UNCERTAIN, true) == found).mean())
        self.doubtful = 100 * float(doubtful.mean())
        self.uncertain = 100 * float((found == UNCERTAIN).mean())
        km2 = PIXEL_M ** 2 * 1e-6
        self.true = {"gain": float(np.maximum(after - before, 0).sum()) * km2,
                     "loss": float(np.maximum(before - after, 0).sum()) * km2}
        self.pixels = {k: area[f"{k}_km2"] for k in self.true}
        self.fraction = {k: area[f"{k}_water_km2"] for k in self.true}
        self.net = area["net_water_km2"]

    def net_error(self):
        net = self.true["gain"] - self.true["loss"]
        return 100 * (self.net - net) / abs(net)

    def error(self, areas, which):
        """In % of what is true; of the larger of the two where there is hardly any."""
        whole = self.true[which] if self.true[which] > .01 * max(self.true.values()) else max(self.true.values())
        return 100 * (areas[which] - self.true[which]) / whole

    def met(self):
        wide = abs(self.case.shift) >= SHIFT_MIN
        strips = not wide or all(abs(self.error(self.pixels, k)) <= AREA_MAX for k in self.true)
        return self.all >= AGREE_MIN and strips and abs(self.net_error()) <= AREA_MAX


def table(results):
    """Lines of Markdown."""
    yield ("| case | clear pixels | agree, % | without doubtful ones | by the rule | uncertain, % | true gain, loss, km2 "
           "| by pixels, % | by fraction, % | net, % |")
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for r in results:
        errors = [", ".join(f"{r.error(areas, k):+.2f}" for k in r.true) for areas in (r.pixels, r.fraction)]
        yield (f"| {r.case.name()} | {r.clear} | {r.all:.3f} | {r.definite:.3f} | {r.by_rule:.3f} | "
               f"{r.uncertain:.3f} ({r.doubtful:.3f} by truth) | {r.true['gain']:.3f}, {r.true['loss']:.3f} | "
               f"{errors[0]} | {errors[1]} | {r.net_error():+.2f} |")


def matrix_lines(result):
    """The confusion matrix."""
    for name, row in zip(("land", "water", "gain", "loss"), result.matrix):
        yield f"    {name:6s}" + "".join(f"{n:10d}" for n in row)


def targets(results):
    return [(r.met(), f"{r.case.name()}: {r.all:.3f} % of the clear pixels agree (at least {AGREE_MIN:g}), gain and "
             f"loss by pixels {r.error(r.pixels, 'gain'):+.2f} and {r.error(r.pixels, 'loss'):+.2f} % off (at most "
             f"{AREA_MAX:g} for shores that moved {SHIFT_MIN} m or more), net by fraction {r.net_error():+.2f} % off (at "
             f"most {AREA_MAX:g})") for r in results]


def cases(seed, small=False):
    if small:
        return [Case(500, 60, seed)]
    return [Case(1000, shift, seed + i) for i, shift in enumerate((30, 60, 300, -60))]


def judge(tools, folder, case):
    """Make the case in a folder and judge it; what it agrees in goes to stderr, for who seeks the cause."""
    result = Judged(case, *make(tools, folder, case))
    print(case.name(), *matrix_lines(result), sep="\n", file=sys.stderr)
    return result


def main():
    parser = argparse.ArgumentParser(prog="change", description=__doc__.strip().splitlines()[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--shift", type=float)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tools, results = Tools.found(), []
    print(f"Seed {seed}.\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="balkhash-change-") as folder:
        for i, case in enumerate(cases(seed, arguments.small)):
            case.shift = case.shift if arguments.shift is None else arguments.shift
            results.append(judge(tools, os.path.join(arguments.keep or folder, str(i)), case))
    met = targets(results)
    print(verdict(list(table(results)) + [""], met))
    return 0 if all(status for status, _ in met) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"change: {failure}")
