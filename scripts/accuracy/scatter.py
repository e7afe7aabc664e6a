# SPDX-License-Identifier: Apache-2.0
"""Scatter plots of values beside samples, as SVG."""

import math
from html import escape

LOW, HIGH = .1, 1000  # mg/m3, both axes
COLOURS = ("#1f5fbf", "#2a9d3f", "#e08a00", "#8a4b2a")  # of the optical types, in their order
FONT = "font-family='sans-serif' fill='#222'"


def place(value, start, length):
    """Where a value lies on a logarithmic axis, in pixels; values beyond it lie on its ends."""
    share = (math.log10(value) - math.log10(LOW)) / (math.log10(HIGH) - math.log10(LOW))
    return start + length * min(max(share, 0), 1)


def text(x, y, words, size=12, more=""):
    return f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' {FONT} {more}>{escape(words)}</text>"


def frame(x, y, side, size, ticks):
    """A square with decades, the line of equal values and those of a factor of two; (x, y) is its upper left corner."""
    yield f"<rect x='{x}' y='{y}' width='{side}' height='{side}' fill='#fff' stroke='#444'/>"
    for value in ticks:
        right, up = place(value, x, side), y + side - place(value, 0, side)
        yield f"<path d='M{right:.1f},{y}V{y + side}M{x},{up:.1f}H{x + side}' stroke='#ddd' fill='none'/>"
        yield text(right, y + side + size + 3, f"{value:g}", size, "text-anchor='middle'")
        yield text(x - 5, up + size / 3, f"{value:g}", size, "text-anchor='end'")
    for by, dash in ((1, ""), (2, "4 3"), (.5, "4 3")):
        first, last = max(LOW, LOW / by), min(HIGH, HIGH / by)
        yield (f"<line x1='{place(first, x, side):.1f}' y1='{y + side - place(first * by, 0, side):.1f}' "
               f"x2='{place(last, x, side):.1f}' y2='{y + side - place(last * by, 0, side):.1f}' "
               f"stroke='#666' stroke-dasharray='{dash}'/>")


def dots(points, types, x, y, side, radius):
    """Points are (measured, value, type); a dot on the frame's edge is beyond the axes."""
    for kind, colour in zip(types, COLOURS):
        at = "".join(f"M{place(m, x, side):.1f},{y + side - place(v, 0, side):.1f}h0" for m, v, k in points if k == kind)
        if at:
            yield (f"<path d='{at}' stroke='{colour}' stroke-opacity='.6' stroke-width='{2 * radius}' "
                   "stroke-linecap='round' fill='none'/>")


def legend(types, x, y):
    """One row of the types, then the lines."""
    for i, kind in enumerate(types):
        yield f"<circle cx='{x}' cy='{y - 4}' r='4.5' fill='{COLOURS[i]}'/>"
        yield text(x + 9, y, kind)
        x += 30 + 7 * len(kind)
    yield f"<path d='M{x},{y - 4}h24' stroke='#666'/>" + text(x + 29, y, "equal")
    yield f"<path d='M{x + 80},{y - 4}h24' stroke='#666' stroke-dasharray='4 3'/>" + text(x + 109, y, "factor 2")


def write(path, width, height, parts):
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>\n"
                f"<rect width='{width}' height='{height}' fill='#fff'/>\n" + "\n".join(parts) + "\n</svg>\n")


def one(path, points, types):
    """A page with one plot."""
    side, left, top = 480, 70, 40
    parts = [*legend(types, left + 4, 22), *frame(left, top, side, 12, (.1, 1, 10, 100, 1000)),
             *dots(points, types, left, top, side, 3.5),
             text(left + side / 2, top + side + 38, "measured chlorophyll-a, mg/m³", 14, "text-anchor='middle'"),
             text(0, 0, "default algorithm, mg/m³", 14,
                  f"text-anchor='middle' transform='translate(22 {top + side / 2}) rotate(-90)'")]
    write(path, left + side + 20, top + side + 52, parts)


def many(path, panels, types, across=4):
    """A page of small plots; panels are (title, words below it, points)."""
    side, left, top, gap_x, gap_y = 210, 62, 84, 44, 72
    parts = list(legend(types, left, 24))
    for i, (title, words, points) in enumerate(panels):
        x, y = left + i % across * (side + gap_x), top + i // across * (side + gap_y)
        parts += [text(x, y - 22, title, 13, "font-weight='bold'"), text(x, y - 7, words, 11),
                  *frame(x, y, side, 10, (.1, 1, 10, 100, 1000)), *dots(points, types, x, y, side, 2)]
    width, bottom = left + across * (side + gap_x), top + -(-len(panels) // across) * (side + gap_y) - gap_y
    parts += [text(width / 2, bottom + 36, "measured chlorophyll-a, mg/m³", 13, "text-anchor='middle'"),
              text(0, 0, "algorithm, mg/m³", 13,
                   f"text-anchor='middle' transform='translate(18 {(top + bottom) / 2}) rotate(-90)'")]
    write(path, width, bottom + 50, parts)
