# SPDX-License-Identifier: Apache-2.0
"""
How right the maps are: every method beside every truth, the water fraction of mixed pixels, shorelines and change maps,
chlorophyll beside samples.

    python3 scripts/accuracy [--seed N] [--only water|fraction|shores|insitu] [--docs DOCS] OUT

Writes OUT/accuracy.md and OUT/pictures; exit status 1 if a target is missed.  --docs puts the tables between the marks
of DOCS/accuracy.md, and the pictures that it shows into DOCS/pictures/accuracy.  Generated scenes are new each time; --seed repeats a run.
Real products: BALKHASH_TESTDATA.  Programs: BALKHASH and GENERATOR, else those of build/release.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile

import change
import fraction
import insitu
import picture
import shore
import water
from tools import Failure, Tools, failed, verdict

# Of the parts of the page that are made here.
MARKS = {"maps": ("<!-- make accuracy: begin -->", "<!-- make accuracy: end -->"),
         "shores": ("<!-- make accuracy shores: begin -->", "<!-- make accuracy shores: end -->"),
         "insitu": ("<!-- make accuracy insitu: begin -->", "<!-- make accuracy insitu: end -->")}


def water_report(tools, out, seed, lines):
    """Tables and pictures of the methods; returns the targets as (met, words)."""
    met = []
    real = os.environ.get("BALKHASH_TESTDATA", "")
    with tempfile.TemporaryDirectory(prefix="balkhash-accuracy-") as folder:
        truths = list(water.generated_truths(tools, folder, seed))
        if os.path.isdir(real):
            truths = list(water.real_truths(real)) + truths
        else:
            lines += ["Real products were left out: BALKHASH_TESTDATA names no folder.", ""]
        for truth in truths:
            print(truth.name, file=sys.stderr)
            results = []
            for method in water.METHODS:
                results.append(water.judge(tools, os.path.join(folder, "out"), truth, method))
                picture.errors(results[-1], os.path.join(out, "pictures"))
                shutil.rmtree(results[-1].observation)
            lines += water.table(results, seed)
            met += water.targets(results[0], seed)
    return met


def fraction_report(tools, seed, lines):
    """Table of the fraction; returns the targets as (met, words)."""
    with tempfile.TemporaryDirectory(prefix="balkhash-accuracy-") as folder:
        results = list(fraction.rows(tools, folder, seed))
    lines += ["**Water fraction of mixed pixels**", "", *fraction.table(results), ""]
    promised = [r for r in results if r["promised"]]
    met = sum(r["met"] for r in promised)
    return [(met == len(promised), f"fraction: {met} of {len(promised)} cases within the target")]


def shores_report(tools, seed, lines):
    """Tables of shorelines and of change maps; returns the targets as (met, words)."""
    with tempfile.TemporaryDirectory(prefix="balkhash-accuracy-") as folder:
        shores = list(shore.rows(tools, os.path.join(folder, "shore"), seed))
        changes = []
        for i, case in enumerate(change.cases(seed)):
            changes.append(change.judge(tools, os.path.join(folder, str(i)), case))
            shutil.rmtree(os.path.join(folder, str(i)))
    lines += ["**Lakes known in closed form**", "", *shore.table(shores), "", "**The fractal lake at two levels**", "",
              *change.table(changes), ""]
    return shore.targets(shores) + change.targets(changes)


def insitu_report(out, lines):
    """Tables and pictures of chlorophyll; returns the targets as (met, words)."""
    lines += ["**Chlorophyll beside samples**", ""]
    return insitu.report(os.environ.get("BALKHASH_TESTDATA", ""), out, lines)


def show(docs, out, part, text):
    """Put a report into the page that is for people, with the pictures that it names."""
    page, folder = os.path.join(docs, "accuracy.md"), os.path.join(docs, "pictures", "accuracy")
    begin, end = MARKS[part]
    with open(page, encoding="utf-8") as f:
        before, rest = f.read().split(begin)
    with open(page, "w", encoding="utf-8") as f:
        f.write(before + begin + "\n\n" + text + "\n" + end + rest.split(end)[1])
    os.makedirs(folder, exist_ok=True)
    for name in sorted(os.listdir(os.path.join(out, "pictures"))):
        if f"pictures/accuracy/{name}" in before + rest:
            shutil.copy(os.path.join(out, "pictures", name), folder)


def main():
    parser = argparse.ArgumentParser(prog="accuracy", description=" ".join(__doc__.splitlines()[1:3]))
    parser.add_argument("out")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--docs")
    parser.add_argument("--only", choices=["water", "fraction", "shores", "insitu"])
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tools = Tools.found()
    shutil.rmtree(arguments.out, ignore_errors=True)
    os.makedirs(os.path.join(arguments.out, "pictures"))
    texts, all_met, judged = {}, [], set()
    if arguments.only in (None, "water", "fraction"):
        lines, met = [f"Seed {seed}.", ""], []
        if arguments.only != "fraction":
            met += water_report(tools, arguments.out, seed, lines)
        if arguments.only != "water":
            met += fraction_report(tools, seed, lines)
        texts["maps"] = verdict(lines, met)
        judged.add("maps")
        all_met += met
    if arguments.only in (None, "shores"):
        lines = [f"Seed {seed}.", ""]
        met = shores_report(tools, seed, lines)
        texts["shores"] = verdict(lines, met)
        judged.add("shores")
        all_met += met
    if arguments.only in (None, "insitu"):
        lines = []
        met = insitu_report(arguments.out, lines)
        texts["insitu"] = verdict(lines, met)
        if met:
            judged.add("insitu")
        all_met += met
    text = "\n".join(texts.values())
    with open(os.path.join(arguments.out, "accuracy.md"), "w", encoding="utf-8") as f:
        f.write(text)
    print(text)
    if arguments.docs:
        # What was left out for lack of samples stays on the page as it is.
        for part in sorted(judged):
            show(arguments.docs, arguments.out, part, texts[part])
    return 1 if failed(all_met) else 0


try:
    sys.exit(main())
except Failure as failure:
    sys.exit(f"accuracy: {failure}")
