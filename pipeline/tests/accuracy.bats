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
