"""One vertex for each position, so that faces that meet share their vertices."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.source import RawMesh, corrupt
from meshcore.mesh import MeshWarning, Severity
from meshkernels.weld import open_edges, scan_faces, weld, weld_within

# Relative to the diagonal: 2 micrometres on a part of 200 mm, below any printer, above the rounding
# of six digits in a text file.
TOLERANCE = 1e-5


class Welded(NamedTuple):
    """Vertices (V, 3) all in use, faces (F, 3) without repeated vertices, and what was done for it."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    degenerate_faces: int
    warnings: tuple[MeshWarning, ...]


def welded(raw: RawMesh) -> Welded:
    """Weld exactly, drop faces that use a vertex twice, and close the mesh by a tolerance weld if one does.

    Raises
    ------
    MeshError
        ``EMPTY_MESH`` without faces of three different vertices, ``CORRUPT_FILE`` for a face with a
        vertex that does not exist, ``NON_FINITE`` for NaN or infinite coordinates.
    """
    vertices, faces = raw.vertices, raw.faces
    _check(len(vertices), faces)
    if not raw.is_welded:
        vertices, index = weld(np.ascontiguousarray(vertices, dtype=np.float64))
        faces = index[faces]
    degenerate, no_edge_open = scan_faces(faces)
    if degenerate:
        faces = _without_degenerate(faces)
    if degenerate or not raw.is_welded:
        vertices, faces = _without_unused(vertices, faces)
    if len(faces) == 0:
        raise MeshError(ErrorCode.EMPTY_MESH, "Every face of the mesh uses a vertex twice.")
    if not np.isfinite(vertices).all():
        raise MeshError(ErrorCode.NON_FINITE, "The mesh has NaN or infinite coordinates.")
    warnings = []
    if degenerate:
        warnings.append(
            MeshWarning(
                "DEGENERATE_FACES_REMOVED",
                f"{degenerate:,} faces that use a vertex twice have no area and were removed.",
                Severity.INFO,
            )
        )
    if not no_edge_open:
        closed = _closed_by_tolerance(vertices, faces)
        if closed is not None:
            vertices, faces, message = closed
            warnings.append(MeshWarning("TOLERANCE_WELD", message))
    return Welded(vertices, faces, degenerate, tuple(warnings))


def extents(vertices: NDArray[np.float64]) -> list[float]:
    """Size of the axis-aligned box along x, y and z."""
    # By column: six times as fast as a reduction along axis 0.
    return [float(column.max() - column.min()) for column in vertices.T]


def _check(vertex_count: int, faces: NDArray[np.int32]) -> None:
    if len(faces) == 0:
        raise MeshError(ErrorCode.EMPTY_MESH, "The file has no faces.")
    low, high = int(faces.min()), int(faces.max())
    if low < 0 or high >= vertex_count:
        bad = high if high >= vertex_count else low
        raise corrupt(f"A face refers to vertex {bad:,}, but there are {vertex_count:,} vertices.")


def _without_degenerate(faces: NDArray[np.int32]) -> NDArray[np.int32]:
    a, b, c = faces.T
    return np.ascontiguousarray(faces[(a != b) & (b != c) & (c != a)])


def _without_unused(
    vertices: NDArray[np.float64], faces: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    used = np.zeros(len(vertices), np.bool_)
    used[faces.ravel()] = True
    if used.all():
        return vertices, faces
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return vertices[used], number[faces]


def _closed_by_tolerance(
    vertices: NDArray[np.float64], faces: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int32], str] | None:
    """Weld the ends of open edges that nearly coincide; ``None`` unless that leaves no open edge.

    Other vertices stay as they are: small features of the surface are not worn away.
    """
    tolerance = TOLERANCE * math.hypot(*extents(vertices))
    if not 1e-15 * np.abs(vertices).max() < tolerance < np.inf:
        return None  # a point, or coordinates too large for a grid
    _, crowded, is_open = open_edges(faces, len(vertices))
    rim = np.flatnonzero(is_open).astype(np.int32)
    leader, moved = weld_within(vertices[rim], tolerance)
    if moved == 0:
        return None
    number = np.arange(len(vertices), dtype=np.int32)
    number[rim] = rim[leader]
    joined = _without_degenerate(number[faces])
    open_after, crowded_after, _ = open_edges(joined, len(vertices))
    if len(joined) == 0 or open_after > 0 or crowded_after > crowded:
        return None
    message = f"{moved:,} vertices within {tolerance:.3g} units of another were merged to close the mesh"
    collapsed = len(faces) - len(joined)
    message += f"; {collapsed:,} faces vanished in it." if collapsed else "."
    return *_without_unused(vertices, joined), message
