#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Does bench_insitu, which runs the program's own rules, agree with the oracle?

    oracle_insitu.py PROGRAM [SEED [ROWS]]

asks it about spectra made at random; exit 1 and words if a value differs.  Reflectances are rho_w.
"""

import csv
import io
import math
import random
import struct
import subprocess
import sys

import oracle_quality as oracle

BANDS = ("b443", "b490", "g560", "r665", "e705", "n740", "n783", "n865", "s1610", "s2200")
AGREE = 1e-4  # relative
BEYOND = 5e4  # mg/m3, FNU
# Differences near zero come out of single precision with an error that is absolute: size below which it is that here.
SMALL = {"mci": 1e-3, **{name: 1 for name in ("moses2", "moses3", "gilerson2", "gilerson3", "gurlin2", "gurlin3", "gons")}}


class Disagreement(Exception):
    """Words that say which value differs, or how the program failed."""


def text_of(rows):
    """CSV of rows of rho_w by band; a band that is not there is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id",) + BANDS)
    for i, row in enumerate(rows):
        writer.writerow([i] + [repr(row[b]) if b in row else "" for b in BANDS])
    return text.getvalue()


def by_program(path, rows):
    """[{column: value}] of rows of rho_w by band."""
    done = subprocess.run([path], input=text_of(rows), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Disagreement(f"{path}: exit {done.returncode}\n{done.stderr}")
    found = [{k: float(v) for k, v in r.items()} for r in csv.DictReader(io.StringIO(done.stdout))]
    if [r["id"] for r in found] != list(range(len(rows))):
        raise Disagreement(f"{path}: not the rows that it was given")
    return found


def by_oracle(rows):
    return [oracle.columns({b: row.get(b, math.nan) for b in BANDS}) for row in rows]


def alike(name, found, wanted):
    """Equal enough; beyond what any water has they need only both be beyond: single precision ends long before double."""
    if name == "flags":
        return found == wanted
    if math.isnan(wanted) or math.isnan(found):
        return math.isnan(wanted) == math.isnan(found)
    if found == wanted or min(found, wanted) > BEYOND or (name in oracle.OC and max(found, wanted) < 1 / BEYOND):
        return True
    return abs(found - wanted) <= AGREE * max(abs(wanted), SMALL.get(name, 0))


def compare(path, rows):
    """The program's values of rows, which must be the oracle's."""
    found, expected = by_program(path, rows), by_oracle(rows)
    for i, (row, wanted) in enumerate(zip(found, expected)):
        for name, value in wanted.items():
            if name not in row or not alike(name, row[name], value):
                raise Disagreement(f"row {i}, {name}: {row.get(name)} of the program, {value:.9g} of the oracle; {rows[i]}")
    return found


def single(value):
    """The nearest number of single precision: what is then left of a difference is no error of reading."""
    return struct.unpack("f", struct.pack("f", value))[0]


def spectrum(draw):
    """Bands around one brightness; in some spectra one is negative, or some are absent."""
    level = 10 ** draw.uniform(-3, -.7)
    row = {b: level * 10 ** draw.uniform(-.35, .35) for b in BANDS}
    # The infrared is dark, or not; what is taken off leaves more than half of the visible bands.
    for band in BANDS[5:]:
        row[band] *= draw.choice((.05, .2, 1))
    row["s2200"] = draw.uniform(-.1, .5) * min(row[b] for b in BANDS[:5])
    if draw.random() < .3:
        del row[draw.choice(BANDS)]
    if draw.random() < .3:
        row = {b: row[b] for b in BANDS[:5] if b in row}
    if row and draw.random() < .2:
        row[draw.choice(sorted(row))] *= -.1
    return {b: single(v) for b, v in row.items()}


def seen(found):
    """What the spectra must have brought about, or the comparison says little: shares of rows by column and by flag."""
    for name in found[0]:
        if name not in ("id", "flags"):
            share = sum(not math.isnan(f[name]) for f in found) / len(found)
            yield f"{name} has a value", share, .1
    for bit in range(7):
        yield f"flag {1 << bit}", sum(int(f["flags"]) >> bit & 1 for f in found) / len(found), .01


def main(path, seed="1", rows="3000"):
    draw = random.Random(int(seed))
    found = compare(path, [spectrum(draw) for _ in range(int(rows))])
    for words, share, least in seen(found):
        if not least < share < 1 - .01:
            raise Disagreement(f"{words} in {100 * share:.1f} % of the spectra: they test too little")
    print(f"{len(found)} spectra (seed {seed}): {len(found[0]) - 1} columns agree")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Disagreement as words:
        sys.exit(f"oracle_insitu: {words}")
