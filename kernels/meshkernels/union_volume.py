"""Volume of the union: what a slicer prints of shells that overlap.

Printed is where the winding number is not 0, so the volume is an integral over those parts of the faces
which have such points on one side and others on the other (divergence theorem). A face that no other crosses
is such a part as a whole or not at all (``face_winding``); the others are divided by their intersections
(``crossed_faces``). One ray for each piece of an intersection tells the winding numbers around it, so no
arrangement of faces is ever built, and a wrong answer of one ray would cost no more than that piece.

Faces that lie on each other, and surfaces that cross along an edge, have no such segments. Faces with the
same vertices are merged into one that counts more than once; if that does not help, the vertices are
displaced at random, along each axis by at most ``DISPLACEMENT`` of the mesh's reach, after which the mesh is
general. The volume is continuous in the vertices: it changes by at most the area times the displacement.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels import bvh as hierarchy
from meshkernels.bvh import Bvh
from meshkernels.crossed_faces import add_bounds, crossed_face_integrals, tetrahedron
from meshkernels.face_winding import face_windings
from meshkernels.intersecting_pairs import intersecting_pairs
from meshkernels.jit import parallel
from meshkernels.self_intersection import self_intersections
from meshkernels.topology import edge_topology
from meshkernels.triangle_intersection import CROSS
from meshkernels.vec3 import row

DISPLACEMENT = 2.0**-27
"""Of the mesh's greatest half extent: as far above the rounding of a position as below what anyone prints."""

_TRIES = 3
_DOUBT = 1e-7  # of the volume: more than this must not hang on the rounding of a ray
_CHUNK = 4096


class UnionVolume(NamedTuple):
    """Volumes by winding number.

    Attributes
    ----------
    volume:
        mm³ where the winding number is not 0.
    overlap:
        mm³ where it is 2 or more, or -2 or less.
    displaced:
        Whether vertices had to be displaced, so that both are only good to the area of the mesh times the
        displacement.
    """

    volume: float
    overlap: float
    displaced: bool


def union_volume(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    bvh: Bvh,
    crossing: NDArray[np.bool_],
    neighbors: NDArray[np.int32],
) -> UnionVolume | None:
    """Measure what a closed mesh encloses, counting overlaps once.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3). Every edge has as many faces in one direction as in the other.
    bvh:
        ``bvh.build(vertices, faces)``.
    crossing:
        bool (F,): ``self_intersections(...).crossing``.
    neighbors:
        int32 (F, 3): as in ``topology.EdgeTopology``.

    Returns
    -------
    None if there are too many intersections (``intersecting_pairs.MOST_PAIRS``) or no certain answer.
    """
    pairs = intersecting_pairs(vertices, faces, bvh, crossing)
    if pairs is None and not _has_duplicates(faces):
        return None
    if pairs is not None and (pairs.contact == CROSS).all():
        weights = np.ones(len(faces), np.int32)
        measured = _measure(vertices, faces, weights, bvh, pairs.faces, crossing, neighbors)
        if measured is not None:
            return UnionVolume(*measured, False)
    merged, weights = merge_duplicates(faces)
    if len(merged) < len(faces):
        measured = _measure_anew(vertices, merged, weights)
        if measured is not None:
            return UnionVolume(*measured, False)
    for seed in range(_TRIES):
        random = np.random.default_rng(seed)
        displaced = vertices + random.uniform(-DISPLACEMENT, DISPLACEMENT, vertices.shape) * bvh.reach
        measured = _measure_anew(displaced, merged, weights)
        if measured is not None:
            return UnionVolume(*measured, True)
    return None


def _measure_anew(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], weights: NDArray[np.int32]
) -> tuple[float, float] | None:
    """``_measure`` of a mesh about which nothing is known; None also if faces do more than ``CROSS``."""
    if len(faces) == 0:
        return 0.0, 0.0
    bvh = hierarchy.build(vertices, faces)
    crossing = self_intersections(vertices, faces, bvh).crossing
    pairs = intersecting_pairs(vertices, faces, bvh, crossing)
    if pairs is None or (pairs.contact != CROSS).any():
        return None
    neighbors = edge_topology(faces, len(vertices)).neighbors
    return _measure(vertices, faces, weights, bvh, pairs.faces, crossing, neighbors)


def _has_duplicates(faces: NDArray[np.int32]) -> bool:
    return len(np.unique(np.sort(faces, axis=1), axis=0)) < len(faces)


def merge_duplicates(faces: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """One face for all with the same three vertices, and how often it counts.

    Faces that look the other way count against it; what counts 0 times is left out, and so are faces that
    repeat a vertex.

    Parameters
    ----------
    faces:
        int32 (F, 3).

    Returns
    -------
    int32 (N, 3) faces, int32 (N,) how often each counts.
    """
    first = np.argmin(faces, axis=1)[:, None]
    turned = np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1)
    even = turned[:, 1] < turned[:, 2]
    kinds, inverse = np.unique(np.sort(faces, axis=1), axis=0, return_inverse=True)
    weights = np.bincount(inverse.reshape(-1), weights=np.where(even, 1, -1), minlength=len(kinds))
    kept = (weights != 0) & (kinds[:, 0] != kinds[:, 1]) & (kinds[:, 1] != kinds[:, 2])
    kinds, weights = kinds[kept], weights[kept]
    # What is left keeps the winding of most, so that patches stay together.
    kinds = np.where(weights[:, None] < 0, kinds[:, [0, 2, 1]], kinds)
    return np.ascontiguousarray(kinds, np.int32), np.abs(weights).astype(np.int32)


def _measure(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    weights: NDArray[np.int32],
    bvh: Bvh,
    pairs: NDArray[np.int32],
    crossing: NDArray[np.bool_],
    neighbors: NDArray[np.int32],
) -> tuple[float, float] | None:
    """Volume and overlap of a mesh whose faces only ``CROSS``; None if rounding may have decided."""
    windings = face_windings(vertices, faces, bvh, crossing, neighbors, weights)
    sides = np.stack([windings.inside, windings.outside], axis=1)
    sums = np.zeros((-(-len(faces) // _CHUNK), 3))
    _whole_faces(vertices, faces, bvh.origin, ~crossing, sides, windings.certain, sums)
    total = sums.sum(axis=0)
    if len(pairs) > 0:
        total += crossed_face_integrals(vertices, faces, weights, bvh, pairs)
    volume, overlap, doubt = total.tolist()
    return None if doubt > _DOUBT * abs(volume) else (volume, overlap)


@parallel
def _whole_faces(
    vertices: Any, faces: Any, origin: Any, whole: Any, sides: Any, certain: Any, sums: Any
) -> None:
    for chunk in prange(len(sums)):
        for f in range(chunk * _CHUNK, min(len(faces), (chunk + 1) * _CHUNK)):
            if whole[f]:
                a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
                inside, outside = sides[f, 0], sides[f, 1]
                add_bounds(
                    sums, chunk, tetrahedron(origin, a, b, c),
                    inside, outside, certain[f],
                )  # fmt: skip
