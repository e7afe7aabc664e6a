#!/usr/bin/env bats
# What scripts/accuracy counts.

bats_require_minimum_version 1.5.0

measures() { # lines of Python, with what measure.py has
	/usr/bin/python3 - <<<"
import sys
sys.path.insert(0, '$PWD/scripts/accuracy')
import numpy as np
from measure import Counts, pure, wilson
$1"
}

@test "shares of a map of known errors" {
	measures "
truth = np.zeros((8, 8), np.uint8); truth[:4] = 1
found = truth == 1; found[0] = False; found[7, :2] = True   # 8 missed, 2 wrong
known = np.ones((8, 8), bool); known[:, 7] = False          # one of the missed is not judged
c = Counts(truth, found, known, 4)
assert (c.both, c.missed, c.wrong, c.land, c.n) == (21, 7, 2, 26, 56)
assert abs(c.iou() - 21 / 30) < 1e-12 and abs(c.omission() - 7 / 28) < 1e-12
assert abs(c.commission() - 2 / 23) < 1e-12 and abs(c.overall() - 47 / 56) < 1e-12
low, high = c.iou_interval(1)
assert low < c.iou() < high and (low, high) == c.iou_interval(1)
"
}

@test "an interval is none of certainty where no error was found" {
	measures "
low, high = wilson(95, 100)                                  # .8882 to .9785
assert abs(low - .8882) < 1e-4 and abs(high - .9785) < 5e-5
truth = np.zeros((64, 64), np.uint8)
low, high = Counts(truth, truth == 1, truth == 0, 32).overall_interval(1)
assert .5 < low < .6 and high > .9999
"
}

@test "pure pixels are those amid their kind" {
	measures "
mask = np.zeros((6, 7), bool); mask[1:5, 1:6] = True; mask[2, 3] = False
assert not pure(mask)[1:4, 2:5].any() and not pure(mask)[1].any()
mask[2, 3] = True
assert pure(mask).sum() == 2 * 3
"
}

@test "no better than a constant: a target that is missed only if chance cannot have done it" {
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
	/usr/bin/python3 -B - <<<"
import sys
sys.path.insert(0, '$PWD/scripts/accuracy')
import insitu, tools

def status(values, providers=3):
    samples = [2 ** (i % 5) for i in range(len(values))]
    rows = [insitu.Row('ABC'[i % providers], m, {}, 'green') for i, m in enumerate(samples)]
    return insitu.type_target('green', [(v * m, m, r) for v, m, r in zip(values, samples, rows)])

good, words = status([1.1] * 20)                # the constant, 4, is wrong by 2 ** 1.2 on the average
assert good is True and ' below' in words and 'MAE factor 1.100' in words and \"constant's 2.297\" in words
bad, words = status([4] * 20)
assert bad is False and 'not below' in words and 'significantly' not in words
even, words = status([1, 64, 1, 1, 1.5] * 4, 2)
assert even is None and 'not significantly worse' in words and 'none by provider (10 + 10 rows)' in words
assert 'by 3 providers' in status([1, 64, 1, 1, 1.5] * 4)[1]
assert tools.failed([(True, ''), (False, '')]) and not tools.failed([(True, ''), (None, '')])
assert tools.verdict(['x'], [(None, 'y')]) == 'x\n- **missed**, though not significantly: y\n'
"
}
