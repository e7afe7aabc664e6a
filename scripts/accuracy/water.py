# SPDX-License-Identifier: Apache-2.0
"""Every method beside every truth of water."""

import glob
import os
from dataclasses import dataclass, field

import numpy as np

from measure import Counts, pure
from tools import array, lake_file

INDICES = ("ndwi", "mndwi", "aweinsh", "aweish", "wi2015", "mbwi", "tcw")
METHODS = ("balkhash", "dswe", "dswx", "wofs") + INDICES + tuple(f"{i}:{how}" for how in ("otsu", "edge") for i in INDICES)

OPEN, ICE, HIDDEN, NODATA = 1, 252, 253, 255  # water.tif
CLOUD, SHADOW, NEAR, THIN, GAP, LOST, FALSE = 1, 2, 4, 8, 16, 32, 64  # sky.tif of a generated truth
COVER = {"land": 0, "very turbid": 3, "salt": 4, "wet salt": 5, "lake ice": 8, "snow": 9, "glint": 10}  # cover.tif
BLOCK = 32  # pixels: longer than what neighbours have in common


@dataclass
class Truth:
    """A product and what is known of it; masks: name -> pixels whose share of some class is looked at."""
    name: str
    product: str
    water: np.ndarray  # 1, 0, or 255: unknown
    arguments: tuple = ()
    masks: dict = field(default_factory=dict)


@dataclass
class Result:
    """What one method made of one truth."""
    truth: Truth
    method: str
    counts: Counts
    unseen: float
    false_water: dict  # name of a mask -> share of it that is open water
    lost: dict  # name of a mask of water -> share of it that is hidden
    classes: np.ndarray
    observation: str


def _scene_masks(truth):
    """Covers and skies of a generated truth, without the pixels at their edges."""
    water, cover = array(os.path.join(truth, "class.tif")), array(os.path.join(truth, "cover.tif"))
    sky = array(os.path.join(truth, "sky.tif"))
    sky = np.zeros_like(water) if sky is None else sky
    clear = (sky & ~np.uint8(FALSE)) == 0
    land = {"salt": clear & (water == 0) & (cover == COVER["salt"]),
            "wet salt": clear & (water == 0) & (cover == COVER["wet salt"]),
            "ice": clear & ((cover == COVER["lake ice"]) | (cover == COVER["snow"])),
            "cloud": (sky & (CLOUD | THIN)) == CLOUD,
            "shadow": (water == 0) & ((sky & (CLOUD | SHADOW)) == SHADOW)}
    lake = {"turbid": clear & (water == 1) & (cover == COVER["very turbid"]),
            "glint": clear & (water == 1) & (cover == COVER["glint"])}
    # Ice is no open water, yet no land: what it is called is judged by itself.
    water = np.where(clear & (cover != COVER["lake ice"]), water, 255)
    return water, {n: pure(m) for n, m in land.items()}, {n: pure(m) for n, m in lake.items()}


# Name, kind, options of the generator, options of the scene, season of the lake.
HARD = ("--lake", "star", "--surface", "natural", "--hard", "--snr", "--psf", ".5", "--clouds", "6", "--lapse")
GENERATED = (
    ("Landsat 9 Level 2", "landsat-l2", HARD + ("--false-clouds",), (), None),
    ("Landsat 5 Level 2", "landsat-l2", HARD + ("--false-clouds", "--spacecraft", "LT05", "--date", "20090712"), (), None),
    ("HLS of Landsat, winter", "hls-l30", HARD + ("--ice", "--date", "20240302"), (), "05-01 10-31"),
    ("Landsat 9 Level 1, own mask", "landsat-l1", HARD, ("--masks", "own"), None),
    ("Sentinel-2 Level-2A", "sentinel2-l2a", HARD + ("--false-clouds", "--parallax"), (), None),
    ("Sentinel-2 Level-1C, own mask", "sentinel2-l1c", HARD + ("--parallax",), (), None),
)

# Name, product, truth below the folder of real products.
REAL = (
    ("Spanish flood, Sentinel-2 Level-1C", "sentinel2/S2B_MSIL1C_*T30SXH*.SAFE", "sentinel2/truth/S2B*T30SXH*_water.tif"),
    ("lake, Landsat 7 Level 2", "landsat/LE07_L2SR_023028*", "landsat/truth/LE07_L2SR_023028*_water.tif"),
    ("reservoir, Landsat 5 before collections", "landsat/LT52240631988227CUB02", "landsat/truth/LT52240631988227CUB02_water.tif"),
)


def real_truths(folder):
    """Truths of real products in a folder (BALKHASH_TESTDATA)."""
    for name, product, truth in REAL:
        yield Truth(name, glob.glob(os.path.join(folder, product))[0],
                    array(glob.glob(os.path.join(folder, truth))[0]))


def generated_truths(tools, folder, seed):
    """Truths of generated products, a seed of their own each."""
    for i, (name, kind, options, arguments, season) in enumerate(GENERATED):
        place = os.path.join(folder, f"truth-{i}")
        product, truth = tools.generate(place, "--kind", kind, "--seed", str(seed + i), *options)
        water, land, lake = _scene_masks(truth)
        if season:
            lake_path = lake_file(os.path.join(place, "window.ini"), os.path.join(truth, "class.tif"), season)
            arguments += ("--lake", lake_path)
        yield Truth(f"{name} (seed {seed + i})", product, water, arguments, {"land": land, "lake": lake})


def judge(tools, folder, truth, method):
    """Run one method on one product and count."""
    observation = tools.scene(truth.product, os.path.join(folder, method.replace(":", "-")), "--method", method, *truth.arguments)
    found = array(os.path.join(observation, "water.tif"))
    found = found[: truth.water.shape[0], : truth.water.shape[1]]
    judged = truth.water <= 1
    seen = judged & (found < ICE)

    def share(mask, code):
        return float((found[mask] == code).mean()) if mask.sum() >= 50 else None

    return Result(truth, method, Counts(truth.water, found == OPEN, seen, BLOCK),
                  1 - seen.sum() / max(judged.sum(), 1),
                  {n: share(m, OPEN) for n, m in truth.masks.get("land", {}).items()},
                  {n: share(m, HIDDEN) for n, m in truth.masks.get("lake", {}).items()}, found, observation)


def percent(share):
    return "" if share is None else f"{100 * share:.2f}"


def table(results, seed):
    """Rows of Markdown for the results of one truth."""
    yield f"**{results[0].truth.name}**, {results[0].counts.n} pixels judged"
    yield ""
    yield "| method | IoU | omission % | commission % | overall accuracy %, 95 % | unseen % | false water %: salt | wet salt | ice | cloud | shadow | hidden %: turbid | glint |"
    yield "|---|" + "---|" * 12
    for r in results:
        low, high = r.counts.overall_interval(seed)
        yield "| " + " | ".join([
            r.method, f"{r.counts.iou():.4f}", percent(r.counts.omission()), percent(r.counts.commission()),
            f"{100 * r.counts.overall():.3f} ({100 * low:.2f} - {100 * high:.2f})", percent(r.unseen),
            *(percent(r.false_water.get(n)) for n in ("salt", "wet salt", "ice", "cloud", "shadow")),
            *(percent(r.lost.get(n)) for n in ("turbid", "glint"))]) + " |"
    yield ""


def targets(result, seed):
    """(met, words) of every target that the default method has on this truth."""
    counts, name = result.counts, result.truth.name
    if name.startswith("Spanish"):
        low, high = counts.iou_interval(seed)
        yield high >= .77, f"{name}: IoU {counts.iou():.4f}, blocks drawn anew: 95 % in {low:.3f} - {high:.3f}; .77 not above it"
    elif name.startswith("lake"):
        yield counts.iou() >= .955, f"{name}: IoU {counts.iou():.4f} >= .955"
    elif name.startswith("reservoir"):
        yield counts.missed + counts.wrong == 0, f"{name}: {counts.missed} missed, {counts.wrong} wrong; none of either"
    else:
        yield counts.overall() >= .995, f"{name}: overall accuracy {100 * counts.overall():.3f} % >= 99.5 %"
        for cover in ("salt", "wet salt", "ice", "shadow"):
            share = result.false_water[cover]
            if share is not None:
                yield share < .002, f"{name}: water on {cover} {100 * share:.3f} % < .2 %"
        if result.lost["turbid"] is not None:
            yield result.lost["turbid"] < .01, f"{name}: turbid water hidden {100 * result.lost['turbid']:.2f} % < 1 %"
