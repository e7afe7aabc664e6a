#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Constants of water for each sensor, from its spectral responses: turbidity, and what QAA needs.

    scripts/water-constants.py RSR_DIR PURE_WATER_CSV                  all numbers, as C initialisers
    scripts/water-constants.py --check FILE RSR_DIR PURE_WATER_CSV     exit 1 if FILE, pipeline/io/water_optics.c, has others
    scripts/water-constants.py --transfer RSR_DIR PURE_WATER_CSV       do sensors agree? (forward model)

RSR_DIR holds the responses as ACOLITE keeps them (one block of lines per band), PURE_WATER_CSV has nm,aw,bw,bbw.
The method and how well it does: docs/accuracy.md, "Turbidity of one water by several sensors".
"""

import argparse
import itertools
import math
import os
import re
import sys

# Name in C, file of the responses, number that makes nanometres, bands by role.
LANDSAT = {"blue": "1", "green": "2", "red": "3", "nir": "4"}
OLI = {"coastal": "1", "blue": "2", "green": "3", "red": "4", "nir": "5"}
MSI = {"coastal": "1", "blue": "2", "green": "3", "red": "4", "nir": "8A", "nir_broad": "8"}
SENSORS = (
    ("TM", "L5_TM.txt", 1000, LANDSAT), ("ETM+", "L7_ETM.txt", 1000, LANDSAT),
    ("OLI", "L8_OLI.txt", 1, OLI), ("OLI-2", "L9_OLI.txt", 1, OLI),
    ("MSI of Sentinel-2A", "S2A_MSI_V4.txt", 1, MSI), ("MSI of Sentinel-2B", "S2B_MSI_V4.txt", 1, MSI),
    ("MSI of Sentinel-2C", "S2C_MSI_V4.txt", 1, MSI),
)
QAA_ROLES = ("coastal", "blue", "green", "red")

# T = A rho / (1 - rho / C) in FNU.  A at 645 and 859 nm, and C there: Dogliotti et al. 2015 (doi:10.1016/j.rse.2014.09.020);
# C elsewhere: Nechad et al. 2009 (doi:10.1117/12.830700).
RED_NM, RED_A, NIR_NM, NIR_A = 645, 228.1, 859, 3078.9
C = {645: .1641, 655: .1686, 665: .1728, 705: .1879, 740: .1973, 782.5: .2054, 842.5: .21059, 859: .2112, 865: .2115}
# A at other wavelengths of red by Nechad et al. 2009; only --transfer uses it, to show what it would do.
NECHAD_A = {645: 228.1, 655: 235.32, 665: 282.95, 705: 354.20}


def line(points, x):
    """A table's value at x: linear between its points, constant beyond them."""
    keys = sorted(points)
    if x <= keys[0] or x >= keys[-1]:
        return points[keys[0] if x <= keys[0] else keys[-1]]
    high = next(k for k in keys if k >= x)
    low = max(k for k in keys if k < high)
    return points[low] + (points[high] - points[low]) * (x - low) / (high - low)


def read_responses(path, scale):
    """Name of a band -> {whole nm: response}, of a file of blocks."""
    bands, name, points = {}, None, {}
    with open(path, encoding="utf-8", errors="replace") as f:
        for text in itertools.chain(f, ["# Band end"]):
            head = re.search(r"^[#;].*\bband\s+(\S+)", text, re.IGNORECASE)
            if head:
                if points:
                    bands[name] = {nm: line(points, nm) for nm in range(math.ceil(min(points)), math.floor(max(points)) + 1)}
                name, points = head.group(1).upper(), {}
            elif name and re.match(r"\s*[\d.]", text):
                nm, response = text.split()[:2]
                points[float(nm) * scale] = float(response)
    return bands


def read_water(path):
    """{nm: (absorption, backscattering)} of pure water, 1/m."""
    with open(path, encoding="utf-8") as f:
        rows = [r.split(",") for r in f.read().split()[1:]]
    return {int(nm): (float(aw), float(bbw)) for nm, aw, _, bbw in rows}


def weigh(response, water, value):
    """Mean of value(nm) weighted by a response, where pure water is known (its table ends at 900 nm)."""
    known = [(nm, r) for nm, r in response.items() if nm in water]
    return sum(r * value(nm) for nm, r in known) / sum(r for _, r in known)


def turbidity(response, water, nm, a):
    """A and C of a band, from A at one wavelength.

    A rises with the absorption of pure water.  A band sees the mean of rho, and rho is about T / A(nm): so its A is the
    harmonic mean, which matters where a band is broad.
    """
    absorption = 1 / weigh(response, water, lambda x: 1 / water[x][0])
    return a * absorption / water[nm][0], weigh(response, water, lambda x: line(C, x))


def constants(bands, roles, water):
    """The numbers of a sensor, as text with the digits that they have in C: {role: (A, C)}, [(nm, aw, bbw), ...]."""
    pairs = {"red": turbidity(bands[roles["red"]], water, RED_NM, RED_A)}
    for role in ("nir", "nir_broad"):
        if role in roles:
            pairs[role] = turbidity(bands[roles[role]], water, NIR_NM, NIR_A)
    qaa = []
    if "coastal" in roles:
        for response in (bands[roles[r]] for r in QAA_ROLES):
            nm, aw, bbw = (weigh(response, water, v) for v in (float, lambda x: water[x][0], lambda x: water[x][1]))
            qaa.append((f"{nm:.2f}", f"{aw:.5f}", f"{bbw:.7f}"))
    return {r: (f"{a:.2f}", f"{c:.5f}") for r, (a, c) in pairs.items()}, qaa


def initialiser(name, pairs, qaa):
    """One element of an array of C structures."""
    yield "\t{"
    yield f'\t\t.name = "{name}",'
    yield "\t\t.turbidity = {"
    for role, pair in pairs.items():
        yield f"\t\t\t.{role} = {{{pair[0]}f, {pair[1]}f}},"
    yield "\t\t},"
    if qaa:
        yield "\t\t.qaa = {"
        for i, member in enumerate(("nm", "aw", "bbw")):
            yield f"\t\t\t.{member} = {{{', '.join(band[i] + 'f' for band in qaa)}}},"
        yield "\t\t},"
    yield "\t},"


# Of --check.  Name in the file -> name in SENSORS, and the role of its near infrared: MSI's at 10 m is the broad one.
# OLI-2 is not told apart.
CHECKED = {
    "TM": ("TM", "nir"), "ETM+": ("ETM+", "nir"), "OLI": ("OLI", "nir"),
    "MSI of Sentinel-2A": ("MSI of Sentinel-2A", "nir_broad"), "MSI of Sentinel-2B": ("MSI of Sentinel-2B", "nir_broad"),
    "MSI of Sentinel-2C": ("MSI of Sentinel-2C", "nir_broad"), "MSI of HLS": ("MSI of Sentinel-2A", "nir"),
}
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"


def structures(path):
    """(name, text) of every initialiser of a struct water_optics in a file of C, macros without arguments expanded."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", f.read(), flags=re.DOTALL).replace("\\\n", " ")
    macros = dict(re.findall(r"^#define[ \t]+(\w+)[ \t]+([^\n]*)", text, re.MULTILINE))
    for body in re.findall(r"^const struct water_optics \w+ = \{\n(.*?)^\};", text, re.DOTALL | re.MULTILINE):
        body = re.sub(r"\b[A-Z]\w+\b(?!\()", lambda m: macros.get(m.group(), m.group()), body)
        yield re.search(r'\.name = "([^"]*)"', body).group(1), body


def numbers_of(text, pattern):
    """The numbers of what a pattern finds in a text, in their order; none where it finds nothing."""
    found = re.search(pattern, text, re.DOTALL)
    return [float(n) for n in re.findall(rf"(?<![\w.]){NUMBER}(?=f?\b|f?\W)", found.group(1))] if found else []


def check(path, found):
    """Words on every number of a file of C that is another, on sensors that it lacks, and on some that are not known."""
    expected, seen = {name: (pairs, qaa) for name, pairs, qaa in found}, set()
    for name, body in structures(path):
        seen.add(name)
        if name not in CHECKED:
            yield f"{name} is not known here"
            continue
        sensor, nir = CHECKED[name]
        pairs, qaa = expected[sensor]
        for what, pattern, wanted in (
                ("turbidity", r"\.turbidity = TURBIDITY\((.*?)\)", pairs["red"] + pairs[nir]),
                ("qaa", r"\.qaa = \{(.*?\}\s*)\}", [band[i] for i in range(3 if qaa else 0) for band in qaa])):
            has = numbers_of(body, pattern)
            if has != [float(n) for n in wanted]:
                yield f"{name}, {what}: {' '.join(f'{n:g}' for n in has)} instead of {' '.join(wanted)}"
    for name in sorted(set(CHECKED) - seen):
        yield f"{name} is missing"


# The forward model of --transfer.  Every combination of these: particles in g/m3, slope of their backscattering, CDOM
# at 443 nm in 1/m, particles' absorption at 443 nm in m2/g, chlorophyll in mg/m3.
WATERS = tuple(itertools.product((.3, 1, 3, 10, 30, 100, 300), (0, .5, 1, 1.5), (.1, .5, 1.5), (.02, .06), (1, 5, 20)))


def reflectance(nm, water, particles, slope, cdom, absorbing, chlorophyll):
    """rho_w = pi Rrs of a water at a wavelength, by Gordon's formula; backscattering .01 m2/g at 550 nm."""
    aw, bbw = water[nm]
    bb = bbw + .01 * particles * (550 / nm) ** slope
    a = (aw + cdom * math.exp(-.016 * (nm - 443)) + absorbing * particles * math.exp(-.0123 * (nm - 443))
         + .015 * chlorophyll * math.exp(-((nm - 675) / 14) ** 2))
    u = bb / (a + bb)
    below = (.0895 + .1247 * u) * u
    return math.pi * .52 * below / (1 - 1.7 * below)


def fnu(rho, a, c):
    return a * rho / (1 - rho / c)


def candidates(response, water, nm, a):
    """Name -> A and C of ways to take Dogliotti's constants to another band."""
    mean = weigh(response, water, lambda x: water[x][0]) / water[nm][0]
    c = weigh(response, water, lambda x: line(C, x))
    yield "as published", a, line(C, nm)
    yield "aw, mean", a * mean, c
    yield "aw, harmonic mean (used)", *turbidity(response, water, nm, a)
    if nm == RED_NM:
        ratios = {x: v / water[x][0] for x, v in NECHAD_A.items()}
        yield "A / aw between Nechad's", weigh(response, water, lambda x: line(ratios, x) * water[x][0]), c


def transfer(sensors, water):
    """Print how far a sensor's turbidity is from the one of 645 or 859 nm, over WATERS within the branch's range."""
    print("| band | sensor | constants | A | C | median % | 5 % | 95 % | n |\n|---|---|---|---|---|---|---|---|---|")
    waters = [(w, reflectance(RED_NM, water, *w), reflectance(NIR_NM, water, *w)) for w in WATERS]
    for role, nm, a in (("red", RED_NM, RED_A), ("nir", NIR_NM, NIR_A), ("nir_broad", NIR_NM, NIR_A)):
        # Up to half of C, as Nechad's range goes: beyond it turbidity is saturated.
        used = [(w, red if nm == RED_NM else nir) for w, red, nir in waters
                if (red < .07 if nm == RED_NM else red > .05 and nir < .5 * line(C, nm))]
        for name, bands, roles in sensors:
            if role not in roles:
                continue
            response = bands[roles[role]]
            seen = [(weigh(response, water, lambda x, w=w: reflectance(x, water, *w)), rho) for w, rho in used]
            for how, aa, cc in candidates(response, water, nm, a):
                e = sorted(100 * (fnu(rho, aa, cc) / fnu(truth, a, line(C, nm)) - 1) for rho, truth in seen)
                n = len(e)
                print(f"| {role} | {name} | {how} | {aa:.1f} | {cc:.4f} | {e[n // 2]:+.1f} | {e[n // 20]:+.1f} | "
                      f"{e[-1 - n // 20]:+.1f} | {n} |")


def main():
    parser = argparse.ArgumentParser(prog="water-constants", description=__doc__.strip().splitlines()[0])
    parser.add_argument("--check", metavar="FILE")
    parser.add_argument("--transfer", action="store_true")
    parser.add_argument("responses", metavar="RSR_DIR")
    parser.add_argument("water", metavar="PURE_WATER_CSV")
    arguments = parser.parse_args()
    water = read_water(arguments.water)
    sensors = [(name, read_responses(os.path.join(arguments.responses, file), scale), roles)
               for name, file, scale, roles in SENSORS]
    if arguments.transfer:
        transfer(sensors, water)
        return 0
    found = [(name, *constants(bands, roles, water)) for name, bands, roles in sensors]
    if arguments.check:
        wrong = list(check(arguments.check, found))
        for words in wrong:
            print(f"water-constants: {arguments.check}: {words}", file=sys.stderr)
        return 1 if wrong else 0
    for element in found:
        print("\n".join(initialiser(*element)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
