"""Generalised winding number of a mesh around points: 1 inside a closed mesh, 0 outside, between for holes.

Jacobson, Kavan and Sorkine-Hornung, "Robust inside-outside segmentation using generalized winding numbers"
(2013): the sum of the solid angles of all faces over 4 pi, each by Van Oosterom and Strackee, "The solid
angle of a plane triangle" (1983). Over a hierarchy, far groups of faces act as a few moments each: Barill,
Dickson, Schmidt, Levin and Jacobson, "Fast winding numbers for soups and clouds" (2018), second order.
"""

import math
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_build import STACK_SIZE, WIDTH
from meshkernels.bvh_traverse import leaf_range
from meshkernels.jit import parallel, scalar
from meshkernels.simd import local_array
from meshkernels.vec3 import Vec3, add, cross, dot, row, scale, sub


@scalar
def solid_angle(a: Vec3, b: Vec3, c: Vec3, point: Vec3) -> float:
    """Signed solid angle of a triangle seen from ``point``, in (-2 pi, 2 pi); positive from behind.

    Zero for a point in the triangle's plane outside it, for one at a corner, and for a degenerate triangle.
    """
    u = sub(a, point)
    v = sub(b, point)
    w = sub(c, point)
    lu = math.sqrt(dot(u, u))
    lv = math.sqrt(dot(v, v))
    lw = math.sqrt(dot(w, w))
    triple = dot(u, cross(v, w))
    return 2.0 * math.atan2(triple, lu * lv * lw + dot(u, v) * lw + dot(v, w) * lu + dot(w, u) * lv)


@scalar
def winding_number(vertices: Any, faces: Any, point: Vec3) -> float:
    """Winding number around one point, over every face: exact but O(F)."""
    total = 0.0
    for f in range(faces.shape[0]):
        a = row(vertices, faces[f, 0])
        b = row(vertices, faces[f, 1])
        c = row(vertices, faces[f, 2])
        total += solid_angle(a, b, c, point)
    return total / (4.0 * math.pi)


@parallel
def _winding_numbers_exact(vertices: Any, faces: Any, points: Any, out: Any) -> None:
    for i in prange(points.shape[0]):
        out[i] = winding_number(vertices, faces, row(points, i))


def winding_numbers_exact(
    points: NDArray[np.float64], vertices: NDArray[np.float64], faces: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Winding number around each point, summed over every face: for few points or small meshes.

    Parameters
    ----------
    points:
        float64 (N, 3), mm.
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3).

    Returns
    -------
    float64 (N,). On the surface itself a face counts one half, plus or minus.
    """
    out = np.empty(len(points))
    _winding_numbers_exact(vertices, faces, points, out)
    return out


# Columns of the moments of a child, float32: its area-weighted centre relative to ``bvh.origin``, the sum D of
# its faces' area vectors, the symmetric part of the sum T of (face centre - centre) x area vector as xx, yy,
# zz, 2 yz, 2 zx, 2 xy, the faces' area, and the distance from the centre that none of them exceeds.
_CENTRE, _DIPOLE, _TENSOR, _AREA, _RADIUS, _MOMENTS = 0, 3, 6, 12, 13, 14


@scalar
def _add_group(sums: Any, offset: Vec3, dipole: Vec3) -> None:
    """Add a group of faces with this dipole, at this offset from the centre, to the sums D and T."""
    for q in range(3):
        j = (q + 1) % 3
        k = (q + 2) % 3
        sums[_DIPOLE + q] += dipole[q]
        sums[_TENSOR + q] += offset[q] * dipole[q]
        sums[_TENSOR + 3 + q] += offset[j] * dipole[k] + offset[k] * dipole[j]


@scalar
def _leaf_moments(bvh: Any, vertices: Any, faces: Any, code: Any, sums: Any) -> None:
    first, end = leaf_range(code)
    for second_pass in range(2):  # the centre, then what refers to it
        for i in range(first, end):
            a = row(vertices, faces[bvh.order[i], 0])
            b = row(vertices, faces[bvh.order[i], 1])
            c = row(vertices, faces[bvh.order[i], 2])
            dipole = scale(cross(sub(b, a), sub(c, a)), 0.5)
            centre = sub(
                scale(add(a, add(b, c)), 1.0 / 3.0), Vec3(bvh.origin[0], bvh.origin[1], bvh.origin[2])
            )
            if second_pass:
                _add_group(sums, sub(centre, Vec3(sums[0], sums[1], sums[2])), dipole)
            else:
                _add_centre(sums, centre, math.sqrt(dot(dipole, dipole)))


@scalar
def _node_moments(moments: Any, node: Any, sums: Any) -> None:
    for second_pass in range(2):
        for c in range(WIDTH):
            m = moments[node, c]
            centre = Vec3(m[0], m[1], m[2])
            if second_pass:
                _add_group(
                    sums,
                    sub(centre, Vec3(sums[0], sums[1], sums[2])),
                    Vec3(m[_DIPOLE], m[_DIPOLE + 1], m[_DIPOLE + 2]),
                )
                for k in range(6):
                    sums[_TENSOR + k] += m[_TENSOR + k]
            else:
                _add_centre(sums, centre, m[_AREA])


@scalar
def _add_centre(sums: Any, centre: Vec3, area: float) -> None:
    """Running area-weighted mean."""
    if area > 0.0:
        sums[_AREA] += area
        for q in range(3):
            sums[_CENTRE + q] += (centre[q] - sums[_CENTRE + q]) * (area / sums[_AREA])


@scalar
def _child_moments(
    bvh: Any, vertices: Any, faces: Any, moments: Any, node: int, slot: int, sums: Any
) -> None:
    """Moments of a child: a leaf, or a node whose own children are done."""
    sums[:] = 0.0
    code = bvh.children[node, slot]
    if code < 0:
        _leaf_moments(bvh, vertices, faces, code, sums)
    elif code > 0:
        _node_moments(moments, code, sums)
    radius_squared = 0.0
    for q in range(3):
        low = sums[_CENTRE + q] - bvh.boxes[node, q, slot]
        high = bvh.boxes[node, q + 3, slot] - sums[_CENTRE + q]
        radius_squared += max(low, high, 0.0) ** 2
    sums[_RADIUS] = math.sqrt(radius_squared)
    for k in range(_MOMENTS):
        moments[node, slot, k] = sums[k]


@scalar
def _all_moments(bvh: Any, vertices: Any, faces: Any, moments: Any) -> None:
    sums = np.empty(_MOMENTS)
    for node in range(bvh.children.shape[0] - 1, -1, -1):  # children have higher numbers than their parent
        for slot in range(WIDTH):
            _child_moments(bvh, vertices, faces, moments, node, slot, sums)


@scalar
def _far_field(m: Any, x: float, y: float, z: float, distance_squared: float) -> float:
    """Solid angle of a group whose centre is at (x, y, z): D . r / |r|^3 + tr T / |r|^3 - 3 r T r / |r|^5."""
    along = x * m[_DIPOLE] + y * m[_DIPOLE + 1] + z * m[_DIPOLE + 2]
    trace = m[_TENSOR] + m[_TENSOR + 1] + m[_TENSOR + 2]
    bent = x * x * m[_TENSOR] + y * y * m[_TENSOR + 1] + z * z * m[_TENSOR + 2]
    bent += y * z * m[_TENSOR + 3] + z * x * m[_TENSOR + 4] + x * y * m[_TENSOR + 5]
    return (along + trace - 3.0 * bent / distance_squared) / (distance_squared * math.sqrt(distance_squared))


@scalar
def fast_winding_number(
    bvh: Any, moments: Any, vertices: Any, faces: Any, point: Vec3, accuracy: float
) -> float:
    """Winding number around one point, with two moments for what is ``accuracy`` times its radius away."""
    stack = local_array(STACK_SIZE, np.int32)
    stack[0] = 0
    top = 1
    total = 0.0
    while top > 0:
        top -= 1
        node = stack[top]
        for c in range(WIDTH):
            x = moments[node, c, _CENTRE] + bvh.origin[0] - point.x
            y = moments[node, c, _CENTRE + 1] + bvh.origin[1] - point.y
            z = moments[node, c, _CENTRE + 2] + bvh.origin[2] - point.z
            distance_squared = x * x + y * y + z * z
            if distance_squared > (accuracy * moments[node, c, _RADIUS]) ** 2:
                total += _far_field(moments[node, c], x, y, z, distance_squared)
                continue
            code = bvh.children[node, c]
            if code > 0:
                stack[top] = code
                top += 1
            elif code < 0:
                first, end = leaf_range(code)
                for i in range(first, end):
                    f = bvh.order[i]
                    a = row(vertices, faces[f, 0])
                    b = row(vertices, faces[f, 1])
                    total += solid_angle(a, b, row(vertices, faces[f, 2]), point)
    return total / (4.0 * math.pi)


@parallel
def _winding_numbers(
    bvh: Any, moments: Any, vertices: Any, faces: Any, points: Any, accuracy: float, out: Any
) -> None:
    for i in prange(points.shape[0]):
        out[i] = fast_winding_number(bvh, moments, vertices, faces, row(points, i), accuracy)


def winding_numbers(
    points: NDArray[np.float64],
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    bvh: Bvh,
    *,
    accuracy: float = 4.0,
) -> NDArray[np.float64]:
    """Winding number around each point, in time that grows with the logarithm of the number of faces.

    Parameters
    ----------
    points:
        float64 (N, 3), mm.
    vertices, faces, bvh:
        float64 (V, 3), mm; int32 (F, 3); their hierarchy.
    accuracy:
        A group of faces acts as one dipole from this many times its radius. Errors fall with its fourth
        power: ERRORS.

    Returns
    -------
    float64 (N,).
    """
    moments = np.empty((len(bvh.children), WIDTH, _MOMENTS), np.float32)
    _all_moments(bvh, vertices, faces, moments)
    out = np.empty(len(points))
    _winding_numbers(bvh, moments, vertices, faces, points, accuracy, out)
    return out
