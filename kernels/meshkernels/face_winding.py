"""The winding number on both sides of every face, and so which faces are really on the outside.

The winding number of a point is how often a ray from it leaves the mesh minus how often it enters. Along a
surface that no other surface crosses it stays the same, so one ray does for a whole patch; faces that others
cross get a ray of their own from the centroid.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_build import STACK_SIZE, WIDTH
from meshkernels.bvh_traverse import leaf_range
from meshkernels.components import find, union
from meshkernels.jit import inlined, parallel, scalar
from meshkernels.predicates import orient3d
from meshkernels.ray import crossing, make_filter_ray, make_ray
from meshkernels.simd import box_hits, local_array, lowest_bit, triangle_hits
from meshkernels.vec3 import Vec3, add, cross, dot, row, scale, sub

# Rays leave a face along its normal, turned a little: along it exactly they would run within the walls of
# models that are square to their axes.
TILT = Vec3(0.0271828, 0.0618034, 0.0314159)
_NEAR = 1e-11  # of the mesh's reach: more than the error of a distance along a ray
_ROUNDING = 1e-15  # of the mesh's reach: error of a point that is meant to lie on a face
_CHUNK = 64  # rays a thread takes at a time


@inlined
def face_normal(vertices: Any, faces: Any, f: Any) -> Vec3:
    """Normal of face ``f``, as long as twice its area."""
    a = row(vertices, faces[f, 0])
    return cross(sub(row(vertices, faces[f, 1]), a), sub(row(vertices, faces[f, 2]), a))


@scalar
def _is_ahead(vertices: Any, faces: Any, f: Any, point: Vec3, side: int, reach: float) -> Any:
    """Whether a point near face ``f`` comes before it on a ray that crosses it from ``side``; if certain."""
    a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
    normal = face_normal(vertices, faces, f)
    height = dot(normal, sub(point, a))
    certain = abs(height) > _ROUNDING * reach * math.sqrt(dot(normal, normal))
    return orient3d(a, b, c, point) == side, certain


@scalar
def winding_along(
    bvh: Any, vertices: Any, faces: Any, weights: Any, point: Vec3, direction: Vec3, own: Any, other: Any
) -> Any:
    """Winding number at a point of the faces ``own`` and ``other``, on the side ``direction`` points to.

    Those two are not counted; ``other`` may be the same. A face counts ``weights`` times. Also returns
    whether the number is beyond doubt: no other face is within rounding of the point.
    """
    length = math.sqrt(dot(direction, direction))
    direction = scale(direction, 1.0 / length)
    ray = make_ray(point, direction)
    filter_ray = make_filter_ray(point, direction, ray, bvh.origin, bvh.reach)
    stack = local_array(STACK_SIZE, np.int32)
    near = local_array(WIDTH, np.float32)
    limit = np.float32(np.inf)
    winding = 0
    certain = True
    stack[0] = 0
    top = 1
    while top > 0:
        top -= 1
        code = stack[top]
        if code >= 0:
            bits = box_hits(bvh.boxes, np.int64(code), filter_ray, limit, near)
            while bits != 0:
                stack[top] = bvh.children[code, lowest_bit(bits)]
                top += 1
                bits &= bits - 1
            continue
        first, end = leaf_range(code)
        bits = triangle_hits(bvh.triangles, np.int64(first), np.int64(end - first), filter_ray, limit)
        while bits != 0:
            f = bvh.order[first + lowest_bit(bits)]
            bits &= bits - 1
            if f in (own, other):
                continue
            distance, side = crossing(vertices, faces, f, ray)
            ahead = distance > 0.0
            if side != 0 and abs(distance) < _NEAR * bvh.reach:
                ahead, sure = _is_ahead(vertices, faces, f, point, side, bvh.reach)
                certain &= sure
            if ahead:
                winding -= side * weights[f]
    return winding, certain


@scalar
def winding_in_front(bvh: Any, vertices: Any, faces: Any, weights: Any, f: Any, point: Vec3) -> Any:
    """Winding number just in front of a point of face ``f``, which has an area; and if it is certain."""
    normal = face_normal(vertices, faces, f)
    direction = add(scale(normal, 1.0 / math.sqrt(dot(normal, normal))), TILT)
    return winding_along(bvh, vertices, faces, weights, point, direction, f, f)


@scalar
def _join_patches(faces: Any, neighbors: Any, separate: Any, parent: Any) -> None:
    """Union-find over faces wound alike across an edge of two, neither of them separate."""
    for f in range(len(faces)):
        parent[f] = f
        if separate[f]:
            continue
        for j in range(3):
            g = neighbors[f, j]
            if g < 0 or g >= f or separate[g]:
                continue
            tail, head = faces[f, j], faces[f, (j + 1) % 3]
            for k in range(3):
                if faces[g, k] == head and faces[g, (k + 1) % 3] == tail:
                    union(parent, f, g)


@scalar
def _representatives(vertices: Any, faces: Any, parent: Any) -> Any:
    """The largest face of each patch at its root, -1 elsewhere and for patches without area."""
    largest = np.full(len(faces), -1, np.int32)
    size = np.zeros(len(faces))
    for f in range(len(faces)):
        root = find(parent, f)
        parent[f] = root
        normal = face_normal(vertices, faces, f)
        squared = dot(normal, normal)
        if squared > size[root]:
            size[root] = squared
            largest[root] = f
    return largest


@parallel
def _face_windings(
    vertices: Any,
    faces: Any,
    weights: Any,
    bvh: Any,
    separate: Any,
    neighbors: Any,
    windings: Any,
    certain: Any,
) -> None:
    n = len(faces)
    parent = np.empty(n, np.int32)
    _join_patches(faces, neighbors, separate, parent)
    roots = _representatives(vertices, faces, parent)
    front = np.zeros(n, np.int32)
    known = np.ones(n, np.bool_)
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        for i in range(chunk * _CHUNK, min(n, (chunk + 1) * _CHUNK)):
            f = roots[i]
            if f >= 0:
                a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
                centroid = scale(add(a, add(b, c)), 1.0 / 3.0)
                front[i], known[i] = winding_in_front(bvh, vertices, faces, weights, f, centroid)
    for f in prange(n):
        windings[f, 1] = front[parent[f]]
        windings[f, 0] = windings[f, 1] + weights[f]
        certain[f] = known[parent[f]]


class FaceWindings(NamedTuple):
    """Winding numbers on the two sides of every face.

    Attributes
    ----------
    inside, outside:
        int32 (F,): just behind and just in front of the face. The face bounds what the mesh encloses if one
        of them is 0 and the other is not. Faces without area take the numbers of their neighbours, or 0.
    certain:
        bool (F,): the numbers do not hang on rounding, as they do where faces lie on each other.
    """

    inside: NDArray[np.int32]
    outside: NDArray[np.int32]
    certain: NDArray[np.bool_]


def face_windings(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    bvh: Bvh,
    separate: NDArray[np.bool_],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.int32] | None = None,
) -> FaceWindings:
    """Find the winding numbers on both sides of every face of a closed mesh.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3).
    bvh:
        ``bvh.build(vertices, faces)``.
    separate:
        bool (F,): faces that others cross or touch, each decided for itself at its centroid.
    neighbors:
        int32 (F, 3): as in ``topology.EdgeTopology``.
    weights:
        int32 (F,): how often each face counts; once, if left out.
    """
    if weights is None:
        weights = np.ones(len(faces), np.int32)
    windings = np.empty((len(faces), 2), np.int32)
    certain = np.empty(len(faces), np.bool_)
    _face_windings(vertices, faces, weights, bvh, separate, neighbors, windings, certain)
    return FaceWindings(windings[:, 0].copy(), windings[:, 1].copy(), certain)
