"""Faces that overhang by more than an angle, and the connected regions they form."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.jit import parallel, scalar

NOT_OVERHANGING = -1
ON_PLATE = -2

_CHUNK = 8192  # faces per partial sum; fixed, so that the sums do not depend on the thread count


class Regions(NamedTuple):
    """Edge-connected groups of overhanging faces.

    ``label`` int32 (F,): region of each face, ``NOT_OVERHANGING`` or ``ON_PLATE``.
    ``stats`` float64 (R, 9): area mm², horizontally projected area mm², sine of the worst angle, centroid
    x, y, z mm, lowest z, length in mm of the projected outline, and of the part of it that is supported.
    ``outline_start`` int64 (R + 1,): the outline of region r is rows ``outline_start[r]`` to
    ``outline_start[r + 1]`` (exclusive).
    ``outline`` float64 (M, 5): x, y of both ends of a border edge and 1 where it is supported, else 0.
    """

    label: NDArray[np.int32]
    stats: NDArray[np.float64]
    outline_start: NDArray[np.int64]
    outline: NDArray[np.float64]


@scalar
def classify_face(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    f: int,
    sine: float,
    plate: float,
) -> tuple[int, float, float]:
    """Label of a face, its area and minus the vertical part of its area vector, mm²."""
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ax, ay, az = vertices[a, 0], vertices[a, 1], vertices[a, 2]
    ux, uy, uz = vertices[b, 0] - ax, vertices[b, 1] - ay, vertices[b, 2] - az
    vx, vy, vz = vertices[c, 0] - ax, vertices[c, 1] - ay, vertices[c, 2] - az
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    area = 0.5 * sqrt(nx * nx + ny * ny + nz * nz)
    down = -0.5 * nz
    if down <= sine * area:
        return NOT_OVERHANGING, area, down
    if max(az, vertices[b, 2], vertices[c, 2]) <= plate:
        return ON_PLATE, area, down
    return 0, area, down


@parallel
def _classify(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    sine: float,
    plate: float,
    label: NDArray[np.int32],
    partial: NDArray[np.float64],
) -> None:
    for chunk in prange(len(partial)):
        overhang, projected, on_plate, total = 0.0, 0.0, 0.0, 0.0
        for f in range(chunk * _CHUNK, min(len(faces), (chunk + 1) * _CHUNK)):
            kind, area, down = classify_face(vertices, faces, f, sine, plate)
            label[f] = kind
            total += area
            if kind == 0:
                overhang += area
                projected += down
            elif kind == ON_PLATE:
                on_plate += down
        partial[chunk, 0], partial[chunk, 1] = overhang, projected
        partial[chunk, 2], partial[chunk, 3] = on_plate, total


@scalar
def _opposite_vertex(faces: NDArray[np.int32], g: int, a: int, b: int) -> int:
    """Corner of face ``g`` that is not on the edge a–b."""
    for k in range(3):
        if faces[g, k] != a and faces[g, k] != b:
            return int(faces[g, k])
    return int(faces[g, 0])


@scalar
def _edge_is_supported(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbour: int,
    label: NDArray[np.int32],
    a: int,
    b: int,
    plate: float,
) -> bool:
    """Whether material goes on below a border edge of a region: a wall going down, or the plate."""
    low, high = min(vertices[a, 2], vertices[b, 2]), max(vertices[a, 2], vertices[b, 2])
    if high <= plate:
        return True
    if neighbour < 0:
        return False
    if label[neighbour] == ON_PLATE:
        return True
    return bool(vertices[_opposite_vertex(faces, neighbour, a, b), 2] < low)


@scalar
def _grow_regions(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    plate: float,
    label: NDArray[np.int32],
    stats: NDArray[np.float64],
    outline_start: NDArray[np.int64],
    outline: NDArray[np.float64],
) -> int:
    """Flood each region from its first face; the faces to visit have label 0 and become 1, 2, …"""
    stack = np.empty(len(stats), np.int32)
    regions = 0
    edges = 0
    for seed in range(len(faces)):
        if label[seed] != 0:
            continue
        s = stats[regions]
        s[6] = vertices[faces[seed, 0], 2]
        stack[0] = seed
        label[seed] = regions + 1
        size = 1
        while size > 0:
            size -= 1
            f = stack[size]
            _, area, down = classify_face(vertices, faces, f, 0.0, plate)
            s[0] += area
            s[1] += down
            s[2] = max(s[2], down / area)
            for k in range(3):
                a, b = faces[f, k], faces[f, (k + 1) % 3]
                s[3] += area * vertices[a, 0]
                s[4] += area * vertices[a, 1]
                s[5] += area * vertices[a, 2]
                s[6] = min(s[6], vertices[a, 2])
                g = neighbors[f, k]
                if g >= 0 and label[g] == 0:
                    label[g] = regions + 1
                    stack[size] = g
                    size += 1
                elif g < 0 or label[g] != regions + 1:
                    row = outline[edges]
                    row[0], row[1] = vertices[a, 0], vertices[a, 1]
                    row[2], row[3] = vertices[b, 0], vertices[b, 1]
                    length = sqrt((row[2] - row[0]) ** 2 + (row[3] - row[1]) ** 2)
                    s[7] += length
                    if _edge_is_supported(vertices, faces, g, label, a, b, plate):
                        row[4] = 1.0
                        s[8] += length
                    edges += 1
        for k in range(3, 6):
            s[k] /= 3.0 * s[0]
        regions += 1
        outline_start[regions] = edges
    for f in range(len(faces)):
        if label[f] > 0:
            label[f] -= 1
    return regions


def classify_overhangs(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    *,
    sine: float,
    plate: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Which faces hang over more than an angle whose sine is given, and the areas that follow.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm and int32 (F, 3), counter-clockwise seen from outside.
    sine:
        Sine of the largest angle from the vertical that prints without support.
    plate:
        Faces with all corners at or below this height (mm) lie on the plate.

    Returns
    -------
    label, areas:
        int32 (F,): 0 for an overhang, ``NOT_OVERHANGING`` or ``ON_PLATE``; float64 (4,): overhanging area,
        its horizontal projection, horizontal area on the plate, and area of the whole surface, mm².
    """
    label = np.empty(len(faces), np.int32)
    partial = np.zeros(((len(faces) + _CHUNK - 1) // _CHUNK, 4))
    _classify(vertices, faces, sine, plate, label, partial)
    return label, partial.sum(axis=0)


def overhang_regions(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    label: NDArray[np.int32],
    *,
    plate: float,
) -> Regions:
    """Group the faces of label 0 into edge-connected regions, numbered by their first face.

    Parameters
    ----------
    neighbors:
        int32 (F, 3): face across edge (k, k + 1), negative on a border or a non-manifold edge, which both
        separate regions.
    label:
        From :func:`classify_overhangs`; not changed.
    """
    label = label.copy()
    count = int(np.count_nonzero(label == 0))
    stats = np.zeros((count, 9))
    outline_start = np.zeros(count + 1, np.int64)
    outline = np.zeros((3 * count, 5))
    n = _grow_regions(vertices, faces, neighbors, plate, label, stats, outline_start, outline)
    edges = int(outline_start[n])
    return Regions(label, stats[:n].copy(), outline_start[: n + 1].copy(), outline[:edges].copy())
