"""Can a region be bridged: do straight lines across it run from one supported side to another?"""

from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar


@scalar
def _sort_crossings(x: NDArray[np.float64], supported: NDArray[np.float64], begin: int, end: int) -> None:
    """Shell sort by ``x``.

    Not ``np.argsort``: numba's argsort and sort of one dtype may bear the same symbol name when different
    processes compiled them into the disk cache, and one is then called for the other, which crashes.
    """
    gap = 1
    while gap < (end - begin) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(begin + gap, end):
            at, held = x[i], supported[i]
            k = i
            while k >= begin + gap and x[k - gap] > at:
                x[k], supported[k] = x[k - gap], supported[k - gap]
                k -= gap
            x[k], supported[k] = at, held
        gap //= 3


@scalar
def _scan_direction(
    outline: NDArray[np.float64], angle: float, lines: int, limit: float
) -> tuple[float, float]:
    """Share of a region that lines in one direction bridge, and the longest of them (mm)."""
    c, s = cos(angle), sin(angle)
    low, high = np.inf, -np.inf
    for e in range(len(outline)):
        y = c * outline[e, 1] - s * outline[e, 0]
        low, high = min(low, y), max(high, y)
    step = (high - low) / lines
    if step <= 0.0:
        return 0.0, 0.0
    start = np.zeros(lines + 1, np.int64)
    x = np.empty(0)
    supported = np.empty(0)
    for write in range(2):  # first count the crossings of each line, then store them
        if write:
            for j in range(lines):
                start[j + 1] += start[j]
            x, supported = np.empty(start[lines]), np.empty(start[lines])
            cursor = start[:lines].copy()
        for e in range(len(outline)):
            xa, ya = c * outline[e, 0] + s * outline[e, 1], c * outline[e, 1] - s * outline[e, 0]
            xb, yb = c * outline[e, 2] + s * outline[e, 3], c * outline[e, 3] - s * outline[e, 2]
            first = max(0, int((min(ya, yb) - low) / step - 0.5))
            last = min(lines - 1, int((max(ya, yb) - low) / step + 0.5))
            for j in range(first, last + 1):
                y = low + (j + 0.5) * step
                if (ya <= y) != (yb <= y):
                    if write:
                        x[cursor[j]] = xa + (y - ya) * (xb - xa) / (yb - ya)
                        supported[cursor[j]] = outline[e, 4]
                        cursor[j] += 1
                    else:
                        start[j + 1] += 1
    total, bridged, longest = 0.0, 0.0, 0.0
    for j in range(lines):
        _sort_crossings(x, supported, start[j], start[j + 1])
        for k in range(start[j], start[j + 1] - 1, 2):
            length = x[k + 1] - x[k]
            total += length
            longest = max(longest, length)
            if length <= limit and supported[k] > 0.0 and supported[k + 1] > 0.0:
                bridged += length
    return (bridged / total if total > 0.0 else 0.0), longest


def bridged_share(
    outline: NDArray[np.float64], angles: NDArray[np.float64], *, limit: float, lines: int = 48
) -> tuple[float, float]:
    """Largest share of a region that straight lines of one direction bridge from support to support.

    Parallel lines are drawn across the outline, as a slicer does to choose the direction of a bridge; one
    counts when both its ends are supported and it is at most ``limit`` mm long.

    Parameters
    ----------
    outline:
        float64 (M, 5), rows of :attr:`Regions.outline` of one region.
    angles:
        float64 (N,): directions to try, radians.

    Returns
    -------
    share, span:
        Between 0 and 1, and the longest line of the best direction in mm.
    """
    best, span = 0.0, np.inf
    for angle in angles:
        share, longest = _scan_direction(outline, float(angle), lines, limit)
        if share > best + 1e-9 or (share > best - 1e-9 and longest < span):
            best, span = share, longest
    return best, span
