"""Whether surfaces that touch along an edge pass through each other there.

Two faces in contact along an edge have no interior point in common, yet the surfaces they belong to may
cross right there, as when one box stands in another and the mesh has edges exactly where they intersect. The
other faces at that edge tell: the surface crosses if it goes on to the other side.
"""

from typing import Any

import numpy as np

from meshkernels.bvh_build import STACK_SIZE
from meshkernels.bvh_traverse import faces_near_box
from meshkernels.jit import scalar
from meshkernels.predicates import orient3d
from meshkernels.triangle_intersection import (
    edge_on_interior,
    edges_share_length,
    flat,
    flattening_axis,
    is_degenerate,
    turn,
)
from meshkernels.vec3 import Vec3, row

_MARGIN = np.float32(1e-6)  # of the reach: more than the rounding of a coordinate to float32


@scalar
def _opposite_corners(vertices: Any, faces: Any, bvh: Any, p: int, q: int) -> Any:
    """Third corners of all faces with area and the vertices ``p`` and ``q``, int32 (N,)."""
    box = np.empty(6, np.float32)
    margin = _MARGIN * np.float32(bvh.reach)
    for k in range(3):
        a = vertices[p, k] - bvh.origin[k]
        b = vertices[q, k] - bvh.origin[k]
        box[k] = np.float32(min(a, b)) - margin
        box[k + 3] = np.float32(max(a, b)) + margin
    stack = np.empty(STACK_SIZE, np.int32)
    found = np.empty(64, np.int32)
    count = faces_near_box(bvh, box, stack, found)
    if count > len(found):
        found = np.empty(count, np.int32)
        faces_near_box(bvh, box, stack, found)
    n = 0
    for i in range(count):
        a, b, c = faces[found[i], 0], faces[found[i], 1], faces[found[i], 2]
        if p in (a, b, c) and q in (a, b, c):
            x = a if (a != p and a != q) else (b if (b != p and b != q) else c)
            if not is_degenerate(row(vertices, p), row(vertices, q), row(vertices, x)):
                found[n] = x
                n += 1
    return found[:n]


@scalar
def _turns(p: Vec3, q: Vec3, a: Vec3, b: Vec3) -> int:
    """1 if half-plane ``b`` of the axis p, q is reached from ``a`` by turning left less than half a turn."""
    return orient3d(p, q, a, b)


@scalar
def _same_half_plane(p: Vec3, q: Vec3, a: Vec3, b: Vec3) -> bool:
    """Whether ``a`` and ``b``, coplanar with the axis p, q, are on the same side of it."""
    axis = flattening_axis(p, q, a)
    u = flat(p, axis)
    v = flat(q, axis)
    return turn(u, v, flat(a, axis)) == turn(u, v, flat(b, axis))


@scalar
def _between(p: Vec3, q: Vec3, a: Vec3, b: Vec3, x: Vec3) -> bool:
    """Whether half-plane ``x`` of the axis p, q is strictly in the sector from ``a`` left round to ``b``."""
    turn = _turns(p, q, a, b)
    if turn > 0:
        return _turns(p, q, a, x) > 0 and _turns(p, q, x, b) > 0
    if turn < 0:
        return not (_turns(p, q, b, x) >= 0 and _turns(p, q, x, a) >= 0)
    return _turns(p, q, a, x) > 0


@scalar
def _interleave(p: Vec3, q: Vec3, a: Vec3, b: Vec3, c: Vec3, d: Vec3) -> bool:
    """Whether the surface through half-planes a, b crosses the one through c, d at the axis p, q."""
    if _turns(p, q, a, b) == 0 and _same_half_plane(p, q, a, b):
        return False
    if _between(p, q, a, b, c):
        return _between(p, q, b, a, d)
    return _between(p, q, b, a, c) and _between(p, q, a, b, d)


@scalar
def _surface_passes(vertices: Any, faces: Any, bvh: Any, f: int, g: int) -> bool:
    """Whether the surface passes through face ``g`` along an edge of face ``f``."""
    b0, b1, b2 = row(vertices, faces[g, 0]), row(vertices, faces[g, 1]), row(vertices, faces[g, 2])
    for k in range(3):
        u, v, w = faces[f, k], faces[f, (k + 1) % 3], faces[f, (k + 2) % 3]
        p, q, r = row(vertices, u), row(vertices, v), row(vertices, w)
        if orient3d(b0, b1, b2, p) != 0 or orient3d(b0, b1, b2, q) != 0:
            continue
        side = orient3d(b0, b1, b2, r)
        if side != 0 and edge_on_interior(p, q, b0, b1, b2):
            for x in _opposite_corners(vertices, faces, bvh, u, v):
                if orient3d(b0, b1, b2, row(vertices, x)) * side < 0:
                    return True
        for m in range(3):
            s, t, z = faces[g, m], faces[g, (m + 1) % 3], faces[g, (m + 2) % 3]
            if not edges_share_length(p, q, row(vertices, s), row(vertices, t)):
                continue
            for x in _opposite_corners(vertices, faces, bvh, u, v):
                for y in _opposite_corners(vertices, faces, bvh, s, t):
                    if _interleave(p, q, r, row(vertices, x), row(vertices, z), row(vertices, y)):
                        return True
    return False


@scalar
def crosses_along_edge(vertices: Any, faces: Any, bvh: Any, f: int, g: int) -> bool:
    """Whether the surfaces of two faces whose contact is ``EDGE`` cross where these touch."""
    return _surface_passes(vertices, faces, bvh, f, g) or _surface_passes(vertices, faces, bvh, g, f)
