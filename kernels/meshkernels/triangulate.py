"""Cut polygons into triangles: fans where the polygon is convex, ear clipping where it is not.

Ear clipping after Meisters, "Polygons have ears" (1975), testing reflex corners only (Eberly,
"Triangulation by ear clipping"), in the plane of the axis nearest to Newell's normal. A polygon of n
corners always gives n - 2 triangles with the same outline, so a closed mesh stays closed even where a
polygon crosses itself or is flat.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar


@scalar
def _project(vertices: Any, corners: Any, flat: Any) -> bool:
    """Write the polygon's corners, seen from its normal, into ``flat`` (n, 2); false without a normal."""
    n = corners.shape[0]
    normal_x = normal_y = normal_z = 0.0
    for i in range(n):
        a = vertices[corners[i]]
        b = vertices[corners[(i + 1) % n]]
        o = vertices[corners[0]]
        normal_x += ((a[1] - o[1]) - (b[1] - o[1])) * ((a[2] - o[2]) + (b[2] - o[2]))
        normal_y += ((a[2] - o[2]) - (b[2] - o[2])) * ((a[0] - o[0]) + (b[0] - o[0]))
        normal_z += ((a[0] - o[0]) - (b[0] - o[0])) * ((a[1] - o[1]) + (b[1] - o[1]))
    size_x, size_y, size_z = abs(normal_x), abs(normal_y), abs(normal_z)
    largest = max(size_x, size_y, size_z)
    if not largest > 0.0:
        return False
    axis = 0 if size_x == largest else (1 if size_y == largest else 2)
    along = normal_x if axis == 0 else (normal_y if axis == 1 else normal_z)
    u = (axis + 1) % 3
    v = (axis + 2) % 3
    if along < 0.0:
        u, v = v, u
    for i in range(n):
        flat[i, 0] = vertices[corners[i], u] - vertices[corners[0], u]
        flat[i, 1] = vertices[corners[i], v] - vertices[corners[0], v]
    return True


@scalar
def _turn(flat: Any, a: Any, b: Any, c: Any) -> Any:
    """Twice the signed area of the triangle a, b, c; positive where it turns left."""
    return (flat[b, 0] - flat[a, 0]) * (flat[c, 1] - flat[a, 1]) - (flat[b, 1] - flat[a, 1]) * (
        flat[c, 0] - flat[a, 0]
    )


@scalar
def _same(flat: Any, a: Any, b: Any) -> Any:
    return flat[a, 0] == flat[b, 0] and flat[a, 1] == flat[b, 1]


@scalar
def _is_fan(flat: Any, n: Any) -> bool:
    """Whether triangles from corner 0 to every edge are a proper triangulation of a convex polygon."""
    for i in range(1, n - 1):
        if not (_turn(flat, 0, i, i + 1) > 0.0 and _turn(flat, i - 1, i, i + 1) >= 0.0):
            return False
    return bool(_turn(flat, n - 2, n - 1, 0) >= 0.0)


@scalar
def _is_ear(flat: Any, before: Any, tip: Any, after: Any, following: Any, reflex: Any) -> bool:
    """Whether the diagonal past ``tip`` runs inside: no other corner lies in the triangle."""
    k = following[after]
    while k != before:
        # A corner at the place of one of the triangle's is a seam to a hole, not in the way.
        if reflex[k] and not (_same(flat, k, before) or _same(flat, k, tip) or _same(flat, k, after)):
            if (
                _turn(flat, before, tip, k) >= 0.0
                and _turn(flat, tip, after, k) >= 0.0
                and _turn(flat, after, before, k) >= 0.0
            ):
                return False
        k = following[k]
    return True


@scalar
def _clip_ears(corners: Any, flat: Any, links: Any, faces: Any, f: Any, most_work: Any) -> Any:
    """Write the triangles of one polygon from ``faces[f]`` on; return the number of corners visited."""
    n = corners.shape[0]
    following = links[0]
    previous = links[1]
    reflex = links[2]
    n_reflex = 0
    for i in range(n):
        following[i] = (i + 1) % n
        previous[i] = (i - 1) % n
        reflex[i] = _turn(flat, (i - 1) % n, i, (i + 1) % n) <= 0.0
        n_reflex += reflex[i]
    left = n
    tip = 0
    misses = 0
    work = 0
    while left > 2 and work <= most_work:
        before = previous[tip]
        after = following[tip]
        stuck = misses > left  # crosses itself or is flat: cut what is left as it comes
        if not reflex[tip] and n_reflex > 0 and not stuck:
            work += left
        if (
            left == 3
            or stuck
            or (not reflex[tip] and (n_reflex == 0 or _is_ear(flat, before, tip, after, following, reflex)))
        ):
            faces[f, 0] = corners[before]
            faces[f, 1] = corners[tip]
            faces[f, 2] = corners[after]
            f += 1
            left -= 1
            n_reflex -= reflex[tip]
            following[before] = after
            previous[after] = before
            for k in (before, after):
                n_reflex -= reflex[k]
                reflex[k] = _turn(flat, previous[k], k, following[k]) <= 0.0
                n_reflex += reflex[k]
            if not stuck:
                misses = 0
            tip = following[after]  # the next but one: fewer slivers than from the same corner
        else:
            misses += 1
            tip = after
    return work


@scalar
def _triangulate(vertices: Any, corners: Any, sizes: Any, most_work: Any, faces: Any) -> Any:
    longest = 0
    for p in range(sizes.shape[0]):
        longest = max(longest, sizes[p])
    flat = np.empty((longest, 2), np.float64)
    links = np.empty((3, longest), np.int32)
    start = f = work = 0
    for p in range(sizes.shape[0]):
        n = sizes[p]
        polygon = corners[start : start + n]
        start += n
        if n == 3:
            faces[f, 0] = polygon[0]
            faces[f, 1] = polygon[1]
            faces[f, 2] = polygon[2]
            f += 1
        elif n > 3:
            if not _project(vertices, polygon, flat) or _is_fan(flat, n):
                for i in range(n - 2):
                    faces[f + i, 0] = polygon[0]
                    faces[f + i, 1] = polygon[i + 1]
                    faces[f + i, 2] = polygon[i + 2]
            else:
                work += _clip_ears(polygon, flat, links, faces, f, most_work - work)
                if work > most_work:
                    return work
            f += n - 2
    return work


def triangulate(
    vertices: NDArray[np.float64], corners: NDArray[np.int32], sizes: NDArray[np.int32], most_work: int
) -> NDArray[np.int32] | None:
    """Cut polygons, concave ones and ones with seams to holes too, into triangles.

    Parameters
    ----------
    vertices:
        float64 (V, 3).
    corners:
        int32 (C,), the vertices of all polygons one after the other, every one below V.
    sizes:
        int32 (P,), corners of each polygon, C together; polygons of less than three give nothing.
    most_work:
        Corners that may be visited to find ears; a polygon of n corners takes up to n**2.

    Returns
    -------
    int32 (F, 3), or ``None`` where the work was not enough.
    """
    count = int(np.maximum(sizes - 2, 0).sum(dtype=np.int64))
    faces = np.empty((count, 3), np.int32)
    work = _triangulate(vertices, corners, sizes, np.int64(most_work), faces)
    return faces if work <= most_work else None
