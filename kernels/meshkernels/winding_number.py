"""Generalised winding number of a mesh around points: 1 inside a closed mesh, 0 outside, between for holes.

Jacobson, Kavan and Sorkine-Hornung, "Robust inside-outside segmentation using generalized winding numbers"
(2013): the sum of the solid angles of all faces over 4 pi, each by Van Oosterom and Strackee, "The solid
angle of a plane triangle" (1983).
"""

import math
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.jit import parallel, scalar
from meshkernels.vec3 import Vec3, cross, dot, row, sub


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
