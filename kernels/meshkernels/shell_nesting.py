"""Which closed shells lie inside which: winding numbers by counting crossings along parallel rays.

The winding number of a closed shell around a point is the number of times a ray from the point leaves
the shell minus the times it enters it: a whole number, and exact without any solid angle. All rays run
the same way, so points and faces meet in a grid across the rays, and the work is proportional to the
number of faces and crossings, not to the number of shells.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar
from meshkernels.vec3 import Vec3, row

_SHEAR = (0.027182818, 0.061803399)
"""Rays run along (-0.0272, -0.0618, 1): not along the walls of a model that is square to its axes."""
_MAX_CELLS = 512
_SPREAD_SAMPLES = 10


class Crossings(NamedTuple):
    """Winding numbers of shells around points; those that are zero are left out.

    Attributes
    ----------
    offsets:
        int64 (Q + 1,): point ``q`` has the entries ``offsets[q]:offsets[q + 1]``.
    shells, windings:
        int32 (N,): number of a shell and its winding number.
    """

    offsets: NDArray[np.int64]
    shells: NDArray[np.int32]
    windings: NDArray[np.int32]


def sample_shells(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    labels: NDArray[np.int32],
    sizes: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Points on the wanted shells: in the six outermost faces of each and in faces spread over it.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm, and int32 (F, 3).
    labels, sizes, wanted:
        int32 (F,), int64 (P,) and bool (P,): shell of each face or -1, number of faces of each shell,
        shells to sample.

    Returns
    -------
    points float64 (Q, 3), mm, and their shells int32 (Q,), ascending.
    """
    extreme = np.full((len(sizes), 6), -np.inf)
    outermost = np.full((len(sizes), 6), -1, np.int32)
    capacity = int(np.minimum(sizes[wanted], _SPREAD_SAMPLES).sum())
    spread = np.empty(capacity, np.int32)
    count = _choose_faces(vertices, faces, labels, sizes, wanted, extreme, outermost, spread)
    chosen = np.unique(np.concatenate([outermost[wanted].ravel(), spread[:count]]))
    chosen = chosen[np.argsort(labels[chosen], kind="stable")]
    return _points_within(vertices, faces, chosen), labels[chosen]


def probe_shells(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], labels: NDArray[np.int32], count: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """One point on each shell, in its first face; parameters and results as for ``sample_shells``."""
    first = np.full(count + 1, -1)
    first[labels[::-1]] = np.arange(len(labels))[::-1]  # of equal places, the last assignment stays
    chosen = first[:-1][first[:-1] >= 0]
    return _points_within(vertices, faces, chosen), labels[chosen]


def _points_within(vertices: Any, faces: Any, chosen: Any) -> NDArray[np.float64]:
    weights = np.array([0.28867, 0.35355, 0.35778])  # off every line of symmetry of the face
    return np.ascontiguousarray(np.einsum("k,fkd->fd", weights, vertices[faces[chosen]]))


def count_crossings(
    points: NDArray[np.float64],
    own: NDArray[np.int32],
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    labels: NDArray[np.int32],
) -> Crossings:
    """Winding number of every closed shell around each point, but for the shell the point lies on.

    Parameters
    ----------
    points, own:
        float64 (Q, 3), mm, and int32 (Q,), the shell on which each point lies.
    vertices, faces, labels:
        float64 (V, 3), mm; int32 (F, 3); int32 (F,), shell of each face, negative for faces to leave
        out. The faces of each shell must leave no boundary.
    """
    flat = _along_rays(points)
    low = flat.min(axis=0)
    cells = int(np.clip(np.sqrt(len(points)), 1, _MAX_CELLS))
    step = (flat.max(axis=0) - low) / cells
    step[step <= 0] = 1.0
    cell = np.clip(((flat - low) / step).astype(np.int64), 0, cells - 1)
    cell_of_point = cell[:, 0] * cells + cell[:, 1]
    order = np.argsort(cell_of_point, kind="stable")
    starts = np.searchsorted(cell_of_point[order], np.arange(cells * cells + 1))
    grid = (order, starts, cells, low, step)
    hits = np.empty((max(1024, 4 * len(points)), 3), np.int32)
    count = _cross(points, own, vertices, faces, labels, *grid, hits)
    if count > len(hits):
        hits = np.empty((count, 3), np.int32)
        _cross(points, own, vertices, faces, labels, *grid, hits)
    hits = hits[:count]
    hits = hits[np.lexsort((hits[:, 1], hits[:, 0]))]
    first = np.flatnonzero(np.diff(hits[:, :2], axis=0, prepend=-1).any(axis=1))
    windings = np.add.reduceat(hits[:, 2], first) if len(first) else np.empty(0, np.int32)
    first, windings = first[windings != 0], windings[windings != 0].astype(np.int32)
    offsets = np.searchsorted(hits[first, 0], np.arange(len(points) + 1))
    return Crossings(offsets, np.ascontiguousarray(hits[first, 1]), windings)


def _along_rays(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points[:, :2] + points[:, 2:] * np.array(_SHEAR))


@scalar
def _choose_faces(
    vertices: Any, faces: Any, labels: Any, sizes: Any, wanted: Any, extreme: Any, outermost: Any, spread: Any
) -> int:
    seen = np.zeros(len(sizes), np.int64)
    count = 0
    for f in range(len(faces)):
        shell = labels[f]
        if shell < 0 or not wanted[shell]:
            continue
        a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
        for axis in range(3):
            place = a[axis] + b[axis] + c[axis]
            for side in range(2):
                reach = place if side == 0 else -place
                if reach > extreme[shell, 2 * axis + side]:
                    extreme[shell, 2 * axis + side] = reach
                    outermost[shell, 2 * axis + side] = f
        samples = min(sizes[shell], _SPREAD_SAMPLES)
        k = seen[shell]
        seen[shell] += 1
        if (k + 1) * samples // sizes[shell] > k * samples // sizes[shell]:
            spread[count] = f
            count += 1
    return count


@scalar
def _sheared(p: Vec3) -> Vec3:
    return Vec3(p.x + _SHEAR[0] * p.z, p.y + _SHEAR[1] * p.z, p.z)


@scalar
def _cross(
    points: Any, own: Any, vertices: Any, faces: Any, labels: Any,
    order: Any, starts: Any, cells: int, low: Any, step: Any, hits: Any,
) -> int:  # fmt: skip
    """List (point, shell, winding) for each face that a point's ray crosses; returns how many there are."""
    count = 0
    for f in range(len(faces)):
        if labels[f] < 0:
            continue
        a = _sheared(row(vertices, faces[f, 0]))
        b = _sheared(row(vertices, faces[f, 1]))
        c = _sheared(row(vertices, faces[f, 2]))
        # Rounding is monotonic: a point between two others never falls in a cell outside theirs.
        i0 = _cell(min(a.x, b.x, c.x), low[0], step[0], cells)
        i1 = _cell(max(a.x, b.x, c.x), low[0], step[0], cells)
        j0 = _cell(min(a.y, b.y, c.y), low[1], step[1], cells)
        j1 = _cell(max(a.y, b.y, c.y), low[1], step[1], cells)
        for i in range(i0, i1 + 1):
            for k in range(starts[i * cells + j0], starts[i * cells + j1 + 1]):
                q = order[k]
                if own[q] == labels[f]:
                    continue
                winding = _crossing(a, b, c, _sheared(row(points, q)))
                if winding != 0:
                    if count < len(hits):
                        hits[count, 0], hits[count, 1], hits[count, 2] = q, labels[f], winding
                    count += 1
    return count


@scalar
def _cell(place: float, low: float, step: float, cells: int) -> int:
    return int(min(max((place - low) / step, 0.0), cells - 1.0))


@scalar
def _crossing(a: Vec3, b: Vec3, c: Vec3, p: Vec3) -> int:
    """1 where the ray up from ``p`` leaves through the triangle, -1 where it enters, 0 where it misses."""
    u, v, w = _side(b, c, p), _side(c, a, p), _side(a, b, p)
    if (u > 0) != (v > 0) or (v > 0) != (w > 0):
        return 0
    total = u + v + w
    if total == 0 or (u * a.z + v * b.z + w * c.z) / total <= p.z:
        return 0
    return 1 if u > 0 else -1


@scalar
def _side(a: Vec3, b: Vec3, p: Vec3) -> float:
    """Twice the area of the projected triangle (a, b, p).

    It is taken from the smaller end of the edge, so that both faces of an edge see the same number
    with opposite signs; a point on the line counts as on the side that makes it positive from there.
    """
    if a.x < b.x or (a.x == b.x and (a.y < b.y or (a.y == b.y and a.z < b.z))):
        area = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
        return area if area != 0.0 else 5e-324
    area = (a.x - b.x) * (p.y - b.y) - (a.y - b.y) * (p.x - b.x)
    return -area if area != 0.0 else -5e-324
