"""Areas, perimeters and boxes of all horizontal cross-sections of a mesh in one pass over its faces.

Every face adds the segments in which it meets the planes it spans. Green's theorem turns the oriented
segments of a layer into its signed area, so that no contour has to be chained. The same pass clips the
face between neighbouring planes, which gives the area that opens or closes from one layer to the next:
the floors and roofs that a printer must make solid.

Vertices are first given the index of the first plane that is not below them. An edge then meets exactly
the planes between the indices of its two ends: the rule z_low <= plane < z_high in integers, the same for
both faces at the edge, so a vertex lying on a plane neither opens nor doubles a contour.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.jit import parallel, scalar

# Faces are summed in this many runs whose partial sums are added in order, whatever the thread count.
_MAX_RUNS = 32
# All runs together hold at most this many layer rows of 64 bytes (64 MB), unless one run needs more.
_MAX_ROWS = 1_000_000


class CrossSections(NamedTuple):
    """What every plane cuts, and what lies between the planes.

    Attributes
    ----------
    area_mm2:
        float64 (L,), signed: positive where faces look outward; overlapping shells count once each.
    perimeter_mm:
        float64 (L,), length of all contours, holes included.
    bounds_mm:
        float64 (L, 4), x_min, y_min, x_max, y_max; NaN where the plane cuts nothing.
    roof_mm2, floor_mm2:
        float64 (L + 1,), projection onto the plate of the flat faces that look up or down, between plane
        ``i - 1`` and plane ``i`` (first: below all planes; last: above all).
    """

    area_mm2: NDArray[np.float64]
    perimeter_mm: NDArray[np.float64]
    bounds_mm: NDArray[np.float64]
    roof_mm2: NDArray[np.float64]
    floor_mm2: NDArray[np.float64]


@scalar
def _first_plane(planes: Any, z: float) -> int:
    """Index of the first plane that is not below ``z`` (binary search)."""
    low = 0
    high = len(planes)
    while low < high:
        middle = (low + high) >> 1
        if planes[middle] < z:
            low = middle + 1
        else:
            high = middle
    return low


@scalar
def _add_segments(
    vertices: Any, a: int, b: int, c: int, s: float, span: Any, planes: Any, o: Any, rows: Any
) -> None:
    """Add the segments of the face whose corners are a, b, c from low to high; ``s`` is +1 if so wound."""
    i0, i1, i2 = span
    x0, y0, z0 = vertices[a, 0] - o[0], vertices[a, 1] - o[1], vertices[a, 2]
    x1, y1, z1 = vertices[b, 0] - o[0], vertices[b, 1] - o[1], vertices[b, 2]
    x2, y2, z2 = vertices[c, 0] - o[0], vertices[c, 1] - o[1], vertices[c, 2]
    for i in range(i0, i2):
        z = planes[i]
        # Each edge is interpolated from its lower end, so both its faces get the same point to the bit.
        t = (z - z0) / (z2 - z0)
        px, py = x0 + t * (x2 - x0), y0 + t * (y2 - y0)
        if i < i1:
            t = (z - z0) / (z1 - z0)
            qx, qy = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        else:
            t = (z - z1) / (z2 - z1)
            qx, qy = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
        row = rows[i]
        row[0] += s * (px * qy - qx * py)
        row[1] += np.sqrt((qx - px) ** 2 + (qy - py) ** 2)
        row[2] = min(row[2], px, qx)
        row[3] = min(row[3], py, qy)
        row[4] = max(row[4], px, qx)
        row[5] = max(row[5], py, qy)


@scalar
def _add_projection(z0: float, z1: float, z2: float, area: float, span: Any, planes: Any, rows: Any) -> None:
    """Share the signed projected ``area`` of a face out to the gaps between the planes it spans."""
    column = 6 if area > 0.0 else 7
    area = abs(area)
    below = 0.0
    for i in range(span[0], span[2]):
        z = planes[i]
        # Part of a triangle below a plane: quadratic from its lowest corner, and from its highest.
        if i < span[1]:
            now = area * (z - z0) / (z1 - z0) * (z - z0) / (z2 - z0)
        else:
            now = area * (1.0 - (z2 - z) / (z2 - z1) * (z2 - z) / (z2 - z0))
        rows[i, column] += now - below
        below = now
    rows[span[2], column] += area - below


@scalar
def _add_face(
    vertices: Any, face: Any, first: Any, planes: Any, o: Any, flat_cosine: float, rows: Any
) -> None:
    """Add one face to the rows of its layers: 2·area, perimeter, box (4), roof, floor."""
    a, b, c = face[0], face[1], face[2]
    ux, uy = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1]
    vx, vy = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1]
    uz, vz = vertices[b, 2] - vertices[a, 2], vertices[c, 2] - vertices[a, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    s = 1.0
    if vertices[a, 2] > vertices[b, 2]:
        a, b, s = b, a, -s
    if vertices[b, 2] > vertices[c, 2]:
        b, c, s = c, b, -s
        if vertices[a, 2] > vertices[b, 2]:
            a, b, s = b, a, -s
    span = (first[a], first[b], first[c])
    if span[0] < span[2]:
        _add_segments(vertices, a, b, c, s, span, planes, o, rows)
    if nz * nz > flat_cosine * flat_cosine * (nx * nx + ny * ny + nz * nz):
        _add_projection(vertices[a, 2], vertices[b, 2], vertices[c, 2], 0.5 * nz, span, planes, rows)


@parallel
def _sections(
    vertices: Any, faces: Any, planes: Any, o: Any, flat_cosine: float, first: Any, rows: Any, out: Any
) -> None:
    n_runs = rows.shape[0]
    n_faces = len(faces)
    for v in prange(len(vertices)):
        first[v] = _first_plane(planes, vertices[v, 2])
    for r in prange(n_runs):
        for i in range(rows.shape[1]):
            rows[r, i, 2] = rows[r, i, 3] = np.inf
            rows[r, i, 4] = rows[r, i, 5] = -np.inf
        for f in range(n_faces * r // n_runs, n_faces * (r + 1) // n_runs):
            _add_face(vertices, faces[f], first, planes, o, flat_cosine, rows[r])
    for i in prange(out.shape[0]):
        out[i] = rows[0, i]
        for r in range(1, n_runs):
            for j in (0, 1, 6, 7):
                out[i, j] += rows[r, i, j]
            for j in range(2):
                out[i, 2 + j] = min(out[i, 2 + j], rows[r, i, 2 + j])
                out[i, 4 + j] = max(out[i, 4 + j], rows[r, i, 4 + j])


def cross_sections(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    planes_mm: NDArray[np.float64],
    flat_cosine: float = 0.0,
) -> CrossSections:
    """Measure all horizontal cross-sections of a mesh.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm, int32 (F, 3).
    planes_mm:
        float64 (L,), heights of the planes, ascending.
    flat_cosine:
        A face counts as roof or floor where the cosine of its slope to the plate, \\|n_z\\|, is above this:
        0 takes all faces, 0.5 those less steep than 60 degrees.

    Returns
    -------
    CrossSections
        Contours are half-open: a plane through the lowest point of a part cuts it, one through its highest
        point does not. Open meshes leave contours open; their areas then depend on the missing faces.

    Raises
    ------
    ValueError
        If the planes do not ascend.
    """
    planes = np.require(planes_mm, dtype=np.float64, requirements=["C", "W"])
    if planes.ndim != 1 or (np.diff(planes) < 0).any():
        raise ValueError("planes_mm must be one ascending array of heights")
    n_rows = len(planes) + 1
    # Relative to the middle of the part: far from the origin the products of Green's theorem cancel badly.
    origin = 0.5 * (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0))
    rows = np.zeros((max(1, min(_MAX_RUNS, _MAX_ROWS // n_rows)), n_rows, 8))
    out = np.empty((n_rows, 8))
    first = np.empty(len(vertices), dtype=np.int64)
    _sections(vertices, faces, planes, origin, float(flat_cosine), first, rows, out)
    bounds = out[:-1, 2:6] + np.tile(origin, 2)
    bounds[~np.isfinite(bounds).all(axis=1)] = np.nan
    return CrossSections(
        area_mm2=0.5 * out[:-1, 0],
        perimeter_mm=out[:-1, 1].copy(),
        bounds_mm=bounds,
        roof_mm2=out[:, 6].copy(),
        floor_mm2=out[:, 7].copy(),
    )


def at_planes(sections: CrossSections, kept: NDArray[np.int64]) -> CrossSections:
    """Cross-sections at some of the planes, ``kept`` (K,) being their ascending indices.

    One pass over the planes of several layer heights together takes 23 ms where one pass each takes
    52 ms (225k faces, 1000 planes).
    """
    starts = np.concatenate([[0], kept + 1])
    return CrossSections(
        area_mm2=sections.area_mm2[kept],
        perimeter_mm=sections.perimeter_mm[kept],
        bounds_mm=sections.bounds_mm[kept],
        roof_mm2=np.add.reduceat(sections.roof_mm2, starts),
        floor_mm2=np.add.reduceat(sections.floor_mm2, starts),
    )
