"""Triangles from polygons, strips and fans."""

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.source import corrupt
from meshcore.mesh import MeshWarning
from meshkernels.triangulate import triangulate


def polygons_to_faces(
    vertices: NDArray[np.float64], corners: NDArray[np.int32], sizes: NDArray[np.int32], limits: Limits
) -> tuple[NDArray[np.int32], tuple[MeshWarning, ...]]:
    """Triangles (F, 3) of polygons given as a flat list of corners and the corners of each.

    Polygons of less than three corners are left out with the warning ``FACES_SKIPPED``.

    Raises
    ------
    MeshError
        ``CORRUPT_FILE`` for a corner that is no vertex, ``FILE_TOO_LARGE`` for more triangles than
        allowed or polygons too complicated to cut.
    """
    if len(corners) and (int(corners.min()) < 0 or int(corners.max()) >= len(vertices)):
        bad = np.flatnonzero((corners < 0) | (corners >= len(vertices)))[0]
        raise corrupt(
            f"Corner {bad + 1:,} of the faces is no vertex; there are {len(vertices):,} vertices in the file."
        )
    if (sizes == 3).all():
        limits.check_faces(len(sizes))
        return corners.reshape(-1, 3), ()
    limits.check_faces(int(np.maximum(sizes - 2, 0).sum(dtype=np.int64)))
    faces = triangulate(vertices, corners, sizes, limits.polygon_work)
    if faces is None:
        raise MeshError(ErrorCode.FILE_TOO_LARGE, "The polygons of the model are too complicated to cut.")
    skipped = int((sizes < 3).sum())
    if not skipped:
        return faces, ()
    message = f"{skipped:,} faces have fewer than three corners and were left out."
    return faces, (MeshWarning("FACES_SKIPPED", message),)


def strips_to_faces(corners: NDArray[np.int32]) -> NDArray[np.int32]:
    """Triangles of strips divided by -1; every other triangle is turned so that all face one way."""
    if len(corners) < 3:
        return np.empty((0, 3), np.int32)
    faces = np.lib.stride_tricks.sliding_window_view(corners, 3).copy()
    position = np.arange(len(corners))
    strip_start = np.maximum.accumulate(np.where(corners < 0, position + 1, 0))
    odd = (position - strip_start)[: len(faces)] % 2 == 1
    faces[odd] = faces[odd][:, [1, 0, 2]]
    return faces[(faces >= 0).all(axis=1)]


def fan_to_faces(corners: NDArray[np.int32]) -> NDArray[np.int32]:
    """Triangles that all share the first corner."""
    if len(corners) < 3:
        return np.empty((0, 3), np.int32)
    return np.column_stack([np.full(len(corners) - 2, corners[0]), corners[1:-1], corners[2:]])
