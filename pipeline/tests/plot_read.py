#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# plot_read.py FILE.svg: what a plot of series (pipeline/io/series_plot.c) shows, read back through an XML parser and
# its own axes.  One line each:
#   panel NAME
#   tick value|time LABEL POSITION
#   point DAYS VALUE LOW HIGH FROM TO      days since 1970, values by the panel's labels; low and high of the error bar
#   unseen LOW HIGH | withheld FROM TO | line POINTS
# Exit status 1 where a text lies outside of the page.
import datetime
import re
import sys
import xml.etree.ElementTree as xml

SVG = "{http://www.w3.org/2000/svg}"


def groups(node, name):
    return [g for g in node.iter() if g.get("class") == name]


def ticks(group):
    return [(t.text, float(t.get("x")), float(t.get("y"))) for t in group.iter(SVG + "text")]


def days(label):
    parts = [int(p) for p in label.split("-")] + [1, 1]
    return (datetime.date(*parts[:3]) - datetime.date(1970, 1, 1)).days


def scale(pairs):
    """A function from positions to values by the outermost of (position, value)."""
    if len(pairs) < 2:
        return lambda at: float("nan")
    (a, va), (b, vb) = pairs[0], pairs[-1]
    return lambda at: va + (at - a) * (vb - va) / (b - a)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", text)]


def show(panel, time):
    name = panel.find(SVG + "text").text
    value_ticks = ticks(groups(panel, "value-axis")[0])
    value = scale([(y, float(label)) for label, _, y in value_ticks])
    print("panel", name)
    for label, _, y in value_ticks:
        print("tick value", label, y)
    bars = [b.get("d") for b in groups(panel, "bars")[0]]
    for circle, bar in zip(groups(panel, "points")[0], bars):
        n = numbers(bar)
        high, low = (n[4], n[8]) if len(n) > 8 else (n[4], n[5]) if len(n) > 5 else (n[1], n[1])
        print("point", time(float(circle.get("cx"))), value(float(circle.get("cy"))), value(low), value(high),
              time(n[0]), time(n[2]))
    for r in groups(panel, "unseen")[0].iter(SVG + "rect"):
        y, h = float(r.get("y")), float(r.get("height"))
        print("unseen", value(y + h), value(y))
    for r in groups(panel, "withheld")[0].iter(SVG + "rect"):
        x, w = float(r.get("x")), float(r.get("width"))
        print("withheld", time(x), time(x + w))
    print("line", len(re.findall("[ML]", groups(panel, "line")[0].get("d"))), groups(panel, "line")[0].get("d").count("M"))


def main():
    root = xml.parse(sys.argv[1]).getroot()
    panels = groups(root, "panel")
    time_ticks = ticks(groups(panels[-1], "time-axis")[0])
    for label, x, _ in time_ticks:
        print("tick time", label, x)
    for panel in panels:
        show(panel, scale([(x, days(label)) for label, x, _ in time_ticks]))
    height = float(root.get("height"))
    return any(not 0 < float(t.get("y")) < height for t in root.iter(SVG + "text"))


sys.exit(main())
