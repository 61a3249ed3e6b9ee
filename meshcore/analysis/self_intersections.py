"""Faces that cross or overlap others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.self_intersection import self_intersections


@dataclass(frozen=True, slots=True)
class SelfIntersections:
    """Which faces are in one another's way; see :mod:`meshkernels.self_intersection` for what counts.

    Attributes
    ----------
    faces:
        Number of faces that cross or overlap another one.
    crossing:
        bool (F,): those faces.
    touching:
        bool (F,): faces that only rest on others along an edge.
    """

    faces: int
    crossing: NDArray[np.bool_]
    touching: NDArray[np.bool_]


def find_self_intersections(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], bvh: Bvh
) -> SelfIntersections:
    """Find the faces that intersect others.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) and int32 (F, 3).
    bvh:
        ``meshkernels.bvh.build(vertices, faces)``.
    """
    found = self_intersections(vertices, faces, bvh)
    return SelfIntersections(int(np.count_nonzero(found.crossing)), found.crossing, found.touching)
