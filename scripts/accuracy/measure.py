# SPDX-License-Identifier: Apache-2.0
"""Agreement of two maps of water, with intervals."""

import math

import numpy as np

Z = 1.959964  # of 95 %


def wilson(hits, n):
    """95 % interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return middle - half, middle + half


def _iou(counts):
    return counts[..., 3] / np.maximum(counts[..., 1:].sum(axis=-1), 1)


def _overall(counts):
    return (counts[..., 0] + counts[..., 3]) / np.maximum(counts.sum(axis=-1), 1)


class Counts:
    """Pixels that are water in both, missed, wrong, and land in both, in each block of a map."""

    def __init__(self, truth, found, known, block):
        rows, columns = np.nonzero(known)
        width = -(-truth.shape[1] // block)
        where = rows // block * width + columns // block
        kind = 2 * truth[known].astype(int) + found[known]
        size = width * -(-truth.shape[0] // block)
        self.by_block = np.bincount(4 * where + kind, minlength=4 * size).reshape(size, 4)
        self.land, self.wrong, self.missed, self.both = self.by_block.sum(axis=0)
        self.n = int(self.by_block.sum())

    def _interval(self, measure, seed, times=1000):
        """95 % interval by drawing whole blocks with replacement: neighbours are not independent."""
        used = self.by_block[self.by_block.sum(axis=1) > 0]
        draw = np.random.default_rng(seed).integers(0, len(used), (times, len(used)))
        return tuple(np.percentile(measure(used[draw].sum(axis=1)), (2.5, 97.5)))

    def iou(self):
        return float(_iou(self.by_block.sum(axis=0)))

    def iou_interval(self, seed):
        return self._interval(_iou, seed)

    def omission(self):
        return self.missed / max(self.missed + self.both, 1)

    def commission(self):
        return self.wrong / max(self.wrong + self.both, 1)

    def overall(self):
        return float(_overall(self.by_block.sum(axis=0)))

    def overall_interval(self, seed):
        """As of the IoU; where no block has an error, that of a share of blocks."""
        low, high = self._interval(_overall, seed)
        if self.wrong + self.missed == 0:
            used = int((self.by_block.sum(axis=1) > 0).sum())
            low, high = wilson(used, used)
        return low, high


def pure(mask):
    """Pixels of a mask whose eight neighbours belong to it too."""
    rows = mask[:-2] & mask[1:-1] & mask[2:]
    inner = np.zeros_like(mask)
    inner[1:-1, 1:-1] = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    return inner
