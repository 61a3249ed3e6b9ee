"""Places where a print would start in mid-air: downward tips with nothing of their own body below."""

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar
from meshkernels.overhang import NOT_OVERHANGING, classify_face


@scalar
def _mark_lower_neighbours(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    plate: float,
    not_minimum: NDArray[np.uint8],
) -> None:
    """Flag the vertices that are no local minimum above the plate, and those on an open border."""
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        lowest = min(vertices[a, 2], vertices[b, 2], vertices[c, 2])
        for k in range(3):
            v = faces[f, k]
            if vertices[v, 2] > lowest or lowest <= plate:
                not_minimum[v] = 1
            if neighbors[f, k] == -1:
                not_minimum[v] = 1
                not_minimum[faces[f, (k + 1) % 3]] = 1


@scalar
def _flood_tip(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    label: NDArray[np.int32],
    seed: int,
    bottom: float,
    top: float,
    visit: NDArray[np.int32],
    stamp: int,
    stack: NDArray[np.int32],
) -> tuple[float, float, int]:
    """Downward area, worst sine and overhang region of what is connected below ``top`` to a minimum.

    Faces are connected across edges that reach below ``top``. The area is 0 where the
    flood meets something lower than ``bottom``: no island then.
    """
    down_area, worst = 0.0, -1.0
    region = NOT_OVERHANGING
    visit[seed] = stamp
    stack[0] = seed
    size = 1
    while size > 0:
        size -= 1
        f = stack[size]
        lowest = min(vertices[faces[f, 0], 2], vertices[faces[f, 1], 2], vertices[faces[f, 2], 2])
        if lowest < bottom:
            return 0.0, worst, region
        _, area, down = classify_face(vertices, faces, f, 0.0, bottom - 1.0)
        down_area += down
        if area > 0.0:
            worst = max(worst, down / area)
        if label[f] >= 0 and (region < 0 or label[f] < region):
            region = label[f]
        for k in range(3):
            g = neighbors[f, k]
            edge = min(vertices[faces[f, k], 2], vertices[faces[f, (k + 1) % 3], 2])
            if g >= 0 and visit[g] != stamp and edge < top:
                visit[g] = stamp
                stack[size] = g
                size += 1
    return down_area, worst, region


@scalar
def _find_islands(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    label: NDArray[np.int32],
    plate: float,
    prominence: float,
    found: NDArray[np.int32],
    sines: NDArray[np.float64],
) -> int:
    """Store vertex, face and region of each island while there is room; returns how many there are."""
    not_minimum = np.zeros(len(vertices), np.uint8)
    _mark_lower_neighbours(vertices, faces, neighbors, plate, not_minimum)
    visit = np.zeros(len(faces), np.int32)
    stack = np.empty(len(faces), np.int32)
    done = np.zeros(len(faces), np.uint8)  # reached by a flood that ended at the same height: a plateau
    islands, stamp = 0, 0
    for f in range(len(faces)):
        for k in range(3):
            v = faces[f, k]
            if not_minimum[v]:
                continue
            not_minimum[v] = 1  # once per vertex
            if done[f]:
                continue
            stamp += 1
            bottom = vertices[v, 2]
            down_area, sine, region = _flood_tip(
                vertices, faces, neighbors, label, f, bottom, bottom + prominence, visit, stamp, stack
            )
            _mark_plateau(vertices, faces, neighbors, f, bottom, done, stack)
            if down_area > 0.0:
                if islands < len(found):
                    found[islands, 0], found[islands, 1], found[islands, 2] = v, f, region
                    sines[islands] = sine
                islands += 1
    return islands


@scalar
def _mark_plateau(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    seed: int,
    bottom: float,
    done: NDArray[np.uint8],
    stack: NDArray[np.int32],
) -> None:
    """Mark the faces around a minimum that reach its height, so that a flat bottom is judged once."""
    done[seed] = 1
    stack[0] = seed
    size = 1
    while size > 0:
        size -= 1
        f = stack[size]
        for k in range(3):
            g = neighbors[f, k]
            if g >= 0 and done[g] == 0:
                if (
                    min(vertices[faces[g, 0], 2], vertices[faces[g, 1], 2], vertices[faces[g, 2], 2])
                    == bottom
                ):
                    done[g] = 1
                    stack[size] = g
                    size += 1


def find_islands(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    label: NDArray[np.int32],
    *,
    plate: float,
    prominence: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Downward tips above the plate: where a layer starts with nothing of its own body below it.

    A tip is a local minimum of height, or a flat one, whose surface faces down and rises by at least
    ``prominence`` (mm) all round before it meets anything lower. Tips on an open border are left out: a
    torn sheet has minima everywhere.

    Returns
    -------
    found, sines:
        int32 (N, 3): lowest vertex, a face at it, and the overhang region it belongs to or negative;
        float64 (N,): sine of the steepest angle from the vertical around the tip.
    """
    room = 1024
    while True:
        found, sines = np.empty((room, 3), np.int32), np.empty(room)
        count = _find_islands(vertices, faces, neighbors, label, plate, prominence, found, sines)
        if count <= room:
            return found[:count].copy(), sines[:count].copy()
        room = count
