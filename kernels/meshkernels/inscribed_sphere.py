"""Diameter of the largest sphere inside the solid that touches a given point of its surface.

Found by shrinking a ball that touches the point until it is empty: Ma, Bae and Choi, "3D medial axis point
approximation using nearest neighbors and the normal field" (2012), here with exact distances to triangles.
"""

import math
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_traverse import nearest_face
from meshkernels.closest_point import closest_point
from meshkernels.jit import inlined, parallel
from meshkernels.thickness import FaceSamples, corners, sample_point
from meshkernels.vec3 import Vec3, cross, dot, scale, sub

_CHUNK = 128
_ENOUGH = 1e-5  # relative distance to the next face at which a ball counts as empty
_MOST_STEPS = 50  # a guard; each step makes the ball smaller


@inlined
def _shrink_ball(
    bvh: Any, vertices: Any, leaf_faces: Any, ignored: Any, own: Any, point: Vec3, outward: Vec3, start: float
) -> Any:
    """Diameter of the empty ball at ``point``, and minus the cosine between its two contacts.

    ``start`` is a diameter that is large enough. Faces that look nearly the same way as the point's own
    belong to the same smooth surface: they would make the ball as small as the facets are.
    """
    radius = 0.5 * start
    opposition = 1.0
    for _ in range(_MOST_STEPS):
        centre = sub(point, scale(outward, radius))
        limit = radius * (1.0 - _ENOUGH)
        nearest = nearest_face(bvh, vertices, leaf_faces, ignored, centre, own, outward, limit * limit, False)
        if nearest.position < 0:
            break
        a, b, c = corners(vertices, leaf_faces, nearest.position)
        chord = sub(point, closest_point(centre, a, b, c))
        # The ball through both points with its centre on the normal: |chord|^2 = 2 r (chord . outward).
        # Its centre sees the chord under an angle whose cosine follows from |chord| and r.
        length_squared = dot(chord, chord)
        radius = 0.5 * length_squared / dot(chord, outward)
        if not radius > 0.0:
            return 0.0, -1.0
        opposition = 0.5 * length_squared / (radius * radius) - 1.0
    return 2.0 * radius, opposition


@parallel
def _inscribe(
    bvh: Any,
    vertices: Any,
    leaf_faces: Any,
    position: Any,
    number: Any,
    thickness: Any,
    ignored: Any,
    diameter: Any,
    opposition: Any,
) -> None:
    n = position.shape[0]
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        for i in range(chunk * _CHUNK, min(n, (chunk + 1) * _CHUNK)):
            f = np.int64(position[i])
            diameter[i] = np.nan
            opposition[i] = np.nan
            if np.isnan(thickness[i]):
                continue
            a, b, c = corners(vertices, leaf_faces, f)
            normal = cross(sub(b, a), sub(c, a))
            outward = scale(normal, 1.0 / math.sqrt(dot(normal, normal)))
            point = sample_point(a, b, c, number[i])
            diameter[i], opposition[i] = _shrink_ball(
                bvh, vertices, leaf_faces, ignored, f, point, outward, thickness[i]
            )


def inscribed_diameters(
    vertices: NDArray[np.float64],
    leaf_faces: NDArray[np.int32],
    bvh: Bvh,
    samples: FaceSamples,
    thickness: NDArray[np.float64],
    ignored: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inscribed spheres at sample points.

    Parameters
    ----------
    vertices, leaf_faces, bvh, samples, thickness:
        As given to and returned by ``thickness.cast_inward``: no sphere is wider than the ray is long.
    ignored:
        bool (F,), in leaf order: faces that bound nothing.

    Returns
    -------
    diameter, opposition:
        float64 (N,): diameter in mm, to 1e-5 of itself, and minus the cosine of the angle at the centre
        between the sample and where the sphere touches the other side: 1 for parallel sides, 0 in a square
        corner. NaN where the thickness is.
    """
    diameter = np.empty(len(thickness))
    opposition = np.empty(len(thickness))
    _inscribe(bvh, vertices, leaf_faces, *samples, thickness, ignored, diameter, opposition)
    return diameter, opposition
