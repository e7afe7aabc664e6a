#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Water quality in double precision, written from the papers' formulas: what the program's values are compared with.

Run as a script it checks itself against values computed by others, and prints TAP.
Reflectances are rho_w = pi Rrs; NaN goes in where a band is absent, and comes out where there is no value.
"""

import math
import sys

NAN = math.nan

# Polynomials of log10(blue / green): chl = 10 ** (a0 + a1 x + ...), mg/m3.
OC = {
    "oc2_oli": (.1977, -1.8117, 1.9743, -2.5635, -.7218),  # Franz et al. 2015
    "oc3_oli_f15": (.2412, -2.0546, 1.1776, -.5538, -.4570),  # Franz et al. 2015
    "oc3_oli": (.30963, -2.40052, 1.28932, .52802, -1.33825),  # O'Reilly and Werdell 2019
    "oc2": (.2389, -1.9369, 1.7627, -3.0777, -.1054),  # MSI, O'Reilly and Werdell 2019 as in Pahlevan et al. 2020
    "oc3": (.3308, -2.6684, 1.5990, .5525, -1.4876),  # MSI, as above
}
WAVES_MSI = {"red": 664.6, "edge": 704.1, "edge740": 740.5, "nir": 864.7, "swir1": 1613.7}  # Sentinel-2A, nm
WAVES_OLI = {"red": 654.6, "nir": 864.7, "swir1": 1608.9}
RED_LEAST = 0  # rho_w at 665 nm at or below which the default algorithm leaves the red edge out
TURBIDITY_PUBLISHED = {"red": (228.1, .1641), "nir": (3078.9, .2112)}  # at 645 and 859 nm
TURBIDITY_S2A = {"red": (287.86, .17246), "nir": (3252.56, .21137)}  # scripts/water-constants.py, B8A
TURBIDITY_OLI = {"red": (257.43, .16878), "nir": (3260.52, .21132)}
# Bits of doubt about the default (enum quality).
NEGATIVE, BRIGHT, TURBID, NO_SKILL, RANGE, RESIDUAL, BLOOM = (1 << i for i in range(7))
QAA_ACOLITE = {"nm": (443, 490, 560, 665), "aw": (.00693, .015, .0596, .439), "bbw": (.0025, .00158, .0009, .00034)}


def known(*values):
    return all(math.isfinite(v) for v in values)


def power(base, exponent):
    """NaN instead of a complex number."""
    return base ** exponent if base > 0 else NAN


def ten_to(exponent):
    """inf where the power leaves all bounds."""
    return 10 ** exponent if not exponent > 300 else math.inf


def not_negative(value):
    return value if value >= 0 else NAN


# Blue and green


def oc_of_ratio(ratio, name):
    """Chlorophyll in mg/m3 of a ratio blue / green."""
    if not ratio > 0:
        return NAN
    x = math.log10(ratio)
    return ten_to(sum(a * x ** i for i, a in enumerate(OC[name])))


def oc(name, blues, green):
    """Chlorophyll in mg/m3; the brighter of the blue bands counts, and all must be positive."""
    if not (known(green, *blues) and green > 0 and min(blues) > 0):
        return NAN
    return oc_of_ratio(max(blues) / green, name)


def green_at_555(rrs):
    """Rrs of a band at 558-562 nm as if it were at 555 nm (conversion of NASA's OBPG)."""
    return 10 ** (1.023 * math.log10(rrs) + .103624) if rrs < .001148 else .979 * rrs + .000121


def colour_index(coastal, green, red, weight=(555 - 443) / (665 - 443)):
    """Hu et al. 2012: Rrs of green above the line from blue to red, 1/sr."""
    if not (known(coastal, green, red) and min(coastal, green, red) > 0):
        return NAN
    b, g, r = (v / math.pi for v in (coastal, green, red))
    return green_at_555(g) - (b + weight * (r - b))


def chl_ci(coastal, green, red):
    """Chlorophyll in mg/m3 by the colour index, constants of Hu et al. 2019."""
    return ten_to(-.4287 + 230.47 * colour_index(coastal, green, red))


def chl_oci(coastal, blue, green, red, low=.25, high=.35):
    """CI in clear water, OC3 of MSI in other, a blend where CI says low to high mg/m3."""
    ci, other = chl_ci(coastal, green, red), oc("oc3", (coastal, blue), green)
    if math.isnan(ci) or math.isnan(other):
        return NAN
    if ci <= low or ci >= high:
        return ci if ci <= low else other
    share = (ci - low) / (high - low)
    return (1 - share) * ci + share * other


# Red and red edge: r 665, e 705, n 740, m 783 nm


def ndci(r, e):
    """Mishra and Mishra 2012: (e - r) / (e + r)."""
    return (e - r) / (e + r) if known(r, e) and min(r, e) > 0 else NAN


def chl_ndci(r, e):
    c = ndci(r, e)
    return 14.039 + 86.115 * c + 194.325 * c * c


def chl_ndci_monotonic(r, e):
    """Without the arm on which chlorophyll falls while the index rises."""
    return chl_ndci(r, e) if ndci(r, e) >= -86.115 / (2 * 194.325) else NAN


def ratio(r, e):
    return e / r if known(r, e) and min(r, e) > 0 else NAN


def three(r, e, n):
    """n (1/r - 1/e), the index of three bands."""
    return n * (1 / r - 1 / e) if known(r, e, n) and min(r, e, n) > 0 else NAN


def chl_moses2(r, e):
    return not_negative(61.324 * ratio(r, e) - 37.94)


def chl_moses3(r, e, n):
    return not_negative(232.329 * three(r, e, n) + 23.174)


def chl_gilerson2(r, e):
    return power((.7864 * ratio(r, e) - .4245) / .022, 1 / .8897)


def chl_gilerson3(r, e, n):
    return power((2.494 * three(r, e, n) + .7864 - .4245) / .022, 1 / .8897)


def chl_gurlin2(r, e):
    q = ratio(r, e)
    return not_negative(25.28 * q * q + 14.85 * q - 15.18)


def chl_gurlin3(r, e, n):
    t = three(r, e, n)
    return not_negative(315.50 * t * t + 215.95 * t + 25.66)


def gons_backscattering(m):
    """Gons 2005, 1/m, from rho_w at 783 nm."""
    return 1.61 * m / (.082 - .6 * m)


def gons_unchecked(r, e, m, a_star=.015, exponent=1.05):
    bb = gons_backscattering(m)
    return (e / r * (.70 + bb) - .40 - bb ** exponent) / a_star


def chl_gons(r, e, m):
    if not (known(r, e, m) and r > .005 and e / r > .63 and gons_backscattering(m) > 0):
        return NAN
    return not_negative(gons_unchecked(r, e, m))


# Heights above a line


def height(left, middle, right, weight):
    return middle - left - (right - left) * weight


def height_weight(waves, left, middle, right):
    return (waves[middle] - waves[left]) / (waves[right] - waves[left])


def mci(r, e, n):
    """Gower et al. 2005, as reflectance."""
    return height(r, e, n, height_weight(WAVES_MSI, "red", "edge", "edge740"))


def fai(r, nir, swir1, waves):
    """Hu 2009, as reflectance."""
    return height(r, nir, swir1, height_weight(waves, "red", "nir", "swir1"))


def afai(r, e740, nir):
    """Wang and Hu 2016 with MSI's bands, as reflectance."""
    return height(r, e740, nir, height_weight(WAVES_MSI, "red", "edge740", "nir"))


# Turbidity, suspended matter, CDOM


def nechad(rho, a, c, b=0):
    """Nechad et al. 2009, 2010: FNU or g/m3.  Half of c is where it ends."""
    return a * rho / (1 - rho / c) + b if 0 <= rho < c / 2 else NAN


def branch(rho, constants):
    """One branch of Dogliotti's: FNU, NaN where saturated."""
    a, c = constants
    rho = max(rho, 0) if not math.isnan(rho) else NAN
    return a * rho / (1 - rho / c) if rho < c else NAN


def turbidity(red, nir, constants, low=.05, high=.07):
    """Dogliotti et al. 2015, FNU: red in clear water, NIR in turbid water.  Without NIR (NaN): red at all values."""
    if math.isnan(nir) or red <= low:
        return branch(red, constants["red"])
    if red >= high:
        return branch(nir, constants["nir"])
    share = (red - low) / (high - low)
    return (1 - share) * branch(red, constants["red"]) + share * branch(nir, constants["nir"])


def spm(red):
    """Nechad et al. 2010 at 665 nm, g/m3, without the offset B."""
    return nechad(red, 355.85, .1728)


def cdom(green, red):
    """Ficek et al. 2011: absorption at 440 nm, 1/m."""
    return 3.65 * (green / red) ** -1.93 if known(green, red) and min(green, red) > 0 else NAN


# The default algorithm


def residual(swir1, swir2, most=.03):
    """What is left of glint and haze in the visible bands: the darker SWIR band; 0 where there are not both."""
    return min(max(min(swir1, swir2), 0), most) if known(swir1, swir2) else 0


def edge_weight(r, e, q_low=.75, q_span=.4, red_least=RED_LEAST):
    """Share of the red-edge branch: 1 where 705 nm is bright beside 665 nm; 0 where red is no more than red_least."""
    return min(max((e / r - q_low) / q_span, 0), 1) if r > red_least else 0


def no_skill(blue, green, q, fnu, turbid=30, blue_green=.4, q_blue=.95, q_low=.75):
    """Where no algorithm is better than a constant: mineral-turbid, or brown.  Unknown turbidity is beyond the branch."""
    return (not fnu < turbid and q < q_low) or (blue / green < blue_green and q < q_blue)


def chl_default(blue, green, red, edge, fnu, q_low=.75, q_span=.4, red_least=RED_LEAST, everywhere=False):
    """Chlorophyll in mg/m3: OC2 of MSI, NDCI, and between them their weighted geometric mean.  NaN where there is no skill."""
    if not (known(blue, green, red, edge) and min(blue, green, red) > 0):
        return NAN
    if not everywhere and no_skill(blue, green, edge / red, fnu):
        return NAN
    w, clear = edge_weight(red, edge, q_low, q_span, red_least), oc("oc2", (blue,), green)
    return clear if w == 0 else clear ** (1 - w) * chl_ndci(red, edge) ** w


def chl_clear(blue, green, fnu, name="oc2_oli", turbid=30, blue_green=.4):
    """As above for sensors without 705 nm: the branch of clear water alone."""
    if not (known(blue, green) and min(blue, green) > 0) or not fnu < turbid or blue / green < blue_green:
        return NAN
    return oc(name, (blue,), green)


def flags(raw, water, fnu, value, low=.01, high=60):
    """Sum of what is doubtful about a value of the default; bands as they are, and with the glint taken off."""
    blue, green, r, e = (water[b] for b in ("b490", "g560", "r665", "e705"))
    bits = NEGATIVE if not (known(blue, green, r, e) and min(blue, green, r, e) > 0) else 0
    bits |= BRIGHT if raw["n865"] >= .2 or raw["s1610"] >= .05 else 0
    bits |= TURBID if not fnu < 30 else 0
    bits |= NO_SKILL if math.isnan(value) and not bits & (NEGATIVE | BRIGHT) else 0
    bits |= RANGE if value < low or value > high else 0
    # Would .01 more or less in both bands move 705 / 665 nm past the foot of the blend?
    bits |= RESIDUAL if abs(e - .75 * r) < .01 * (1 - .75) else 0
    return bits | (BLOOM if fai(raw["r665"], raw["n865"], raw["s1610"], WAVES_MSI) >= .02 else 0)


# QAA, attenuation, Secchi depth; Rrs in 1/sr, bands ~443, 490, 560, 665 nm


def below_surface(rrs):
    return rrs / (.52 + 1.7 * rrs)


def qaa(rrs, constants, lambda_clear=None, lambda_turbid=None):
    """Absorption and particles' backscattering in each band, 1/m, and the slope Y.

    Lee et al. 2002, v6.  Their reference wavelengths are 555 or 670 nm; here the band's own, unless said.
    """
    nm, aw, bbw = constants["nm"], constants["aw"], constants["bbw"]
    under = [below_surface(v) for v in rrs]
    u = [(-.08945 + math.sqrt(.08945 ** 2 + 4 * .1247 * v)) / (2 * .1247) for v in under]
    if rrs[3] < .0015:
        x = math.log10((under[0] + under[1]) / (under[2] + 5 * under[3] ** 2 / under[1]))
        at, a0, reference = 2, aw[2] + 10 ** (-1.1459 - 1.36583 * x - .469266 * x * x), lambda_clear or nm[2]
    else:
        at, a0, reference = 3, aw[3] + .39 * (rrs[3] / (rrs[0] + rrs[1])) ** 1.14, lambda_turbid or nm[3]
    bbp0 = u[at] * a0 / (1 - u[at]) - bbw[at]
    slope = 2 * (1 - 1.2 * math.exp(-.9 * under[0] / under[2]))
    bbp = [bbp0 * (reference / w) ** slope for w in nm]
    a = [(1 - u[i]) * (bbw[i] + bbp[i]) / u[i] for i in range(4)]
    return a, bbp, slope


def kd_2005(a, bb):
    """Diffuse attenuation, 1/m, Lee et al. 2005 for a sun of 30 degrees; bb is of particles alone in ACOLITE."""
    return 1.118 * a + 4.373 * (1 - .657 * math.exp(-1.489 * a)) * bb


def kd_2013(a, bb, bbw, sun):
    """Diffuse attenuation, 1/m, Lee et al. 2013; the sun's zenith angle in degrees."""
    return (1 + .005 * sun) * a + (1 - .265 * bbw / bb) * 4.26 * (1 - .52 * math.exp(-10.8 * a)) * bb


def depth(rrs, kd):
    """Secchi depth in m, Lee et al. 2015: what the clearest band shows."""
    i = min(range(4), key=lambda j: kd[j])
    return math.log(abs(.14 - rrs[i]) / .013) / (2.5 * kd[i])


def secchi(rho, constants, sun):
    """Secchi depth in m from rho_w of four bands."""
    if not (known(*rho) and min(rho) > 0):
        return NAN
    rrs = [v / math.pi for v in rho]
    a, bbp, _ = qaa(rrs, constants)
    bbw = constants["bbw"]
    return depth(rrs, [kd_2013(a[i], bbp[i] + bbw[i], bbw[i], sun) for i in range(4)])


# All that the in-situ table is judged by


def columns(bands):
    """{column: value} of rho_w by band: b443 b490 g560 r665 e705 n740 n783 n865 s1610 s2200, NaN where absent."""
    left = residual(bands["s1610"], bands["s2200"])
    water = {band: rho - left for band, rho in bands.items()}
    coastal, blue, green, r, e, n, m, nir = (
        water[b] for b in ("b443", "b490", "g560", "r665", "e705", "n740", "n783", "n865"))
    fnu = turbidity(r, nir, TURBIDITY_S2A)
    values = {name: oc(name, (coastal, blue) if "3" in name else (blue,), green) for name in OC}
    values.update(
        ci=chl_ci(coastal, green, r), oci=chl_oci(coastal, blue, green, r), ndci=chl_ndci(r, e),
        ndci_monotonic=chl_ndci_monotonic(r, e), moses2=chl_moses2(r, e), gilerson2=chl_gilerson2(r, e),
        gurlin2=chl_gurlin2(r, e), moses3=chl_moses3(r, e, n), gilerson3=chl_gilerson3(r, e, n),
        gurlin3=chl_gurlin3(r, e, n), gons=chl_gons(r, e, m), mci=mci(r, e, n),
        balkhash=chl_default(blue, green, r, e, fnu),
        balkhash_landsat=chl_clear(blue, green, turbidity(r, nir, TURBIDITY_OLI)), turbidity=fnu)
    values["flags"] = flags(bands, water, fnu, values["balkhash"])
    return values


# Values that others computed

RED_EDGE = """
.010 .009 .004 .003 | -.052632 10.0449 17.2516 17.6744 18.6618 12.8483 .060224 15.4580 14.6092 .002123
.030 .030 .012 .010 | 0 14.0390 23.3840 23.2777 24.9500 23.1740 .211842 21.0544 19.9832 .009368
.040 .055 .022 .018 | .157895 32.4808 46.3805 45.4856 53.0338 58.0233 .407022 48.8681 46.0964 .024368
.020 .040 .012 .010 | .333333 64.3357 84.7080 85.2266 115.6400 92.8727 .211842 81.8439 76.9734 .024163
.130 .110 .050 .048 | -.083333 8.2122 13.9495 14.7335 15.4853 6.9272 1.452632 -3.9032 -4.1093 .021634
"""
BLUE_GREEN = """
oc2_oli     294.23286 9.68251  1.57652 .56935 .14734
oc3_oli_f15 92.43933  9.50087  1.74261 .51352 .17789
oc3_oli     85.34390  13.29542 2.04000 .50963 .18669
oc2         503.23684 11.60888 1.73340 .53796 .10622
oc3         158.82126 17.85175 2.14190 .47346 .16943
"""
TURBIDITY = """
.01 .002 | 2.4290   6.2167   2.4290   3.0033   3.7771
.03 .008 | 8.3739   25.6009  8.3739   10.2718  12.9183
.06 .03  | 21.5742  107.6595 64.6169  26.0073  32.7079
.07 .04  | 27.8447  151.9308 151.9308 33.2934  41.8712
.13 .09  | 142.6996 482.8691 482.8691 148.5091 186.7714
"""
FLOATING = """
.02 .05 .01 | .032202 .032108
.05 .03 .02 | -.013395 -.013675
.03 .03 .03 | 0 0
"""
# Rrs; reference wavelengths; name of the value and the value.  Depths leave out water's own backscattering where so said.
CLEAR, MUDDY = (.008, .009, .005, .0008), (.015, .020, .035, .030)
OPTICS = (
    (CLEAR, (555, 670), "Y 1.423493 a490 .050693 bbp490 .007692 kd490 .069820 zsd2005 13.2355 zsd2013 10.9142"),
    (CLEAR, None, "Y 1.423493 a490 .051234 bbp490 .007791 kd490 .070609 zsd2005 13.0875 zsd2005all 12.60 zsd2013 10.7890"),
    (MUDDY, (555, 670), "Y .406849 kd560 2.489802 zsd2005 .3356"),
    (MUDDY, None, "a665 .766149 bbp665 .475112 zsd2013 .2940 kd560 2.480592 zsd2005 .33686"),
)


class Tap:
    """Comparisons, one line each."""

    def __init__(self):
        self.n = self.failed = 0

    def check(self, value, printed, words):
        """Is a value the printed one, to 1e-5 or half of its last digit?"""
        digits = len(printed.partition(".")[2])
        true = abs(value - float(printed)) <= max(1e-5 * abs(float(printed)), .5 * 10 ** -digits * (1 + 1e-9))
        self.n, self.failed = self.n + 1, self.failed + (not true)
        print(f"{'ok' if true else 'not ok'} {self.n} - {words} {printed}" + ("" if true else f" # is {value:.9g}"))


def rows(text):
    for row in text.strip().splitlines():
        inputs, _, outputs = row.rpartition("|")
        yield [float(v) for v in inputs.split()], outputs.split()


def check_red_edge(tap):
    names = ("NDCI", "chlorophyll by NDCI", "Moses 2", "Gilerson 2", "Gurlin 2", "Moses 3", "backscattering", "Gons",
             "Gons by Neil", "MCI")
    for (r, e, n, m), printed in rows(RED_EDGE):
        values = (ndci(r, e), chl_ndci(r, e), chl_moses2(r, e), chl_gilerson2(r, e), chl_gurlin2(r, e), chl_moses3(r, e, n),
                  gons_backscattering(m), gons_unchecked(r, e, m), gons_unchecked(r, e, m, .016, 1.063), mci(r, e, n))
        for name, value, text in zip(names, values, printed):
            tap.check(value, text, f"{name} of {r} {e} {n} {m}:")
        masked = chl_gons(r, e, m)
        tap.check(math.isnan(masked), str(int(values[7] < 0)), f"Gons of {r} {e} {m} has no value if negative:")


def check_others(tap):
    for row in BLUE_GREEN.strip().splitlines():
        name, *printed = row.split()
        for at, text in zip((.25, .5, 1, 2, 4), printed):
            tap.check(oc_of_ratio(at, name), text, f"{name} of {at}:")
    for (red, nir), printed in rows(TURBIDITY):
        published = TURBIDITY_PUBLISHED
        # The vectors go beyond half of C.
        values = (branch(red, published["red"]), branch(nir, published["nir"]), turbidity(red, nir, published),
                  branch(red, (282.95, .1728)), branch(red, (355.85, .1728)))
        for name, value, text in zip(("red", "NIR", "Dogliotti", "Nechad 2009", "SPM"), values, printed):
            tap.check(value, text, f"turbidity, {name}, of {red} {nir}:")
    for bands, printed in rows(FLOATING):
        for waves, name, text in zip((WAVES_OLI, WAVES_MSI), ("OLI", "MSI"), printed):
            tap.check(fai(*bands, waves), text, f"FAI of {name} of {bands}:")


def check_optics(tap):
    bbw = QAA_ACOLITE["bbw"]
    for rrs, reference, printed in OPTICS:
        a, bbp, slope = qaa(rrs, QAA_ACOLITE, *(reference or ()))
        bands = range(4)
        particles = [kd_2005(a[i], bbp[i]) for i in bands]
        values = {"Y": slope, "a490": a[1], "bbp490": bbp[1], "a665": a[3], "bbp665": bbp[3], "kd490": particles[1],
                  "kd560": particles[2], "zsd2005": depth(rrs, particles),
                  "zsd2005all": depth(rrs, [kd_2005(a[i], bbp[i] + bbw[i]) for i in bands]),
                  "zsd2013": depth(rrs, [kd_2013(a[i], bbp[i] + bbw[i], bbw[i], 30) for i in bands])}
        words = printed.split()
        for name, text in zip(words[::2], words[1::2]):
            tap.check(values[name], text, f"{name} of {rrs}, reference {reference or 'of the band'}:")


def check_rules(tap):
    """What the tables above leave out, by hand."""
    a, b = 10 ** (1.023 * math.log10(.001148) + .103624), green_at_555(.001148)
    tap.check(a / b, "1.00", "the two ways from 560 to 555 nm meet:")
    tap.check(chl_default(.02, .02, .005, .003, 2), "1.73340", "default, clear:")
    tap.check(chl_default(.02, .02, .03, .06, 8), f"{chl_ndci(.03, .06):.6f}", "default, green:")
    tap.check(chl_default(.02, .02, .03, .0285, 8), f"{math.sqrt(1.73340 * chl_ndci(.03, .0285)):.3f}", "default, half way:")
    tap.check(math.isnan(chl_default(.02, .02, .1, .07, 60)), "1", "default, mineral-turbid:")
    tap.check(math.isnan(chl_default(.01, .03, .02, .018, 9)), "1", "default, brown:")
    tap.check(math.isnan(chl_clear(.02, .02, NAN)), "1", "clear branch without turbidity:")
    tap.check(math.isnan(chl_clear(.02, .02, 30)), "1", "clear branch at 30 FNU:")
    tap.check(residual(.01, NAN), "0", "residual of one SWIR band:")
    tap.check(residual(.05, .04), ".03", "residual, most:")
    tap.check(residual(-.01, .02), "0", "residual below zero:")


def main():
    tap = Tap()
    for check in (check_red_edge, check_others, check_optics, check_rules):
        check(tap)
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
