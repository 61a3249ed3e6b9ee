"""Wall thickness along rays: from a point of a face straight inward to where the solid ends."""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import get_num_threads, prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_traverse import Place, crossings, nearest_face, next_crossings
from meshkernels.jit import inlined, parallel
from meshkernels.ray import make_filter_ray, make_ray
from meshkernels.simd import take_number
from meshkernels.vec3 import Vec3, add, cross, dot, row, scale, sub

FUSE = 1e-6
"""Gaps and walls thinner than this share of the mesh's greatest half extent are none."""

_NEVER_OUTSIDE = 1 << 32  # a winding number that no number of faces brings to 0
_CHUNK = 256  # rays a thread takes at a time


class FaceSamples(NamedTuple):
    """Points on faces, in the order of the hierarchy's leaves.

    Attributes
    ----------
    position:
        int32 (N,): of the face in ``bvh.order``.
    number:
        int32 (N,): 0 is the face's centroid, see ``sample_point``.
    """

    position: NDArray[np.int32]
    number: NDArray[np.int32]


@inlined
def sample_point(a: Vec3, b: Vec3, c: Vec3, index: int) -> Vec3:
    """The ``index``-th point of a sequence that fills a triangle evenly and starts at its centroid.

    Basu and Owen, "Low discrepancy constructions in the triangle" (2015): each base-4 digit of the index,
    least significant first, chooses one of the four halved triangles.
    """
    while index > 0:
        ab = scale(add(a, b), 0.5)
        bc = scale(add(b, c), 0.5)
        ca = scale(add(c, a), 0.5)
        digit = index & 3
        index >>= 2
        if digit == 0:
            a, b, c = bc, ca, ab
        elif digit == 1:
            b, c = ab, ca
        elif digit == 2:
            a, c = ab, bc
        else:
            a, b = ca, bc
    return scale(add(a, add(b, c)), 1.0 / 3.0)


@inlined
def _inside_winding(
    bvh: Any, vertices: Any, leaf_faces: Any, own: Any, point: Vec3, outward: Vec3, fuse: float
) -> int:
    """Winding number just inside a face: 1 plus what a ray outward still has to leave."""
    ray = make_ray(point, outward)
    filter_ray = make_filter_ray(point, outward, ray, bvh.origin, bvh.reach)
    found = crossings()
    winding = 1
    after = Place(-np.inf, np.int64(-1))
    while True:
        count, _ = next_crossings(
            bvh, vertices, leaf_faces, ray, filter_ray, own, after, 0.0, _NEVER_OUTSIDE, found
        )
        if count == 0:
            return winding
        for i in range(count):
            if found.rank[i] > fuse:
                winding -= found.side[i]
        after = Place(found.rank[count - 1], found.position[count - 1])


@inlined
def _wall_behind(
    bvh: Any, vertices: Any, leaf_faces: Any, own: Any, point: Vec3, inward: Vec3, fuse: float
) -> float:
    """Distance from a point of an outer face along ``inward`` to where the winding number is 0 again.

    NaN when the ray never leaves the solid, and when another face lies on this one and looks the other way:
    a sheet without volume, or the seam of two solids.
    """
    ray = make_ray(point, inward)
    filter_ray = make_filter_ray(point, inward, ray, bvh.origin, bvh.reach)
    found = crossings()
    winding = np.int64(1)
    # An entry right at the start is a duplicate of the face itself, and comes before this.
    after = Place(-fuse, np.int64(leaf_faces.shape[0]))
    while winding > 0:
        count, winding = next_crossings(
            bvh, vertices, leaf_faces, ray, filter_ray, own, after, 2.0 * fuse, winding, found
        )
        if count == 0:
            return np.nan
        after = Place(found.rank[count - 1], found.position[count - 1])
    # The last crossing is an exit: its rank is its distance.
    return after.rank if after.rank > fuse else np.nan


@inlined
def corners(vertices: Any, leaf_faces: Any, i: Any) -> Any:
    """The three corners of a face."""
    return row(vertices, leaf_faces[i, 0]), row(vertices, leaf_faces[i, 1]), row(vertices, leaf_faces[i, 2])


@inlined
def _cast_one(
    bvh: Any,
    vertices: Any,
    leaf_faces: Any,
    f: Any,
    number: int,
    outer: Any,
    check_winding: bool,
    fuse: float,
) -> Any:
    """Thickness behind one sample of the face at position ``f``, and the face's area."""
    a, b, c = corners(vertices, leaf_faces, f)
    normal = cross(sub(b, a), sub(c, a))
    length = math.sqrt(dot(normal, normal))
    if not (length > 0.0 and outer[bvh.order[f]]):
        return np.nan, 0.5 * length
    point = sample_point(a, b, c, number)
    if check_winding:
        outward = scale(normal, 1.0 / length)
        if _inside_winding(bvh, vertices, leaf_faces, f, point, outward, fuse) != 1:
            return np.nan, 0.0
    inward = scale(normal, -1.0 / length)
    return _wall_behind(bvh, vertices, leaf_faces, f, point, inward, fuse), 0.5 * length


@parallel
def _cast(
    bvh: Any,
    vertices: Any,
    leaf_faces: Any,
    position: Any,
    number: Any,
    outer: Any,
    check_winding: bool,
    fuse: float,
    thickness: Any,
    area: Any,
    threads: int,
) -> None:
    n = position.shape[0]
    next_chunk = np.zeros(1, np.int64)
    for _ in prange(threads):
        chunk = take_number(next_chunk)
        while chunk * _CHUNK < n:
            for i in range(chunk * _CHUNK, min(n, (chunk + 1) * _CHUNK)):
                thickness[i], area[i] = _cast_one(
                    bvh, vertices, leaf_faces, np.int64(position[i]), number[i], outer, check_winding, fuse
                )
            chunk = take_number(next_chunk)


def cast_inward(
    vertices: NDArray[np.float64],
    leaf_faces: NDArray[np.int32],
    bvh: Bvh,
    samples: FaceSamples,
    outer: NDArray[np.bool_],
    *,
    check_winding: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Thickness at sample points, and the area of each sample's face (0 where ``check_winding`` says no).

    Parameters
    ----------
    vertices, bvh:
        float64 (V, 3), mm, and the hierarchy of the mesh.
    leaf_faces:
        int32 (F, 3): ``faces[bvh.order]``.
    samples:
        Points to start from.
    outer:
        bool (F,), by face id: whether the winding number is 1 just inside and 0 just outside the face.
    check_winding:
        Whether a ray outward should make sure of that at each sample, for faces that are partly inside
        another shell.

    Returns
    -------
    thickness, area:
        float64 (N,), mm and mm². Thickness is NaN where the face is not an outer one or has no area, where
        the ray never leaves the solid, and where another face lies on this one and looks the other way.
    """
    thickness = np.empty(len(samples.position))
    area = np.empty(len(samples.position))
    fuse = FUSE * bvh.reach
    threads = get_num_threads()
    _cast(bvh, vertices, leaf_faces, *samples, outer, check_winding, fuse, thickness, area, threads)
    return thickness, area


def centroids(face_count: int) -> FaceSamples:
    """One sample a face."""
    return FaceSamples(np.arange(face_count, dtype=np.int32), np.zeros(face_count, np.int32))


def ray_thickness(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    bvh: Bvh,
    *,
    start_winding: NDArray[np.integer] | None = None,
) -> NDArray[np.float64]:
    """Thickness of the solid behind each face, by one ray from its centroid against its normal.

    The ray ends where the winding number comes back to 0, so that inner faces of overlapping shells do not
    count. Solids nearer than ``FUSE`` touch, and are one.

    Parameters
    ----------
    vertices, faces, bvh:
        float64 (V, 3), mm; int32 (F, 3), wound counter-clockwise seen from outside; their hierarchy.
    start_winding:
        Integers (F,): winding number just inside each face; 1 everywhere when not given. A face with
        another one is not part of the outer surface.

    Returns
    -------
    float64 (F,), mm. NaN as in ``cast_inward``.
    """
    outer = np.ones(len(faces), np.bool_) if start_winding is None else start_winding == 1
    in_leaf_order, _ = cast_inward(vertices, faces[bvh.order], bvh, centroids(len(faces)), outer)
    thickness = np.empty(len(faces))
    thickness[bvh.order] = in_leaf_order
    return thickness


@parallel
def _find_walls(
    bvh: Any,
    vertices: Any,
    leaf_faces: Any,
    position: Any,
    number: Any,
    thickness: Any,
    ignored: Any,
    roundness: float,
    points: Any,
    is_wall: Any,
) -> None:
    n = position.shape[0]
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        for i in range(chunk * _CHUNK, min(n, (chunk + 1) * _CHUNK)):
            f = np.int64(position[i])
            a, b, c = corners(vertices, leaf_faces, f)
            point = sample_point(a, b, c, number[i])
            points[i, 0] = point.x
            points[i, 1] = point.y
            points[i, 2] = point.z
            is_wall[i] = False
            if np.isnan(thickness[i]):
                continue
            normal = cross(sub(b, a), sub(c, a))
            middle = sub(point, scale(normal, 0.5 * thickness[i] / math.sqrt(dot(normal, normal))))
            radius = 0.5 * roundness * thickness[i]
            none = Vec3(0.0, 0.0, 0.0)
            nearest = nearest_face(bvh, vertices, leaf_faces, ignored, middle, f, none, radius * radius, True)
            is_wall[i] = nearest.position < 0


def find_walls(
    vertices: NDArray[np.float64],
    leaf_faces: NDArray[np.int32],
    bvh: Bvh,
    samples: FaceSamples,
    thickness: NDArray[np.float64],
    ignored: NDArray[np.bool_],
    roundness: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Which chords cross a wall rather than cut a corner or run along one.

    A chord is one where a ball around its middle, ``roundness`` times as wide as the chord is long, touches
    no face.

    Parameters
    ----------
    vertices, leaf_faces, bvh, samples, thickness:
        As given to and returned by ``cast_inward``.
    ignored:
        bool (F,), in leaf order: faces that bound nothing.
    roundness:
        Between 0 and 1.

    Returns
    -------
    points, is_wall:
        float64 (N, 3), mm, of the samples; bool (N,), False where the thickness is NaN.
    """
    points = np.empty((len(thickness), 3))
    is_wall = np.empty(len(thickness), np.bool_)
    _find_walls(bvh, vertices, leaf_faces, *samples, thickness, ignored, roundness, points, is_wall)
    return points, is_wall
