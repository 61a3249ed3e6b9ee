"""Faces that are in one another's way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.mesh import MeshWarning
from meshkernels.bvh import Bvh
from meshkernels.self_intersection import self_intersections


@dataclass(frozen=True, slots=True)
class SelfIntersections:
    """Which faces intersect others; ``meshkernels.self_intersection`` says what counts.

    Attributes
    ----------
    self_intersecting_faces:
        Number of faces that cross or overlap at least one other.
    crossing:
        bool (F,): those faces.
    touching:
        bool (F,): faces that rest with an edge on another face, or along its edge, without crossing any.
    warnings:
        ``SELF_INTERSECTIONS`` if there are any.
    """

    self_intersecting_faces: int
    crossing: NDArray[np.bool_]
    touching: NDArray[np.bool_]
    warnings: tuple[MeshWarning, ...]


def find_self_intersections(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], bvh: Bvh
) -> SelfIntersections:
    """Find all faces that cross or overlap others, with exact predicates.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3). The winding of the faces does not matter.
    bvh:
        ``meshkernels.bvh.build`` of the same mesh.
    """
    found = self_intersections(vertices, faces, bvh)
    count = int(np.count_nonzero(found.crossing))
    warnings = (_crossing(count),) if count > 0 else ()
    return SelfIntersections(count, found.crossing, found.touching, warnings)


def _crossing(count: int) -> MeshWarning:
    return MeshWarning("SELF_INTERSECTIONS", f"{count} faces cross or overlap other faces.")
