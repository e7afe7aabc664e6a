# SPDX-License-Identifier: Apache-2.0
"""
How right the maps are: every method beside every truth, and the water fraction of mixed pixels.

    python3 scripts/accuracy [--seed N] [--only water|fraction] [--docs DOCS] OUT

Writes OUT/accuracy.md; exit status 1 if a target is missed.  Generated scenes are new each time; --seed repeats a run.
Real products: BALKHASH_TESTDATA.  Programs: BALKHASH and GENERATOR, else those of build/release.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile

import picture
import water
from tools import Failure, Tools


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


def main():
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__.splitlines()[1])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", choices=["water", "fraction"])
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tools = Tools(os.path.abspath(os.environ.get("BALKHASH", "build/release/balkhash")),
                  os.path.abspath(os.environ.get("GENERATOR", "build/release/balkhash-testdata")))
    shutil.rmtree(arguments.out, ignore_errors=True)
    os.makedirs(os.path.join(arguments.out, "pictures"))
    lines, met = [f"Seed {seed}.", ""], []
    if arguments.only != "fraction":
        met += water_report(tools, arguments.out, seed, lines)
    lines += [f"- {'met' if ok else '**missed**'}: {words}" for ok, words in met]
    text = "\n".join(lines) + "\n"
    with open(os.path.join(arguments.out, "accuracy.md"), "w", encoding="utf-8") as f:
        f.write(text)
    print(text)
    return 0 if all(ok for ok, _ in met) else 1


try:
    sys.exit(main())
except Failure as failure:
    sys.exit(f"accuracy: {failure}")
